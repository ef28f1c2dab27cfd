"""Why a hit stands where it does: what each word and pair adds, and how it is said."""

import pytest
from hypothesis import given, settings

from archive.store import Change
from indexer.analysis import Analyzer, has_accents
from indexer.engine import Scored
from indexer.reasons import Reason, Why
from indexer.tree import And, Boosted, Exact, Node, Prefix, Words
from indexer.whoosh_engine.leaf import View
from tests.examples import examples
from tests.indexer.conftest import make_article
from tests.indexer.test_equality import commits
from tests.indexer.test_pairs import questions
from tests.indexer.views import ranked, view_of


def explained(view: View, tree: Node) -> tuple[Scored, ...]:
    return ranked(view, tree, explain=True)


@settings(deadline=None, max_examples=examples(40))
@given(batches=commits, tree=questions)
def test_a_score_is_the_sum_of_its_reasons(
    english: Analyzer, batches: list[list[Change]], tree: Node
) -> None:
    for hit in explained(view_of(batches, english), tree):
        assert sum(reason.score for reason in hit.reasons) == pytest.approx(hit.score, abs=1e-6)
        assert all(reason.score > 0 for reason in hit.reasons)


def test_reasons_name_words_as_typed_where_they_stand_and_how_many_have_them(
    english: Analyzer,
) -> None:
    articles = [
        make_article("a", "Gulls", "The red gull saw a gull and a tern."),
        make_article("b", "Terns", "Nothing red."),
        make_article("c", "Fog", "Nothing."),
    ]
    view = view_of([[Change(0, a.id, a) for a in articles]], english)
    tree = And((Boosted(And((Words("the"), Words("Red"), Words("gulls"))), (("tern", 0.5),)),))
    (hit,) = explained(view, tree)
    assert {reason.says for reason in hit.reasons} == {
        "“gulls” in the headline and 2 times in the text; 1 article has it",
        "“Red” in the text; 2 articles have it",
        "related word “tern” in the text; 2 articles have it",
        "“Red” near “gulls”; 1 article has them so",
        "“Red gulls” side by side; 1 article has them so",
    }
    scores = [reason.score for reason in hit.reasons]
    assert scores == sorted(scores, reverse=True)


def test_a_pattern_is_a_reason_without_numbers(english: Analyzer) -> None:
    view = view_of([[Change(0, "a", make_article("a", "Gulls", "A gull."))]], english)
    (hit,) = explained(view, Prefix("gul"))
    assert [(r.why, r.words, r.score) for r in hit.reasons] == [(Why.PATTERN, ("gul",), 3.0)]


@pytest.mark.parametrize("asked", [Words("résumé"), Words("RÉSUMÉS"), Exact("résumé")])
def test_what_has_the_accents_typed_comes_first_and_both_are_found(
    english: Analyzer, asked: Node
) -> None:
    articles = [
        make_article("plain", "Talks", "A resume was sent."),
        make_article("accented", "Talks", "Here the résumé was sent."),
        make_article("other", "Talks", "Nothing was sent."),
    ]
    batches = [[Change(0, a.id, a)] for a in articles]
    view = view_of(batches, english)
    assert [hit.id for hit in ranked(view, asked)] == ["accented", "plain"]
    (first, second) = ranked(view, Words("resume"))
    assert (first.id, second.id) == ("plain", "accented")


@pytest.mark.parametrize(
    ("word", "has"),
    [
        ("résumé", True),
        ("re\u0301sume\u0301", True),
        ("Łódź", True),
        ("Øre", True),
        ("Müller", True),
    ]
    + [
        (word, False)
        for word in ("resume", "O’Neill", "ﬁne", "Ｆ", "Straße", "й", "И\u0306", "ガ")
    ],
)
def test_an_accent_is_a_mark_or_letter_that_folding_takes_off(word: str, has: bool) -> None:
    assert has_accents(word) == has


def test_being_newer_than_near_equals_is_a_reason_that_adds_nothing(english: Analyzer) -> None:
    text = "Gulls rest. " + "Nothing else was said. " * 40
    articles = [
        make_article("old", "Gulls", text, published="2020-01-01"),
        make_article("new", "Gulls", text + "One more word.", published="2024-01-01"),
        make_article("undated", "Gulls", text + "Two words.", published=None),
    ]
    view = view_of([[Change(0, a.id, a) for a in articles]], english)
    hits = ranked(view, Words("gulls"), explain=True, newer=True)
    assert [hit.id for hit in hits] == ["new", "undated", "old"]
    assert hits[0].score < hits[2].score
    assert [[r.says for r in hit.reasons if r.why is Why.NEWER] for hit in hits] == [
        ["newer than one that scores a little more"],
        [],
        [],
    ]
    assert [hit.id for hit in ranked(view, Words("gulls"))] == ["old", "undated", "new"]
    assert Reason(Why.NEWER, (), 0.0, (), 1200).says == "newer than 1,200 that score a little more"


def test_a_reason_is_data_too() -> None:
    reason = Reason(Why.WORD, ("bank",), 1.5, (("headline", 1), ("text", 3)), 17)
    assert reason.as_json() == {
        "why": "word",
        "words": ["bank"],
        "score": 1.5,
        "times": {"headline": 1, "text": 3},
        "having": 17,
        "says": "“bank” in the headline and 3 times in the text; 17 articles have it",
    }
