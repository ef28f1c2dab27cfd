import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.ingest import persons, wire
from archive.ingest.furniture import is_furniture
from tests.examples import examples

BODY = "Norland opened talks on smuggling with its neighbours, ministers said."
MORE = "The talks will last until the spring."


def claimed(copy: wire.Copy, field: str) -> list[str]:
    return [claim.value for claim in copy.claims if claim.field == field]


@pytest.mark.parametrize(
    ("opening", "place", "agency", "day"),
    [
        ("PORT ELLIS (Reuters) - ", "PORT ELLIS", "Reuters", None),
        ("PORT ELLIS, June 12 (Reuters) - ", "PORT ELLIS", "Reuters", "June 12"),
        ("PORT ELLIS, Norland (AP) — ", "PORT ELLIS, Norland", "AP", None),
        ("Port Ellis, June 12, 2024 (AFP) - ", "Port Ellis", "AFP", "June 12, 2024"),
        ("Port Ellis (dpa) – ", "Port Ellis", "dpa", None),
        ("PORT ELLIS, June 12 (Xinhua) -- ", "PORT ELLIS", "Xinhua", "June 12"),
        ("PORT ELLIS, 12 June 2024 (PA Media) - ", "PORT ELLIS", "PA Media", "12 June 2024"),
        ("VALTOR/PORT ELLIS (Meridian) - ", "VALTOR/PORT ELLIS", "Meridian", None),
        ("PORT ELLIS — ", "PORT ELLIS", None, None),
        ("ST. OSYTH'S, June 12 - ", "ST. OSYTH'S", None, "June 12"),
        ("ZÜRICH (Reuters) - ", "ZÜRICH", "Reuters", None),
    ],
)
def test_a_dateline_is_taken_apart(
    opening: str, place: str, agency: str | None, day: str | None
) -> None:
    copy = wire.read(f"{opening}{BODY}\n\n{MORE}")
    assert claimed(copy, "dateline") == [place]
    assert claimed(copy, "agency") == ([agency] if agency else [])
    assert claimed(copy, "published") == ([day] if day else [])
    assert copy.text == f"{BODY}\n\n{MORE}"


def test_an_agency_that_only_its_dateline_names_may_sign_at_the_end() -> None:
    copy = wire.read(f"Talks opened\n\nPORT ELLIS, Nov 22 (NNA) - {BODY}\n\n{MORE}\n\n(NNA)\n")
    assert copy.text == f"{BODY}\n\n{MORE}"
    copy = wire.read(f"Talks opened\n\nPORT ELLIS, Nov 22 (NNA) - {BODY}\n\n{MORE}\n\n(NRA)\n")
    assert copy.text.endswith("(NRA)")


@pytest.mark.parametrize("slug", ["NORLAND-HARBOUR-TALKS", "AFP-NORLAND-TALKS-2"])
def test_a_slug_in_capitals_is_no_headline(slug: str) -> None:
    copy = wire.read(f"{slug}\nTalks opened\n\nPORT ELLIS, Nov 22 (AFP) - {BODY}\n")
    assert claimed(copy, "slug") == [slug]
    assert claimed(copy, "headline") == ["Talks opened"]


@pytest.mark.parametrize(
    "text",
    [
        "Well - he said it himself, and then he sat down.",
        "The quay – the old one – was closed.",
        "In Port Ellis (population 9,000) the quay was closed.",
        "He said that nobody knew (not even he) - and left.",
        "WHO - the organisation - met.".replace("WHO", "It"),
        "A well-known man left.",
    ],
)
def test_a_sentence_with_a_dash_has_no_dateline(text: str) -> None:
    copy = wire.read_body(f"{text}\n\n{MORE}")
    assert claimed(copy, "dateline") == []
    assert copy.text.startswith(text)


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("By Ada Moor", ("Ada Moor",)),
        ("BY ADA MOOR", ("ADA MOOR",)),
        ("By Ada Moor and Ben Tull", ("Ada Moor", "Ben Tull")),
        ("By Ada Moor, Ben Tull and Cy O'Dea", ("Ada Moor", "Ben Tull", "Cy O'Dea")),
        ("By Ada Moor, Harbour Correspondent", ("Ada Moor",)),
        ("By Ada Moor in Port Ellis", ("Ada Moor",)),
        ("By: Ada Moor (ada@gannet.example)", ("Ada Moor",)),
        ("By Ada Moor | 26 June 2025", ("Ada Moor",)),
        ("Words by Ada Moor", ("Ada Moor",)),
        ("Par Hélène Marchaudon", ("Hélène Marchaudon",)),
        ("Von Jörg von Wiesenthau", ("Jörg von Wiesenthau",)),
        ("By the harbour they waited", ()),
        ("By Monday the quay was closed.", ()),
        ("Von Trapp family sings again", ()),
        ("Bystanders cheered", ()),
    ],
)
def test_a_byline_is_its_persons(line: str, names: tuple[str, ...]) -> None:
    assert wire.byline_names(line) == names


HEADLINE = "Norland opens talks on smuggling"
CAPTION = "Ministers meet on the quay at Port Ellis."


def test_the_head_is_taken_apart() -> None:
    copy = wire.read(
        f"TALKS-SMUGGLING/ (UPDATE 1)\n\n{HEADLINE}\n\n{CAPTION}\n\nBy Ada Moor\n\n"
        f"June 12, 2024\n\nPORT ELLIS (Meridian) - {BODY}\n\n{MORE}"
    )
    assert {claim.field: claim.value for claim in copy.claims} == {
        "slug": "TALKS-SMUGGLING/ (UPDATE 1)",
        "headline": HEADLINE,
        "caption": CAPTION,
        "byline": "Ada Moor",
        "published": "June 12, 2024",
        "dateline": "PORT ELLIS",
        "agency": "Meridian",
    }
    assert copy.text == f"{BODY}\n\n{MORE}"


def test_a_text_without_any_head_stays_whole() -> None:
    copy = wire.read(f"{BODY}\n\n{MORE}")
    assert copy.claims == []
    assert copy.text == f"{BODY}\n\n{MORE}"


def test_a_single_line_is_text_and_no_headline() -> None:
    assert wire.read(HEADLINE).text == HEADLINE


def test_a_byline_far_down_makes_no_head_of_the_text_before_it() -> None:
    long = " ".join(["word"] * 80) + "."
    text = f"{BODY}\n\n{long}\n\nBy Ada Moor\n\n{MORE}"
    assert wire.read(text).text == text


@pytest.mark.parametrize(
    "notice",
    [
        "(Corrects spelling of quay in paragraph 3)",
        "(Updates with minister's comment)",
        "Correction: an earlier version named the wrong quay",
    ],
)
@pytest.mark.parametrize("place", ["before", "after"])
def test_a_correction_notice_is_noted_and_is_no_text(notice: str, place: str) -> None:
    head = [HEADLINE, notice, "By Ada Moor"] if place == "before" else [HEADLINE, "By Ada Moor"]
    tail = [notice] if place == "after" else []
    copy = wire.read("\n\n".join([*head, *tail, BODY, MORE]))
    assert claimed(copy, "notice") == [notice.strip("()")]
    assert copy.text == f"{BODY}\n\n{MORE}"


@pytest.mark.parametrize(
    ("tail", "expected"),
    [
        ("(Reporting by Ada Moor; Editing by Cy)", "Reporting by Ada Moor; Editing by Cy"),
        ("Reporting by Ada Moor; editing by Cy", "Reporting by Ada Moor; editing by Cy"),
        ("(Additional reporting by Ada Moor)\n\n(Editing by Ben Tull)",
         "Additional reporting by Ada Moor; Editing by Ben Tull"),
        ("(Writing by Ada Moor)\n\nENDS", "Writing by Ada Moor"),
    ],
    ids=["brackets", "bare", "two", "before end mark"],
)  # fmt: skip
def test_credits_are_apart_from_the_text(tail: str, expected: str) -> None:
    copy = wire.read(f"{BODY}\n\n{MORE}\n\n{tail}")
    assert claimed(copy, "credits") == [expected]
    assert copy.text == f"{BODY}\n\n{MORE}"


def test_credits_at_the_end_of_the_last_paragraph_are_taken_too() -> None:
    copy = wire.read(f"{BODY}\n\n{MORE} (Reporting by Ada Moor)")
    assert claimed(copy, "credits") == ["Reporting by Ada Moor"]
    assert copy.text.endswith(MORE)


@pytest.mark.parametrize("mark", ["ENDS", "-30-", "- ends -", "###", "* * *", "End"])
def test_an_end_mark_is_no_text(mark: str) -> None:
    assert wire.read(f"{BODY}\n\n{MORE}\n\n{mark}\n").text == f"{BODY}\n\n{MORE}"


@pytest.mark.parametrize(
    ("line", "agency"), [("(AP)", "AP"), ("Reuter", "Reuters"), ("— dpa", "dpa")]
)
def test_a_closing_line_names_the_agency(line: str, agency: str) -> None:
    copy = wire.read(f"{BODY}\n\n{MORE}\n\n{line}")
    assert claimed(copy, "agency") == [agency]
    assert copy.text == f"{BODY}\n\n{MORE}"


@pytest.mark.parametrize(
    ("credit", "agency"),
    [
        ("according to a report by Coastline News Agency.", "Coastline"),
        ("state news agency Xinhua reported.", None),
        ("he was quoted by state news agency Xinhua.", "Xinhua"),
        ("a spokesman told Reuters.", "Reuters"),
        ("according to Apple.", None),
    ],
)
def test_an_agency_is_credited_where_the_text_says_so(credit: str, agency: str | None) -> None:
    copy = wire.read(f"The talks went well, {credit}\n\n{MORE}")
    assert claimed(copy, "agency") == ([agency] if agency else [])


def test_hard_wrapped_text_is_joined_to_paragraphs() -> None:
    wrapped = (
        "Norland opened talks on smuggling with its neighbours\n"
        "on Thursday, and ministers said that they would last\n"
        "until the spring at the least.\n"
        "  The quay at Port Ellis was closed for the day, and a\n"
        "brass band from Lowmoor played until the rain came.\n"
    )
    assert wire.split_paragraphs(wrapped) == [
        "Norland opened talks on smuggling with its neighbours on Thursday, and ministers "
        "said that they would last until the spring at the least.",
        "The quay at Port Ellis was closed for the day, and a brass band from Lowmoor "
        "played until the rain came.",
    ]


def test_lines_that_are_not_wrapped_are_paragraphs() -> None:
    assert wire.split_paragraphs("One long line. " * 20 + "\nTwo.\nThree.")[1:] == [
        "Two.",
        "Three.",
    ]


@pytest.mark.parametrize(
    ("text", "headline"),
    [
        ("Rates fell. Shares rose.", "Rates fell"),
        ("Mr. Moor left Port Ellis. He took a boat.", "Mr. Moor left Port Ellis"),
        ("The U.S. Navy left. It rained.", "The U.S. Navy left"),
        ("Rates fell by 1.5 per cent. More", "Rates fell by 1.5 per cent"),
        ("“We won.” He smiled.", "“We won.”"),
        ("word " * 60, ("word " * 22).strip() + "…"),
    ],
)
def test_a_derived_headline_is_the_first_sentence_or_a_clean_cut(text: str, headline: str) -> None:
    assert wire.derived_headline(text) == headline


PIECES = st.sampled_from(
    [
        HEADLINE,
        BODY,
        MORE,
        CAPTION,
        "By Ada Moor",
        "By Ada Moor and Ben Tull",
        "June 12, 2024",
        "PORT ELLIS, June 12 (Meridian) - Norland opened talks",
        "VALTOR — Two ships collided",
        "TALKS-SMUGGLING/",
        "(Corrects spelling of quay)",
        "(Reporting by Ada Moor; Editing by Ben Tull)",
        "ENDS",
        "-30-",
        "(AP)",
        "Leave a comment",
    ]
)
TEXTS = st.lists(st.one_of(PIECES, st.text(max_size=80)), max_size=9).map("\n\n".join)


def words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text))


@settings(max_examples=examples(300), deadline=None)
@given(TEXTS, st.sampled_from([wire.read, wire.read_body]))
def test_no_word_is_lost(text: str, read: object) -> None:
    assert callable(read)
    copy = read(text)
    kept = words(" ".join([copy.text, *(claim.value for claim in copy.claims)]))
    kept |= {"By", "and", "ENDS", "30"}  # said by the field they are put in, or end marks
    paragraphs = wire.split_paragraphs(text)
    expected = words(" ".join(p for p in paragraphs if not is_furniture(p)))
    assert expected - kept == set()


@pytest.mark.parametrize("headline", ["OIL UP", "OIL PRICES RISE."])
def test_a_flash_is_a_headline_with_its_date_and_no_text(headline: str) -> None:
    copy = wire.read(f"{headline}\n\n26-FEB-1987 15:41:56.54\n")
    assert claimed(copy, "headline")[:1] == [headline]
    assert claimed(copy, "published")[:1] == ["26-FEB-1987 15:41:56.54"]
    assert copy.text == ""


def test_a_headline_with_a_dash_is_no_dateline() -> None:
    copy = wire.read(
        "NORLAND ADDS WHEAT - MINISTRY\n\n5-MAR-1987 15:13\n\n"
        "    VALTOR, March 5 - Norland bought.\n"
    )
    assert claimed(copy, "headline")[:1] == ["NORLAND ADDS WHEAT - MINISTRY"]
    assert claimed(copy, "dateline")[:1] == ["VALTOR"]
    assert copy.text == "Norland bought."


@pytest.mark.parametrize(
    ("line", "place", "agency"),
    [
        ("PORT ELLIS, MARCH 13 - The bank rose.", "PORT ELLIS", None),
        ("Port Ellis, march 4 - The bank rose.", "Port Ellis", None),
        ("VALTOR, Feb 26- The bank rose.", "VALTOR", None),
        ("SKERRIN, Norland, March 23, Reuter - The bank rose.", "SKERRIN, Norland", "Reuters"),
        ("LOWMOOR June 18 - The bank rose.", "LOWMOOR", None),
    ],
)
def test_datelines_as_old_wires_typed_them(line: str, place: str, agency: str | None) -> None:
    copy = wire.read(f"BANK RATE RISES\n\n    {line}\n")
    assert claimed(copy, "dateline")[:1] == [place]
    assert claimed(copy, "agency") == ([agency] if agency else [])
    assert copy.text == "The bank rose."


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("By Ada Moor, Staff", ("Ada Moor",)),
        ("Ada Moor GannetDaily Staff", ("Ada Moor",)),
        ("Written by Ada Moor on June 20, 2024", ("Ada Moor",)),
        ("Posts by Ada Moor", ("Ada Moor",)),
        ("Ada Moor Follow @adamoor", ("Ada Moor",)),
        ("View all", ()),
        ("Von Ada Moor und Ben Tull", ("Ada Moor", "Ben Tull")),
        ("Por Ada Moor y Ben Tull", ("Ada Moor", "Ben Tull")),
        ("Perry Moor Jr.", ("Perry Moor Jr.",)),
        ("Ada Moor, PhD", ("Ada Moor",)),
    ],
)
def test_names_are_parted_from_roles_dates_and_controls(
    written: str, names: tuple[str, ...]
) -> None:
    assert persons.person_names(written) == names
