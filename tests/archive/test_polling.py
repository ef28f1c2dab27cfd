"""Many feeds are asked side by side, politely, and come back in their order."""

import threading
import time
from collections import Counter
from collections.abc import Callable

import pytest

from archive.ingest import polling
from archive.ingest.polling import poll
from archive.source import Kind, Source


class Asking:
    """Asks nobody; notes who was asked, and how many at once."""

    def __init__(self, answer: Callable[[str], str] = lambda url: url) -> None:
        self.answer = answer
        self.lock = threading.Lock()
        self.now: Counter[str] = Counter()
        self.most: Counter[str] = Counter()
        self.asked: list[str] = []

    def __call__(self, source: Source) -> str:
        host = source.address.split("/")[2]
        with self.lock:
            self.asked.append(source.address)
            self.now.update((host, "all"))
            self.most |= self.now
        time.sleep(0.002)
        with self.lock:
            self.now.subtract((host, "all"))
        return self.answer(source.address)


def sources(*addresses: str) -> list[Source]:
    return [Source(n, Kind.FEED, address) for n, address in enumerate(addresses)]


def on(host: str, count: int) -> list[str]:
    return [f"https://{host}/{number}" for number in range(count)]


def test_answers_come_in_the_order_of_the_sources() -> None:
    feeds = sources(*on("a.example", 9), *on("b.example", 5), *on("a.example", 4))
    answered = list(poll(Asking(), feeds, concurrency=4, per_host=2))
    assert answered == [(feed, feed.address) for feed in feeds]


def test_no_host_is_asked_more_often_at_once_than_allowed() -> None:
    asking = Asking()
    feeds = sources(*on("a.example", 30), *on("b.example", 30), *on("c.example", 30))
    list(poll(asking, feeds, concurrency=5, per_host=2))
    assert asking.most["all"] <= 5
    assert max(asking.most[f"{name}.example"] for name in "abc") <= 2


def test_a_host_with_many_feeds_does_not_keep_the_others_waiting() -> None:
    asking = Asking()
    feeds = sources(*on("a.example", 50), *on("b.example", 1))
    list(poll(asking, feeds, concurrency=3, per_host=1))
    assert asking.asked.index("https://b.example/0") <= 2


def test_answers_that_wait_for_a_slow_one_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "_MOST_HELD", 100)
    free = threading.Event()

    def answer(url: str) -> str:
        if url == "https://slow.example/0":
            free.wait(10)
        return url

    asking = Asking(answer)
    feeds = sources(*on("slow.example", 1), *on("fast.example", 200))
    answered = poll(asking, feeds, concurrency=4, per_host=2, size=lambda _: 10)
    timer = threading.Timer(1.0, free.set)
    timer.start()
    first = next(answered)
    assert first[0].address == "https://slow.example/0"
    assert len(asking.asked) < 20
    assert len(list(answered)) == 200


def test_with_no_room_at_all_every_feed_still_has_its_turn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(polling, "_MOST_HELD", 0)
    feeds = sources(*on("a.example", 5), *on("b.example", 5))
    answered = list(poll(Asking(), feeds, concurrency=4, per_host=2))
    assert [source for source, _ in answered] == feeds


def test_an_address_that_cannot_be_read_is_asked_like_any_other() -> None:
    feeds = sources("http://[::1")
    answered = poll(lambda _: "asked", feeds, concurrency=1, per_host=1)
    assert list(answered) == [(feeds[0], "asked")]
