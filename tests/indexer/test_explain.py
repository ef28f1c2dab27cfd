"""A query said in plain words, and taken apart again."""

from datetime import date

import pytest
from hypothesis import given, settings

from indexer.explain import is_plain, parts, sentence
from indexer.normal import leaves, unparse
from indexer.query import parse
from indexer.tree import And, Node, Or
from tests.examples import examples
from tests.indexer.test_evaluate import every_tree

TODAY = date(2026, 11, 28)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "All articles"),
        ("bank", "Articles with “bank”"),
        ("bank rate -cut", "Articles with “bank” and “rate”, without “cut”"),
        (
            "title:bank W/5 rate agency:reuters since:2024-05",
            "Articles with “bank” within 5 words of “rate” in the headline,"
            " from the agency “reuters”, since May 2024",
        ),
        ("title:(bank OR rate)", "Articles with “bank” or “rate” in the headline"),
        ("bank PRE/1 rate", "Articles with “bank” at most 1 word before “rate”"),
        ("bank /s rate /s cut", "Articles with “bank”, “rate” and “cut” in one sentence"),
        ("atleast3(bank)", "Articles with “bank” at least 3 times"),
        ("bank* b?nk", "Articles with words that begin with “bank” and words like “b?nk”"),
        (
            "bank~ bank~2",
            "Articles with “bank” or words one letter off and “bank” or words 2 letters off",
        ),
        ("hlead:bank", "Articles with “bank” in the headline or first paragraph"),
        ("bank OR (rate -cut)", "Articles with “bank” or (with “rate” and without “cut”)"),
        ("-(bank rate)", "Articles without (“bank” and “rate”)"),
        ("bank OR date:2024", "Articles with “bank” or published in 2024"),
        ("date:today", "Articles published on 28 November 2026"),
        ("date:2024-02..2024-04", "Articles published from February 2024 to April 2024"),
        ("before:2023", "Articles up to 2023"),
        ("undated:yes", "Articles without a date"),
        ("-undated:yes", "Articles with a date"),
        ("wc>800", "Articles of more than 800 words"),
        ("wc<2", "Articles of fewer than 2 words"),
        ("wc:3..5 -wc:4", "Articles of 3 to 5 words, not of 4 words"),
        ("has:revisions -has:byline", "Articles with changes by their source, without a byline"),
        ("place:paris copies:yes", "Articles datelined “paris”, every copy of a story for itself"),
    ],
)
def test_a_query_is_said_in_plain_words(text: str, words: str) -> None:
    assert sentence(parse(text, TODAY)) == words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("bank", [[("“bank”", "")]]),
        ("bank rate", [[("“bank”", "rate")], [("“rate”", "bank")]]),
        (
            "fog (title:bank OR rate OR cut)",
            [
                [("“fog”", "title:bank OR rate OR cut")],
                [
                    ("“bank” in the headline", "fog (rate OR cut)"),
                    ("“rate”", "fog (title:bank OR cut)"),
                    ("“cut”", "fog (title:bank OR rate)"),
                ],
            ],
        ),
        (
            "-fog copies:yes",
            [[("without “fog”", "copies:yes")], [("every copy of a story for itself", "NOT fog")]],
        ),
        ("bank Bank bank", [[("“bank”", "Bank")], [("“Bank”", "bank")]]),
        ('bank "bank"', [[("bank", '"bank"')], [('"bank"', "bank")]]),
        (
            "ba* (* OR bank)",
            [
                [("words that begin with “ba”", "* OR bank")],
                [("anything", "ba* bank"), ("“bank”", "ba*")],
            ],
        ),
    ],
)
def test_each_part_can_be_taken_out(text: str, found: list[list[tuple[str, str]]]) -> None:
    assert [[(p.words, p.without) for p in one] for one in parts(parse(text))] == found


@settings(deadline=None, max_examples=examples(200))
@given(tree=every_tree)
def test_what_is_left_is_a_query_without_the_part(tree: Node) -> None:
    query = parse(unparse(tree))
    assert sentence(query)
    top = query.tree.parts if isinstance(query.tree, And) else (query.tree,)
    found = parts(query)
    assert len(found) == len(top)
    nodes = {one for node in top for one in (node.parts if isinstance(node, Or) else (node,))}
    assert len({part.words for alternatives in found for part in alternatives}) == len(nodes)
    for node, alternatives in zip(top, found, strict=True):
        assert len(alternatives) == (len(node.parts) if isinstance(node, Or) else 1)
        for part in alternatives:
            left = parse(part.without)
            assert left.notices == ()
            assert left.normal == part.without
            assert len(list(leaves(left.tree))) <= len(list(leaves(query.tree)))


def test_only_words_side_by_side_need_no_explanation() -> None:
    assert is_plain(parse("bank rate"))
    assert is_plain(parse(""))
    for text in ('"bank"', "title:bank", "bank OR rate", "-bank", "bank*", "bank copies:yes"):
        assert not is_plain(parse(text))
