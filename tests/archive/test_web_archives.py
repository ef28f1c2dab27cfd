"""Which addresses lead to a copy in a web archive."""

from datetime import date

import pytest

from archive.web_archives import capture_at, look_up

ORIGINAL = "http://old.example/quay?page=2"


@pytest.mark.parametrize(
    "address",
    [
        f"https://web.archive.org/web/20230501101500/{ORIGINAL}",
        f"https://web.archive.org/web/20230501101500id_/{ORIGINAL}",
        f"https://archive.example/collection/20230501/{ORIGINAL}",
        "https://web.archive.org/web/20230501101500/http:/old.example/quay?page=2",
    ],
)
def test_a_capture_names_what_was_captured_and_when(address: str) -> None:
    capture = capture_at(address)
    assert capture is not None
    assert (capture.original, capture.captured) == (ORIGINAL, date(2023, 5, 1))


def test_a_short_address_says_neither() -> None:
    capture = capture_at("https://archive.ph/AbCdE")
    assert capture is not None
    assert (capture.original, capture.captured) == (None, None)


@pytest.mark.parametrize(
    "address",
    [
        "https://news.example/2023/05/01/quay",
        "https://news.example/20230501/quay",
        "https://web.archive.org/about",
        "file:///web/20230501/http://old.example/",
        "javascript:alert(1)//web/20230501/http://old.example/",
    ],
)
def test_any_other_address_is_none(address: str) -> None:
    assert capture_at(address) is None


def test_an_impossible_day_is_not_told() -> None:
    capture = capture_at(f"https://web.archive.org/web/20231399/{ORIGINAL}")
    assert capture is not None
    assert capture.captured is None


def test_a_look_up_asks_for_the_day_and_never_for_private_hosts() -> None:
    assert look_up(ORIGINAL, "2023-05") == f"https://web.archive.org/web/202305/{ORIGINAL}"
    assert look_up(ORIGINAL, "2023-05-01T10:00:00Z") == (
        f"https://web.archive.org/web/20230501/{ORIGINAL}"
    )
    for address in ("http://10.0.0.7/a", "http://localhost/a", "file:///a", "http://nas.local/a"):
        assert look_up(address, "2023") is None
