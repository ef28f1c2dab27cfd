"""The front door: the `morgue` command line, where the floors are wired together."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("morgue")
except PackageNotFoundError:
    # Run from a source tree that was never installed.
    __version__ = "0"
