"""Asking many feeds: side by side, few at a time from one host, handed on in their order."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from typing import TypeVar
from urllib.parse import urlsplit

from archive.source import Source

_MOST_HELD = 64 * 1024 * 1024

Reply = TypeVar("Reply")


def poll(
    ask: Callable[[Source], Reply],
    sources: Sequence[Source],
    *,
    concurrency: int,
    per_host: int,
    size: Callable[[Reply], int] = lambda _reply: 0,
) -> Iterator[tuple[Source, Reply]]:
    """Yield each of *sources* with what it answered when *asked*, in their order.

    *ask* runs in threads and raises nothing: at most *concurrency* at a time,
    *per_host* of them of one host; the hosts take turns. Replies that wait for a
    slower one before them may hold 64 MiB by their *size* in bytes; then nothing
    more is asked until they are taken.
    """
    queues = _Queues(sources, per_host)
    came: SimpleQueue[tuple[int, Reply]] = SimpleQueue()
    ready: dict[int, Reply] = {}
    held = under_way = 0

    def work(index: int) -> None:
        came.put((index, ask(sources[index])))

    with ThreadPoolExecutor(max_workers=concurrency, thread_name_prefix="fetch") as pool:
        try:
            for index, source in enumerate(sources):
                while index not in ready:
                    while under_way < concurrency and held < _MOST_HELD:
                        if (chosen := queues.next()) is None:
                            break
                        pool.submit(work, chosen)
                        under_way += 1
                    if not under_way:
                        # Enough is held, and the one that all wait for was not asked yet.
                        pool.submit(work, queues.take(index))
                        under_way += 1
                    arrived, reply = came.get()
                    under_way -= 1
                    queues.done(arrived)
                    ready[arrived] = reply
                    held += size(reply)
                reply = ready.pop(index)
                held -= size(reply)
                yield source, reply
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


class _Queues:
    """Whom to ask next: a queue per host, and the hosts that may be asked, in turn."""

    def __init__(self, sources: Sequence[Source], per_host: int) -> None:
        self._hosts = [_host(source.address) for source in sources]
        self._waiting: dict[str, deque[int]] = {}
        for index, host in enumerate(self._hosts):
            self._waiting.setdefault(host, deque()).append(index)
        self._turns = deque(host for _ in range(per_host) for host in self._waiting)

    def next(self) -> int | None:
        """Take the next of a host that may be asked, or None when there is none."""
        while self._turns:
            if waiting := self._waiting[self._turns.popleft()]:
                return waiting.popleft()
        return None

    def take(self, index: int) -> int:
        """Take this one, the first in the queue of its host, before its turn."""
        host = self._hosts[index]
        self._waiting[host].remove(index)
        if host in self._turns:
            self._turns.remove(host)
        return index

    def done(self, index: int) -> None:
        """Note that the host of this one may be asked again."""
        self._turns.append(self._hosts[index])


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""
