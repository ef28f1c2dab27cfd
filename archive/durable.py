"""What must survive a power cut is waited for until the disk has it."""

import os
from pathlib import Path


def sync(folder: Path) -> None:
    """Wait until what was made, renamed and removed in *folder* is so on the disk."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def make_folder(folder: Path) -> None:
    """Make *folder*, and what is missing above it; return when that is on the disk."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for made in reversed(missing):
        sync(made.parent)
