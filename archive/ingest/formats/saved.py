"""Saved pages (``.html``; SingleFile; ``.mhtml``, RFC 2557), read as web pages are.

SingleFile writes the page's address into a comment and its pictures into the
page itself; MHTML is a mail of the page and its parts, with the address in
``Snapshot-Content-Location`` or the first part's ``Content-Location``.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from archive.ingest.formats import mail
from archive.ingest.formats.inputs import Found, Input, host_claims
from archive.ingest.item import Item, claim

HTML_ENDINGS = (".html", ".htm", ".xhtml")
MHTML_ENDINGS = (".mhtml", ".mht")
_HTML = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_UTF16_HTML = re.compile(r"\s*<(?:!doctype\s+html|html)\b", re.IGNORECASE)
_SINGLEFILE = re.compile(rb"Page saved with SingleFile\s+url:\s*(\S+)")
_PICTURE = re.compile(rb"data:[\w/+.-]+;base64,[A-Za-z0-9+/=]{1000,}")
_SNAPSHOT = re.compile(
    rb"^snapshot-content-location:|^from: <saved by ", re.IGNORECASE | re.MULTILINE
)


def recognises_html(head: bytes, _name: str) -> bool:
    """Whether a page begins here."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = head[: len(head) // 2 * 2].decode("utf-16", "replace")
        return _UTF16_HTML.match(text) is not None
    return _HTML.match(head) is not None


def read_html(place: Input) -> Iterator[Found]:
    """Yield the page's article."""
    data = place.whole()
    saved_from = _SINGLEFILE.search(data[:4096])
    web = saved_from[1].decode("utf-8", "replace") if saved_from else ""
    yield page(data, place.key, place.url, web)


def recognises_mhtml(head: bytes, name: str) -> bool:
    """Whether a saved page in the form of a mail begins here."""
    block = re.split(rb"\r?\n\r?\n", head, maxsplit=1)[0]
    if not mail.headers_at(head):
        return False
    return name.endswith(MHTML_ENDINGS) or _SNAPSHOT.search(block) is not None


def read_mhtml(place: Input) -> Iterator[Found]:
    """Yield the article of the page in a mail."""
    data = place.whole()
    message = mail.parsed(data, place.key)
    part = next(mail.parts(message, "text/html", place.key), None)
    if part is None:
        place.fail("holds no page")
    web = message.get("Snapshot-Content-Location") or part.get("Content-Location") or ""
    html = mail.part_bytes(part)
    yield replace(page(html, place.key, place.url, str(web).strip()), original=data)


def page(data: bytes, key: str, url: str, web: str) -> Item:
    """Read a page that was saved from *web*. Raises FormatError as `pages.read` does."""
    # Half a second to load, which a process that only recognises formats need not spend.
    from archive.ingest import pages

    item = pages.read(_PICTURE.sub(b"data:,", data), key, url)
    claims = (*item.claims, *claim("link", web, "record: saved from"), *host_claims(web))
    return replace(item, claims=claims, original=data)
