"""What is kept of segments between queries, within its budget."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from indexer.whoosh_engine.cache import Cache


class Maker:
    """Makes arrays of some bytes, and counts how often it had to."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.made = 0

    def __call__(self) -> np.ndarray:
        self.made += 1
        return np.zeros(self.size, dtype=np.uint8)


def test_a_value_is_made_once() -> None:
    cache, maker = Cache(), Maker(10)
    first = cache.get(("segment", "word"), maker)
    assert cache.get(("segment", "word"), maker) is first
    assert maker.made == 1


def test_what_is_used_often_stays_and_the_budget_holds() -> None:
    cache, often, once = Cache(budget=100_000), Maker(1000), Maker(1000)
    for number in range(2000):
        for key in "abc":
            cache.get(("segment", key), often)
        cache.get(("segment", number), once)
        assert cache.nbytes <= 100_000
    assert often.made < 100
    assert len(cache) > 60


def test_of_rounds_that_do_not_fit_a_share_stays() -> None:
    cache, maker = Cache(budget=100_000), Maker(1000)
    for _ in range(20):
        for number in range(100):
            cache.get(("segment", number), maker)
    assert maker.made < 20 * 100 * 3 / 4


def test_what_is_larger_than_the_budget_is_not_kept() -> None:
    cache, maker = Cache(budget=100), Maker(1000)
    assert len(cache.get(("segment", "word"), maker)) == 1000
    assert (len(cache), cache.nbytes) == (0, 0)


def test_only_segments_in_use_are_kept() -> None:
    cache, maker = Cache(), Maker(10)
    for segment in ("old", "new"):
        cache.get((segment, "word"), maker)
    held = cache.nbytes
    cache.keep_only({"new"})
    assert (len(cache), cache.nbytes) == (1, held // 2)
    cache.get(("new", "word"), maker)
    assert maker.made == 2


def test_threads_share_it_and_its_count_stays_true() -> None:
    cache = Cache(budget=50_000)

    def use(number: int) -> int:
        return len(cache.get(("segment", number % 40), Maker(1 + number % 40 * 100)))

    with ThreadPoolExecutor(8) as threads:
        sizes = list(threads.map(use, range(2000)))
    assert sizes == [1 + number % 40 * 100 for number in range(2000)]
    assert cache.nbytes <= 50_000
    cache.keep_only(())
    assert (len(cache), cache.nbytes) == (0, 0)
