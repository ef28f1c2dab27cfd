import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.article import Article, Evidence, Published
from archive.identity import (
    address_key,
    article_id,
    canonical_url,
    fingerprint,
    may_be_canonical,
    web_url,
)
from tests.examples import examples

QUICK = settings(max_examples=examples(150), deadline=None)
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


@pytest.mark.parametrize(
    "other",
    [
        "http://gannet.example/news/bridge-opens",
        "https://www.gannet.example/news/bridge-opens",
        "https://m.gannet.example/news/bridge-opens",
        "https://mobile.gannet.example/news/bridge-opens/",
        "https://amp.gannet.example/news/bridge-opens",
        "https://gannet.example/news/bridge-opens/amp",
        "https://gannet.example/news/bridge-opens/amp/",
        "https://gannet.example/amp/news/bridge-opens",
        "https://gannet.example/news/bridge-opens.amp",
        "https://gannet.example/news/bridge-opens?amp",
        "https://gannet.example/news/bridge-opens?amp=1",
        "https://gannet.example/news/bridge-opens?outputType=amp",
        "https://gannet.example/news/bridge-opens?utm_source=feed&fbclid=x",
        "https://gannet-example.cdn.ampproject.org/c/s/gannet.example/news/bridge-opens",
        "https://www.google.com/amp/s/www.gannet.example/news/bridge-opens",
    ],
)
def test_addresses_of_one_article_have_one_key(other: str) -> None:
    assert address_key(other) == address_key("https://gannet.example/news/bridge-opens")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://gannet.example/a", "https://gannet.example/b"),
        ("https://gannet.example/?p=1", "https://gannet.example/?p=2"),
        ("https://gannet.example/amplifier", "https://gannet.example/lifier"),
        ("https://gannet.example/camp", "https://gannet.example/c"),
        ("https://north.gannet.example/a", "https://gannet.example/a"),
        ("https://www.example/a", "https://example/a"),
    ],
)
def test_addresses_of_different_articles_have_different_keys(one: str, other: str) -> None:
    assert address_key(one) != address_key(other)


@pytest.mark.parametrize(
    ("claimed", "url", "credible"),
    [
        ("https://gannet.example/a", "https://www.gannet.example/a?x=1", True),
        ("https://gannet.example/a", "https://news.gannet.example/a", True),
        ("https://gannet.example/a", "file:///saved/a.html", True),
        ("https://gannet.example/?p=7", "https://gannet.example/a", True),
        ("https://gannet.example/", "https://gannet.example/a", False),
        ("https://www.gannet.example", "https://gannet.example/a", False),
        ("https://gannet.example/", "file:///saved/a.html", False),
        ("https://other.example/a", "https://gannet.example/a", False),
        ("https://notgannet.example/a", "https://gannet.example/a", False),
        ("javascript:alert(1)", "https://gannet.example/a", False),
    ],
)
def test_a_canonical_link_is_of_the_same_site_and_not_its_front_page(
    claimed: str, url: str, credible: bool
) -> None:
    assert may_be_canonical(claimed, url) is credible


@given(st.text())
def test_every_text_has_a_key(text: str) -> None:
    assert isinstance(address_key(text), str)


@pytest.mark.parametrize("address", ["http://./", "http://..:80/a", "https://ada@./"])
def test_a_host_of_nothing_but_dots_is_none(address: str) -> None:
    """Its canonical spelling had no host at all, and was no web address any more."""
    assert web_url(address) is None
    assert canonical_url(address) == address
