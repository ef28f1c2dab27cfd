"""Sources in the web app: listed, added after a look, changed, paused, removed, exchanged."""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from archive.settings import Fetch, Settings
from archive.source import FullText, Kind, Plan
from archive.store import FILE, Store
from tests.http_server import Web, reply
from tests.web.conftest import NearIntake, client_of, csrf_in, sign_in

FEED = b"""<rss version="2.0"><channel><title>The Gannet</title>
<item><title>Eels are back in the &lt;b&gt;Wade&lt;/b&gt;</title><guid>1</guid>
<link>https://gannet.example/eels</link><pubDate>Tue, 03 Mar 2026 10:00:00 GMT</pubDate>
<description>They were gone for nine years.</description></item>
</channel></rss>"""
LOCAL = Settings(fetch=Fetch(private_hosts=("127.0.0.1",)))


@pytest.fixture
def own(own_sample_site: Path) -> Iterator[FlaskClient]:
    """A client over a sample archive that may be changed, and asks servers on this machine."""
    with client_of(own_sample_site, LOCAL) as opened:
        yield opened


def token(client: FlaskClient) -> str:
    return csrf_in(client.get("/sources/add").text)


def post(client: FlaskClient, where: str, **form: str) -> str:
    """Send a form; return where its answer leads to."""
    answer = client.post(where, data={"csrf": token(client), **form})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def look(client: FlaskClient, address: str) -> tuple[int, str]:
    answer = client.post("/sources/look", data={"csrf": token(client), "address": address})
    return answer.status_code, answer.text


def add(site: Path, address: str, name: str | None = None) -> int:
    with Store(site / FILE) as store:
        return store.add_source(Kind.FEED, address, name)[0].id


def test_every_source_is_listed_with_how_it_is(own: FlaskClient, own_sample_site: Path) -> None:
    gull = add(own_sample_site, "https://gull.example/feed", "The Gull")
    tern = add(own_sample_site, "https://tern.example/feed", "The Tern")
    with Store(own_sample_site / FILE) as store:
        store.record_failures(gull, [("https://gull.example/feed", "did not answer in time")])
        store.schedule(tern, Plan(retired="2026-03-04T05:06:00+00:00"))
    page = own.get("/sources").text
    assert "did not answer in time" in page
    assert "Failing since" in page
    assert "Gone for good since 4 March 2026, 05:06 UTC" in page
    assert "/sources?show=failing" in page


def test_one_is_found_among_hundreds_at_an_address_of_its_own(
    own: FlaskClient, own_sample_site: Path
) -> None:
    with Store(own_sample_site / FILE) as store, store.transaction():
        for number in range(300):
            address = f"https://paper{number}.example/feed"
            store.add_source(Kind.FEED, address, f"Paper {number}", ["harbours"])
    page = own.get("/sources").text
    assert "Page 1 of 4" in page
    assert "Paper 99<" not in page
    found = own.get("/sources?find=paper+299").text
    assert "Paper 299" in found
    assert "Paper 298" not in found
    assert "Paper 7<" in own.get("/sources?find=HARBOURS+paper7.").text
    assert "No source has “<bdi>zeppelin</bdi>”" in own.get("/sources?find=zeppelin").text
    assert "Page 4 of 4" in own.get("/sources?page=99").text


def test_a_state_that_is_none_is_a_bad_address(own: FlaskClient) -> None:
    assert own.get("/sources?show=sleepy").status_code == 400
    assert own.get("/sources?page=x").status_code == 400
    assert own.get("/sources/99999999999999999999999").status_code == 404


def test_a_feed_is_looked_for_and_shown_before_it_is_taken(
    own: FlaskClient, own_sample_site: Path, web: Web
) -> None:
    links = '<link rel="alternate" type="application/rss+xml" href="/feed" title="News">'
    more = '<link rel="alternate" type="application/rss+xml" href="/sport" title="Sport">'
    web.pages["/"] = reply(
        body=f"<title>x</title>{links}{more}".encode(), content_type="text/html"
    )
    web.pages["/feed"] = reply(body=FEED, content_type="text/xml")
    status, page = look(own, web.url("/"))
    assert status == 200
    assert "The Gannet" in page
    assert "Eels are back in the" in page
    assert "3 March 2026" in page
    assert "Sport" in page
    with Store(own_sample_site / FILE) as store:
        assert len(store.sources()) == 1
    assert f'name="address" value="{web.url("/feed")}"' in page

    where = post(
        own, "/sources/add", address=web.url("/feed"), topics="Sea, eels,", full_text="no"
    )
    with Store(own_sample_site / FILE) as store:
        added = store.source(web.url("/feed"))
    assert where == f"/sources/{added.id}"
    assert (added.topics, added.full_text) == (("Sea", "eels"), FullText.NO)
    assert "Not read yet" in own.get(where).text
    assert "is a source already" in look(own, web.url("/feed"))[1]


def test_an_address_without_a_scheme_is_taken_for_https(own: FlaskClient) -> None:
    status, page = look(own, "no-such-host.invalid")
    assert status == 502
    assert 'value="no-such-host.invalid"' in page
    assert 'aria-describedby="wrong"' in page


@pytest.mark.parametrize(
    ("answer", "status", "words"),
    [
        (reply(body=b"<p>Nothing here</p>", content_type="text/html"), 422, "has no feed"),
        (reply(500), 502, "HTTP 500"),
        (reply(body=b"x" * 11_000_000), 502, "is larger than"),
        (reply(302, location="http://10.0.0.7/feed"), 502, "not on the public internet"),
    ],
    ids=["no feed", "an error", "too large", "leads into the net"],
)  # fmt: skip
def test_what_cannot_be_added_is_said_beside_the_field(
    answer: object, status: int, words: str, own: FlaskClient, web: Web
) -> None:
    web.pages["/"] = answer  # type: ignore[assignment]
    found, page = look(own, web.url("/"))
    assert (found, words in page) == (status, True)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("", "An address is needed"),
        ("ftp://gannet.example/", "not an http or https address"),
        ("file:///etc/passwd", "not an http or https address"),
        ("http://10.0.0.7/feed", "own network"),
        ("http://[::1]:9200/", "own network"),
        ("http://localhost/feed", "own network"),
        ("http://169.254.169.254/latest", "own network"),
        ("https://" + "a" * 3000, "at most 2,000"),
    ],
)
def test_no_page_leads_into_the_servers_own_network(
    address: str, words: str, own: FlaskClient, own_sample_site: Path
) -> None:
    status, page = look(own, address)
    assert (status, words in page) == (400, True)
    answer = own.post("/sources/add", data={"csrf": token(own), "address": address})
    assert (answer.status_code, words in answer.text) == (400, True)
    with Store(own_sample_site / FILE) as store:
        assert len(store.sources()) == 1


def test_a_page_on_the_web_cannot_name_a_feed_in_our_own_network(
    own: FlaskClient, web: Web
) -> None:
    """Found by its own address, the server on this machine would be taken for meant."""
    with client_of(own.application.config["SITE"], LOCAL) as client:
        inside = web.url("/feed").replace("127.0.0.1", "127.0.0.2")
        link = f'<link rel="alternate" type="application/rss+xml" href="{inside}">'
        web.pages["/"] = reply(body=link.encode(), content_type="text/html")
        status, page = look(client, web.url("/"))
    assert status == 422
    assert "127.0.0.2" not in page


def test_looking_asks_a_server_by_post_alone(own: FlaskClient, web: Web) -> None:
    assert own.get(f"/sources/look?address={web.url('/')}").status_code == 405
    own.get(f"/sources/add?address={web.url('/')}")
    assert web.seen == []


def test_what_is_wanted_of_a_source_is_changed(own: FlaskClient, own_sample_site: Path) -> None:
    gull = add(own_sample_site, "https://gull.example/feed")
    post(own, f"/sources/{gull}", name=" The  Gull ", topics="sea", full_text="yes", interval="2h")
    with Store(own_sample_site / FILE) as store:
        source = store.source("https://gull.example/feed")
    assert (source.name, source.topics, source.full_text) == ("The Gull", ("sea",), FullText.YES)
    assert (source.interval, source.revisit) == (7200, False)
    assert 'value="2h"' in own.get(f"/sources/{gull}").text


@pytest.mark.parametrize(
    "form",
    [
        {"interval": "soon"},
        {"interval": "1s"},
        {"full_text": "perhaps"},
        {"name": "x" * 201},
        {"topics": "x" * 61},
        {"topics": ",".join(map(str, range(21)))},
    ],
)
def test_what_cannot_be_wanted_is_refused(
    form: dict[str, str], own: FlaskClient, own_sample_site: Path
) -> None:
    gull = add(own_sample_site, "https://gull.example/feed")
    before = (own_sample_site / FILE).stat().st_mtime_ns
    answer = own.post(f"/sources/{gull}", data={"csrf": token(own), **form})
    assert answer.status_code == 400
    assert "This form asks for something that cannot be" in answer.text
    assert (own_sample_site / FILE).stat().st_mtime_ns == before


def test_a_source_is_paused_and_resumed(own: FlaskClient, own_sample_site: Path) -> None:
    gull = add(own_sample_site, "https://gull.example/feed")
    where = post(own, f"/sources/{gull}/pause", to="pause")
    assert "Paused since" in own.get(where).text
    assert "1 paused" in own.get("/sources").text
    post(own, f"/sources/{gull}/pause", to="resume")
    assert "Paused since" not in own.get(where).text


def test_a_source_is_removed_after_a_question_and_its_articles_stay(
    own: FlaskClient, own_sample_site: Path
) -> None:
    with Store(own_sample_site / FILE) as store:
        (sample,) = store.sources()
    page = own.get(f"/sources/{sample.id}/remove").text
    assert f"Its {sample.articles:,} articles stay" in page
    assert post(own, f"/sources/{sample.id}/remove") == "/sources"
    assert "There are no sources yet" in own.get("/sources").text
    with Store(own_sample_site / FILE) as store:
        assert store.counts().articles == sample.articles


def test_an_update_is_begun_elsewhere(own_sample_site: Path) -> None:
    started: list[str] = []

    def start(address: str) -> bool:
        started.append(address)
        return len(started) == 1

    gull = add(own_sample_site, "https://gull.example/feed")
    with client_of(own_sample_site, LOCAL, NearIntake(LOCAL, start=start)) as client:
        where = post(client, f"/sources/{gull}/read")
        assert "An update of this source was begun" in client.get(where).text
        where = post(client, f"/sources/{gull}/read")
        assert "No update could be begun" in client.get(where).text
    assert started == ["https://gull.example/feed"] * 2


def send_list(client: FlaskClient, data: bytes, name: str = "feeds.opml") -> tuple[int, str]:
    form = {"csrf": token(client), "list": (BytesIO(data), name)}
    answer = client.post("/sources/import", data=form)
    return answer.status_code, answer.text


def test_a_list_goes_out_and_comes_in_again(own: FlaskClient, own_sample_site: Path) -> None:
    for number in range(3):
        add(own_sample_site, f"https://paper{number}.example/feed", f"Paper {number}")
    answer = own.get("/sources.opml")
    assert answer.mimetype == "text/x-opml"
    with Store(own_sample_site / FILE) as store:
        store.remove_source("https://paper1.example/feed")
    status, page = send_list(own, answer.data)
    assert status == 200
    assert "1 feed added" in page
    assert "2 were there already" in page
    with Store(own_sample_site / FILE) as store:
        assert store.source("https://paper1.example/feed").name == "Paper 1"


def test_a_list_names_what_of_it_is_not_added(own: FlaskClient) -> None:
    outlines = "".join(
        f'<outline text="x" xmlUrl="{address}"/>'
        for address in ("ftp://gull.example/f", "http://192.168.0.9/f", "https://tern.example/f")
    )
    status, page = send_list(own, f"<opml><body>{outlines}</body></opml>".encode())
    assert status == 200
    assert "1 feed added" in page
    assert "is not an http or https address" in page
    assert "own network" in page


@pytest.mark.parametrize("data", [b"", b"not xml", b"<rss/>", b"\0" * 100])
def test_what_is_no_list_is_refused_in_plain_words(data: bytes, own: FlaskClient) -> None:
    status, page = send_list(own, data)
    assert (status, 'aria-describedby="wrong"' in page) == (422, True)
    assert send_list(own, data, "")[0] == 400


def test_readers_see_health_but_no_form_no_path_and_no_password(guarded_site: Path) -> None:
    secret = add(guarded_site, "https://ana:s3cret@gull.example/feed")
    with client_of(guarded_site) as client:
        sign_in(client, "ben")
        listed = client.get("/sources").text
        page = client.get(f"/sources/{secret}").text
        folder = client.get("/sources/1").text
        for each in (listed, page, folder):
            assert "s3cret" not in each
            assert not re.search(r'<form[^>]*action="/sources/', each)
            assert str(Path(__file__).parents[2]) not in each
        assert "https://gull.example/feed" in page
        for closed in ("/sources/add", "/sources/upload", "/sources.opml", "/sources/1/remove"):
            assert client.get(closed).status_code == 403
