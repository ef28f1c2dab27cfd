from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from indexer import query
from indexer.analysis import Analyzer
from indexer.query import Query, parse, period
from indexer.tree import (
    EVERYTHING,
    And,
    AtLeast,
    Dates,
    Field,
    Near,
    Node,
    Not,
    Or,
    Prefix,
    Undated,
    Words,
    wanted,
)

ENGLISH = Analyzer("english")


def w(text: str, field: Field = Field.ANY) -> Words:
    return Words(text, field)


def p(text: str, field: Field = Field.ANY) -> Words:
    return Words(text, field, quoted=True)


def a(*parts: Node) -> And:
    return And(parts)


def o(*parts: Node) -> Or:
    return Or(parts)


TITLE, BY = Field.TITLE, Field.BY
DAY = date(2024, 6, 20)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("", EVERYTHING),
        ("   ", EVERYTHING),
        ("*", EVERYTHING),
        ("bank", w("bank")),
        ("bank rate", a(w("bank"), w("rate"))),
        ("bank AND rate", a(w("bank"), w("rate"))),
        ("bank && rate", a(w("bank"), w("rate"))),
        ("bank and rate", a(w("bank"), w("and"), w("rate"))),
        ("bank OR rate", o(w("bank"), w("rate"))),
        ("bank | rate || fog", o(w("bank"), w("rate"), w("fog"))),
        ("fog bank OR rate", a(w("fog"), o(w("bank"), w("rate")))),
        ("bank OR rate AND fog", a(o(w("bank"), w("rate")), w("fog"))),
        ("fog (bank rate)", a(w("fog"), a(w("bank"), w("rate")))),
        ("(fog bank) OR rate", o(a(w("fog"), w("bank")), w("rate"))),
        ("bank NOT rate", a(w("bank"), Not(w("rate")))),
        ("bank -rate", a(w("bank"), Not(w("rate")))),
        ("bank OR NOT rate", o(w("bank"), Not(w("rate")))),
        ("NOT NOT bank", w("bank")),
        ("NOT -NOT bank", Not(w("bank"))),
        ("-(bank rate)", Not(a(w("bank"), w("rate")))),
        ("anti-narcotics", w("anti-narcotics")),
        ("--bank", w("--bank")),
        ('"bank rate"', p("bank rate")),
        ("“bank rate”", p("bank rate")),
        ("„bank rate“", p("bank rate")),
        ("«bank rate»", p("bank rate")),
        ('"bank\n  rate"', p("bank rate")),
        ('-"bank rate"', Not(p("bank rate"))),
        ('fog"bank rate"', a(w("fog"), p("bank rate"))),
        ("title:bank", w("bank", TITLE)),
        ("TITLE:bank", w("bank", TITLE)),
        ("intitle:bank hd=rate", a(w("bank", TITLE), w("rate", TITLE))),
        ("by:ana author:ana byline:ana", a(*[w("ana", BY)] * 3)),
        ("source:post", w("post", Field.SOURCE)),
        ("topic:sea place:elm", a(w("sea", Field.TOPIC), w("elm", Field.PLACE))),
        ('title:"bank rate"', p("bank rate", TITLE)),
        ("title:(bank OR rate)", o(w("bank", TITLE), w("rate", TITLE))),
        ("title:(bank -rate) fog", a(a(w("bank", TITLE), Not(w("rate", TITLE))), w("fog"))),
        ("title:(bank by:ana)", a(w("bank", TITLE), w("ana", BY))),
        ("title:by:ana", w("ana", BY)),
        ("-title:bank", Not(w("bank", TITLE))),
        ("title:-bank", Not(w("bank", TITLE))),
        ("title:bank*", Prefix("bank", TITLE)),
        ("bank*", Prefix("bank")),
        ("bank**", Prefix("bank")),
        ("-bank*", Not(Prefix("bank"))),
        ("cafe\u0301*", Prefix("cafe\u0301")),
        ("O'N*", Prefix("O'N")),
        ("anti-narc*", a(w("anti-"), Prefix("narc"))),
        ("date:2024-06-20", Dates(DAY, DAY)),
        ("date:2024-06", Dates(date(2024, 6, 1), date(2024, 6, 30))),
        ("date:2024", Dates(date(2024, 1, 1), date(2024, 12, 31))),
        ("date:2024-02..2024-04", Dates(date(2024, 2, 1), date(2024, 4, 30))),
        ('date:"2024-06-20"', Dates(DAY, DAY)),
        ("after:2024-06-20", Dates(DAY, None)),
        ("after:2024", Dates(date(2024, 1, 1), None)),
        ("before:2024", Dates(None, date(2024, 12, 31))),
        ("-date:2024-06-20", Not(Dates(DAY, DAY))),
        ("undated:yes", Undated()),
        ("undated:no", Not(Undated())),
        ("10:30", w("10:30")),
        ("title: bank", w("bank", TITLE)),
        ("title:  bank rate", a(w("bank", TITLE), w("rate"))),
        ("TITLE:\n“bank rate”", p("bank rate", TITLE)),
        ("title: (bank OR rate)", o(w("bank", TITLE), w("rate", TITLE))),
        ("fog OR by: ana", o(w("fog"), w("ana", BY))),
        ("-title: bank", Not(w("bank", TITLE))),
        ("title: -bank", Not(w("bank", TITLE))),
        ("title: by: ana", w("ana", BY)),
        ("date: 2024-06-20", Dates(DAY, DAY)),
        ("undated: yes", Undated()),
        ("Reuters: bank", a(w("Reuters:"), w("bank"))),
        ("subtitle bank", a(w("subtitle"), w("bank"))),
        ("near the bank", a(w("near"), w("the"), w("bank"))),
        ("w/o 24/7 and/or", a(w("w/o"), w("24/7"), w("and/or"))),
        ("atleast2", w("atleast2")),
        ('"bank W/5 w?rd~2"', p("bank W/5 w?rd~2")),
        ("why? who?", a(w("why?"), w("who?"))),
    ],
)
def test_a_query_that_is_well_formed(text: str, tree: Node) -> None:
    parsed = parse(text)
    assert parsed.tree == tree
    assert parsed.text == text
    assert parsed.notices == ()


@pytest.mark.parametrize(
    ("text", "tree", "notice"),
    [
        ('"bank rate', p("bank rate"), "never closed"),
        ('bank "', w("bank"), "never closed"),
        ("NOT", EVERYTHING, "NOT stands before nothing"),
        ("bank NOT", w("bank"), "NOT stands before nothing"),
        ("bank - rate", a(w("bank"), w("rate")), "“-” holds nothing"),
        ("colour:red", a(w("colour"), w("red")), "there is no field “colour”"),
        (
            "https://kettle.example",
            a(w("https"), w("//kettle.example")),
            "there is no field “https”",
        ),
        ("bank !!!", w("bank"), "“!!!” holds nothing"),
        ('bank "…"', w("bank"), "“…” holds nothing"),
        ("b*", w("b"), "at least 2 letters"),
        ("O'*", w("O'"), "at least 2 letters"),
        ("bank.''*", w("bank.''"), "at least 2 letters"),
        ("東京*", w("東京"), "at least 2 letters"),
        ("3.5*", w("3.5"), "at least 2 letters"),
        ("mi*ter", w("mi ter"), "at the end of a word only"),
        ("*bank", w("bank"), "at the end of a word only"),
        ("date:yesterday bank", w("bank"), "“yesterday” is no date"),
        ("date:2024-13", EVERYTHING, "is no date"),
        ("date:2023-02-29", EVERYTHING, "is no date"),
        ("date:0000", EVERYTHING, "is no date"),
        ("date:2024..", EVERYTHING, "is no date"),
        ("date:2022..2023..2024", EVERYTHING, "is no date"),
        ("after:2022..2023", EVERYTHING, "is no date"),
        ("before:(2022)", w("2022"), "before: names no date"),
        ("-date:soon", EVERYTHING, "is no date"),
        ("title:", EVERYTHING, "title: names nothing and was left out"),
        ("bank hd=", w("bank"), "hd: names nothing and was left out"),
        ("NOT title:", EVERYTHING, "title: names nothing"),
        ("(title:) bank", w("bank"), "title: names nothing"),
        ("title: OR bank", w("bank"), "title: names nothing"),
        ("title:() bank", w("bank"), "title: names nothing"),
        ("title:*", EVERYTHING, "title: names nothing"),
        ("date:", EVERYTHING, "date: names no date"),
        ("OR", EVERYTHING, "OR stands beside nothing and was left out"),
        ("AND", EVERYTHING, "AND stands beside nothing and was left out"),
        ("|", EVERYTHING, "| stands beside nothing"),
        ("bank OR", w("bank"), "OR stands beside nothing"),
        ("OR bank", w("bank"), "OR stands beside nothing"),
        ("(bank AND) rate", a(w("bank"), w("rate")), "AND stands beside nothing"),
        ("bank NEAR/5 rate", a(w("bank"), w("rate")), "“NEAR/5” (words near each other)"),
        ("bank w/5 rate", a(w("bank"), w("rate")), "“w/5” (words near each other)"),
        ("bank W/s rate", a(w("bank"), w("rate")), "“W/s” (words near each other)"),
        ("bank /p rate", a(w("bank"), w("rate")), "“/p” (words near each other)"),
        ("bank PRE/3 rate", a(w("bank"), w("rate")), "“PRE/3” (words near each other)"),
        ("bank adj5 rate", a(w("bank"), w("rate")), "“adj5” (words near each other)"),
        ("atleast3(bank)", w("bank"), "“atleast3” (so many times)"),
        ('"bank rate"~5', p("bank rate"), "“~5” (words near each other)"),
        ("bank~", w("bank"), "“~” (similar spellings)"),
        ("bank~2", w("bank"), "“~2” (similar spellings)"),
        ("title:w?rd", w("w rd", TITLE), "“?” (any letter within a word)"),
    ],
)
def test_what_cannot_be_understood_is_left_out_and_named(
    text: str, tree: Node, notice: str
) -> None:
    parsed = parse(text)
    assert parsed.tree == tree
    assert any(notice in said for said in parsed.notices), parsed.notices


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        (")", EVERYTHING),
        ("(", EVERYTHING),
        ("()", EVERYTHING),
        ("bank )", w("bank")),
        ("( bank", w("bank")),
        ("bank) rate", a(w("bank"), w("rate"))),
        ("(bank OR", w("bank")),
        ("OR bank", w("bank")),
        ("bank OR", w("bank")),
        ("bank OR OR rate", o(w("bank"), w("rate"))),
        ("bank OR AND rate", o(w("bank"), w("rate"))),
        ("AND AND", EVERYTHING),
        ("bank () rate", a(w("bank"), w("rate"))),
    ],
)
def test_stray_operators_and_parentheses_do_no_harm(text: str, tree: Node) -> None:
    assert parse(text).tree == tree


def test_a_query_is_read_as_far_as_its_limit() -> None:
    parsed = parse("bank " + "x" * 1_000_000)
    assert parsed.tree == a(w("bank"), w("x" * (query.LONGEST - 5)))
    assert parsed.notices == ("only the first 2,000 characters were read",)


def test_so_many_parts_are_read_and_no_more() -> None:
    parsed = parse(" ".join(f"w{n}" for n in range(100)))
    assert len(list(leaves(parsed.tree))) == query.MOST_PARTS
    assert parsed.notices == ("only the first 64 words and phrases were read",)


def test_parentheses_are_read_to_a_depth() -> None:
    deep = "(" * query.DEEPEST + "fog" + ")" * query.DEEPEST
    assert parse(deep).tree == w("fog")
    assert parse(f"bank ({deep})").tree == w("bank")
    assert "deeper than 20" in parse(f"bank ({deep})").notices[0]
    assert parse(f"bank ({deep}) rate").tree == a(w("bank"), w("rate"))


@pytest.mark.parametrize("text", ['"' + "a " * 100 + '"', '"' + "a-" * 100 + '"', "a-" * 100])
def test_a_phrase_has_so_many_words_however_they_are_joined(text: str) -> None:
    parsed = parse(text)
    assert isinstance(parsed.tree, Words)
    assert len(ENGLISH.terms(parsed.tree.text)) == query.MOST_WORDS_IN_PHRASE
    assert parsed.notices == ("only the first 32 words of a phrase were read",)


def test_a_notice_is_given_once() -> None:
    assert len(parse("colour:red colour:blue").notices) == 1


@pytest.mark.parametrize(
    ("text", "ranks"),
    [
        ("bank", True),
        ("bank*", True),
        ("date:2024 bank", True),
        ("", False),
        ("date:2024", False),
        ("-bank", False),
        ("undated:yes -bank", False),
    ],
)
def test_only_wanted_words_rank(text: str, ranks: bool) -> None:
    assert parse(text).ranks is ranks


def test_what_stands_near_or_often_is_wanted_by_its_words() -> None:
    tree = a(Near((w("bank"), w("rate")), 5), AtLeast(3, w("fog")), Not(w("ferry")))
    assert list(wanted(tree)) == [w("bank"), w("rate"), w("fog")]
    assert Query("", tree).ranks


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2024", (date(2024, 1, 1), date(2024, 12, 31))),
        ("2024-2", (date(2024, 2, 1), date(2024, 2, 29))),
        (" 2024-06-20 ", (DAY, DAY)),
        ("9999-12", (date(9999, 12, 1), date(9999, 12, 31))),
        ("0001", (date(1, 1, 1), date(1, 12, 31))),
        ("0000", None),
        ("2024-00", None),
        ("2024-13", None),
        ("2024-06-00", None),
        ("2024-06-31", None),
        ("24-06-20", None),
        ("20240620", None),
        ("2024-06-20T10:00", None),
        ("", None),
    ],
)
def test_a_period_is_a_year_a_month_or_a_day(text: str, days: tuple[date, date] | None) -> None:
    assert period(text) == days


def leaves(node: Node) -> Iterator[Node]:
    match node:
        case And(parts) | Or(parts):
            for part in parts:
                yield from leaves(part)
        case Not(part):
            yield from leaves(part)
        case _:
            yield node


def depth(node: Node) -> int:
    match node:
        case And(parts) | Or(parts):
            return 1 + max(map(depth, parts), default=0)
        case Not(part):
            return 1 + depth(part)
        case _:
            return 1


PIECES = st.sampled_from(
    [
        *("bank", "U.S.", "東京", "é", "\u0301", "ʼ", "3.5", "minist*", "*", "a-b-c", "o'neill"),
        *(" ", " ", " ", "\n", '"', "“", "”", "(", ")", "-", "NOT ", " AND ", " OR ", "|"),
        *("title:", "by:(", "date:", "2024", "..", "after:", "undated:", "colour:", "''", "."),
    ]
)


@settings(deadline=None, max_examples=400)
@given(text=st.text() | st.lists(PIECES, max_size=60).map("".join))
@example("\ud800 \x00 \u202e")
@example("(" * 5000)
@example("NOT " * 500)
@example("-" * 2000)
@example('"' * 1999)
@example("title:" * 330)
@example("(a OR " * 330)
@example("date:2024 " * 200)
@example("a-" * 1000)
@example("a*" * 1000)
def test_any_text_at_all_parses_to_a_bounded_tree(text: str) -> None:
    parsed = parse(text)
    assert parsed.text == text
    assert depth(parsed.tree) <= 3 * (query.DEEPEST + 2)
    found = list(leaves(parsed.tree))
    assert len(found) <= 3 * query.LONGEST // 10
    words = [leaf for leaf in found if isinstance(leaf, Words | Prefix)]
    assert len(words) <= 2 * query.MOST_PARTS
    for leaf in words:
        terms = ENGLISH.terms(leaf.text)
        assert 1 <= len(terms) <= query.MOST_WORDS_IN_PHRASE
        assert all(terms)
