"""Files of every format, made here: one article about a bridge in each."""

import gzip
import io
import json
import textwrap
import zipfile
from collections.abc import Mapping

HEADLINE = "Bridge at Port Ellis opens after nine years"
FIRST = "The bridge at Port Ellis opened on Thursday, nine years after work on it began."
SECOND = "Some four thousand people walked across it before noon, the harbour board said."
TEXT = f"{FIRST}\n\n{SECOND}"
ADDRESS = "https://gannet.example/news/bridge-opens"
DATE = "2024-06-20T14:05:00+02:00"
PAGE = (
    f"<!doctype html><html lang='en'><head><title>{HEADLINE}</title>"
    f"<meta property='og:title' content='{HEADLINE}'></head><body><article>"
    f"<h1>{HEADLINE}</h1><p>{FIRST}</p><p>{SECOND}</p></article></body></html>"
).encode()


def mail(subject: str = HEADLINE, identity: str = "<1@gannet.example>") -> bytes:
    return (
        "Received: from gannet.example\r\nFrom: The Gannet <news@gannet.example>\r\n"
        f"Subject: {subject}\r\nDate: Thu, 20 Jun 2024 14:05:00 +0200\r\nMIME-Version: 1.0\r\n"
        f"Message-ID: {identity}\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n"
        f"--b\r\nContent-Type: text/plain\r\n\r\n{TEXT}\r\n"
        "--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<html><head><title>x</title></head>"
        f"<body><p>{FIRST}</p><p>{SECOND}</p></body></html>\r\n--b--\r\n"
    ).encode()


def mbox(*mails: bytes) -> bytes:
    return b"".join(
        b"From news@gannet.example Thu Jun 20 14:05:00 2024\n" + one + b"\n" for one in mails
    )


def mhtml() -> bytes:
    return (
        b"From: <Saved by Blink>\r\nSnapshot-Content-Location: " + ADDRESS.encode() + b"\r\n"
        b"Subject: x\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/related; type="text/html"; boundary="b"\r\n\r\n'
        b"--b\r\nContent-Type: text/html\r\nContent-Location: " + ADDRESS.encode() + b"\r\n\r\n"
        + PAGE + b"\r\n--b\r\nContent-Type: image/png\r\n\r\n\x89PNG\r\n--b--\r\n"
    )  # fmt: skip


def nitf() -> bytes:
    return (
        '<?xml version="1.0"?><!DOCTYPE nitf SYSTEM "nitf-3-6.dtd"><nitf><head>'
        '<title>x</title><docdata><date.issue norm="20240620T140500+0200"/><key-list>'
        '<keyword key="harbours"/></key-list></docdata><pubdata name="The Gannet"/></head>'
        f"<body><body.head><hedline><hl1>{HEADLINE}</hl1></hedline>"
        "<byline>By Ada Moor</byline><dateline><location>Port Ellis</location></dateline>"
        f"</body.head><body.content><media><media-caption>The bridge</media-caption></media>"
        f"<block><p>{FIRST}</p><p>{SECOND}</p></block></body.content></body></nitf>"
    ).encode()


def newsml(guid: str = "urn:newsml:gannet:1", text: str = "") -> str:
    body = text or f"<p>{FIRST}</p><p>{SECOND}</p>"
    return (
        f'<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="{guid}" version="1">'
        '<itemMeta><provider literal="The Gannet"/>'
        f"<firstCreated>{DATE}</firstCreated></itemMeta><contentMeta>"
        f"<headline>{HEADLINE}</headline><by>By Ada Moor</by><language tag='en'/>"
        "<subject type='cpnat:abstract'><name>harbours</name></subject></contentMeta>"
        '<contentSet><inlineXML contenttype="application/xhtml+xml">'
        '<html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title></head>'
        f"<body>{body}</body></html></inlineXML></contentSet></newsItem>"
    )


def newsml_message(*items: str) -> bytes:
    inside = "".join(items)
    return (
        '<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><header/>'
        f"<itemSet>{inside}</itemSet></newsMessage>"
    ).encode()


def ninjs(**more: object) -> dict[str, object]:
    return {
        "uri": ADDRESS,
        "type": "text",
        "firstcreated": DATE,
        "by": "By Ada Moor",
        "headlines": [{"role": "main", "value": HEADLINE}],
        "bodies": [
            {"role": "plain", "contenttype": "text/plain", "value": f"{FIRST} {SECOND}"},
            {
                "role": "main",
                "contenttype": "text/html",
                "value": f"<p>{FIRST}</p><p>{SECOND}</p>",
            },
        ],
        **more,
    }


def pdf(*pages: list[str], title: str = "") -> bytes:
    """A PDF that shows these lines."""
    objects = [b"", b"", b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    kids = []
    for lines in pages:
        shown = " ".join(f"({line}) Tj T*" for line in lines)
        stream = f"BT /F1 10 Tf 14 TL 50 800 Td {shown} ET".encode("latin-1")
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R"
            b" /Resources << /Font << /F1 3 0 R >> >> >>" % len(objects)
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[0] = b"<< /Type /Catalog /Pages 2 0 R >>"
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(kids), len(kids))
    objects.append(f"<< /Title ({title}) >>".encode("latin-1"))
    data = bytearray(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(data)
    data += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    data += b"".join(b"%010d 00000 n \n" % place for place in places)
    data += b"trailer << /Size %d /Root 1 0 R /Info %d 0 R >>\nstartxref\n%d\n%%%%EOF" % (
        *(len(objects) + 1, len(objects), start),
    )
    return bytes(data)


def pdf_article() -> bytes:
    lines = [line for part in (FIRST, SECOND) for line in textwrap.wrap(part, 60)]
    return pdf([HEADLINE, "", "By Ada Moor", "", *lines], title=HEADLINE)


def warc_record(
    url: str = ADDRESS,
    body: bytes = PAGE,
    kind: str = "response",
    status: str = "200 OK",
    headers: str = "Content-Type: text/html\r\n",
    date: str = "2024-06-21T08:00:00Z",
) -> bytes:
    block = f"HTTP/1.1 {status}\r\n{headers}\r\n".encode() + body
    head = (
        f"WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nWARC-Date: {date}\r\n"
        f"WARC-Record-ID: <urn:uuid:1>\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def warc_gz(*records: bytes) -> bytes:
    return b"".join(gzip.compress(record) for record in records)


def zipped(members: Mapping[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return stream.getvalue()


def wacz(*records: bytes, pages: tuple[str, ...] = (ADDRESS,)) -> bytes:
    listed = [{"format": "json-pages-1.0"}, *({"url": page} for page in pages)]
    return zipped(
        {
            "datapackage.json": b"{}",
            "archive/data.warc.gz": warc_gz(*records),
            "pages/pages.jsonl": "\n".join(json.dumps(one) for one in listed).encode(),
        }
    )


def csv(*rows: str, header: str = "Title,URL,Date,Author,Text") -> bytes:
    return "\n".join([header, *rows]).encode()


ROW = f'"{HEADLINE}",{ADDRESS},{DATE},Ada Moor,"{FIRST}\n\n{SECOND}"'
RECORD = {"title": HEADLINE, "url": ADDRESS, "date": DATE, "author": "Ada Moor", "text": TEXT}
WALLABAG = {
    "id": 7,
    "title": HEADLINE,
    "url": ADDRESS,
    "is_archived": True,
    "created_at": "2025-01-01T00:00:00+0000",
    "published_at": DATE,
    "published_by": ["Ada Moor"],
    "content": f"<p>{FIRST}</p><p>{SECOND}</p>",
    "tags": ["harbours"],
}
OMNIVORE = {
    "id": "7",
    "slug": "bridge",
    "title": HEADLINE,
    "author": "Ada Moor",
    "url": ADDRESS,
    "labels": ["harbours"],
    "savedAt": "2025-01-01T00:00:00Z",
    "publishedAt": DATE,
}
POCKET = (
    "<!DOCTYPE html><html><head><title>Pocket Export</title></head><body><h1>Unread</h1><ul>"
    f'<li><a href="{ADDRESS}" time_added="1735689600" tags="harbours,bridges">{HEADLINE}</a></li>'
    "</ul></body></html>"
).encode()


def omnivore_zip() -> bytes:
    return zipped(
        {
            "content/bridge.html": f"<p>{FIRST}</p><p>{SECOND}</p>".encode(),
            "highlights/bridge.md": b"",
            "metadata_0_to_20.json": json.dumps([OMNIVORE]).encode(),
        }
    )


WIRE = f"{HEADLINE}\n\nBy Ada Moor\n\n{TEXT}\n".encode()
MARKDOWN = f"---\ntitle: {HEADLINE}\ndate: {DATE}\n---\n\n{TEXT}\n".encode()

ALL: dict[str, bytes] = {
    "a.txt": WIRE,
    "a.md": MARKDOWN,
    "a.html": PAGE,
    "a.mhtml": mhtml(),
    "a.eml": mail(),
    "a.mbox": mbox(mail()),
    "a.nitf": nitf(),
    "a.xml": newsml().encode(),
    "message.xml": newsml_message(newsml()),
    "a.json": json.dumps(ninjs()).encode(),
    "a.pdf": pdf_article(),
    "a.warc": warc_record(),
    "a.warc.gz": warc_gz(warc_record()),
    "a.wacz": wacz(warc_record()),
    "a.csv": csv(ROW),
    "a.jsonl": json.dumps(RECORD).encode() + b"\n",
    "list.json": json.dumps([RECORD]).encode(),
    "wallabag.json": json.dumps([WALLABAG]).encode(),
    "omnivore.zip": omnivore_zip(),
    "pocket.html": POCKET,
    "a.zip": zipped({"The Gannet/a.txt": WIRE}),
}
"""A file of every format, by a name that fits it."""

BOOKMARKS = frozenset({"pocket.html"})
"""Those that bring no text."""
