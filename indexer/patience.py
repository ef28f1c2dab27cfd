"""Patience: for how long an answer is added to with what only helps.

Other spellings, queries that ask for less and the like are each as costly as the query
itself, and there are dozens of them. They are tried while the answer has taken little, and
what was not tried is told.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeVar

SECONDS: Final = 0.3
"""So much of the processor's time an answer may have taken for one more to be tried."""

One = TypeVar("One")


class Patience:
    """The processor's time of this thread from now on; *ended* once it stopped something."""

    def __init__(
        self, seconds: float = SECONDS, clock: Callable[[], float] = time.thread_time
    ) -> None:
        self._clock = clock
        self._until = clock() + seconds
        self.ended = False

    def each(self, some: Iterable[One]) -> Iterator[One]:
        """Yield each of *some* while there is time."""
        for one in some:
            if self._clock() >= self._until:
                self.ended = True
                return
            yield one
