"""No secret that has a name is told, whatever stands around it."""

import string
from urllib.parse import quote

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from archive.errors import FetchError, unforeseen
from archive.redaction import HIDDEN, redacted

# A secret as they are: long enough not to stand in the text by chance.
SECRETS = st.text(string.ascii_letters + string.digits, min_size=12, max_size=40)
WORDS = st.text(string.ascii_lowercase + " .,:-", max_size=40)
NAMES = st.sampled_from(
    [
        *("token", "access_token", "api_key", "apikey", "key", "auth", "password", "sig", "jwt"),
        *("X-Amz-Signature", "client_secret", "session", "feed%5Ftoken", "Token", "rss_key"),
    ]
)


@given(user=st.text(string.ascii_letters, max_size=8), secret=SECRETS, around=WORDS)
def test_an_address_loses_its_password(user: str, secret: str, around: str) -> None:
    assume(secret not in around)
    told = redacted(f"{around} https://{user}:{secret}@feeds.example:8080/news?page=2 {around}")
    assert secret not in told
    assert "@feeds.example:8080/news?page=2" in told


@given(secret=st.text(string.ascii_letters + "@/:%!$", min_size=12, max_size=30).filter(str.strip))
def test_a_password_that_nobody_quoted_goes_as_a_whole(secret: str) -> None:
    told = redacted(f"http://ana:x{secret}@proxy.example:3128 does not answer")
    assert secret not in told
    assert "proxy.example:3128 does not answer" in told


@given(
    name=NAMES,
    secret=SECRETS,
    before=st.sampled_from(["?", "?page=2&", "?a=b;", "#", "?x=1&amp;"]),
    after=st.sampled_from(["", "&page=2", "#top", " was not found", "'", '"', ">"]),
)
def test_an_address_loses_its_keys_and_nothing_else(
    name: str, secret: str, before: str, after: str
) -> None:
    told = redacted(f"https://feeds.example/news{before}{name}={secret}{after}")
    assert told == f"https://feeds.example/news{before}{name}={HIDDEN}{after}"


@given(name=NAMES.filter(lambda name: "%" not in name), secret=SECRETS)
def test_an_address_within_an_address_loses_its_keys(name: str, secret: str) -> None:
    inner = quote(f"https://feeds.example/?{name}={secret}&page=2", safe="")
    told = redacted(f"/login?next={inner}&page=3")
    assert secret not in told
    assert told.endswith("%26page%3D2&page=3")


@pytest.mark.parametrize(
    "line",
    [
        "Authorization: Bearer {}",
        "authorization: Basic {}",
        "Cookie: a=b; session={}",
        "Set-Cookie: id={}; HttpOnly",
        "{{'Proxy-Authorization': 'Basic {}', 'Host': 'x'}}",
        '{{"authorization": "Bearer {}"}}',
        "X-Api-Key: {}",
        "sent AUTH PLAIN {}",
        "the token morgue_{} is not valid",
        "password={}",
        'password = "{} and more"',
        "password: {}",
        "Bearer {}",
        "MORGUE_ALERTS_PASSWORD={}",
    ],
)
@given(secret=SECRETS)
def test_headers_and_settings_lose_their_values(line: str, secret: str) -> None:
    assume(secret not in line)
    assert secret not in redacted(line.format(secret))


@given(text=st.text(max_size=200))
def test_what_was_redacted_once_stays_as_it_is(text: str) -> None:
    once = redacted(text)
    assert redacted(once) == once


@given(secret=st.text(min_size=4, max_size=30).filter(lambda s: not set(s) & set("*%")))
def test_a_secret_of_the_settings_is_found_anywhere(secret: str) -> None:
    assert secret not in redacted(f"said «{secret}» and {quote(secret, safe='')}", [secret])


@pytest.mark.parametrize(
    "text",
    [
        "https://mastodon.example/@ana/1234",
        "http://127.0.0.1:8000/search?q=bridge&source=Gazette&author=renck&page=2",
        "mail to ana@example.org failed: 550 no such user",
        "articles.db: is busy (try again: another run writes)",
        "fetch.timeout must be more than 0 seconds",
        "the index was built for “arrays-4 english”, not “arrays-4 german”",
        "https://example.org:443/a@b",
        "a == b, c => d",
    ],
)
def test_what_is_no_secret_stands(text: str) -> None:
    assert redacted(text) == text


def test_an_error_tells_no_secret_and_still_finds_its_place() -> None:
    where = "https://ana:hunter22@feeds.example/?token=s3cr3t-one"
    error = FetchError(f"moved to {where}", where, f"try {where}")
    told = (str(error), error.reason, error.hint, unforeseen(ValueError(where)))
    assert not [text for text in told if "hunter22" in text or "s3cr3t-one" in text]
    assert error.where == where


@pytest.mark.parametrize("text", ["a" * 200_000, "=" * 200_000, "?a=" * 60_000, "://" * 60_000])
def test_long_texts_cost_little(text: str) -> None:
    assert redacted(text).startswith(text[:3])
