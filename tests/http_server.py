"""A small real web server on localhost, whose answers a test writes."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Handler = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Web:
    """A web server on localhost: *pages* answers each path, *seen* is what was asked."""

    base: str
    pages: dict[str, Handler] = field(default_factory=dict)
    seen: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def url(self, path: str) -> str:
        return self.base + path


@contextmanager
def serving_web() -> Iterator[Web]:
    """Run a server on a free port of localhost. What it has no page for is 404."""

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
