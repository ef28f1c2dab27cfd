"""What an answer brings, where redirects lead, and what a server asks for."""

import gzip
import socket
from http.server import BaseHTTPRequestHandler

import pytest

from archive.errors import FetchError
from archive.ingest.fetch import Fetcher
from archive.settings import Fetch
from tests.http_server import Web, reply


def test_an_answer_brings_body_type_and_validators(web: Web, fetcher: Fetcher) -> None:
    web.pages["/"] = reply(200, b"hello", Content_Type="text/xml", ETag='"1"', Last_Modified="Mon")
    answer = fetcher.get(web.url("/"))
    assert (answer.url, answer.body) == (web.url("/"), b"hello")
    assert (answer.content_type, answer.etag, answer.last_modified) == ("text/xml", '"1"', "Mon")


def test_the_request_says_who_asks_and_sends_no_cookies(web: Web) -> None:
    web.pages["/"] = reply(200, b"", Set_Cookie="a=b")
    fetcher = Fetcher(
        Fetch(private_hosts=("127.0.0.1",), contact="mailto:ada@gannet.example"), "1.2"
    )
    fetcher.get(web.url("/"))
    fetcher.get(web.url("/"))
    _, headers = web.seen[-1]
    assert headers["user-agent"] == "Morgue/1.2 (news archive; +mailto:ada@gannet.example)"
    assert "cookie" not in headers


def test_both_validators_are_sent_and_304_has_no_body(web: Web, fetcher: Fetcher) -> None:
    web.pages["/"] = reply(304)
    answer = fetcher.get(web.url("/"), etag='"1"', last_modified="Mon")
    _, headers = web.seen[0]
    assert (headers["if-none-match"], headers["if-modified-since"]) == ('"1"', "Mon")
    assert answer.body is None
    assert (answer.etag, answer.last_modified) == ('"1"', "Mon")


def test_a_compressed_answer_is_unpacked(web: Web, fetcher: Fetcher) -> None:
    web.pages["/"] = reply(200, gzip.compress(b"hello" * 9), Content_Encoding="gzip")
    assert fetcher.get(web.url("/")).body == b"hello" * 9


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, "asks for a password"),
        (403, "refuses access"),
        (404, "is not there"),
        (410, "is gone for good"),
        (429, "fewer requests"),
        (500, "HTTP 500"),
        (204, "HTTP 204"),
        (301, "HTTP 301"),
    ],
)
def test_any_other_status_is_an_error_in_words(
    web: Web, fetcher: Fetcher, status: int, words: str
) -> None:
    web.pages["/"] = reply(status)
    with pytest.raises(FetchError, match=words) as caught:
        fetcher.get(web.url("/"))
    assert caught.value.where == web.url("/")


def chain(web: Web, length: int) -> str:
    for number in range(length):
        web.pages[f"/{number}"] = reply(302, b"moved", Location=f"/{number + 1}")
    web.pages[f"/{length}"] = reply(200, b"here")
    return web.url("/0")


def test_five_redirects_are_followed(web: Web, fetcher: Fetcher) -> None:
    answer = fetcher.get(chain(web, 5))
    assert (answer.url, answer.body) == (web.url("/5"), b"here")


def test_six_redirects_are_too_many(web: Web, fetcher: Fetcher) -> None:
    with pytest.raises(FetchError, match="redirects more than 5 times"):
        fetcher.get(chain(web, 6))


def test_a_loop_of_redirects_ends(web: Web, fetcher: Fetcher) -> None:
    web.pages["/"] = reply(307, Location="/")
    with pytest.raises(FetchError, match="redirects more than 5 times"):
        fetcher.get(web.url("/"))


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "ftp://x.example/", "javascript:1", "http://[::1/"]
)
def test_a_redirect_out_of_the_web_is_not_followed(
    web: Web, fetcher: Fetcher, target: str
) -> None:
    web.pages["/"] = reply(302, Location=target)
    with pytest.raises(FetchError, match="address"):
        fetcher.get(web.url("/"))


@pytest.mark.parametrize("url", ["file:///etc/passwd", "", "gannet", "http://"])
def test_what_is_no_web_address_is_never_asked(fetcher: Fetcher, url: str) -> None:
    with pytest.raises(FetchError, match="not an http or https address"):
        fetcher.get(url)


@pytest.mark.parametrize("name", ["identity", "UTF-8", "none"])
def test_what_is_no_packing_does_no_harm(web: Web, fetcher: Fetcher, name: str) -> None:
    web.pages["/"] = reply(200, b"hello", Content_Encoding=name)
    assert fetcher.get(web.url("/")).body == b"hello"


def test_a_body_that_is_not_the_gzip_it_claims_is_refused(web: Web, fetcher: Fetcher) -> None:
    web.pages["/"] = reply(200, b"not gzip at all", Content_Encoding="gzip")
    with pytest.raises(FetchError, match="cannot be unpacked"):
        fetcher.get(web.url("/"))


def test_a_body_that_breaks_off_is_an_error(web: Web, fetcher: Fetcher) -> None:
    def cut(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Length", "100")
        request.end_headers()
        request.wfile.write(b"only this")

    web.pages["/"] = cut
    with pytest.raises(FetchError, match="broke off"):
        fetcher.get(web.url("/"))


def test_a_refused_connection_is_said_in_words(fetcher: Fetcher) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    with pytest.raises(FetchError, match="cannot be reached"):
        fetcher.get(f"http://127.0.0.1:{port}/")


def test_an_unknown_host_is_said_in_words(fetcher: Fetcher) -> None:
    with pytest.raises(FetchError, match="host name is not known"):
        fetcher.get("http://nowhere.invalid/")


def test_garbage_for_http_is_an_error(web: Web, fetcher: Fetcher) -> None:
    web.pages["/"] = lambda request: request.wfile.write(b"\0\1\2 hello\r\n\r\n") and None
    with pytest.raises(FetchError):
        fetcher.get(web.url("/"))


@pytest.mark.parametrize(
    ("statuses", "moved"),
    [
        ((301,), True),
        ((308, 301), True),
        ((302,), False),
        ((301, 302), False),
        ((307, 308), False),
    ],
)
def test_only_a_redirect_that_is_permanent_all_the_way_has_moved(
    web: Web, fetcher: Fetcher, statuses: tuple[int, ...], moved: bool
) -> None:
    for number, status in enumerate(statuses):
        web.pages[f"/{number}"] = reply(status, Location=f"/{number + 1}")
    web.pages[f"/{len(statuses)}"] = reply(200, b"here")
    answer = fetcher.get(web.url("/0"))
    assert answer.moved == (answer.url if moved else None)
    assert fetcher.get(answer.url).moved is None


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_comes_with_the_error(web: Web, fetcher: Fetcher, status: int) -> None:
    web.pages["/"] = reply(status, Retry_After="120")
    with pytest.raises(FetchError) as caught:
        fetcher.get(web.url("/"))
    assert (caught.value.status, caught.value.retry_after) == (status, 120)


def test_gone_is_what_redirects_to_it_for_good(web: Web, fetcher: Fetcher) -> None:
    web.pages["/gone"] = reply(410)
    web.pages["/moved"] = reply(301, Location="/gone")
    web.pages["/for-now"] = reply(302, Location="/gone")
    for path, gone in (("/gone", True), ("/moved", True), ("/for-now", False)):
        with pytest.raises(FetchError) as caught:
            fetcher.get(web.url(path))
        assert (caught.value.status, caught.value.gone) == (410, gone)


def test_an_answer_tells_how_long_it_is_fresh(web: Web, fetcher: Fetcher) -> None:
    web.pages["/"] = reply(304, Cache_Control="max-age=600", Age="100", ETag='"2"')
    answer = fetcher.get(web.url("/"), etag='"1"')
    assert (answer.status, answer.fresh, answer.etag) == (304, 500, '"2"')
