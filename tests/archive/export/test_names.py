"""Which part of a name is the family's, and which names are left whole."""

import pytest

from archive.export.names import Name, parted


@pytest.mark.parametrize(
    ("text", "filed", "read"),
    [
        ("Tobias Renck", "Renck, Tobias", "Tobias Renck"),
        ("Judith Marsh-Avery", "Marsh-Avery, Judith", "Judith Marsh-Avery"),
        ("Jan van der Berg", "van der Berg, Jan", "Jan van der Berg"),
        ("Renck, Tobias", "Renck, Tobias", "Tobias Renck"),
        ("Martin L. King Jr.", "King, Martin L., Jr.", "Martin L. King Jr."),
        ("Martin King, Jr.", "King, Martin, Jr.", "Martin King Jr."),
        ("Мария Иванова", "Иванова, Мария", "Мария Иванова"),
    ],
)
def test_a_persons_name_is_parted(text: str, filed: str, read: str) -> None:
    name = parted(text)
    assert (name.filed, name.read) == (filed, read)


@pytest.mark.parametrize(
    "text",
    [
        "Reuters", "Meridian staff", "The Newsroom", "王小明", "محمد علي", "Our correspondent",
        "Gazette News Desk", "A, B, C", "Unit 7", "one two three four five six seven",
    ],
)  # fmt: skip
def test_what_is_no_such_name_stays_whole(text: str) -> None:
    assert parted(text) == Name(text)


def test_the_outlet_itself_is_no_person() -> None:
    assert parted("Harbour Gazette", ["harbour gazette"]).whole
