"""Fixtures of the archive's tests: a store, sources, and a small real web server."""

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from archive.article import Article
from archive.ingest.compose import compose
from archive.ingest.fetch import Fetcher
from archive.ingest.item import Item
from archive.settings import Fetch
from archive.source import Kind, Source
from archive.store import Store

TODAY = date(2026, 1, 10)
NOON = datetime(2026, 1, 10, 12, 0, tzinfo=UTC)

Handler = Callable[[BaseHTTPRequestHandler], None]


@pytest.fixture
def today() -> date:
    return TODAY


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "articles.db", clock=lambda: NOON) as store:
        yield store


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "The Gannet"
    path.mkdir()
    return path


@pytest.fixture
def fetcher() -> Fetcher:
    return Fetcher(Fetch(timeout=5), "test")


@dataclass
class Web:
    """A web server on localhost: *pages* answers each path, *seen* is what was asked."""

    base: str
    pages: dict[str, Handler] = field(default_factory=dict)
    seen: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def url(self, path: str) -> str:
        return self.base + path


@pytest.fixture
def web() -> Iterator[Web]:
    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            web.seen.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
            # A client that has had enough hangs up.
            with suppress(BrokenPipeError, ConnectionResetError):
                web.pages.get(self.path, reply(404))(self)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    server.daemon_threads = True
    web = Web(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, args=[0.01])
    thread.start()
    yield web
    server.shutdown()
    server.server_close()
    thread.join()


def reply(status: int = 200, body: bytes = b"", **headers: str) -> Handler:
    """A handler that answers so; ``content_type="text/xml"`` is a header."""

    def handle(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name.replace("_", "-"), value)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    return handle


def composed(item: Item, *, kind: Kind = Kind.FOLDER, name: str | None = None) -> Article:
    return compose(item, Source(1, kind, "/somewhere", name), TODAY)
