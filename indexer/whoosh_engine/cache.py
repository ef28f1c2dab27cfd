"""What queries derive from segments, kept for the next query under a budget in bytes.

Segments never change, so what was derived from one stays true as long as it is
part of the index. All threads of an engine share one cache.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable
from typing import Final, Protocol, TypeVar, cast

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


class Cache:
    """The values used last, by key, as many as *budget* bytes hold.

    Safe for many threads: two that miss the same value at once both make it, and
    the one stored last stays. A value larger than the budget is made each time.
    """

    def __init__(self, budget: int = BUDGET) -> None:
        self._budget = budget
        self._held = 0
        self._values: OrderedDict[Key, tuple[Sized, int]] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def nbytes(self) -> int:
        """How many bytes are held."""
        return self._held

    def __len__(self) -> int:
        return len(self._values)

    def get(self, key: Key, make: Callable[[], Value]) -> Value:
        """Return what *make* once gave for *key*, or have it made now."""
        with self._lock:
            known = self._values.get(key)
            if known is not None:
                self._values.move_to_end(key)
                return cast("Value", known[0])
        value = make()
        size = value.nbytes + _OVERHEAD
        if size <= self._budget:
            with self._lock:
                self._drop(key)
                self._values[key] = (value, size)
                self._held += size
                while self._held > self._budget:
                    self._drop(next(iter(self._values)))
        return value

    def keep_only(self, segments: Collection[str]) -> None:
        """Drop the values of all but *segments*, those of the generation that serves now."""
        with self._lock:
            for key in [key for key in self._values if key[0] not in segments]:
                self._drop(key)

    def _drop(self, key: Key) -> None:
        known = self._values.pop(key, None)
        if known is not None:
            self._held -= known[1]
