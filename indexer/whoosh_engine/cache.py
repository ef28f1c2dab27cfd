"""What queries derive from segments, kept for the next query under a budget in bytes.

Segments never change, so what was derived from one stays true as long as it is
part of the index. All threads of an engine share one cache.

When it is full, of two values taken at random the one goes that was not used for
longer. So those used often stay; and where queries come round whose values do not fit
together, a share of these stays too, while strictly the oldest going would keep none.
"""

import threading
from collections.abc import Callable, Collection, Hashable
from dataclasses import dataclass
from itertools import count
from random import Random
from typing import Any, Final, Protocol, TypeVar, cast

Key = tuple[Hashable, ...]
"""A segment's name, and what of it: one key, one kind of value."""

BUDGET: Final = 64 << 20
"""How many bytes a cache holds where nothing else is said."""

# A value's key, its place in the order and the like.
_OVERHEAD: Final = 400


class Sized(Protocol):
    """Whatever says how many bytes it holds, as numpy's arrays do."""

    @property
    def nbytes(self) -> int:
        """How many bytes it holds."""


Value = TypeVar("Value", bound=Sized)


@dataclass(slots=True)
class _Kept:
    """A value, its size in bytes, its place among the keys, and when it was last used."""

    value: Any
    size: int
    place: int
    used: int


class Cache:
    """Values by key, as many as *budget* bytes hold.

    Safe for many threads: two that miss the same value at once both make it, and
    the one stored last stays. A value larger than the budget is made each time.
    """

    def __init__(self, budget: int = BUDGET) -> None:
        self._budget = budget
        self._held = 0
        self._kept: dict[Key, _Kept] = {}
        self._keys: list[Key] = []
        self._moments = count()
        self._draw = Random(0)  # noqa: S311 - no secret
        self._lock = threading.Lock()

    @property
    def nbytes(self) -> int:
        """How many bytes are held."""
        return self._held

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: Key, make: Callable[[], Value]) -> Value:
        """Return what *make* once gave for *key*, or have it made now."""
        # Without the lock: a dictionary is read whole, and a lost note of use does no harm.
        kept = self._kept.get(key)
        if kept is not None:
            kept.used = next(self._moments)
            return cast("Value", kept.value)
        value = make()
        size = value.nbytes + _OVERHEAD
        if size <= self._budget:
            with self._lock:
                if key in self._kept:
                    self._drop(key)
                while self._held + size > self._budget:
                    self._drop(min(self._any(), self._any(), key=self._used))
                self._kept[key] = _Kept(value, size, len(self._keys), next(self._moments))
                self._keys.append(key)
                self._held += size
        return value

    def keep_only(self, segments: Collection[str]) -> None:
        """Drop the values of all but *segments*, those of the generation that serves now."""
        with self._lock:
            for key in [key for key in self._keys if key[0] not in segments]:
                self._drop(key)

    def _any(self) -> Key:
        return self._keys[self._draw.randrange(len(self._keys))]

    def _used(self, key: Key) -> int:
        return self._kept[key].used

    def _drop(self, key: Key) -> None:
        """Forget a value; the last key takes the place of its key."""
        kept = self._kept.pop(key)
        self._held -= kept.size
        last = self._keys.pop()
        if last != key:
            self._keys[kept.place] = last
            self._kept[last].place = kept.place
