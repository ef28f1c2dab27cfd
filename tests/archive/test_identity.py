import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.article import Article, Evidence, Published
from archive.identity import article_id, canonical_url, fingerprint, web_url

QUICK = settings(max_examples=150, deadline=None)
URLS = st.builds(
    "{}://{}{}/{}?{}#{}".format,
    st.sampled_from(["http", "https", "HTTP"]),
    st.sampled_from(["example.org", "EXAMPLE.org.", "user@example.org", "[::1]", "zeitung.de"]),
    st.sampled_from(["", ":80", ":443", ":8080"]),
    st.text(max_size=20),
    st.text(max_size=20),
    st.text(max_size=5),
)


@pytest.mark.parametrize(
    ("address", "canonical"),
    [
        ("HTTP://Example.ORG", "http://example.org/"),
        ("https://example.org:443/a", "https://example.org/a"),
        ("http://example.org:8080/a", "http://example.org:8080/a"),
        ("http://example.org/a#comments", "http://example.org/a"),
        ("http://example.org/a?utm_source=x&id=7&fbclid=y", "http://example.org/a?id=7"),
        ("http://example.org/a?b=2&a=1", "http://example.org/a?b=2&a=1"),
        ("http://example.org/a?empty=", "http://example.org/a?empty="),
        ("http://example.org/a?UTM_Medium=x", "http://example.org/a"),
        (" http://example.org/a b ", "http://example.org/a%20b"),
        ("http://example.org/ä", "http://example.org/%C3%A4"),
        ("http://[::1]:80/", "http://[::1]/"),
        ("file:///tmp/a.txt", "file:///tmp/a.txt"),
        ("tag:example.org,2024:1", "tag:example.org,2024:1"),
        ("", ""),
    ],
)
def test_an_address_has_one_spelling(address: str, canonical: str) -> None:
    assert canonical_url(address) == canonical


@QUICK
@given(st.one_of(URLS, st.text(max_size=60)))
def test_the_canonical_spelling_of_a_canonical_address_is_itself(address: str) -> None:
    once = canonical_url(address)
    assert canonical_url(once) == once


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "data:text/html,hi",
        "file:///etc/passwd",
        "//example.org/",
        "http://",
        "http://exa mple.org/",
        "http://example.org:99999/",
        "http://[::1/",
        "example.org",
    ],
)
def test_what_is_no_web_address_is_none(address: str) -> None:
    assert web_url(address) is None


def test_an_id_never_changes() -> None:
    assert article_id("https://example.org/a") == "fsutgspmuzzr"
    assert article_id("file:///a\udcff.txt") == article_id("file:///a\udcff.txt")


@QUICK
@given(st.text(), st.text())
def test_ids_are_twelve_letters_and_digits_and_tell_addresses_apart(one: str, two: str) -> None:
    assert len(article_id(one)) == 12
    assert article_id(one).isalnum()
    assert (article_id(one) == article_id(two)) == (one == two)


ARTICLE = Article("id", "http://example.org/", "Gannet", "Rates fall", "One.\n\nTwo.")


@pytest.mark.parametrize(
    "change",
    [
        {"headline": "Rates  fall "},
        {"text": "One. \n Two."},
        {"evidence": (Evidence("headline", "Rates fall", "feed: title"),)},
        {"id": "other", "url": "http://example.org/other"},
        {"source": "Tern"},
        {"topics": ("sport",)},
        {"section": "Harbour"},
        {"language": "en"},
        {"link": "http://example.org/x"},
    ],
    ids=lambda change: " ".join(change),
)
def test_white_space_and_what_is_said_from_outside_are_no_content(
    change: dict[str, object],
) -> None:
    assert fingerprint(dataclasses.replace(ARTICLE, **change)) == fingerprint(ARTICLE)


@pytest.mark.parametrize(
    "change",
    [
        {"headline": "Rates rise"},
        {"text": "One."},
        {"agency": "Meridian"},
        {"byline": ("Ada Moor",)},
        {"dateline": "PORT ELLIS"},
        {"published": Published("2024-06")},
        {"caption": "A quay"},
        {"credits": "Reporting by Ada Moor"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_every_fact_of_its_own_is_content(change: dict[str, object]) -> None:
    assert fingerprint(dataclasses.replace(ARTICLE, **change)) != fingerprint(ARTICLE)
