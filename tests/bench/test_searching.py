"""The comparison of indexes: its articles, its queries, and that all engines mean the same."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import Stemmer

from archive import store as stores
from archive.store import Store
from bench.articles import generated, queries, real
from bench.articles.kept import BulkStore, hold
from bench.articles.upserts import upsert
from bench.engines.ask import KINDS, Ask, How
from bench.engines.side import OURS, PEERS, Side, missing, side
from bench.searching import beyond
from bench.searching.collection import collection
from bench.searching.figures import by_kind, ratios
from bench.searching.goals import Goal
from bench.searching.options import Wanted
from bench.searching.serving import address, counted

ARTICLES = 60
PEER = [
    pytest.param(
        name,
        marks=[
            pytest.mark.skipif(bool(why := missing(name)), reason=why or ""),
            # Stock Whoosh leaves files to the garbage collector.
            pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
        ],
    )
    for name in PEERS
]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bench") / "site"
    hold(folder, generated.articles(ARTICLES))
    return folder


@pytest.fixture(scope="module")
def asks(site: Path) -> list[Ask]:
    with Store(site / stores.FILE) as store:
        return queries.draw(store.articles(), 2)


@contextmanager
def opened(name: str, site: Path) -> Iterator[Side]:
    engine = side(name, site, site if name == OURS else site.parent)
    engine.build()
    engine.open()
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def ours(site: Path) -> Iterator[Side]:
    with opened(OURS, site) as engine:
        yield engine


@pytest.fixture(scope="module")
def peer(site: Path, request: pytest.FixtureRequest) -> Iterator[Side]:
    with opened(request.param, site) as engine:
        yield engine


def able(engine: Side, asks: list[Ask]) -> list[Ask]:
    return [ask for ask in asks if engine.can_near or ask.how is not How.NEAR]


def test_there_are_as_many_queries_of_each_kind(asks: list[Ask]) -> None:
    assert Counter(ask.kind for ask in asks) == dict.fromkeys(KINDS, 2)


def test_the_same_articles_and_queries_are_made_again(site: Path, asks: list[Ask]) -> None:
    with Store(site / stores.FILE) as store:
        assert queries.draw(store.articles(), 2) == asks
    assert list(generated.articles(3)) == [generated.article(n) for n in range(3)]


@pytest.mark.parametrize("peer", PEER, indirect=True)
def test_every_engine_gives_the_same_answers(peer: Side, asks: list[Ask], ours: Side) -> None:
    for ask in able(ours, asks):
        mine, other = ours.page(ask), peer.page(ask)
        assert (other.total, other.facets) == (mine.total, mine.facets), ask
        assert len(other.ids) == len(mine.ids) == min(10, max(0, mine.total - ask.offset)), ask
        assert len(other.snippets) >= len(other.ids), ask


@pytest.mark.parametrize("peer", PEER, indirect=True)
def test_peers_agree_on_words_placed(peer: Side, site: Path, asks: list[Ask]) -> None:
    near = [ask for ask in asks if ask.how is How.NEAR]
    with Store(site / stores.FILE) as store:
        texts = [f"{a.headline} | | | | | | {a.text}".lower() for a in store.articles()]
    for ask in near:
        assert peer.page(ask).total == sum(stands_near(ask, text) for text in texts), ask


def stands_near(ask: Ask, text: str) -> bool:
    stem = Stemmer.Stemmer("english").stemWord
    words = [stem(word.strip(".")) for word in text.split()]
    first, last = (
        [at for at, word in enumerate(words) if word == stem(asked)] for asked in ask.words
    )
    return any(abs(a - b) <= ask.within for a in first for b in last)


@pytest.mark.parametrize("name", [OURS, *PEER])
def test_what_an_update_brings_is_found_at_once(name: str, tmp_path: Path) -> None:
    site = tmp_path / "site"
    hold(site, generated.articles(20))
    with opened(name, site) as engine, BulkStore(site / stores.FILE) as store:
        for number in range(2):
            seq, ask = upsert(store, number, 6)
            engine.upsert(list(store.changes_since(seq)))
            assert engine.page(ask).total == 6
        everything = engine.page(Ask("newest", How.EVERYTHING, newest=True))
    assert everything.total == 20 + 2 * 3


def test_the_forms_of_a_stem_come_together_under_every_stemmer() -> None:
    words = [generated.stem(rank) for rank in range(500)]
    assert len(set(words)) == len(words)
    for name in ("english", "porter"):
        stem = Stemmer.Stemmer(name).stemWord
        assert all(
            len({stem(word + end) for end in ("", "s", "ed", "ing")}) == 1 for word in words
        )


def test_new_words_never_stop_coming() -> None:
    seen: set[str] = set()
    new = []
    for first in (0, 1000, 100_000):
        words = {w for a in generated.articles(10, first=first) for w in a.text.split()}
        new.append(len(words - seen))
        seen |= words
    assert min(new) > 500


def test_words_on_which_stemmers_differ_are_not_asked_for() -> None:
    having = Counter(["rates", "rate", "rating", "general", "generation", "generous", "on", "one"])
    assert {word for word, _ in queries.steadily(having)} == {"rates", "rate", "rating"}


def test_real_text_keeps_its_words_and_loses_what_analyses_read_differently() -> None:
    told = real.plain("The U.S. didn’t pay €1,000 to Café Zoë’s anti-slip_mat makers.")
    assert told == "The us didnt pay €1000 to cafe zoe anti-slip mat makers."


def test_real_articles_come_from_json_lines(tmp_path: Path) -> None:
    file = tmp_path / "told.jsonl"
    file.write_text(
        json.dumps({"title": "A", "body": "B c.", "date": "26-FEB-1987 15:10", "topics": ["x"]})
        + "\n{}\n"
    )
    (article,) = real.articles(file, 10)
    assert (article.headline, article.text, article.topics) == ("A", "B c.", ("x",))
    assert article.published is not None
    assert article.published.iso == "1987-02-26"


@pytest.mark.gate
def test_page_prints_the_promised_figures(tmp_path: Path) -> None:
    arguments = "page --articles 60 --peers none --each 1 --rounds 1 --json --keep"
    done = subprocess.run(
        [sys.executable, "-m", "bench", *arguments.split(), str(tmp_path)],
        env={k: v for k, v in os.environ.items() if k != "MORGUE_CORPORA"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    left_out = {line.split(":")[0] for line in report["left_out"]}
    assert report["articles"] == ARTICLES
    assert report["ratios"] == {}
    ours = report["engines"][OURS]
    assert all(ours[name] > 0 for name in ("rss_mb", "size_mb", "docs_per_s", "first_page_ms"))
    for when in ("cold", "warm"):
        assert set(ours[when]) | left_out == {*KINDS, "all"}
        for spread in ours[when].values():
            assert 0 < spread["p50"] <= spread["p95"] <= spread["max"]
    assert set(ours["parts"]) == {"match", "articles", "snippets"}
    assert sum(part["p50"] for part in ours["parts"].values()) < ours["warm"]["all"]["max"]


def test_ratios_have_the_shape_of_what_they_compare() -> None:
    ours = {"warm": {"all": {"p50": 3.0}}, "size_mb": 4, "name": "x"}
    assert ratios(ours, {"warm": {"all": {"p50": 2.0}}, "size_mb": 0}) == {
        "warm": {"all": {"p50": 1.5}},
        "size_mb": None,
    }


def test_spreads_are_by_kind_and_of_all() -> None:
    found = by_kind([("rare", 1.0), ("rare", 3.0), ("or", 8.0)])
    assert list(found) == ["rare", "or", "all"]
    assert (found["rare"].p50, found["all"].max) == (2.0, 8.0)


@pytest.mark.parametrize(
    ("goal", "said"),
    [
        (Goal("page", 1.5, 1.2), "met     page: goal ≤ 1.5 ×, found 1.2 ×"),
        (Goal("page", 1.0, 1.2), "NOT MET page: goal ≤ 1 ×, found 1.2 ×"),
        (Goal("speed", 8.0, 9.0, at_least=True), "met     speed: goal ≥ 8 ×, found 9 ×"),
        (Goal("page", 1.0, None), "–       page: goal ≤ 1 ×, not measured"),
    ],
)
def test_a_goal_says_plainly_how_it_stands(goal: Goal, said: str) -> None:
    assert str(goal) == said


def test_the_count_is_read_off_the_page_and_off_no_other() -> None:
    assert counted(b'<h1 id="count">1,234 articles as 7 results') == 1234
    assert counted('<h1 id="count">1\u202f234 articles'.encode()) == 1234
    assert counted(b"<h1>Nothing</h1>") is None


def test_an_address_asks_what_the_query_asks() -> None:
    ask = Ask("facets", How.PHRASE, ("a", "b"), source="S", first="2020-01-01", offset=20)
    assert address(ask) == "/search?q=%22a+b%22&source=S&from=2020-01-01&page=3"


@pytest.mark.gate
def test_what_a_server_adds_to_a_page_is_the_page_less_its_search(tmp_path: Path) -> None:
    with collection(Wanted(40, (), each=1, keep=tmp_path)) as made:
        report = beyond.measure(made, 1)
    assert report["queries"] == len(KINDS)
    assert 0 < report["beyond"]["ms"].p50 < report["page"]["ms"].max
    cpu = {name: report[name]["cpu_ms"] for name in ("page", "search", "beyond")}
    assert cpu["beyond"] == pytest.approx(cpu["page"] - cpu["search"], abs=0.02)
    assert beyond.goals(report)[0].found == report["beyond"]["ms"].p50
