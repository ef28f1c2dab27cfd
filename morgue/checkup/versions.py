"""Versions: of Python, SQLite, Morgue, of what it needs, and of the formats. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from morgue.checkup.finding import Finding, Level, some

_PYTHON: Final = (3, 11)
# `ON CONFLICT DO UPDATE` without naming the conflict.
_SQLITE: Final = (3, 35)


@dataclass(frozen=True, slots=True)
class Versions:
    """What runs here; *misfits* are libraries outside their ranges, in words.

    *store* is the store's format and *known* the one that this Morgue writes, *index* what
    the index was built for; None where there is none.
    """

    morgue: str
    python: str
    sqlite: str
    misfits: Sequence[str] = ()
    store: int | None = None
    known: int = 0
    index: str | None = None


def judge(here: Versions) -> Iterator[Finding]:
    """Judge whether these go together."""
    formats = [f"store format {here.store}"] if here.store is not None else []
    formats += [f"index {here.index}"] if here.index else []
    told = [f"Morgue {here.morgue}", f"Python {here.python}", f"SQLite {here.sqlite}", *formats]
    yield Finding("versions", Level.OK, ", ".join(told))
    for name, found, least in (("Python", here.python, _PYTHON), ("SQLite", here.sqlite, _SQLITE)):
        if tuple(map(int, found.split(".")[:2])) < least:
            yield Finding(
                "versions",
                Level.ERROR,
                f"{name} {found} is too old",
                f"Morgue needs {'.'.join(map(str, least))} or newer",
                f"install a newer {name}",
            )
    if here.misfits:
        yield Finding(
            "versions",
            Level.WARNING,
            f"libraries that Morgue was not made for: {some(here.misfits, 10)}",
            "it may fail where nobody tried it",
            "install Morgue again, in an environment of its own",
        )
    if here.store is not None and here.store > here.known:
        yield Finding(
            "versions",
            Level.ERROR,
            f"the store has format {here.store}, and this Morgue knows {here.known}",
            "a newer Morgue wrote it; this one cannot open it",
            "update Morgue",
        )
    elif here.store is not None and here.store < here.known:
        yield Finding(
            "versions",
            Level.NOTE,
            f"the store has format {here.store}, and this Morgue writes {here.known}",
            "the next command brings it there, and an older Morgue cannot open it after that",
            "make a backup first",
        )
