"""Copy as the agencies send it, laid out by each one's conventions; its content is invented."""

import pytest

from archive.ingest import wire

FIRST = "Norland opened talks on smuggling with its neighbours, ministers said."
SECOND = "The talks will last until the spring."
TEXT = f"{FIRST}\n\n{SECOND}"
HEADLINE = "Norland opens talks on smuggling"

REUTERS = f"""
UPDATE 2-{HEADLINE}

* Ministers meet on the quay

* Talks to last until spring

(Adds quotes, background)

By Ada Moor and Ben Tull

PORT ELLIS, June 12 (Reuters) - {FIRST}

{SECOND}

(Reporting by Ada Moor in Port Ellis; Editing by Cy Odell)

((ada.moor@gannet.example; +00 20 5550 0199; Reuters Messaging: ada.moor))

Keywords: NORLAND TALKS/
"""
AP = f"""
BC-NOR--Harbour Talks,2nd Ld-Writethru,0450<

^{HEADLINE}<

^Eds: UPDATES with quotes. AP Photos PEL101, PEL102.<

^By ADA MOOR=

^Associated Press Writer=

PORT ELLIS, Norland (AP) _ {FIRST}

{SECOND}

___

Associated Press writer Ben Tull in Valtor contributed to this report.

Copyright 2024 The Associated Press. All rights reserved. This material may not be published,
broadcast, rewritten or redistributed.

AP-WF-06-12-24 1423GMT<
"""
AFP = f"""
Norland-politics-talks

{HEADLINE}

by Ada Moor

ATTENTION - ADDS quotes, background ///

PORT ELLIS, June 12, 2024 (AFP) - {FIRST}

{SECOND}

am/bt/co

© Agence France-Presse
"""
DPA = f"""
Kriminalität/Hafen/Norland/

{HEADLINE}

(Zusammenfassung)

Von Ada Moor, dpa

Port Ellis (dpa/lno) - {FIRST}

{SECOND}

© dpa-infocom, dpa:240612-99-123456/2

# dpa-Notizblock

## Orte

Port Ellis, Kai 4
"""
PA = f"""
2 COURTS Quay

121523 JUN 24

{HEADLINE}

By Ada Moor, PA Political Editor

{FIRST}

{SECOND}

mfl
"""
XINHUA = f"""
{HEADLINE}

Source: Xinhua | 2024-06-12 14:23:00 | Editor: Cy Odell

PORT ELLIS, June 12 (Xinhua) -- {FIRST}

{SECOND}

Enditem
"""
CHINESE = """
诺兰就走私问题开启会谈

新华社埃利斯港6月12日电（记者莫尔、图尔）部长们说，诺兰与邻国开启会谈。

会谈将持续到春天。
"""


def facts(copy: wire.Copy, *fields: str) -> dict[str, list[str]]:
    return {f: [c.value for c in copy.claims if c.field == f] for f in fields}


@pytest.mark.parametrize(
    ("copy", "expected"),
    [
        (
            REUTERS,
            {
                "headline": [HEADLINE],
                "notice": ["UPDATE 2", "Adds quotes, background"],
                "byline": ["Ada Moor", "Ben Tull"],
                "dateline": ["PORT ELLIS"],
                "agency": ["Reuters"],
                "credits": ["Reporting by Ada Moor in Port Ellis; Editing by Cy Odell"],
                "slug": ["NORLAND TALKS/"],
                "caption": ["* Ministers meet on the quay * Talks to last until spring"],
            },
        ),
        (
            AP,
            {
                "slug": ["BC-NOR--Harbour Talks,2nd Ld-Writethru,0450"],
                "headline": [HEADLINE],
                "byline": ["ADA MOOR"],
                "role": ["Associated Press Writer"],
                "dateline": ["PORT ELLIS, Norland"],
                "agency": ["AP", "AP"],
                "published": ["2024-06-12T14:23:00+00:00"],
                "credits": [
                    "Associated Press writer Ben Tull in Valtor contributed to this report"
                ],
                "notice": ["Eds: UPDATES with quotes. AP Photos PEL101, PEL102."],
            },
        ),
        (
            AFP,
            {
                "headline": [HEADLINE],
                "byline": ["Ada Moor"],
                "dateline": ["PORT ELLIS"],
                "agency": ["AFP"],
                "published": ["June 12, 2024"],
                "notice": ["ATTENTION - ADDS quotes, background ///"],
                "slug": ["Norland-politics-talks"],
            },
        ),
        (
            DPA,
            {
                "slug": ["Kriminalität/Hafen/Norland/"],
                "headline": [HEADLINE],
                "byline": ["Ada Moor"],
                "dateline": ["Port Ellis"],
                "agency": ["dpa", "dpa"],
                "published": ["2024-06-12"],
                "notice": ["Zusammenfassung"],
            },
        ),
        (
            PA,
            {
                "slug": ["2 COURTS Quay"],
                "headline": [HEADLINE],
                "byline": ["Ada Moor"],
                "published": ["2024-06-12T15:23:00"],
            },
        ),
        (
            XINHUA,
            {
                "headline": [HEADLINE],
                "dateline": ["PORT ELLIS"],
                "agency": ["Xinhua", "Xinhua"],
                "published": ["2024-06-12 14:23:00", "June 12"],
                "credits": ["Editor: Cy Odell"],
            },
        ),
    ],
    ids=["Reuters", "AP", "AFP", "dpa", "PA", "Xinhua"],
)
def test_copy_is_taken_apart_by_its_agency_s_conventions(
    copy: str, expected: dict[str, list[str]]
) -> None:
    read = wire.read(copy)
    assert read.text == TEXT
    assert facts(read, *expected) == expected


def test_chinese_copy_names_place_day_agency_and_reporters() -> None:
    read = wire.read(CHINESE)
    assert facts(read, "headline", "dateline", "agency", "published", "byline") == {
        "headline": ["诺兰就走私问题开启会谈"],
        "dateline": ["埃利斯港"],
        "agency": ["Xinhua"],
        "published": ["6月12日"],
        "byline": ["莫尔", "图尔"],
    }
    assert read.text == "部长们说，诺兰与邻国开启会谈。\n\n会谈将持续到春天。"


@pytest.mark.parametrize(
    "line",
    [
        "(END)",
        "(MORE)",
        "Enditem",
        "mf",
        "more follows",
        "-0-",
        "___",
        "am/bt",
        "dpa am bt xx n1",
        "(c) Copyright Gannet Press 2024.",
        "Our Standards: The Gannet Trust Principles.",
    ],
)
def test_a_closing_line_is_no_text(line: str) -> None:
    assert wire.read(f"{FIRST}\n\n{SECOND}\n\n{line}").text == TEXT


@pytest.mark.parametrize(
    "line",
    [
        "Copyright was the court's only question, and it answered it at length on Thursday.",
        "He said his writers had contributed. Nobody asked to what.",
        "The end of the quay was closed.",
        "More follows from this than the ministers knew.",
    ],
)
def test_a_last_sentence_with_such_words_stays(line: str) -> None:
    assert wire.read(f"{FIRST}\n\n{SECOND}\n\n{line}").text.endswith(line)


@pytest.mark.parametrize(
    ("written", "notice", "headline"),
    [
        ("REFILE-Quay closed for repairs", "REFILE", "Quay closed for repairs"),
        ("CORRECTED-UPDATE 1-Quay closed", "CORRECTED-UPDATE 1", "Quay closed"),
        ("WRAPUP 3-Quay closed for repairs", "WRAPUP 3", "Quay closed for repairs"),
        ("RPT-Quay closed for repairs", "RPT", "Quay closed for repairs"),
    ],
)
def test_how_a_headline_was_filed_is_a_notice(written: str, notice: str, headline: str) -> None:
    read = wire.read(f"{written}\n\nPORT ELLIS, June 12 (Reuters) - {FIRST}")
    assert facts(read, "headline", "notice") == {"headline": [headline], "notice": [notice]}


def test_a_word_parted_at_the_end_of_a_line_is_joined_where_it_stands_whole_elsewhere() -> None:
    wrapped = (
        "Norland opened talks on anti-\n"
        "narcotics work with its neighbours, and the ministers\n"
        "of the seven coastal counties asked that smug-\n"
        "gling by night be ended; smuggling by day was old.\n"
    )
    assert wire.split_paragraphs(wrapped) == [
        "Norland opened talks on anti-narcotics work with its neighbours, and the ministers "
        "of the seven coastal counties asked that smuggling by night be ended; smuggling by day "
        "was old."
    ]
