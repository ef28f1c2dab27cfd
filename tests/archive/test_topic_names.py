"""People and places are no topics: decided by what the article itself shows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.ingest.topics.names import PERSON, PLACE, Setting, kind

TEXT = (
    "The harbour board met in Grauhafen on Monday. Its head, Ada Moor, 53, said the bridge was "
    "safe. Moor told the board that she would resign. Mr Tull did not answer, and a spokesman "
    "for the Kittiwake Company said nothing in Grauhafen. The board likes brexit jokes."
)


@pytest.mark.parametrize(
    ("label", "what"),
    [
        ("Ada Moor", PERSON),
        ("ada moor", PERSON),
        ("Tull", PERSON),
        ("Grauhafen", PLACE),
        ("France", PLACE),
        ("Frankreich", PLACE),
        ("Berlin", PLACE),
        ("harbour", None),
        ("Harbour", None),
        ("Kittiwake Company", None),
        ("Brexit", None),
        ("Money laundering", None),
        ("World", None),
    ],
)
def test_a_label_is_a_name_where_the_text_shows_it(label: str, what: str | None) -> None:
    assert kind(label, Setting(TEXT)) == what


def test_the_byline_and_the_dateline_name_people_and_places() -> None:
    setting = Setting("", ("Ben Tull",), "VALTOR/LOWMOOR, Norland")
    assert kind("Ben Tull", setting) == PERSON
    assert kind("Lowmoor", setting) == PLACE
    assert kind("Norland", setting) == PLACE


def test_what_the_text_also_writes_small_is_no_name() -> None:
    assert kind("Turkey", Setting("")) == PLACE
    assert kind("Turkey", Setting("Roast the turkey for three hours.")) is None


@given(st.text(max_size=40), st.text(max_size=200))
def test_any_label_in_any_text_is_decided(label: str, text: str) -> None:
    assert kind(label, Setting(text)) in (PERSON, PLACE, None)
