"""Web archives: WARC 1.0 and 1.1 (ISO 28500), plain or gzipped record by record.

Every HTML page that was answered with 200 is an article, under its own
address; each capture of a page has its own key. When a page was captured is no
date of publication. Bodies come as they went over the wire: chunked and
compressed, or already decoded by the crawler although the headers say else.
"""

import gzip
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, cast
from urllib.parse import urljoin

from archive.errors import FormatError
from archive.identity import canonical_url, web_url
from archive.ingest.formats import saved
from archive.ingest.formats.inputs import RECORD, Found, Input
from archive.ingest.item import Item

_VERSION = re.compile(rb"WARC/\d+\.\d+\s*")
_STATUS = re.compile(rb"HTTP/[\d.]+ (\d{3})")
_PAGE = ("text/html", "application/xhtml+xml")
_HEAD = 64 * 1024
_GZIP = b"\x1f\x8b"

Headers = dict[str, str]


def recognises(head: bytes, _name: str) -> bool:
    """Whether a WARC record begins here, gzipped or not."""
    if head.startswith(_GZIP):
        try:
            head = zlib.decompressobj(31).decompress(head, 16)
        except zlib.error:
            return False
    return _VERSION.match(head) is not None


def read(place: Input) -> Iterator[Found]:
    """Yield the pages in the archive. Raises FormatError where it is damaged or cut off."""
    yield from pages(place, None)


def pages(place: Input, wanted: set[str] | None) -> Iterator[Found]:
    """As `read`; only those whose addresses are *wanted*, if given, and where they redirect to."""
    zipped = place.stream.read(2) == _GZIP
    place.stream.seek(0)
    stream = (
        cast(BinaryIO, gzip.GzipFile(fileobj=place.stream, mode="rb")) if zipped else place.stream
    )
    records = _Records(stream, place)
    seen = 0
    try:
        while (capture := records.next_page()) is not None:
            address = canonical_url(capture.url)
            if wanted is not None and address not in wanted:
                continue
            if capture.redirect:
                if wanted is not None:
                    wanted.add(canonical_url(urljoin(capture.url, capture.redirect)))
                continue
            seen += 1
            label = f"{records.number} ({capture.url})"
            yield place.attempt(label, lambda c=capture: _item(c, place))  # type: ignore[misc]
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        reason = " ".join(str(error).split())[:100]
        raise FormatError(
            f"is damaged after record {records.number}: {reason}", place.key
        ) from error
    if not seen and wanted is None:
        place.fail("holds no web page")


@dataclass(frozen=True, slots=True)
class _Capture:
    """A page as it was captured, or the redirect that stood in its place."""

    url: str
    date: str
    headers: Headers
    body: bytes
    redirect: str = ""


def _item(capture: _Capture, place: Input) -> Item:
    key, url = place.inner(f"{capture.date} {capture.url}", capture.url)
    return saved.page(_page_bytes(capture, key), key, url, capture.url)


class _Records:
    """The records of an archive, read from its start to its end."""

    def __init__(self, stream: BinaryIO, place: Input) -> None:
        self._stream = stream
        self._place = place
        self.number = 0

    def next_page(self) -> _Capture | None:
        """Return the next record that is a page or redirects, or None at the end."""
        while (headers := self._next_headers()) is not None:
            length = headers.get("content-length", "")
            if not re.fullmatch(r"\d{1,15}", length):
                self._fail("has no length")
            capture = self._page(headers, int(length))
            if capture is not None:
                return capture
        return None

    def _next_headers(self) -> Headers | None:
        line = self._line()
        while line in (b"\r\n", b"\n"):
            line = self._line()
        if not line:
            return None
        self.number += 1
        if _VERSION.fullmatch(line) is None:
            self._fail("does not begin as a WARC record does")
        lines = []
        while (line := self._line()).strip():
            lines.append(line)
            if len(lines) > 500:
                self._fail("has too many headers")
        return _headers(lines)

    def _page(self, headers: Headers, length: int) -> _Capture | None:
        url = headers.get("warc-target-uri", "").strip("<>")
        kind = headers.get("warc-type", "")
        head = self._take(min(length, _HEAD))
        if kind == "response" and web_url(url):
            top, _, body = head.replace(b"\r\n\r\n", b"\n\n", 1).partition(b"\n\n")
            status = _STATUS.match(top)
            http = _headers(top.splitlines()[1:])
        elif kind in ("resource", "conversion") and web_url(url):
            status, http, body = None, {"content-type": headers.get("content-type", "")}, head
        else:
            self._skip(length - len(head))
            return None
        date = headers.get("warc-date", "")
        code = int(status[1]) if status else 200
        if 300 < code < 400 and http.get("location"):
            self._skip(length - len(head))
            return _Capture(url, date, http, b"", http["location"])
        if code != 200 or not http.get("content-type", "").lower().startswith(_PAGE):
            self._skip(length - len(head))
            return None
        rest = length - len(head)
        if length <= RECORD:
            body, rest = body + self._take(rest), 0
        else:
            # Too large to be held: `_page_bytes` refuses it by its length.
            body += self._take(RECORD + 1 - len(body))
            rest = length - RECORD - 1 if rest else 0
        self._skip(max(0, rest))
        return _Capture(url, date, http, body)

    def _line(self) -> bytes:
        line = self._stream.readline(_HEAD)
        self._place.budget.spend(len(line), self._place.key)
        return line

    def _take(self, count: int) -> bytes:
        data = self._stream.read(count) if count > 0 else b""
        self._place.budget.spend(len(data), self._place.key)
        if len(data) < count:
            self._fail("is cut off")
        return data

    def _skip(self, count: int) -> None:
        while count > 0:
            count -= len(self._take(min(count, _HEAD)))

    def _fail(self, reason: str) -> None:
        raise FormatError(reason, self._place.record(self.number))


def _headers(lines: list[bytes]) -> Headers:
    pairs = (line.decode("utf-8", "replace").partition(":") for line in lines)
    return {name.strip().lower(): value.strip() for name, _, value in pairs if value}


def _page_bytes(capture: _Capture, where: str) -> bytes:
    """The page as the browser saw it: unchunked, unpacked, in UTF-8 where the encoding is told."""
    body, headers = capture.body, capture.headers
    if len(body) > RECORD:
        raise FormatError("is larger than 10 MiB", where)
    if "chunked" in headers.get("transfer-encoding", "").lower():
        body = _unchunked(body)
    encoding = headers.get("content-encoding", "").lower()
    if encoding in ("gzip", "x-gzip", "deflate"):
        body = _unpacked(body, where)
    elif encoding not in ("", "identity") and not body.lstrip().startswith(b"<"):
        raise FormatError(f"is packed by “{encoding[:20]}”, which Morgue does not read", where)
    charset = re.search(r"charset=[\"']?([\w-]+)", headers.get("content-type", ""), re.IGNORECASE)
    try:
        return body.decode(charset[1]).encode() if charset else body
    except (LookupError, ValueError):
        return body


def _unchunked(body: bytes) -> bytes:
    """Join the chunks; a body that is not in chunks, whatever was said, comes back as it is."""
    parts: list[bytes] = []
    at = 0
    while match := re.compile(rb"([0-9A-Fa-f]{1,8})(?:;[^\r\n]*)?\r?\n").match(body, at):
        size = int(match[1], 16)
        if size == 0:
            return b"".join(parts)
        parts.append(body[match.end() : match.end() + size])
        at = match.end() + size
        at += 2 if body[at : at + 2] == b"\r\n" else 1
    return b"".join(parts) if parts and at >= len(body) else body


def _unpacked(body: bytes, where: str) -> bytes:
    """Unpack gzip, zlib or raw deflate; what is not packed comes back as it is."""
    if body.lstrip().startswith(b"<"):
        return body
    for window in (47, -15):
        unpacker = zlib.decompressobj(window)
        try:
            page = unpacker.decompress(body, RECORD + 1)
        except zlib.error:
            continue
        if len(page) > RECORD:
            raise FormatError("is larger than 10 MiB", where)
        return page
    return body
