import json
from collections.abc import Collection, Iterator
from datetime import date
from pathlib import Path

import pytest

from archive.errors import UsageError
from archive.store import Position, Store
from archive.store.kept import Kept
from archive.store.stories import Copy
from indexer import projection, search
from indexer.engine import FACETS, Engine, Sort
from indexer.live import LiveIndex
from indexer.request import MOST_PER_PAGE, Request, understand
from indexer.results import Results
from indexer.search import all_ids
from indexer.suggestion import Suggestion
from indexer.tree import EVERYTHING, And, Dates, Undated, Words
from tests.indexer.conftest import make_article, put

ARTICLES = (
    make_article(
        "old",
        "Bank rates rise",
        "The bank raised its rates.\n\nGulls cried.",
        "2022-01-31",
        topics=("economy", "banking"),
        byline=("Ana Lindqvist", "Bea Ruiz"),
        dateline="VARDA",
    ),
    make_article("mid", "Fog", "Fog hid the bank for 1 day.", "2023-05", agency="Elm Wire"),
    make_article(
        "new",
        "Ferry",
        "A ferry sailed past the bank.",
        "2024-06-20T10:00:00+02:00",
        source="Herald",
    ),
    make_article("undated", "Letters", "Dear bank.", None, topics=("opinion",)),
)


@pytest.fixture
def site(store: Store, root: Path) -> Iterator[tuple[Engine, Store]]:
    for article in ARTICLES:
        store.put(article)
    projection.catch_up(store, root, "english")
    engine = LiveIndex(root).engine()
    yield engine, store
    engine.close()


@pytest.fixture
def ask(site: tuple[Engine, Store]) -> "Ask":
    return Ask(*site)


class Ask:
    """Searches in one line; called, it gives results, and `ids` only the ids."""

    def __init__(self, engine: Engine, store: Store) -> None:
        self.engine, self.store = engine, store

    def __call__(self, text: str = "", **asked: object) -> Results:
        return search.search(Request(text, **asked), self.engine, self.store)  # type: ignore[arg-type]

    def ids(self, text: str = "", **asked: object) -> list[str]:
        return [hit.kept.article.id for hit in self(text, **asked).hits]


def test_equivalents_find_mark_and_export_what_stands_for_a_word(ask: Ask) -> None:
    known = (("vessel", "ferry", "steam boat"),)
    results = search.search(Request("vessel"), ask.engine, ask.store, known)
    assert [hit.kept.article.id for hit in results.hits] == ["new"]
    assert [results.hits[0].headline.text[a:b] for a, b in results.hits[0].headline.marks] == [
        "Ferry"
    ]
    assert [one.others for one in results.also] == [("ferry", "steam boat")]
    assert list(all_ids(Request("vessel"), ask.engine, known)) == ["new"]
    assert search.search(Request('"vessel"'), ask.engine, ask.store, known).total == 0
    nothing = search.search(Request("vessel rates"), ask.engine, ask.store, known)
    assert nothing.words == {"vessel": 1, "rates": 1}


def test_words_are_sorted_by_relevance_and_their_best_match_comes_first(ask: Ask) -> None:
    results = ask("bank rates")
    assert results.sort is Sort.RELEVANCE
    assert ask("bank").total == 4
    assert ask.ids("bank")[0] == "old"
    scores = [hit.score for hit in ask("bank").hits]
    assert scores == sorted(scores, reverse=True)
    assert min(scores) > 0


def test_what_does_not_rank_is_sorted_by_date(ask: Ask) -> None:
    for text in ("", "*", "-zebra", "after:1900 OR undated:yes"):
        results = ask(text)
        assert results.sort is Sort.NEWEST
        assert [hit.kept.article.id for hit in results.hits] == ["new", "mid", "old", "undated"]


def test_a_sort_that_was_asked_for_is_used(ask: Ask) -> None:
    assert ask.ids("bank", sort=Sort.OLDEST) == ["old", "mid", "new", "undated"]
    assert ask.ids("bank", sort=Sort.NEWEST) == ["new", "mid", "old", "undated"]
    assert ask.ids("", sort=Sort.OLDEST) == ["old", "mid", "new", "undated"]


def test_pages_are_counted_from_one(ask: Ask) -> None:
    assert ask.ids(limit=3) == ["new", "mid", "old"]
    assert ask.ids(limit=3, page=2) == ["undated"]
    beyond = ask(limit=3, page=10**9)
    assert (beyond.total, beyond.hits) == (4, ())


@pytest.mark.parametrize(
    "asked",
    [
        {"page": 0},
        {"page": -1},
        {"limit": 0},
        {"limit": MOST_PER_PAGE + 1},
        {"first": "yesterday"},
        {"last": "2024-13"},
        {"first": "2024-02-30"},
        {"last": "2024..2025"},
    ],
)
def test_what_makes_no_sense_is_refused(ask: Ask, asked: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        ask("bank", **asked)


def test_a_limit_at_the_edge_is_not_refused(ask: Ask) -> None:
    assert len(ask.ids(limit=MOST_PER_PAGE)) == 4
    assert len(ask.ids(limit=1)) == 1


def test_dates_hold_both_ends(ask: Ask) -> None:
    assert ask.ids(first="2022-01-31", last="2022-01-31") == ["old"]
    assert ask.ids(first="2022-02-01", last="2024-06-19") == ["mid"]
    assert ask.ids(first="2024-06-20") == ["new"]
    assert ask.ids(last="2022") == ["old"]
    assert ask.ids(first="2022", last="2024") == ["new", "mid", "old"]
    assert ask.ids(first="2024", last="2022") == []


def test_values_of_a_facet_are_alternatives_and_facets_narrow_each_other(ask: Ask) -> None:
    assert ask.ids(sources=("Herald",)) == ["new"]
    assert ask.ids(topics=("economy", "opinion")) == ["old", "undated"]
    assert ask.ids(topics=("economy", "opinion"), undated=True) == ["undated"]
    assert ask.ids(sources=("Herald",), topics=("economy",)) == []


def test_a_facet_counts_the_alternatives_to_what_is_chosen_of_it(ask: Ask) -> None:
    results = ask("bank", sources=("Herald",), topics=("economy", "opinion"))
    assert (results.total, results.articles) == (0, 0)
    assert results.facets == {
        "source": {"Kettle Bay Post": 2},
        "topic": {},
        "agency": {},
        "language": {},
        "byline": {},
        "date": {},
    }
    assert ask("bank", sources=("Herald",)).articles == 1


def test_what_is_asked_for_becomes_a_tree_and_chosen_facets() -> None:
    alone = understand(Request("bank"))
    assert alone.tree == alone.query.tree == Words("bank")
    assert (understand(Request()).tree, understand(Request()).chosen) == (EVERYTHING, {})
    request = Request("bank", ("S",), ("T", "U"), "2024", "2024-06", undated=True)
    assert understand(request).tree == And(
        (Words("bank"), Undated(), Dates(date(2024, 1, 1), date(2024, 6, 30)))
    )
    assert understand(request).chosen == {"source": ("S",), "topic": ("T", "U")}


def test_without_hits_each_word_says_how_many_it_finds_alone(ask: Ask) -> None:
    results = ask('bank zebra "the bank" title:fog ferr* -day')
    assert results.total == 0
    assert results.words == {"bank": 4, "zebra": 0, "the bank": 3, "title:fog": 1, "ferr*": 1}
    assert ask("bank").words == {}
    assert ask("", topics=("none",)).words == {}


def test_bytes_of_a_command_line_that_are_no_text_do_no_harm(ask: Ask) -> None:
    """Python hands them over as lone surrogates, which cannot be written anywhere."""
    results = ask("bank\udcff", sources=("\ud800", "Herald"), topics=())
    assert results.total == 1
    assert "\udcff" not in results.query.text
    assert results.query.text == "bank\ufffd"
    assert results.request.sources == ("\ufffd", "Herald")
    json.dumps(results.as_json(), ensure_ascii=False).encode()
    for text in ("\udcff", '"\udcff"', "source:\udcff", "\udcff*", "title: \udcff", "b\udcff*"):
        assert ask(text, topics=("\udcff",)).total == 0
    assert list(all_ids(Request("gulls \udcff"), ask.engine)) == ["old"]
    with pytest.raises(UsageError, match="\ufffd"):
        ask("bank", first="\udcff")


def test_what_was_left_out_is_told(ask: Ask) -> None:
    assert "no field “colour”" in ask("colour:red").query.notices[0]


def test_what_may_have_been_meant_is_told_and_is_a_query(ask: Ask) -> None:
    (hint,) = ask("rates or dear").hints
    assert hint.text == "rates OR dear"
    assert ask("rates or dear").as_json()["hints"] == [{"says": hint.says, "query": hint.text}]
    assert ask("rates OR dear").hints == ()


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("after:2024-06 before:2024-02", {}),
        ("before:2024-02", {"first": "2024-06"}),
        ("bank", {"first": "2024-06-01", "last": "2024-02"}),
    ],
)
def test_days_that_have_none_in_common_are_told(
    ask: Ask, text: str, asked: dict[str, object]
) -> None:
    found = ask(text, **asked)
    assert found.articles == 0
    assert found.query.notices == (
        "no day is on or after 2024-06-01 and also on or before 2024-02-29, so nothing is found",
    )


def test_what_only_a_comma_parts_is_found_wherever_it_stands(ask: Ask) -> None:
    for text in ("bank,rates", "rates/bank", "bank;rates", "bank…rates"):
        assert ask.ids(text) == ask.ids("bank rates"), text


def test_facets_count_all_matches_not_the_page(ask: Ask) -> None:
    facets = ask("bank", limit=1).facets
    assert facets == {
        "source": {"Kettle Bay Post": 3, "Herald": 1},
        "topic": {"banking": 1, "economy": 1, "opinion": 1},
        "agency": {"Elm Wire": 1},
        "language": {},
        "byline": {"Ana Lindqvist": 1, "Bea Ruiz": 1},
        "date": {
            "2022": 1,
            "2022-01": 1,
            "2023": 1,
            "2023-05": 1,
            "2024": 1,
            "2024-06": 1,
            "undated": 1,
        },
    }
    assert list(facets["source"]) == ["Kettle Bay Post", "Herald"]
    assert list(facets["topic"]) == ["banking", "economy", "opinion"]
    assert next(reversed(facets["date"])) == "undated"


def test_a_hit_shows_why_it_matched(ask: Ask) -> None:
    hit = ask("title:rates gulls").hits[0]
    assert hit.headline.marks == ((5, 10),)
    assert [(s.field, s.text) for s in hit.snippets] == [
        ("headline", "Bank rates rise"),
        ("text", "Gulls cried."),
    ]


def test_the_json_has_the_shape_that_was_promised(ask: Ask) -> None:
    results = ask("bank rates")
    data = json.loads(json.dumps(results.as_json()))
    told = {"query", "also", "understood", "notices", "hints", "total", "articles"}
    assert set(data) == {*told, "hits", "facets", "took_ms", "partial"}
    assert "partial" not in ask("bank").as_json()
    assert (data["query"], data["total"]) == ("bank rates", 1)
    assert set(data["facets"]) == set(FACETS)
    assert data["facets"]["date"] == {"2022": 1, "2022-01": 1}
    assert isinstance(data["took_ms"], float)
    (hit,) = data["hits"]
    score = hit.pop("score")
    assert score > 0
    assert hit == {
        "id": "old",
        "url": "https://kettle.example/old",
        "headline": "Bank rates rise",
        "source": "Kettle Bay Post",
        "agency": None,
        "byline": "Ana Lindqvist, Bea Ruiz",
        "dateline": "VARDA",
        "published": "2022-01-31",
        "topics": ["economy", "banking"],
        "precision": "day",
        "updated": None,
        "language": None,
        "copies": [],
        "missing": [],
        "snippets": [
            {"field": "headline", "text": "Bank rates rise", "marks": [[0, 4], [5, 10]]},
            {"field": "text", "text": "The bank raised its rates.", "marks": [[4, 8], [20, 25]]},
        ],
    }


def test_the_json_of_an_article_that_knows_little(ask: Ask) -> None:
    (hit,) = ask("dear").as_json()["hits"]  # type: ignore[misc]
    assert (hit["published"], hit["precision"], hit["byline"]) == (None, "unknown", None)
    assert ask("dear").facets["date"] == {"undated": 1}


def test_the_precision_of_a_date_is_told(ask: Ask) -> None:
    shown = {hit.kept.article.id: hit.as_json()["precision"] for hit in ask().hits}
    assert shown == {"new": "minute", "mid": "month", "old": "day", "undated": "unknown"}


def test_an_article_that_the_store_no_longer_shows_is_no_hit(ask: Ask) -> None:
    ask.store.withdraw("new")
    assert ask.ids() == ["mid", "old", "undated"]


def test_an_export_yields_all_ids_the_newest_first(ask: Ask) -> None:
    assert list(all_ids(Request("bank", sources=("Herald",)), ask.engine)) == ["new"]
    assert list(all_ids(Request("bank", limit=1, page=3), ask.engine)) == [
        "new",
        "mid",
        "old",
        "undated",
    ]


class Counted:
    """A store that notes how it was asked."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []

    def get_many(self, ids: Collection[str]) -> dict[str, Kept]:
        self.asked.append(list(ids))
        return {}

    def copies(self, ids: Collection[str]) -> dict[str, tuple[Copy, ...]]:
        self.asked.append(list(ids))
        return {}


def test_only_the_page_shown_is_fetched_and_at_once(engine: Engine) -> None:
    put(engine, *ARTICLES)
    articles = Counted()
    results = search.search(Request(limit=2), engine, articles)
    assert articles.asked == [["new", "mid"], ["new", "mid"]]
    assert (results.total, results.hits) == (4, ())
    checkpoint = engine.checkpoint()
    assert checkpoint is not None
    assert checkpoint.position == Position("store", 4)


def test_little_found_offers_another_spelling_within_the_same_narrowing(ask: Ask) -> None:
    results = ask("fery", sources=("Herald",))
    assert results.ways_on.suggestion == Suggestion("ferry", 1)
    assert results.as_json()["suggestion"] == {"text": "ferry", "articles": 1}
    assert ask("fery", sources=("Kettle Bay Post",)).ways_on.suggestion is None
    assert ask("bank").ways_on.suggestion is None


def test_nothing_found_says_what_each_narrowing_costs(ask: Ask) -> None:
    results = ask("ferry", sources=("Kettle Bay Post",), first="2023")
    assert [(one.less, one.articles) for one in results.ways_on.unnarrowed] == [("sources", 1)]
    assert results.ways_on.unnarrowed[0].request.first == "2023"
    told = ask("bank zebra").as_json()
    assert told["loosened"] == [{"less": "zebra", "text": "bank", "articles": 4, "apart": False}]
    assert told["unnarrowed"] == []


def test_words_that_stand_out_are_told_when_asked_for(store: Store, root: Path) -> None:
    for i in range(30):
        headline = f"Bridge {'toll' if i < 6 else 'news'} {'debated' if i < 8 else i}"
        store.put(make_article(f"t{i}", headline, "Of note."))
    projection.catch_up(store, root, "english")
    engine = LiveIndex(root).engine()
    results = search.search(Request("debated", telling=True), engine, store)
    assert results.telling == {"toll": 6}
    assert results.as_json()["telling"] == [{"word": "toll", "articles": 6}]
    assert "telling" not in results.facets
    assert search.search(Request("debated"), engine, store).telling == {}
    open_phrase = search.search(Request('"debated', telling=True), engine, store)
    assert (open_phrase.total, open_phrase.telling) == (8, {})
    engine.close()


def test_few_words_are_all_there_and_what_has_a_part_of_them_follows(ask: Ask) -> None:
    results = ask("bank ferry")
    assert [hit.kept.article.id for hit in results.hits] == ["new"]
    assert (results.total, results.articles, results.facets["source"]) == (1, 1, {"Herald": 1})
    assert {hit.kept.article.id: hit.missing for hit in results.partial} == dict.fromkeys(
        ("old", "mid", "undated"), ("ferry",)
    )
    assert results.partial_total == 3
    assert results.hits[0].missing == ()
    assert ask("bank").partial == ()
    assert ask('"the bank" fog').partial == ()


def test_partial_matches_go_on_over_the_pages(ask: Ask) -> None:
    pages = [ask("bank ferry", limit=2, page=number) for number in (1, 2, 3)]
    found = [hit.kept.article.id for page in pages for hit in (*page.hits, *page.partial)]
    assert sorted(found) == ["mid", "new", "old", "undated"]
    assert [page.pages for page in pages] == [2, 2, 2]


def test_partial_matches_only_follow_where_all_do_not_fill_a_page(ask: Ask) -> None:
    assert ask("bank ferry", limit=1).partial == ()
    assert ask("bank zeppelin", limit=1).partial[0].missing == ("zeppelin",)


def test_a_question_finds_what_holds_enough_of_it_and_says_what_is_missing(ask: Ask) -> None:
    results = ask("when did the ferry sail past the bank in fog")
    assert {hit.kept.article.id: hit.missing for hit in results.hits} == {
        "new": ("fog",),
        "mid": ("ferry", "sail", "past"),
    }
    assert results.having_all == 0
    assert (results.total, results.facets["source"]) == (2, {"Herald": 1, "Kettle Bay Post": 1})
    assert [hit.kept.article.id for hit in results.partial] == ["old", "undated"]
    assert ask("ferry sailed past bank").having_all == 1


def test_all_words_of_a_question_can_be_asked_for(ask: Ask) -> None:
    text = "ferry sailed past bank"
    assert ask.ids(text, every=True) == ["new"]
    assert ask("ferry sailed past fog", every=True).total == 0
    assert ask("ferry sailed past fog", every=True).partial == ()
    assert list(all_ids(Request("ferry past fog bank"), ask.engine)) == ["new", "mid"]
    assert list(all_ids(Request("ferry past fog bank", every=True), ask.engine)) == []


def test_hits_say_why_they_stand_where_they_do_when_asked(ask: Ask) -> None:
    results = ask("bank ferry", explain=True)
    for hit in (*results.hits, *results.partial):
        assert sum(reason.score for reason in hit.reasons) == pytest.approx(hit.score, abs=1e-6)
        assert hit.as_json()["reasons"] == [reason.as_json() for reason in hit.reasons]
    assert ask("bank").hits[0].reasons == ()
    assert ask("bank", sort=Sort.NEWEST, explain=True).hits[0].reasons == ()


def test_a_timeline_is_told_when_asked_for_within_the_period_and_the_chosen_facets(
    ask: Ask,
) -> None:
    assert ask("bank").timeline is None
    whole = ask("bank", timeline=True)
    assert whole.timeline is not None
    assert (whole.timeline.unit, whole.timeline.undated) == ("month", 1)
    assert [b.period for b in whole.timeline.bars if b.count] == ["2022-01", "2023-05", "2024-06"]
    assert "day" not in whole.facets
    june = ask("bank", timeline=True, first="2024-06", last="2024-06", sources=("Herald",))
    assert june.timeline is not None
    assert june.timeline.unit == "day"
    assert [(b.period, b.count) for b in june.timeline.bars if b.count] == [("2024-06-20", 1)]
    may = ask("bank", timeline=True, first="2023-05", last="2023-05").as_json()["timeline"]
    assert isinstance(may, dict)
    assert (len(may["bars"]), may["unplaced"]) == (31, 1), "its day is not known"


def test_an_agency_and_an_author_narrow_and_any_value_can_be_left_out(ask: Ask) -> None:
    assert ask.ids("bank", agencies=("Elm Wire",)) == ["mid"]
    assert ask.ids("bank", bylines=("Bea Ruiz", "Nobody")) == ["old"]
    left_out = (("source", "Herald"), ("byline", "Bea Ruiz"))
    assert set(ask.ids("bank", left_out=left_out)) == {"mid", "undated"}
    assert list(all_ids(Request("bank", left_out=left_out), ask.engine)) == ["mid", "undated"]
    with pytest.raises(UsageError, match="“colour”"):
        ask("bank", left_out=(("colour", "red"),))


def test_all_values_of_a_facet_are_counted_as_beside_results(ask: Ask) -> None:
    request = Request("bank", sources=("Herald",), left_out=(("topic", "opinion"),))
    results = ask("bank", sources=("Herald",), left_out=(("topic", "opinion"),))
    for facet, counts in results.facets.items():
        assert search.values_of(facet, request, ask.engine, ask.store) == counts


def test_nothing_found_says_what_leaving_out_costs(ask: Ask) -> None:
    results = ask("ferry", left_out=(("source", "Herald"),))
    (wider,) = results.ways_on.unnarrowed
    assert (wider.less, wider.articles) == ("articles, none left out", 1)
    assert ask("ferry", bylines=("Nobody",)).ways_on.unnarrowed[0].less == "bylines"


def test_json_gives_the_most_frequent_values_and_says_how_many_there_are_more(
    engine: Engine,
) -> None:
    put(engine, *(make_article(f"n{i}", "Gulls", byline=(f"Ana {i}",)) for i in range(103)))
    told = search.search(Request("gulls"), engine, Counted()).as_json()
    assert told["more_values"] == {"byline": 3}
    facets = told["facets"]
    assert isinstance(facets, dict)
    assert len(facets["byline"]) == 100
