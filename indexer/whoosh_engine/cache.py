"""What queries derive from segments, kept for the next query under a budget in bytes.

Segments never change, so what was derived from one stays true as long as it is
part of the index. All threads of an engine share one cache.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable
from typing import Final, Protocol, TypeVar, cast

BUDGET: Final = 64 << 20
"""How many bytes a cache holds where nothing else is said."""

# An entry's key, its place in the order and the like.
_OVERHEAD: Final = 400


class Sized(Protocol):
    """Whatever says how many bytes it holds, as numpy's arrays do."""

    @property
    def nbytes(self) -> int:
        """How many bytes it holds."""


Value = TypeVar("Value", bound=Sized)


class Cache:
    """The values used last, by segment and key, as many as *budget* bytes hold.

    Safe for many threads: two that miss the same value at once both make it, and
    the one stored last stays. A value larger than the budget is made each time.
    """

    def __init__(self, budget: int = BUDGET) -> None:
        self._budget = budget
        self._held = 0
        self._values: OrderedDict[tuple[str, Hashable], tuple[Sized, int]] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def nbytes(self) -> int:
        """How many bytes are held."""
        return self._held

    def __len__(self) -> int:
        return len(self._values)

    def get(self, segment: str, key: Hashable, make: Callable[[], Value]) -> Value:
        """Return what *make* once gave for *key* of *segment* (a name), or have it made now.

        The type of a value goes by its key: one key, one kind of value.
        """
        place = (segment, key)
        with self._lock:
            known = self._values.get(place)
            if known is not None:
                self._values.move_to_end(place)
                return cast("Value", known[0])
        value = make()
        size = value.nbytes + _OVERHEAD
        if size <= self._budget:
            with self._lock:
                self._drop(place)
                self._values[place] = (value, size)
                self._held += size
                while self._held > self._budget:
                    self._drop(next(iter(self._values)))
        return value

    def keep_only(self, segments: Collection[str]) -> None:
        """Drop the values of all but *segments*, those of the generation that serves now."""
        with self._lock:
            for place in [place for place in self._values if place[0] not in segments]:
                self._drop(place)

    def _drop(self, place: tuple[str, Hashable]) -> None:
        known = self._values.pop(place, None)
        if known is not None:
            self._held -= known[1]
