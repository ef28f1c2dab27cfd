import re
from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from archive.store import Change
from indexer.analysis import Analyzer
from indexer.days import period
from indexer.normal import DEEPEST, LONGEST, MOST_PARTS, leaves, unparse
from indexer.query import Query, parse
from indexer.relation import MOST_COST, MOST_NEAR, cost
from indexer.tree import (
    EVERYTHING,
    And,
    AtLeast,
    Boosted,
    Dates,
    Exact,
    Exactly,
    Field,
    Fuzzy,
    Length,
    Near,
    Node,
    Not,
    Or,
    Placed,
    Prefix,
    Some,
    Together,
    Undated,
    Unit,
    Wildcard,
    Words,
    wanted,
)
from indexer.word import MOST_WORDS_IN_PHRASE
from tests.contract.oracle import MemoryEngine
from tests.examples import examples
from tests.indexer.test_equality import commits, filled
from tests.indexer.test_evaluate import every_tree

ENGLISH = Analyzer("english")


def w(text: str, field: Field = Field.ANY) -> Words:
    return Words(text, field)


def p(text: str, field: Field = Field.ANY) -> Words:
    return Words(text, field, quoted=True)


def a(*parts: Node) -> And:
    return And(parts)


def o(*parts: Node) -> Or:
    return Or(parts)


def near(within: int, *parts: Placed, field: Field = Field.ANY) -> Near:
    return Near(parts, within, field=field)


def before(within: int, *parts: Placed) -> Near:
    return Near(parts, within, ordered=True)


def together(unit: Unit, *parts: Placed) -> Together:
    return Together(parts, unit)


TITLE, BY, LEDE = Field.TITLE, Field.BY, Field.LEDE
SENTENCE, PARAGRAPH = Unit.SENTENCE, Unit.PARAGRAPH
DAY = date(2024, 6, 20)
BANK, RATE, CUT = w("bank"), w("rate"), w("cut")


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
        ("by:ana author:ana byline:ana", w("ana", BY)),
        ("bank bank rate bank", a(BANK, RATE)),
        ("bank OR rate OR bank", o(BANK, RATE)),
        ("bank -bank", a(BANK, Not(BANK))),
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
        ("bank *", w("bank")),
        ("bank W/5 rate", near(5, BANK, RATE)),
        ("bank NEAR/5 rate", near(5, BANK, RATE)),
        ("bank near5 rate", near(5, BANK, RATE)),
        ("bank N/5 rate", near(5, BANK, RATE)),
        ("bank /5 rate", near(5, BANK, RATE)),
        ("bank AROUND(5) rate", near(5, BANK, RATE)),
        ("bank PRE/3 rate", before(3, BANK, RATE)),
        ("bank ADJ/3 rate", before(3, BANK, RATE)),
        ("bank adj3 rate", before(3, BANK, RATE)),
        ("bank P/3 rate", before(3, BANK, RATE)),
        ("bank /s rate", together(SENTENCE, BANK, RATE)),
        ("bank W/s rate", together(SENTENCE, BANK, RATE)),
        ("bank w/sent rate", together(SENTENCE, BANK, RATE)),
        ("bank /p rate", together(PARAGRAPH, BANK, RATE)),
        ("bank W/para rate", together(PARAGRAPH, BANK, RATE)),
        ('"bank rate"~5', near(5, BANK, RATE)),
        ('"bank rate cut"~1', near(2, BANK, RATE, CUT)),
        ('"bank"~5', p("bank")),
        ('"bank rate"~', p("bank rate")),
        ('bank W/5 "key rate" W/5 cut*', near(5, BANK, p("key rate"), Prefix("cut"))),
        ("bank W/5 rate /s cut", a(near(5, BANK, RATE), together(SENTENCE, RATE, CUT))),
        ("fog bank W/5 rate", a(w("fog"), near(5, BANK, RATE))),
        ("bank OR rate W/5 cut", o(near(5, BANK, CUT), near(5, RATE, CUT))),
        ("bank W/5 rate AND cut", a(near(5, BANK, RATE), CUT)),
        ("(bank OR rate) W/5 cut", o(near(5, BANK, CUT), near(5, RATE, CUT))),
        ("cut W/5 (bank rate)", a(near(5, CUT, BANK), near(5, CUT, RATE))),
        ("(bank date:2024-06-20) W/5 cut", a(near(5, BANK, CUT), Dates(DAY, DAY))),
        (
            "(bank W/3 rate) W/9 cut",
            a(near(3, BANK, RATE), near(9, BANK, CUT), near(9, RATE, CUT)),
        ),
        ("atleast2(bank) W/5 cut", a(AtLeast(2, BANK), near(5, BANK, CUT))),
        ("anti-narc* W/5 cut", a(near(5, w("anti-"), CUT), near(5, Prefix("narc"), CUT))),
        ("-bank W/5 rate", Not(near(5, BANK, RATE))),
        ("bank NOT W/5 rate", a(BANK, Not(near(5, BANK, RATE)))),
        ("bank W/5 -rate", a(BANK, Not(near(5, BANK, RATE)))),
        ("title:(bank W/5 rate)", near(5, w("bank", TITLE), w("rate", TITLE), field=TITLE)),
        ("title:bank W/5 rate", near(5, w("bank", TITLE), w("rate", TITLE), field=TITLE)),
        ("title:bank W/5 hlead:rate", near(5, w("bank", TITLE), w("rate", TITLE), field=TITLE)),
        ("atleast3(bank)", AtLeast(3, BANK)),
        ("ATLEAST3(bank*)", AtLeast(3, Prefix("bank"))),
        ("atleast1(bank)", BANK),
        ("atleast3(bank OR rate)", o(AtLeast(3, BANK), AtLeast(3, RATE))),
        ("atleast3(bank rate)", a(AtLeast(3, BANK), AtLeast(3, RATE))),
        ("title:atleast3(bank)", AtLeast(3, w("bank", TITLE))),
        ("-atleast3(title:bank)", Not(AtLeast(3, w("bank", TITLE)))),
        ("hlead:(bank rate)", a(w("bank", LEDE), w("rate", LEDE))),
        ("HLEAD(bank)", w("bank", LEDE)),
        ("hlp=bank", w("bank", LEDE)),
        ("agency:reuters", w("reuters", Field.AGENCY)),
        ("section:world", w("world", Field.SECTION)),
        ("lang:de", w("de", Field.LANGUAGE)),
        ("lang:(German OR fr)", o(w("de", Field.LANGUAGE), w("fr", Field.LANGUAGE))),
        ("credit:holm", w("holm", Field.CREDIT)),
        ("url:kettle.example/news", w("kettle.example/news", Field.URL)),
        ("https://kettle.example/a?b=(c)", p("https://kettle.example/a?b=(c)", Field.URL)),
        ("colo?r", Wildcard("colo?r")),
        ("mi*ter", Wildcard("mi*ter")),
        ("*bank", Wildcard("*bank")),
        ("title:w?rd*", Wildcard("w?rd*", TITLE)),
        ("-mi**ter,", Not(Wildcard("mi*ter"))),
        ("ban?*", Wildcard("ban?*")),
        ("bank~", Fuzzy("bank")),
        ("bank~1", Fuzzy("bank")),
        ("bank~0.8", Fuzzy("bank")),
        ("bank~2", Fuzzy("bank", 2)),
        ("bank~9", Fuzzy("bank", 2)),
        ("by:lindquist~", Fuzzy("lindquist", 1, BY)),
        ("anti-narcotcs~", a(w("anti-"), Fuzzy("narcotcs"))),
        ("date:[2014-02 TO 2014-04]", Dates(date(2014, 2, 1), date(2014, 4, 30))),
        ("date:[2014-02 TO 2014-04", Dates(date(2014, 2, 1), date(2014, 4, 30))),
        ('date:"20 June 2024"', Dates(DAY, DAY)),
        ("since:2024-06-20", Dates(DAY, None)),
        ("until:2024-06-20", Dates(None, DAY)),
        ("wc>800", Length(801)),
        ("wc>=800", Length(800)),
        ("wc>=0", Length()),
        ("length<300", Length(0, 299)),
        ("wc<=1,200", Length(0, 1200)),
        ("wc=500", Length(500, 500)),
        ("wc:100..300", Length(100, 300)),
        ("-wc>800", Not(Length(801))),
        ("has:revisions", Exactly("has", ("revisions",))),
        ("has:author", Exactly("has", ("byline",))),
        ("-has:Copies", Not(Exactly("has", ("copies",)))),
        ("has:date", Not(Undated())),
        ("subtitle bank", a(w("subtitle"), w("bank"))),
        ("near the bank", a(w("near"), w("the"), w("bank"))),
        ("bank,rate", a(BANK, RATE)),
        ("fog bank,rate;cut", a(w("fog"), BANK, RATE, CUT)),
        ("bank/rate", a(BANK, RATE)),
        ("bank…rate—cut", a(BANK, RATE, CUT)),
        ("bank|rate", a(BANK, RATE)),
        ("bank+rate C++/C#", a(BANK, RATE, w("C++"), w("C#"))),
        ("東京、大阪", a(w("東京"), w("大阪"))),
        ("9/11 24/7 1,000 F-16 AT&T", a(*map(w, ("9/11", "24/7", "1,000", "F-16", "AT&T")))),
        ("F-16/F-18 G7/G20", a(*map(w, ("F-16", "F-18", "G7", "G20")))),
        ("title:bank,rate fog", a(w("bank", TITLE), w("rate", TITLE), w("fog"))),
        ("-bank,rate", Not(a(BANK, RATE))),
        ("bank,rate OR fog", o(a(BANK, RATE), w("fog"))),
        ("bank,rate W/5 cut", a(near(5, BANK, CUT), near(5, RATE, CUT))),
        ("bank,rat*", a(BANK, Prefix("rat"))),
        ("lang:de,fr", o(w("de", Field.LANGUAGE), w("fr", Field.LANGUAGE))),
        ("bank, rate,", a(w("bank,"), w("rate,"))),
        ("w/o 24/7 and/or", a(w("w"), w("o"), w("24/7"), w("and"), w("or"))),
        ("atleast3 bank rate", a(AtLeast(3, BANK), RATE)),
        ('atleast3 "bank rate"', AtLeast(3, p("bank rate"))),
        ("atleast3 (bank OR rate)", o(AtLeast(3, BANK), AtLeast(3, RATE))),
        ("-atleast3 title:bank", Not(AtLeast(3, w("bank", TITLE)))),
        ("bank SAME rate", together(PARAGRAPH, BANK, RATE)),
        ("the same bank", a(w("the"), w("same"), BANK)),
        ("bank ADJ rate", before(1, BANK, RATE)),
        ("bank near3 rate /N9/ cut", a(near(3, BANK, RATE), near(9, RATE, CUT))),
        ("bank NOT w/p rate", a(BANK, Not(together(PARAGRAPH, BANK, RATE)))),
        ("HEADLINE(bank) BYLINE(ana)", a(w("bank", TITLE), w("ana", BY))),
        ("PUBLICATION(post) TERMS(sea)", a(w("post", Field.SOURCE), w("sea", Field.TOPIC))),
        ("lp=bank la=en", a(w("bank", LEDE), w("en", Field.LANGUAGE))),
        ("LENGTH(>800)", Length(801)),
        ("length > 1,200 bank", a(Length(1201), BANK)),
        ("wc < 300", Length(0, 299)),
        ("date from 20240201 to 20240430", Dates(date(2024, 2, 1), date(2024, 4, 30))),
        ("date after 20240620", Dates(DAY, None)),
        ("DATE bef 2024-06-20", Dates(None, DAY)),
        ("date(2024-06-20) bank", a(Dates(DAY, DAY), BANK)),
        ("a date before dinner", a(*map(w, ("a", "date", "before", "dinner")))),
        ("bank!!! $50", a(w("bank!!!"), w("$50"))),
        ("atleast2", w("atleast2")),
        ('"bank W/5 w?rd~2 title:x"', p("bank W/5 w?rd~2 title:x")),
        ("why? who?", a(w("why?"), w("who?"))),
        ("why?? ¿¿who??? ??re", a(w("why"), w("who"), w("re"))),
    ],
)
def test_a_query_that_is_well_formed(text: str, tree: Node) -> None:
    parsed = parse(text)
    assert parsed.tree == tree
    assert parsed.text == text
    assert parsed.notices == ()


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("bank W/0 rate", near(1, BANK, RATE)),
        ("bank W/99999999999 rate", near(255, BANK, RATE)),
    ],
)
def test_a_distance_that_cannot_be_is_bounded_and_told(text: str, tree: Node) -> None:
    parsed = parse(text)
    assert parsed.tree == tree
    assert re.search(r"^W/\d+ was read as (1 word|255 words) apart$", *parsed.notices)


@pytest.mark.parametrize(
    ("text", "notice"),
    [
        ("atleast9999(bank)", "atleast9999 was read as atleast999"),
        ("bank rate)", "a closing parenthesis that nothing opened was left out"),
        ("((bank) rate", "a parenthesis was never closed; it was read as closing at the end"),
        ("bank!", "“bank!” was read as bank*, with any ending"),
        ("bank$", "“bank$” was read as bank*, with any ending"),
        ("bank$3", "“bank$3” was read as bank*, with any ending"),
        ("bank w/seg rate", "w/seg was read as AND"),
        ("bank NOT w/seg rate", "w/seg was read as NOT"),
        ("bank pre/s rate", "pre/s was read as /s, in either order"),
        ("bank/F50/", "/F50/ was left out; hlead: looks in the headline and the first paragraph"),
        ("CAPS(bank)", "CAPS( ) makes no difference here; it was left out"),
        (
            "company(bank)",
            "there is no field “company”; what stands behind it is looked for anywhere",
        ),
        (
            "bank rst=post",
            "rst= takes codes of Factiva's, which mean nothing here; it was left out",
        ),
        (
            "bank NOT ns=(sea OR fog)",
            "ns= takes codes of Factiva's, which mean nothing here; it was left out",
        ),
        ("undated:maybe", "undated: knows yes and no, and not “maybe”; it was left out"),
        (
            "date:2024..2022",
            "2024..2022 ends before it begins; it was read as 2022..2024",
        ),
    ],
)
def test_what_is_read_otherwise_than_it_was_written_is_told(text: str, notice: str) -> None:
    assert parse(text).notices == (notice,)


@pytest.mark.parametrize(
    ("text", "tree", "notice"),
    [
        ('"bank rate', p("bank rate"), "never closed"),
        ('bank "', w("bank"), "never closed"),
        ("NOT", EVERYTHING, "NOT stands before nothing"),
        ("bank NOT", w("bank"), "NOT stands before nothing"),
        ("bank - rate", a(w("bank"), w("rate")), "“-” holds nothing"),
        ("colour:red", a(w("colour"), w("red")), "there is no field “colour”"),
        ("bank !!!", w("bank"), "“!!!” holds nothing"),
        ('bank "…"', w("bank"), "“…” holds nothing"),
        ("b*", w("b"), "at least 2 letters"),
        ("O'*", w("O'"), "at least 2 letters"),
        ("bank.''*", w("bank.''"), "at least 2 letters"),
        ("東京*", w("東京"), "at least 2 letters"),
        ("東*京", p("東 京"), "within one word"),
        ("ab*-rate", p("ab -rate"), "within one word"),
        ("*ab", w("ab"), "at least 3 letters"),
        ("b?*", w("b"), "at least 2 letters"),
        ("cat~", w("cat"), "4 to 40 letters"),
        ("U.S.~", w("U.S."), "4 to 40 letters"),
        ("3.5*", w("3.5"), "at least 2 letters"),
        ("date:yesterday bank", w("bank"), "“yesterday” is no date"),
        ("date:2024-13", EVERYTHING, "“2024-13” is no date and was left out; dates are written"),
        ("date:[x TO y", EVERYTHING, "“[x TO y” is no date and was left out"),
        ("after:yesteryear", EVERYTHING, "“yesteryear” is no date and was left out"),
        ("DATE(GEQ (1/1/2020) AND LEQ (2/2/2020))", EVERYTHING, "is no date and was left out"),
        ("date:2023-02-29", EVERYTHING, "is no date"),
        ("date:0000", EVERYTHING, "is no date"),
        ("date:2024..", EVERYTHING, "is no date"),
        ("date:last-week", EVERYTHING, "is no date"),
        ("since:7d", EVERYTHING, "is no date"),
        ("wc>many", EVERYTHING, "wc needs a number of words"),
        ("has:wings bank", w("bank"), "and not “wings”"),
        ("has: ", EVERYTHING, "has: names no value"),
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
        ("bank W/5", BANK, "W/5 stands beside nothing and was left out"),
        ("W/5 bank", BANK, "W/5 stands beside nothing"),
        ("bank W/5 OR rate", a(BANK, RATE), "W/5 stands beside nothing"),
        ("bank OR W/5 rate", near(5, BANK, RATE), "OR stands beside nothing"),
        ("bank W/3 /s rate", together(SENTENCE, BANK, RATE), "W/3 stands beside nothing"),
        ("title:bank W/5 by:ana", a(w("bank", TITLE), w("ana", BY)), "of one field"),
        ("bank W/5 topic:sea", a(BANK, w("sea", Field.TOPIC)), "it was read as AND"),
        ("bank W/5 date:2024-06-20", a(BANK, Dates(DAY, DAY)), "it was read as AND"),
        ("bank NOT W/5 undated:yes", a(BANK, Not(Undated())), "it was read as NOT"),
        ("atleast3(date:2024-06-20)", Dates(DAY, DAY), "atleast3 counts words and phrases only"),
        ("atleast3() bank", BANK, "atleast3 counts nothing"),
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
    assert parsed.tree == a(w("bank"), w("x" * (LONGEST - 5)))
    assert parsed.notices == ("only the first 2,000 characters were read",)


def test_so_many_parts_are_read_and_no_more() -> None:
    parsed = parse(" ".join(f"w{n}" for n in range(100)))
    assert len(list(leaves(parsed.tree))) == MOST_PARTS
    assert parsed.notices == ("only the first 64 words, phrases and conditions were read",)


def test_parentheses_are_read_to_a_depth() -> None:
    deep = "(" * DEEPEST + "fog" + ")" * DEEPEST
    assert parse(deep).tree == w("fog")
    assert parse(f"bank ({deep})").tree == w("bank")
    assert "deeper than 20" in parse(f"bank ({deep})").notices[0]
    assert parse(f"bank ({deep}) rate").tree == a(w("bank"), w("rate"))


@pytest.mark.parametrize("text", ['"' + "a " * 100 + '"', '"' + "a-" * 100 + '"', "a-" * 100])
def test_a_phrase_has_so_many_words_however_they_are_joined(text: str) -> None:
    parsed = parse(text)
    assert isinstance(parsed.tree, Words)
    assert len(ENGLISH.terms(parsed.tree.text)) == MOST_WORDS_IN_PHRASE
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
        *("colo?r", "b*k", "w~", "word~2", "x~1~1", "anti-narc*", "https://a.example/z?a=(b)"),
        *(" W/5 ", " PRE/3 ", " /s ", "w/0", " NOT W/5 ", " W/5 -", "atleast3(", "AROUND(3)"),
        *("wc>", "800", "wc:", "has:", "copies:", "yes", "hlead(", "lang:", "[2014 TO 2015]"),
        *("~5", "today", "7d", "<", "&&"),
        *("bank", "U.S.", "東京", "é", "\u0301", "ʼ", "3.5", "minist*", "*", "a-b-c", "o'neill"),
        *(" ", " ", " ", "\n", '"', "“", "”", "(", ")", "-", "NOT ", " AND ", " OR ", "|"),
        *("a,b", "km/h", "1,000", "F-16/", "、", ";", "bank!", "bank$3", "x/F9/", "/N5/", "SAME"),
        *(" ADJ ", "pre/s", "w/seg", "atleast3 ", "CAPS(", "rst=", "ns=(", "company:", "date("),
        *("date after ", "20240620", "length >", "lp=", "TERMS(", "autor:"),
        *("title:", "by:(", "date:", "2024", "..", "after:", "undated:", "colour:", "''", "."),
        *("?", "??", "ATLEAST0", "la=", " & "),
    ]
)


@settings(deadline=None, max_examples=examples(400))
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
@example("a~1" * 600)
@example("a W/5 " * 300)
@example("(a|b) W/5 " * 200)
@example("atleast3(" * 200)
@example("(" * 19 + "a OR b W/5 c" + ")" * 19)
def test_any_text_at_all_parses_to_a_bounded_tree(text: str) -> None:
    parsed = parse(text)
    assert parsed.text == text
    assert depth(parsed.tree) <= 3 * (DEEPEST + 2)
    found = list(leaves(parsed.tree))
    assert len(found) <= MOST_PARTS
    for leaf in found:
        if not isinstance(leaf, Words | Prefix):
            continue
        terms = ENGLISH.terms(leaf.text)
        assert 1 <= len(terms) <= MOST_WORDS_IN_PHRASE
        assert all(terms)


TODAY = date(2026, 11, 28)


@pytest.mark.parametrize(
    "text",
    [
        "0,atleast0 1",
        "LEAD(0;atleast0 1)",
        "atleast3 | a",
        "NOT atleast3)2",
        "la=atleast3;e",
        "(atleast3) near3 bank",
        "HEADLINE(0;ATLEAST0(1",
        "date,after 2024",
        "a (date) (from 2024 to 2025)",
        "wc (>5)",
    ],
)
def test_words_that_would_make_an_operator_of_the_next_stay_words_in_normal_form(
    text: str,
) -> None:
    query = parse(text)
    assert parse(query.normal).tree == query.tree
    assert parse(query.normal).normal == query.normal


@settings(deadline=None, max_examples=examples(400))
@given(text=st.text() | st.lists(PIECES, max_size=60).map("".join))
@example("(" * 19 + "a OR b W/5 c" + ")" * 19)
@example("(a|b|c|d|e|f|g) W/5 " * 80)
@example("a|" * 900)
@example("wc:1 00*' -(-x) AND:x")
def test_the_normal_form_is_read_as_the_same_query(text: str) -> None:
    parsed = parse(text, TODAY)
    again = parse(parsed.normal)
    assert (again.tree, again.copies) == (parsed.tree, parsed.copies)
    assert again.notices == ()
    assert again.normal == parsed.normal
    assert len(parsed.normal) <= LONGEST


@settings(deadline=None, max_examples=examples(200))
@given(tree=every_tree)
def test_any_tree_is_written_as_a_query_that_stays_as_it_is(tree: Node) -> None:
    parsed = parse(unparse(tree))
    assert parse(unparse(parsed.tree)).tree == parsed.tree


@settings(deadline=None, max_examples=examples(40))
@given(batches=commits, queries=st.lists(every_tree, min_size=6, max_size=6))
def test_a_tree_that_is_written_and_read_finds_what_it_found(
    batches: list[list[Change]], queries: list[Node]
) -> None:
    oracle = filled(MemoryEngine(), batches)
    for tree in queries:
        if any(map(_unwritable, every_node(tree))) or cost(tree) > MOST_COST:
            continue
        assert oracle.match(parse(unparse(tree)).tree) == oracle.match(tree), unparse(tree)


def _unwritable(node: Node) -> bool:
    """Whether the language has no way to say *node*."""
    match node:
        case Some() | Boosted():
            return True
        case Exactly(keyword):
            return keyword != "has"
        case Exact():
            return True
        case Wildcard(text):
            return not isinstance(parse(text).tree, Wildcard)
        case Fuzzy(text, distance):
            return distance == 0 or parse(f"{text}~").notices != ()
        case Prefix(text):
            return not isinstance(parse(f"{text}*").tree, Prefix)
        case Dates(first, last):
            return bool(first and last and last < first)
        case Near(parts) | Together(parts):
            return any(not _is_word(part) for part in parts)
        case AtLeast(count, part):
            return count == 0 or not _is_word(part)
        case Length(least, most):
            return most is not None and most < least
    return False


def _is_word(part: Placed) -> bool:
    return isinstance(part, Words | Prefix)


def every_node(node: Node) -> Iterator[Node]:
    yield node
    match node:
        case And(parts) | Or(parts) | Near(parts) | Together(parts):
            for part in parts:
                yield from every_node(part)
        case Not(part) | AtLeast(_, part):
            yield from every_node(part)


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("", ""),
        ("bank  rate", "bank rate"),
        ("fog bank | rate", "fog (bank OR rate)"),
        ("-title:bank", "NOT title:bank"),
        ("hd=(bank rate)", "title:bank title:rate"),
        ("“bank rate” near/5 cut", '"bank rate" W/5 cut'),
        ("(bank OR rate) PRE/3 cut", "(bank PRE/3 cut) OR (rate PRE/3 cut)"),
        ("hlp=bank adj3 cut", "hlead:bank PRE/3 hlead:cut"),
        ("copies:yes bank", "bank copies:yes"),
        ("copies:no bank", "bank"),
        ("-copies:no", "copies:yes"),
        ("length<300", "wc<300"),
        ("wc>=0", "wc>=0"),
        ("since:2024", "after:2024-01-01"),
        ("date:2024-02-01..2024-02-29", "date:2024-02"),
        ("date:yesterday", "date:2026-11-27"),
        ("bank NEAR", "bank NEAR"),
        ("AND:bank", '"AND" bank'),
    ],
)
def test_a_query_is_written_in_one_way(text: str, normal: str) -> None:
    assert parse(text, TODAY).normal == normal


def test_near_words_are_combined_up_to_a_limit() -> None:
    group = "(" + " OR ".join(f"w{n}" for n in range(12)) + ")"
    parsed = parse(f"{group} W/5 {group}")
    assert len([node for node in every_node(parsed.tree) if isinstance(node, Near)]) <= MOST_COST
    assert f"only the first {MOST_COST} pairs of near words were read" in parsed.notices


def test_a_word_said_twice_in_a_group_is_near_once() -> None:
    assert parse("(bank OR rate OR bank) W/5 cut").tree == parse("(bank OR rate) W/5 cut").tree


def test_too_many_patterns_placed_must_at_least_be_there() -> None:
    parsed = parse("bank* W/5 rate* W/5 cut*")
    assert parsed.tree == a(*map(Prefix, ("bank", "rate", "cut")))
    assert "pairs of near words" in parsed.notices[0]


def test_so_many_words_are_placed_and_no_more() -> None:
    words = [f"w{n}" for n in range(20)]
    for text in (" W/9 ".join(words), f'"{" ".join(words)}"~9'):
        parsed = parse(text)
        assert parsed.tree == near(9, *map(w, words[:MOST_NEAR]))
        assert parsed.notices == (f"only the first {MOST_NEAR} words near each other were read",)


def test_what_is_too_long_when_it_is_written_out_loses_its_end() -> None:
    words = " OR ".join("w" * 150 + str(n) for n in range(6))
    parsed = parse(f"({words}) W/5 (cut OR dock OR fog)")
    assert len(parsed.normal) <= LONGEST
    assert len(parsed.notices) == 1
    assert "too long when it is written out" in parsed.notices[0]


def test_copies_are_asked_for_beside_the_words() -> None:
    assert parse("bank copies:yes").copies
    assert parse("bank copies:yes").tree == BANK
    assert not parse("bank").copies


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("today", "2026-11-28", "2026-11-28"),
        ("Yesterday", "2026-11-27", "2026-11-27"),
        ("this week", "2026-11-23", "2026-11-29"),
        ("last week", "2026-11-16", "2026-11-22"),
        ("last-week", "2026-11-16", "2026-11-22"),
        ("this month", "2026-11-01", "2026-11-30"),
        ("last month", "2026-10-01", "2026-10-31"),
        ("last year", "2025-01-01", "2025-12-31"),
        ("past week", "2026-11-21", "2026-11-28"),
        ("7d", "2026-11-21", "2026-11-28"),
        ("last 7 days", "2026-11-21", "2026-11-28"),
        ("2w", "2026-11-14", "2026-11-28"),
        ("6m", "2026-05-28", "2026-11-28"),
        ("1y", "2025-11-28", "2026-11-28"),
        ("June 2024", "2024-06-01", "2024-06-30"),
        ("June 20, 2024", "2024-06-20", "2024-06-20"),
        ("20 jun 2024", "2024-06-20", "2024-06-20"),
        ("2024/06/20", "2024-06-20", "2024-06-20"),
    ],
)
def test_days_in_words_go_by_the_day_that_is_given(text: str, first: str, last: str) -> None:
    assert period(text, TODAY) == (date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize("text", ["99999y", "last 99999 years", "31 June 2024", "soon"])
def test_days_that_there_are_not_are_none(text: str) -> None:
    assert period(text, TODAY) is None


def test_older_than_a_while_ends_when_it_began() -> None:
    assert parse("older_than:7d", TODAY).tree == Dates(None, date(2026, 11, 21))
    assert parse("newer_than:7d", TODAY).tree == Dates(date(2026, 11, 21), None)
