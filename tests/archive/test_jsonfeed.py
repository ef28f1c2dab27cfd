"""JSON Feed in both versions, and what only looks like it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import FormatError
from archive.ingest import feeds

URL = "https://gannet.example/feed.json"
FEED = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "The Gannet",
    "language": "de-AT",
    "authors": [{"name": "Ada Moor"}],
    "items": [
        {
            "id": 7,
            "url": "/quay",
            "title": "Quay <closed> & empty",
            "content_html": "<p>The quay was <b>closed</b>.</p><p>It is empty.</p>",
            "date_published": "2024-06-20T14:05:00+02:00",
            "tags": ["Politics", 3],
        },
        {"id": "x", "content_text": "One < two.\n\nThree.", "author": {"name": "Ben Tull"}},
        {"id": "empty"},
        "nonsense",
    ],
}


def read(feed: object) -> feeds.Feed:
    return feeds.read(json.dumps(feed).encode(), URL, "application/feed+json")


def values(entry: feeds.Entry, field: str) -> list[str]:
    return [c.value for c in entry.item.claims if c.field == field]


def test_an_entry_brings_its_parts() -> None:
    feed = read(FEED)
    first, second = feed.entries
    assert feed.title == "The Gannet"
    assert first.item.url == "https://gannet.example/quay"
    assert first.item.text == "The quay was closed.\n\nIt is empty."
    assert values(first, "headline") == ["Quay <closed> & empty"]
    assert values(first, "published") == ["2024-06-20T14:05:00+02:00"]
    assert values(first, "topics") == ["Politics"]
    assert values(first, "byline") == ["Ada Moor"]
    assert values(first, "language") == ["de-AT"]
    assert second.item.text == "One < two.\n\nThree."
    assert values(second, "byline") == ["Ben Tull"]


def test_an_entry_without_anything_is_noted_and_the_others_are_kept() -> None:
    assert read(FEED).refused == ((f"{URL} entry 3", "has neither headline nor text"),)


@pytest.mark.parametrize(
    "data",
    [b"{", b"[]", b"{}", b'{"items": []}', b'{"version": "2.0", "items": []}', b"[" * 100_000],
)
def test_other_json_is_refused_with_a_reason(data: bytes) -> None:
    with pytest.raises(FormatError, match="JSON"):
        feeds.read(data, URL)


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
_KEYS = st.sampled_from([*FEED["items"][0], "authors", "author", "summary", "content_text"])  # type: ignore[misc]


@given(st.lists(st.dictionaries(_KEYS, _VALUES, max_size=6), max_size=4))
def test_values_of_any_kind_never_break_the_feed(items: list[dict[str, object]]) -> None:
    feed = read({"version": "https://jsonfeed.org/version/1", "items": items})
    assert len(feed.entries) + len(feed.refused) <= len(items)
