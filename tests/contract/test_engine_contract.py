"""The contract of `indexer.engine.Engine`, as data, for every engine there is."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from archive.article import Article, Published
from archive.store import Change, Position
from indexer import query
from indexer.engine import FACETS, Checkpoint, Engine, Matches, Sort
from indexer.engines import create_engine
from indexer.request import Asked, Request, understand
from indexer.tree import EVERYTHING, Fuzzy, Words
from tests.contract.oracle import MemoryEngine

#
HERE = Path(__file__).parent
CASES: list[dict[str, Any]] = json.loads((HERE / "searches.json").read_text("utf-8"))
FACET_CASES: list[dict[str, Any]] = json.loads((HERE / "facets.json").read_text("utf-8"))
ENGINES = ("whoosh", "memory")

Open = Callable[[], Engine]
"""Opens the engine, each time over what the one before left behind."""


def article(facts: dict[str, Any]) -> Article:
    published = facts.get("published")
    values = {key: tuple(v) if isinstance(v, list) else v for key, v in facts.items()}
    return Article(
        url=f"file:///{facts['id']}",
        **values | {"published": Published(published) if published else None},
    )


ARTICLES = [article(facts) for facts in json.loads((HERE / "articles.json").read_text("utf-8"))]


def puts(articles: list[Article]) -> list[Change]:
    return [Change(number, a.id, a) for number, a in enumerate(articles, start=1)]


def ids(engine: Engine, text: str = "") -> set[str]:
    return {hit.id for hit in engine.match(query.parse(text).tree, limit=None).hits}


def answers(engine: Engine) -> list[Matches]:
    return [answer(engine, case, Sort.NEWEST) for case in CASES]


def asked(case: dict[str, Any]) -> Asked:
    return understand(
        Request(
            text=case["query"],
            sources=tuple(case.get("sources", ())),
            topics=tuple(case.get("topics", ())),
            languages=tuple(case.get("languages", ())),
            agencies=tuple(case.get("agencies", ())),
            bylines=tuple(case.get("bylines", ())),
            left_out=tuple((facet, value) for facet, value in case.get("left_out", ())),
            first=case.get("from"),
            last=case.get("to"),
            undated=case.get("undated", False),
        )
    )


def answer(engine: Engine, case: dict[str, Any], sort: Sort, limit: int | None = None) -> Matches:
    request = asked(case)
    return engine.match(request.tree, sort=sort, limit=limit, chosen=request.chosen)


@pytest.fixture(params=ENGINES)
def reopen(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    kept: dict[str, object] = {}
    opened: list[Engine] = []

    def fresh() -> Engine:
        while opened:
            opened.pop().close()
        opened.append(
            create_engine(tmp_path, "english") if request.param == "whoosh" else MemoryEngine(kept)
        )
        return opened[0]

    yield fresh
    while opened:
        opened.pop().close()


@pytest.fixture
def engine(reopen: Open) -> Engine:
    return reopen()


@pytest.fixture(scope="module", params=ENGINES)
def full(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """All articles, in several commits."""
    folder = tmp_path_factory.mktemp("index")
    engine = create_engine(folder, "english") if request.param == "whoosh" else MemoryEngine()
    for start in range(0, len(ARTICLES), 7):
        engine.apply(puts(ARTICLES[start : start + 7]), Position("store", start + 7))
    yield engine
    engine.close()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["claim"])
def test_a_search_finds_what_its_case_says(full: Engine, case: dict[str, Any]) -> None:
    sort = Sort(case["sort"]) if "sort" in case else Sort.RELEVANCE
    matches = answer(full, case, sort)
    found = [hit.id for hit in matches.hits]
    assert (found if "sort" in case else sorted(found)) == case["ids"]
    assert matches.total == case["total"]
    if "facets" in case:
        assert matches.facets == case["facets"]


@pytest.mark.parametrize("case", FACET_CASES, ids=lambda case: case["claim"])
def test_facets_are_counted_as_their_case_says(full: Engine, case: dict[str, Any]) -> None:
    chosen = {facet: tuple(values) for facet, values in case.get("chosen", {}).items()}
    matches = full.match(
        query.parse(case["query"]).tree, limit=None, facets=case["facets"], chosen=chosen
    )
    assert matches.facets == case["facets"]
    assert matches.articles == len(matches.hits) == case["articles"]
    if not isinstance(full, MemoryEngine):  # which counts in no order
        for facet, counts in case["facets"].items():
            assert list(matches.facets[facet]) == list(counts)


def test_each_claim_is_made_once() -> None:
    claims = [case["claim"] for case in (*CASES, *FACET_CASES)]
    assert sorted(set(claims)) == sorted(claims)


def test_pages_follow_one_another_without_gap_or_overlap(full: Engine) -> None:
    for sort in Sort:
        whole = full.match(query.parse("bank OR the").tree, sort=sort, limit=None)
        pages = [
            full.match(query.parse("bank OR the").tree, sort=sort, offset=offset, limit=4)
            for offset in range(0, whole.total + 4, 4)
        ]
        assert [hit for page in pages for hit in page.hits] == list(whole.hits)
        assert {page.total for page in pages} == {whole.total}
        assert all(page.facets == whole.facets for page in pages)


def test_a_page_of_nothing_still_counts(full: Engine) -> None:
    matches = full.match(EVERYTHING, limit=0)
    assert (matches.total, matches.hits) == (25, ())
    assert full.match(EVERYTHING, offset=1000).hits == ()


def test_nothing_scores_where_only_facets_and_dates_were_asked_for(full: Engine) -> None:
    for text in ("", "date:2024", "undated:yes", "NOT bank"):
        hits = full.match(query.parse(text).tree, limit=None).hits
        assert {hit.score for hit in hits} == {0.0}


def test_equal_scores_go_by_the_newer_date_and_then_by_id(full: Engine) -> None:
    by_rank = full.match(EVERYTHING, sort=Sort.RELEVANCE, limit=None)
    by_date = full.match(EVERYTHING, sort=Sort.NEWEST, limit=None)
    assert by_rank.hits == by_date.hits


@pytest.mark.parametrize("sort", Sort)
def test_an_empty_index_answers(engine: Engine, sort: Sort) -> None:
    for case in CASES:
        assert answer(engine, case, sort) == Matches(0, (), {facet: {} for facet in FACETS})
    assert list(engine.terms("ba")) == []
    assert engine.checkpoint() is None


def test_an_article_put_again_replaces_what_it_was(engine: Engine) -> None:
    first, second, *_ = ARTICLES
    engine.apply(puts([first, second]), Position("store", 2))
    changed = replace(first, headline="Gulls", text="Gulls.", published=None, topics=("birds",))
    engine.apply([Change(3, first.id, changed)], Position("store", 3))
    assert ids(engine, "governor") == set()
    assert ids(engine, "gulls") == ids(engine, "undated:yes") == {first.id}
    assert engine.match(EVERYTHING).facets["topic"] == {"economy": 1, "birds": 1}


def test_of_several_states_in_one_batch_the_last_counts(engine: Engine) -> None:
    first, second, third, *_ = ARTICLES
    engine.apply(
        [
            Change(1, first.id, first),
            Change(2, second.id, second),
            Change(3, third.id, None),
            Change(4, first.id, replace(first, headline="Gulls", text="Gulls.")),
            Change(5, second.id, None),
            Change(6, third.id, third),
        ],
        Position("store", 6),
    )
    assert ids(engine) == {first.id, third.id}
    assert ids(engine, "gulls") == {first.id}


def test_a_withdrawn_article_is_gone(engine: Engine) -> None:
    engine.apply(puts(ARTICLES[:3]), Position("store", 3))
    engine.apply([Change(4, "a01", None), Change(5, "unknown", None)], Position("store", 5))
    assert ids(engine) == {"a02", "a03"}
    assert engine.match(EVERYTHING).facets["source"] == {"Kettle Bay Post": 2}
    assert "lindqvist" in dict(engine.terms("lind"))
    assert list(engine.terms("governor")) == []


def test_a_withdrawn_article_that_is_put_again_is_back(engine: Engine) -> None:
    for change in (*puts(ARTICLES[:1]), Change(2, "a01", None), Change(3, "a01", ARTICLES[0])):
        engine.apply([change], Position("store", change.seq))
    assert ids(engine) == ids(engine, "governor") == {"a01"}


def test_the_same_changes_twice_change_nothing(engine: Engine) -> None:
    changes = [*puts(ARTICLES), Change(26, "a03", None)]
    engine.apply(changes, Position("store", 26))
    before = answers(engine)
    engine.apply(changes, Position("store", 26))
    assert answers(engine) == before


def test_one_commit_or_many_make_the_same_index(engine: Engine, full: Engine) -> None:
    for change in puts(ARTICLES):
        engine.apply([change], Position("store", change.seq))
    assert answers(engine) == answers(full)


def test_the_checkpoint_comes_back_after_reopening(reopen: Open) -> None:
    engine = reopen()
    engine.apply(puts(ARTICLES[:3]), Position("store", 3))
    before = engine.checkpoint()
    assert before is not None
    assert before.position == Position("store", 3)
    engine = reopen()
    assert engine.checkpoint() == before
    assert ids(engine) == {"a01", "a02", "a03"}
    engine.apply([], Position("store", 7))
    assert reopen().checkpoint() == Checkpoint(Position("store", 7), before.built_for)
    assert ids(reopen()) == {"a01", "a02", "a03"}


def test_an_error_among_the_changes_leaves_the_earlier_checkpoint(reopen: Open) -> None:
    def broken() -> Iterator[Change]:
        yield Change(2, "a02", ARTICLES[1])
        raise OSError("the disk went away")

    engine = reopen()
    engine.apply(puts(ARTICLES[:1]), Position("store", 1))
    before = engine.checkpoint()
    with pytest.raises(OSError, match="went away"):
        engine.apply(broken(), Position("store", 2))
    assert engine.checkpoint() == before
    assert ids(engine) == {"a01"}
    engine.apply(puts(ARTICLES[:2]), Position("store", 2))
    assert ids(reopen()) == {"a01", "a02"}


def test_terms_are_folded_words_of_articles_the_most_frequent_first(full: Engine) -> None:
    assert list(full.terms("Minist")) == [("minister", 2), ("ministers", 1), ("ministry", 1)]
    assert list(full.terms("ås")) == [("asa", 1)]
    assert list(full.terms("lind")) == [("lindqvist", 2)]
    assert list(full.terms("zzz")) == []
    assert len(full.terms("b", limit=3)) == 3


def test_terms_may_be_those_a_few_edits_away(full: Engine) -> None:
    assert list(full.terms(Fuzzy("Lindqvsit"))) == [("lindqvist", 2)]
    assert list(full.terms(Fuzzy("mnister"))) == [("minister", 2)]
    assert list(full.terms(Fuzzy("mnister", 2))) == [("minister", 2), ("ministers", 1)]
    assert list(full.terms(Fuzzy("zzzzz"))) == []


def test_terms_of_a_text_are_counted_in_any_form(full: Engine) -> None:
    counts = dict(full.terms(Words("the Lindqvists' banks and U.S. zzzzz"), 10))
    assert counts["lindqvist"] == 2
    assert counts["bank"] == len(ids(full, "bank"))
    assert "u.s." in counts
    assert "zzzzz" not in counts
    assert len(full.terms(Words("the bank and the rates"), 1)) == 1


def told(story: dict[str, str | None]) -> list[Change]:
    """Changes that put articles a01 to a05, each in the story given for its id."""
    return [Change(n, a.id, a, story.get(a.id)) for n, a in enumerate(ARTICLES[:5], start=1)]


def lines(engine: Engine, text: str, sort: Sort = Sort.NEWEST, **more: Any) -> list[str]:
    return [hit.id for hit in engine.match(query.parse(text).tree, sort=sort, **more).hits]


STORY = {"a01": "a01", "a02": "a01", "a04": "a01"}


def test_a_story_is_one_line_where_its_earliest_copy_stands(engine: Engine) -> None:
    # a05 is of 2023, a02 of May 2024, a03 of June 2024; a01 is later, a04 undated.
    engine.apply(told(STORY), Position("store", 5))
    assert lines(engine, "", Sort.NEWEST) == ["a03", "a02", "a05"]
    assert lines(engine, "", Sort.OLDEST) == ["a05", "a02", "a03"]
    assert engine.match(EVERYTHING).total == 3


def test_copies_may_each_have_a_line(engine: Engine) -> None:
    engine.apply(told(STORY), Position("store", 5))
    matches = engine.match(EVERYTHING, copies=True, sort=Sort.NEWEST)
    assert [hit.id for hit in matches.hits] == ["a01", "a03", "a02", "a05", "a04"]
    assert matches.total == 5


def test_facets_count_every_copy(engine: Engine) -> None:
    engine.apply(told(STORY), Position("store", 5))
    together, apart = engine.match(EVERYTHING), engine.match(EVERYTHING, copies=True)
    assert together.facets == apart.facets
    assert sum(together.facets["source"].values()) == 5


def test_only_copies_that_match_can_stand_for_a_story(engine: Engine) -> None:
    engine.apply(told(STORY), Position("store", 5))
    assert lines(engine, "governor") == ["a01"]
    assert lines(engine, "letters OR governor") == ["a01"]
    assert lines(engine, "letters") == ["a04"]


def test_stories_that_lie_in_several_commits_are_one_line_too(engine: Engine) -> None:
    for change in told(STORY):
        engine.apply([change], Position("store", change.seq))
    assert lines(engine, "", Sort.NEWEST) == ["a03", "a02", "a05"]


def test_pages_count_lines(engine: Engine) -> None:
    engine.apply(told(STORY), Position("store", 5))
    whole = lines(engine, "")
    assert [lines(engine, "", offset=n, limit=1) for n in range(3)] == [[one] for one in whole]


def test_an_article_that_leaves_its_story_has_its_own_line_again(engine: Engine) -> None:
    engine.apply(told(STORY), Position("store", 5))
    engine.apply([Change(6, "a02", ARTICLES[1], None)], Position("store", 6))
    assert set(lines(engine, "")) == {"a01", "a02", "a03", "a05"}


def test_what_was_changed_and_what_has_copies_can_be_asked_for(engine: Engine) -> None:
    first, second, third = ARTICLES[:3]
    engine.apply(
        [
            Change(1, first.id, first, revised=True),
            Change(2, second.id, second, "story"),
            Change(3, third.id, third, "story", revised=True),
        ],
        Position("store", 3),
    )
    assert ids(engine, "has:revisions") == {first.id, third.id}
    assert set(lines(engine, "has:copies", copies=True)) == {second.id, third.id}
    assert ids(engine, "-has:copies has:revisions") == {first.id}


def test_words_are_counted_by_the_articles_that_have_them(engine: Engine) -> None:
    oracle = MemoryEngine()
    for one in (engine, oracle):
        one.apply(puts(ARTICLES), Position("here", len(ARTICLES)))
    words = ("the", "bank", "banks", "Bank", "zeppelin", "two words", "")
    assert engine.frequencies(words) == oracle.frequencies(words)
    assert engine.frequencies(words).having[0] > 0
    engine.apply([Change(99, ARTICLES[0].id, None)], Position("here", 99))
    assert engine.frequencies(()).articles == len(ARTICLES) - 1


def test_an_engine_held_steady_answers_from_one_state_while_others_are_committed(
    engine: Engine,
) -> None:
    engine.apply(puts(ARTICLES[:2]), Position("here", 2))
    held, before = engine.steady(), engine.checkpoint()
    known = held.match(EVERYTHING), held.frequencies(("the", "bank")), held.terms("b")
    engine.apply(puts(ARTICLES), Position("here", len(ARTICLES)))
    assert engine.match(EVERYTHING).articles == len(ARTICLES)
    assert held.checkpoint() == before
    assert (held.match(EVERYTHING), held.frequencies(("the", "bank")), held.terms("b")) == known
    assert engine.steady().match(EVERYTHING).articles == len(ARTICLES)
