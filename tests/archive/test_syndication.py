import random
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.syndication import Telling, agree, same_story, sketch

STORY = (
    "The ferry Kittiwake ran aground off Gannet Rock on Tuesday night with 214 people on board. "
    "All were brought ashore by two lifeboats before dawn, the coastguard in Lowmoor said.\n\n"
    "Captain Edda Storm told the inquiry that the radar had failed an hour out of port. "
    "The company, Norland Lines, said it had replaced the set in March and would look again.\n\n"
    "Passengers spoke of a long grinding noise, and of a steward who sang until help came. "
    "The ship lies in nine metres of water; divers are to look at it when the wind drops.\n\n"
    "It is the third grounding on the rock since 2011. The council has asked for a light there "
    "every year since the first, and every year the ministry has said that charts are enough."
)
HEADLINE = "Ferry aground off Gannet Rock, all saved"
WORDS = STORY.split(" ")
DAY = date(2024, 3, 5)


def told(text: str, headline: str = HEADLINE, day: date | None = DAY) -> Telling:
    return Telling(headline, text, day)


@pytest.mark.parametrize(
    "copy",
    [
        told(STORY),
        told(STORY, "Singing steward keeps passengers calm"),
        told(" ".join(WORDS[:80])),
        told("\n\n".join(p for i, p in enumerate(STORY.split("\n\n")) if i != 1)),
        told(STORY + "\n\nAdditional reporting by the Lowmoor Advertiser"),
        told(STORY.replace("grounding", "groundnig").replace("passengers", "pasengers")),
        told(STORY.replace("noise", "sound").replace("steward", "waiter")),
        told(STORY.upper().replace("’", "'")),
        told(STORY, day=None),
    ],
    ids=[
        "verbatim",
        "headline",
        "tail",
        "paragraph",
        "credit",
        "typos",
        "words",
        "case",
        "undated",
    ],
)
def test_a_copy_that_a_desk_edited_is_the_same_story(copy: Telling) -> None:
    assert same_story(told(STORY), copy)
    assert same_story(copy, told(STORY))
    assert set(sketch(copy)) & set(sketch(told(STORY)))


def test_another_story_of_the_same_event_is_not() -> None:
    other = (
        "Two lifeboats took all 214 passengers off the Kittiwake after the ferry struck Gannet "
        "Rock in the dark. The master blamed a dead radar screen. Norland Lines, whose ship it "
        "is, had the instrument changed this spring. Nobody was hurt, though many were cold. "
        "Lowmoor's council wants a lighthouse built; London has refused it since 2011."
    )
    assert not same_story(told(STORY), told(other))


REPORT = (
    "The central bank lent {} billion crowns to the banks of the realm against bills of "
    "its own, as its weekly notice has it. Brokers had counted on {} billion. "
    "Overnight money traded at {} per cent when the bank entered the market, against {} per "
    "cent on the day before. Further operations are planned for {}."
)


def test_a_template_with_other_numbers_is_another_story() -> None:
    one = told(REPORT.format("1.5", "two", "6-1/8", "six", "Thursday"))
    for changed in (
        ("2.5", "two", "6-1/8", "six", "Thursday"),
        ("1.5", "three", "6-1/8", "six", "Thursday"),
        ("1.5", "two", "6-1/4", "5-7/8", "Friday"),
    ):
        assert not same_story(one, told(REPORT.format(*changed)))


def test_a_template_with_other_names_is_another_story() -> None:
    line = "{} raised its prime rate by a quarter point to {}, in line with other banks, it said."
    one, other = (line.format(name, "7-3/4 per cent") for name in ("Marine Bank", "Alder Trust"))
    assert not same_story(told(one, "Bank raises rate"), told(other, "Bank raises rate"))


def test_a_table_with_another_number_is_another_table() -> None:
    table = " ".join(f"Port {n} {n * 7} {n * 9} {n * 11}" for n in range(2, 60))
    assert same_story(told(table), told(table))
    assert not same_story(told(table), told(table.replace("77", "78")))


def test_an_earnings_line_is_told_apart_by_its_headline() -> None:
    line = "Quarterly dividend 11 cents against 11 cents before. Payable 15 June, record 15 May."
    assert same_story(told(line, "Alder Trust sets payout"), told(line, "Alder Trust dividend"))
    assert not same_story(told(line, "Alder Trust sets payout"), told(line, "Marine declares"))


def test_the_same_short_words_months_later_are_news_again() -> None:
    words = (
        "The council left its credit policies unchanged after the regular meeting, a spokesman "
        "said. No news conference had been planned for after the meeting, which began at nine, "
        "and the next one is in two weeks as usual."
    )
    again = told(words, day=date(2024, 6, 5))
    assert same_story(told(words), told(words))
    assert not same_story(told(words), again)
    assert same_story(told(STORY), told(STORY, day=date(2024, 6, 5)))


def test_a_flash_has_no_copies() -> None:
    flash = told("Bank of Norland cuts key rate to 3.5 per cent.")
    assert sketch(flash) == ()
    assert not same_story(flash, flash)


def test_a_brief_in_a_round_up_is_not_the_round_up() -> None:
    brief = " ".join(WORDS[:50])
    rest = " ".join(f"word{n} other{n % 7}" for n in range(100))
    assert not same_story(told(brief), told(f"{rest} {brief}"))


def test_text_without_spaces_is_compared_too() -> None:
    text = (
        "渡轮基蒂维克号周二晚间在塘鹅岩附近搁浅船上有二百一十四人全部获救海岸警卫队说雷达失灵" * 2
    )
    assert same_story(told(text), told(text[:-20]))


@given(st.text(), st.text())
def test_the_order_of_two_does_not_matter(one: str, other: str) -> None:
    assert same_story(told(one), told(other)) == same_story(told(other), told(one))
    assert agree(told(one), told(other)) == agree(told(other), told(one))


def test_a_sketch_depends_on_the_words_alone() -> None:
    assert sketch(told(STORY)) == sketch(told(STORY.replace(" ", "\n"), "Other", None))
    shuffled = WORDS.copy()
    random.Random(1).shuffle(shuffled)
    assert not set(sketch(told(STORY))) & set(sketch(told(" ".join(shuffled))))


def test_one_article_at_two_addresses_shares_its_headline_or_half_its_text() -> None:
    teaser = told("A ferry hit a rock; nobody was hurt.")
    assert agree(told(STORY), teaser)
    assert agree(told(STORY), told(" ".join(WORDS[:30]), "Other"))
    assert agree(told(STORY), told("", "Other"))
    assert not agree(told(STORY), told("The mayor of Lowmoor opened a new school.", "New school"))
