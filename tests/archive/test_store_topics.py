"""The store keeps what rules match apart from revisions, and moves only what changed."""

from dataclasses import replace

import pytest

from archive.article import Article, Evidence
from archive.ingest.decide import Outcome, decide
from archive.store import Store
from archive.store.topics import RuleRun

ONE = Article(
    "one",
    "https://gannet.example/1",
    "The Gannet",
    "Quay closed",
    "The quay was closed.",
    topics=("harbours",),
    evidence=(Evidence("topics", "harbours", "feed: category"),),
)
TWO = replace(ONE, id="two", url="https://gannet.example/2")


@pytest.fixture
def ruled(store: Store) -> Store:
    store.put(ONE)
    store.put(TWO)
    store.keep_rule_runs({"quays": RuleRun("s", {"one"})}, {"quays"}, store.position().seq)
    return store


def article(store: Store, article_id: str = "one") -> Article:
    kept = store.kept(article_id)
    assert kept is not None
    return kept.article


def test_a_match_is_a_topic_with_its_rule_as_origin(ruled: Store) -> None:
    assert article(ruled).topics == ("harbours", "quays")
    assert article(ruled).evidence[-1] == Evidence("topics", "quays", "rule:quays")
    assert article(ruled, "two").topics == ("harbours",)


def test_only_what_changed_moves_in_the_sequence(ruled: Store) -> None:
    assert [change.id for change in ruled.changes_since(2)] == ["one"]
    before = ruled.position()
    runs = {"quays": RuleRun("s", {"one"})}
    assert ruled.keep_rule_runs(runs, {"quays"}, before.seq) == 0
    assert ruled.position() == before
    assert ruled.topic_rules()["quays"].seq == before.seq


def test_reading_an_article_again_keeps_its_matches_and_is_no_relabelling(ruled: Store) -> None:
    kept = ruled.kept("one")
    assert decide(ONE, kept, 1) is Outcome.UNCHANGED
    ruled.put(replace(ONE, text="The quay is open."))
    assert article(ruled).topics == ("harbours", "quays")
    assert [r.article.topics for r in ruled.revisions("one")] == [
        ("harbours",),
        ("harbours", "quays"),
    ]


def test_what_was_read_with_its_matches_is_written_without_them(ruled: Store) -> None:
    ruled.relabel(article(ruled))
    ruled.keep_rule_runs({}, set(), ruled.position().seq)
    assert article(ruled).topics == ("harbours",)
    assert article(ruled).evidence == ONE.evidence


def test_a_topic_that_the_source_names_too_outlives_the_rule(store: Store) -> None:
    store.put(ONE)
    store.keep_rule_runs({"harbours": RuleRun("s", {"one"})}, {"harbours"}, 1)
    assert article(store).topics == ("harbours",)
    store.keep_rule_runs({}, set(), store.position().seq)
    assert article(store).topics == ("harbours",)


def test_a_purge_takes_the_matches_too(ruled: Store) -> None:
    ruled.withdraw("one", purge=True)
    assert article(ruled).topics == ()


def test_topics_are_counted_by_who_named_them(ruled: Store) -> None:
    counted = {
        count.topic: (count.articles, dict(count.origins)) for count in ruled.topic_counts()
    }
    assert counted == {"harbours": (2, {"feed": 2}), "quays": (1, {"rule": 1})}
