"""Opens a store of an earlier format again and again, killed at every statement in turn.

``python -m tests.torture.migrating FORMAT FOLDER`` prints as JSON how often it was killed and
in which formats that left the store. A process of its own, since it forks.
"""

import json
import os
import shutil
import sqlite3
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from archive.store import Store, database
from tests.torture import upgrades

_connect = sqlite3.connect


def open_and_die(path: Path, statement: int) -> bool:
    """Open the store, and end like a killed process before that statement; say if it did."""
    child = os.fork()
    if not child:
        left = statement

        def die(_sql: str) -> None:
            nonlocal left
            if not left:
                os._exit(9)
            left -= 1

        def connect(*arguments: Any, **options: Any) -> sqlite3.Connection:
            opened = _connect(*arguments, **options)
            opened.set_trace_callback(die)
            return opened

        database.sqlite3.connect = connect  # type: ignore[assignment]
        with Store(path):
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9


def main() -> None:
    number, folder = int(sys.argv[1]), Path(sys.argv[2])
    original = upgrades.old_store(number, folder / "original.db")
    before = upgrades.contents(original)
    finished = shutil.copy(original, folder / "finished.db")
    schemas = {number: upgrades.schema(original)}
    steps = database.steps()
    for step in range(number + 1, len(steps) + 1):
        path = upgrades.old_store(number, folder / f"{step}.db")
        database.steps = lambda last=step: steps[:last]
        Store(path).close()
        schemas[step] = upgrades.schema(path)
    database.steps = lambda: steps
    Store(finished).close()
    wrong: list[str] = []
    left: Counter[int] = Counter()
    kills = 0
    while True:
        path = Path(shutil.copy(original, folder / "killed.db"))
        if not open_and_die(path, kills):
            break
        kills += 1
        reached = upgrades.version(path)
        left[reached] += 1
        if upgrades.schema(path) != schemas[reached]:
            wrong.append(f"killed at {kills}: has no tables of format {reached}")
        if lost := upgrades.lost(before, upgrades.contents(path)):
            wrong.append(f"killed at {kills}: lost {lost[0]}")
        with Store(path) as store:
            store.counts()
        if upgrades.contents(path) != upgrades.contents(finished):
            wrong.append(f"killed at {kills}: then ended as another store")
        for ending in ("", "-wal", "-shm"):
            (folder / f"killed.db{ending}").unlink(missing_ok=True)
    sys.stdout.write(json.dumps({"kills": kills, "left": left, "wrong": wrong}))


if __name__ == "__main__":
    main()
