"""An archive whose every field is an attack on whoever reads it.

Each payload is in every field: put straight into the store, as if all cleaning had failed,
and brought in by the real readers of feeds and files over HTTP and from a folder. Payloads
are put many to an article, for what counts is that each is shown, not where.
"""

import csv
import html
import io
import json
import urllib.parse
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from archive.article import Article, Evidence, Published
from archive.identity import article_id
from archive.saved_search import LONGEST_NAME
from archive.source import Kind
from archive.store import FILE, Store
from indexer.request import Request
from indexer.saved import kept
from tests.command_line import run_morgue
from tests.http_server import Web, reply

WORD: Final = "hostilis"
"""Stands in every article, so that one search finds all."""
TOGETHER: Final = 60
_NAMES: Final = ("article", "revised", "arabic", "chinese", "bare", "withdrawn", "purged")

OWN: Final = (
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "<!--<script>alert(1)//--></script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg onload=alert(1)>",
    '" autofocus onfocus=alert(1) x="',
    "' autofocus onfocus=alert(1) x='",
    "</title></textarea></style></noscript><svg/onload=alert(1)>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "javascript:alert(1)",
    "java\tscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "//evil.example/x.js",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content=0;url=//evil.example/>",
    "<form action=//evil.example/><input name=csrf>",
    "<style>@import '//evil.example/x.css'</style>",
    "{{7*7}}{% include 'base.html' %}${7*7}",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;img src=x onerror=alert(1)&#62;",
    "<mark><bdi></bdi></mark><object data=//evil.example/>",
    "]]><script xmlns='http://www.w3.org/1999/xhtml'>alert(1)</script><![CDATA[",
    "\u2028</p>\u2029<p onclick=alert(1)>",
    "\u202e<tpircs>\u2066",
    '=HYPERLINK("//evil.example/",1)',
    "ER  - \r\nTY  - BOOK",
    "}\n@book{evil, title={x",
    "\x1b]0;evil\x07\x1b[31m",
)


def payloads(corpora: Path) -> list[str]:
    """All payloads of the corpora, and ours."""
    lines = (corpora / "nasty" / "xss-payloads.txt").read_text("utf-8", "replace").splitlines()
    return [*OWN, *dict.fromkeys(line.strip() for line in lines if line.strip())]


def chunks(attacks: Sequence[str], size: int = TOGETHER) -> Iterator[tuple[str, ...]]:
    """Yield *attacks*, *size* at a time."""
    for start in range(0, len(attacks), size):
        yield tuple(attacks[start : start + size])


def build(site: Path, web: Web, attacks: Sequence[str]) -> dict[str, str]:
    """Make the archive at *site*; return articles by the names that screens call them."""
    site.mkdir()
    for number, chunk in enumerate(chunks(attacks)):
        _serve_feeds(web, number, chunk)
        _write_files(site / "clippings", number, chunk)
    feeds = [web.url(path) for path in web.pages if path.startswith("/feed")]
    assert run_morgue("add", str(site / "clippings"), site=site).returncode == 0
    with Store(site / FILE) as store:
        for address in feeds:
            store.add_source(Kind.FEED, address)
        for number, attack in enumerate(attacks[:200]):
            name = " ".join(attack.split())[:LONGEST_NAME]
            if name.isprintable() and number not in _same(store, name):
                asked = Request(text=f"{WORD} {attack}"[:700] if number else WORD)
                store.save_search(name, kept(asked), alert=number < 50)
    done = run_morgue("update", site=site, MORGUE_FETCH_PAGES="0")
    assert done.returncode in (0, 3), done.stderr
    with Store(site / FILE) as store:
        made = list(_articles(attacks))
        for article in made:
            store.put(article)
            store.note_addresses(article.id, [e.value for e in article.evidence])
        store.put(replace(made[0], text=made[-1].text, headline=made[-1].headline))
        bare = replace(made[0], id="bareb2rebare", url="file:///<script>alert(1)</script>")
        for article in (
            replace(bare, headline="", byline=(), topics=()),
            replace(bare, id="with2raw2raw", url="file:///w"),
            replace(bare, id="purgepurge22", url="file:///p"),
        ):
            store.put(article)
        store.withdraw("with2raw2raw")
        store.withdraw("purgepurge22", purge=True)
        for source in store.sources():
            store.change_source(
                replace(source, name=" ".join(attacks[source.id % len(attacks) :][:5])[:200])
            )
    assert run_morgue("update", site=site, MORGUE_FETCH_PAGES="0").returncode in (0, 3)
    ids = [
        made[0].id,
        made[0].id,
        made[-1].id,
        made[0].id,
        bare.id,
        "with2raw2raw",
        "purgepurge22",
    ]
    named = dict(zip(_NAMES, ids, strict=True))
    return {**named, "one": made[0].id, "other": made[-1].id}


def _same(store: Store, name: str) -> set[int]:
    """All numbers where there is a search of this name, else none."""
    taken = {one.name.casefold() for one in store.saved_searches()}
    return set(range(200)) if name.casefold() in taken else set()


def _articles(attacks: Sequence[str]) -> Iterator[Article]:
    """Articles as no reader of ours would make them."""
    for number, chunk in enumerate(chunks(attacks)):
        joined = " ".join(chunk)
        url = f"https://evil.example/{number}?{joined}"
        yield Article(
            id=article_id(url),
            url=url,
            source=joined,
            headline=joined,
            text=f"{WORD} first.\n\n" + "\n\n".join(chunk) + "\n\n- " + "\n- ".join(chunk),
            agency=joined,
            byline=chunk,
            dateline=joined,
            published=Published(f"2024-06-{number % 28 + 1:02}"),
            language=chunk[number % len(chunk)],
            section=joined,
            topics=chunk,
            caption=joined,
            credits=joined,
            link=chunk[-1],
            evidence=tuple(
                Evidence(one, one, one, chosen=n % 2 == 0) for n, one in enumerate(chunk)
            ),
        )


def _serve_feeds(web: Web, number: int, chunk: Sequence[str]) -> None:
    clean = [_writable(one) for one in chunk]
    joined = " ".join(clean)
    body = f"<p>{WORD} feed {number}.</p>" + "".join(f"<p>{html.escape(one)}</p>" for one in clean)
    raw = f"<p>{WORD} raw {number}.</p>" + joined
    parts = "".join(f"<category>{escape(one)}</category>" for one in clean)
    creators = "".join(f"<dc:creator>{escape(one)}</dc:creator>" for one in clean[:20])
    items = "".join(
        f"<item><title>{escape(title)}</title><link>https://evil.example/{where}</link>{creators}"
        f"{parts}<description>{escape(text)}</description></item>"
        for title, text, where in (
            (joined, raw, f"r{number}"),
            (html.escape(joined), body, f"t{number}"),
            (clean[0], body, escape(f"u{number}?{clean[-1]}")),
        )
    )
    rss = (
        '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'
        f"<title>{escape(html.escape(joined))}</title>{items}</channel></rss>"
    )
    entries = "".join(
        f"<entry><id>{number}-{kind}</id><title type={quoteattr(kind)}>{escape(joined)}</title>"
        f"<link href={quoteattr(clean[number % len(clean)])}/>"
        "<updated>2024-06-21T00:00:00Z</updated>"
        f"<author><name>{escape(joined)}</name></author>"
        f'<content type="html">{escape(text)}</content></entry>'
        for kind, text in (("text", body), ("html", raw))
    )
    atom = (
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang={quoteattr(clean[0])}>'
        f"<title>{escape(joined)}</title>{entries}</feed>"
    )
    jsonfeed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": joined,
        "language": chunk[0],
        "items": [
            {
                "id": chunk[0],
                "url": chunk[-1],
                "title": joined,
                "content_html": raw,
                "authors": [{"name": one} for one in chunk],
                "tags": list(chunk),
            }
        ],
    }
    for path, text, kind in (
        (f"/feed{number}.rss", rss, "application/rss+xml"),
        (f"/feed{number}.atom", atom, "application/atom+xml"),
        (f"/feed{number}.json", json.dumps(jsonfeed), "application/feed+json"),
    ):
        web.pages[path] = reply(body=text.encode("utf-8", "replace"), content_type=kind)


def _write_files(folder: Path, number: int, chunk: Sequence[str]) -> None:
    folder.mkdir(exist_ok=True)
    joined = " ".join(_writable(one) for one in chunk)
    text = html.escape(joined)
    page = (
        f'<!doctype html><html lang="{text}"><head><title>{text}</title>'
        f'<meta name="author" content="{text}"><meta property="og:title" content="{text}">'
        f'<meta property="og:site_name" content="{text}"><link rel="canonical" href="{text}">'
        f'<script type="application/ld+json">{json.dumps({"headline": joined})}</script></head>'
        f"<body><h1>{text}</h1><p>{WORD} page {number} has words of its own, a few at least.</p>"
        + "".join(f"<p>{html.escape(_writable(one))} and then some words.</p>" for one in chunk)
        + joined
    )
    place = f"PORT ELLIS, June 20 (Meridian) - {WORD}."
    wire = f"{joined[:200]}\n\nBy {joined[:80]}\n\n{place} {joined}\n"
    record = dict.fromkeys(
        ("title", "source", "author", "section", "language", "url", "caption", "agency"), joined
    )
    record |= {"text": f"{WORD} record {number}. {joined}", "date": "2024-06-20"}
    table = io.StringIO()
    rows = csv.DictWriter(table, list(record))
    rows.writeheader()
    rows.writerow(record)
    name = urllib.parse.quote(chunk[0], safe=" <>\"'&=()")[:100]
    for ending, content in (
        ("html", page),
        ("txt", wire),
        ("json", json.dumps([{**record, "topics": list(chunk)}])),
        ("csv", table.getvalue()),
    ):
        (folder / f"{number}{name}.{ending}").write_text(content, "utf-8", "replace")


def _writable(text: str) -> str:
    """Without what XML has no way to write."""
    return "".join(
        c for c in text if c in "\t\n" or " " <= c < "\ud800" or "\ue000" <= c < "\ufffe"
    )
