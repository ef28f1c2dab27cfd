"""Seals: what rows of the store are known by, so that damage to them is noticed.

SQLite notices a broken structure and never a flipped bit in a text. So every row
of `article` and `revision` has a seal in a table of its own, written by triggers
(`0014_seals.sql`) and compared whenever the row is read; small tables that are
read whole have one fold of all their rows (`guard`). Both are BLAKE2b over the
values and their types, cut to 62 bits: against accidents, not against attackers.
"""

import sqlite3
from hashlib import blake2b
from typing import Final

Value = str | int | float | bytes | None

GUARDED: Final = {
    "source": "id, kind, address, name, title, topics, added, full_text, interval, revisit,"
    " paused, retired",
    "saved_search": "id, name, asked, place, made, alert, highest, seen, sent",
    "holding": "source, day, source_id, articles",
    "cut_text": "article_id, why",
}
"""The tables that are guarded as a whole, and which of their columns, as the triggers have it."""


def seal(*values: Value) -> int:
    """Return the seal of a row of *values*: 62 bits, the same everywhere and for ever."""
    digest = blake2b(digest_size=8)
    for value in values:
        digest.update(encoded(value))
    return int.from_bytes(digest.digest(), "little") >> 2


def encoded(value: Value) -> bytes:
    """Return *value* as bytes that no other value has, nor any other run of values."""
    match value:
        case None:
            return b"n"
        case str():
            data = value.encode("utf-8", "surrogatepass")
            return b"s%d:%b" % (len(data), data)
        case bytes():
            return b"b%d:%b" % (len(value), value)
        case int():
            return b"i%d;" % value
        case _:
            return b"f%b;" % repr(value).encode()


def folded(fold: int, *values: Value) -> int:
    """Return *fold* with a row of *values* taken in, or taken out again: it is the same."""
    return fold ^ seal(*values)


class _Folding:
    """The fold of all rows, as an aggregate of SQL."""

    def __init__(self) -> None:
        self._fold = 0

    def step(self, *values: Value) -> None:
        self._fold = folded(self._fold, *values)

    def finalize(self) -> int:
        return self._fold


def register(db: sqlite3.Connection) -> None:
    """Give *db* the functions that its triggers and our questions use."""
    db.create_function("seal_of", -1, seal, deterministic=True)
    db.create_function("folded", -1, folded, deterministic=True)
    db.create_aggregate("folding", -1, _Folding)
