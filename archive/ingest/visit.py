"""Visits: pages fetched politely, each site's own in turn, several sites side by side.

One page of a host at a time, with a pause between two; robots.txt and its
Crawl-delay are heeded; a host that asks for fewer requests, or that does not
answer, is left alone for the rest of the run; where it says how long, in later runs too. So
is, for the run, what a source leads to that is slow, on however many hosts it lies.
"""

import math
import queue
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from archive.errors import FetchError
from archive.identity import web_url
from archive.ingest.fetch import Answer, Fetcher
from archive.ingest.robots import RobotsFiles, Rules

LARGEST_PAGE = 10 * 1024 * 1024
LONGEST_PAUSE = 60.0
"""Seconds: a site that wants longer pauses gives one page in a run."""
_LONGEST_REST = 7 * 86400.0
_RESTING = "its site asked to be left alone for longer"
_UNANSWERED = 3
_USUAL = 2.0
"""Seconds in which a request is commonly answered."""
_SLOW = "its source leads to what is too slow: not asked in this run"
_PAGES = "text/html, application/xhtml+xml;q=0.9, */*;q=0.5"
_PAGE_TYPES = frozenset({"", "text/html", "application/xhtml+xml", "application/xml", "text/xml"})
_NOT_THERE = frozenset({404, 410})
_FEWER = frozenset({429, 503})


@dataclass(frozen=True, slots=True)
class Validators:
    """What an address answered with the last time (RFC 9110 §8.8), to ask whether it changed."""

    etag: str | None = None
    last_modified: str | None = None


_NONE = Validators()


@dataclass(frozen=True, slots=True)
class Had:
    """An address that answered; without a body it is as it was, by the validators given."""

    address: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class Failed:
    """An address that was asked, or may not be, and why nothing came of it.

    *wait* is how many seconds its site wants to be left alone, where it said so;
    *lasting* that asking again would hardly help; *gone* that nothing is there.
    """

    address: str
    reason: str
    wait: float | None = None
    lasting: bool = False
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Left:
    """An address that was not asked in this run, and why; *wait* as in `Failed`."""

    address: str
    reason: str
    wait: float | None = None


Visited = Had | Failed | Left


@dataclass
class _Host:
    """How a host was treated in this run. Times are the visitor's clock's, in seconds."""

    last: float | None = None
    waited: float = 0.0
    delay: float = 0.0
    unanswered: int = 0
    ended: str | None = None
    wait: float | None = None
    until: float | None = None

    def rest(self, now: float, pause: float) -> float:
        """For how many seconds after *now* it is to be left alone, where no run waits as long.

        By its own word, or by its Crawl-delay or *pause* since it was last asked.
        """
        pause = max(pause, self.delay)
        ends = [self.until] if self.until is not None else []
        if self.last is not None and pause > LONGEST_PAUSE:
            ends.append(self.last + pause)
        return min(max(ends, default=now) - now, _LONGEST_REST)


class Visitor:
    """Visits pages for the length of one run.

    *pause* is the least number of seconds between two pages of a host, *patience*
    how many seconds in all may be spent on such pauses with one host, *slow* how many
    may be lost to what one source leads to, beyond two for each request, *concurrency*
    how many hosts are visited side by side. *resting* are the hosts that are to be
    left alone since an earlier run, and for how many seconds more. *clock* and
    *sleep* count in seconds.
    """

    def __init__(
        self,
        fetcher: Fetcher,
        *,
        pause: float = 1.0,
        patience: float = math.inf,
        slow: float = math.inf,
        concurrency: int = 8,
        resting: Mapping[str, float] | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] | None = None,
    ) -> None:
        self.robots = RobotsFiles(fetcher)
        self._fetcher = fetcher
        self._pause = pause
        self._patience = patience
        self._slow = slow
        self._lost: defaultdict[str, float] = defaultdict(float)
        self._concurrency = concurrency
        self._clock = clock
        self._stop = threading.Event()
        # Waiting for the stop wakes up at once when a run is cut off.
        self._sleep = sleep or self._stop.wait
        self._hosts = {
            name: _Host(ended=_RESTING, wait=wait, until=clock() + wait)
            for name, wait in (resting or {}).items()
        }
        self._lock = threading.Lock()

    @property
    def ended(self) -> list[str]:
        """The hosts that are not asked any more in this run."""
        with self._lock:
            return [name for name, host in self._hosts.items() if host.ended]

    @property
    def resting(self) -> dict[str, float]:
        """The hosts that are to be left alone after this run, and for how many seconds more."""
        now = self._clock()
        with self._lock:
            rests = {name: host.rest(now, self._pause) for name, host in self._hosts.items()}
        return {name: rest for name, rest in rests.items() if rest > 0}

    def visit(
        self,
        addresses: Iterable[str],
        known: Mapping[str, Validators] | None = None,
        meant: Mapping[str, str] | None = None,
    ) -> Iterator[Visited]:
        """Visit pages, those of one host in the order given; yield each as it is done.

        Those that are *known* are asked for only if they changed. *meant* are the
        addresses of the sources that led to them, as for a fetch. Few answers are held
        at a time. Ending the iteration early ends the visits.
        """
        known, meant = known or {}, meant or {}
        queues: dict[str, list[str]] = {}
        for address in addresses:
            queues.setdefault(_host_of(address), []).append(address)
        done: queue.Queue[Visited] = queue.Queue(self._concurrency)

        def work(its: list[str]) -> None:
            for address in its:
                visited = self._page(address, known.get(address, _NONE), meant.get(address, ""))
                while not self._stop.is_set():
                    try:
                        done.put(visited, timeout=0.2)
                        break
                    except queue.Full:
                        continue

        with ThreadPoolExecutor(self._concurrency, thread_name_prefix="visit") as pool:
            for its in queues.values():
                pool.submit(work, its)
            finished = False
            try:
                for _ in range(sum(map(len, queues.values()))):
                    yield done.get()
                finished = True
            finally:
                if not finished:
                    self._stop.set()
                    pool.shutdown(wait=False, cancel_futures=True)

    def ask(
        self,
        address: str,
        largest: int,
        accept: str,
        known: Validators = _NONE,
        meant: str = "",
    ) -> Visited:
        """Ask one address when its host's turn has come.

        *largest*, *accept* and *meant* as for a fetch. What answers that it is as it was
        *known* has no body. Robots.txt, the address and where it redirects to may take no
        more time than one fetch.
        """
        if web_url(address) is None:
            return Failed(address, "is not an http or https address", lasting=True)
        if refusal := self._fetcher.refusal(address, meant):
            return Failed(address, refusal, lasting=True)
        host = self._known(address)
        if host.ended:
            return Left(address, host.ended, host.wait)
        if self._lost[meant] > self._slow:
            return Left(address, _SLOW)
        began = time.monotonic()
        with self._losing(meant):
            rules = self.robots.of(address, meant)
        left = self._fetcher.timeout - (time.monotonic() - began)
        host.delay = rules.delay
        if refusal := rules.refusal(address):
            return Failed(address, refusal, lasting=rules.unreachable is None)
        if why := self._take_turn(host, rules):
            host.ended = why
            return Left(address, why, host.wait)
        try:
            with self._losing(meant):
                answer = self._fetcher.get(
                    address,
                    etag=known.etag,
                    last_modified=known.last_modified,
                    largest=largest,
                    accept=accept,
                    meant=meant,
                    seconds=left,
                    admit=self._admission(address, meant, time.monotonic() + left),
                )
        except FetchError as error:
            return self._refused(host, address, error)
        finally:
            host.last = self._clock()
        host.unanswered = 0
        return Had(address, answer)

    def _page(self, address: str, known: Validators, meant: str) -> Visited:
        """Visit a page; an answer that is none has failed."""
        if self._stop.is_set():
            return Left(address, "the run was cut off")
        try:
            visited = self.ask(address, LARGEST_PAGE, _PAGES, known, meant)
        except Exception as error:
            # In a thread: a defect in one address must not leave the others waiting.
            return Failed(address, f"could not be asked ({type(error).__name__}: {error})")
        if not isinstance(visited, Had):
            return visited
        if visited.answer.body is None and known != _NONE:
            return visited
        why = _why_no_page(address, visited.answer)
        return Failed(address, why, lasting=True) if why else visited

    @contextmanager
    def _losing(self, source: str) -> Iterator[None]:
        """Count what the request in this block takes beyond what is usual."""
        began = time.monotonic()
        try:
            yield
        finally:
            with self._lock:
                self._lost[source] += max(0.0, time.monotonic() - began - _USUAL)

    def _known(self, address: str) -> _Host:
        with self._lock:
            return self._hosts.setdefault(_host_of(address), _Host())

    def _take_turn(self, host: _Host, rules: Rules) -> str | None:
        """Wait until *host* may be asked again, or return why it is not in this run."""
        if host.last is None:
            return None
        pause = max(self._pause, rules.delay)
        if pause > LONGEST_PAUSE:
            host.wait = pause
            return f"robots.txt asks for {pause:g} seconds between two pages"
        wait = host.last + pause - self._clock()
        if wait > 0:
            if host.waited + wait > self._patience:
                return "its site had its share of this run"
            host.waited += wait
            self._sleep(wait)
        return "the run was cut off" if self._stop.is_set() else None

    def _admission(self, asked: str, meant: str, deadline: float) -> Callable[[str], None]:
        """Return what checks where *asked* redirects to."""

        def admit(address: str) -> None:
            if address == asked:
                return
            rules = self.robots.of(address, meant, deadline - time.monotonic())
            if refusal := rules.refusal(address):
                raise FetchError(f"leads to {address}: {refusal}", asked, status=0)
            self._known(address).last = self._clock()

        return admit

    def _refused(self, host: _Host, address: str, error: FetchError) -> Failed:
        wait = error.retry_after
        if error.status in _FEWER or wait is not None:
            host.ended, host.wait = error.reason, wait
            host.until = self._clock() + wait if wait is not None else None
        # An answer of any kind shows that somebody is there.
        host.unanswered = host.unanswered + 1 if error.status is None else 0
        if host.unanswered >= _UNANSWERED:
            host.ended = f"its site failed {_UNANSWERED} times in a row, last: {error.reason}"
        gone = error.status in _NOT_THERE
        return Failed(address, error.reason, wait, lasting=gone, gone=gone)


def _host_of(address: str) -> str:
    return (urlsplit(address).hostname or "") if web_url(address) else ""


def _why_no_page(address: str, answer: Answer) -> str | None:
    kind = answer.content_type.split(";")[0].strip().lower()
    if kind not in _PAGE_TYPES:
        return f"is not a web page, but {kind}"
    if answer.body is None:
        return "did not answer with a page"
    if urlsplit(answer.url).path in ("", "/") and urlsplit(answer.url).query == "":
        asked = urlsplit(address)
        if asked.path not in ("", "/") or asked.query:
            return "leads to a site's front page"
    return None
