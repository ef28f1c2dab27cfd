"""Seals: what rows of the store are known by, so that damage to them is noticed.

SQLite notices a broken structure and never a flipped bit in a text. So every row
of `article` and `revision` has a seal in a table of its own, written by triggers
(`0014_seals.sql`) and compared whenever the row is read; small tables that are
read whole have one fold of all their rows (`guard`). Both are BLAKE2b over the
values as MessagePack, cut to 62 bits: against accidents, not against attackers.
"""

import sqlite3
from collections.abc import Sequence
from hashlib import blake2b
from typing import Final

import msgspec

Value = str | int | float | bytes | None

GUARDED: Final = {
    "source": "id, kind, address, name, title, topics, added, full_text, interval, revisit,"
    " paused, retired",
    "saved_search": "id, name, asked, place, made, alert, highest, seen, sent",
    "holding": "source, day, source_id, articles",
    "cut_text": "article_id, why",
}
"""The tables that are guarded as a whole, and which of their columns, as the triggers have it."""


_encode: Final = msgspec.msgpack.Encoder().encode


def seal(*values: Value) -> int:
    """Return the seal of a row of *values*: 62 bits, the same everywhere and for ever."""
    return int.from_bytes(blake2b(encoded(values), digest_size=8).digest(), "little") >> 2


def encoded(values: Sequence[Value]) -> bytes:
    """Return *values* with their types and lengths (MessagePack), as no others are."""
    return _encode(values)


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
