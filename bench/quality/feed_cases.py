"""Feeds with what is expected of them, from three collections of test cases, in one shape.

Each collection states its expectations in its own way: feedparser as an
expression in a comment, gofeed as JSON beside the feed, feedvalidator by the
elements of the feed itself, which are read here by lxml alone.
"""

import ast
import json
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from archive.ingest.furniture import is_furniture
from bench import corpora
from bench.quality import feed_elements, feed_text

ADDRESS: Final = "http://127.0.0.1:8097/feed.xml"
"""Where the feeds are said to come from; feedparser's expectations name this host."""

_EXPECT = re.compile(rb"Expect:\s*(.*)")
_HEADER = re.compile(rb"Header:\s*([\w-]+)\s*:\s*(.*)")

SELF: Final = "what feedparser says of its own work"
WRITTEN: Final = "how a field was written: type, base, mode"
MEDIA: Final = "podcast, media, licence and place fields, which an article has not"
OTHER: Final = "fields that an article has not: rights, contributors, images, comments …"
FURNITURE: Final = "text that is page furniture and no more, such as “click here”"
SHORTER: Final = "the shorter of an entry's texts: only the longest is kept"
CDF: Final = "CDF, a format of 1997 that Morgue does not read"
FORM: Final = "expressions that state no value"


@dataclass(frozen=True, slots=True)
class Expected:
    """A value that a field is to have: of the entry by its place, or of the feed (None)."""

    field: str
    value: Any
    entry: int | None = None

    def __str__(self) -> str:
        place = "feed" if self.entry is None else f"entry {self.entry + 1}"
        return f"{place} {self.field} {str(self.value)[:80]!r}"


@dataclass(frozen=True, slots=True)
class Case:
    """A feed, what is expected of it, and the reasons why other expectations do not concern us.

    *bare* tests have entries with nothing to read, which are given a title.
    """

    name: str
    data: bytes
    expected: tuple[Expected, ...]
    beside: tuple[str, ...] = ()
    url: str = ADDRESS
    content_type: str = "application/xml"
    bare: bool = True


def feedparser() -> Iterator[Case]:
    """Yield feedparser's own tests."""
    for path in _files("feedparser", ""):
        data = path.read_bytes()
        statement = _EXPECT.search(data)
        if statement is None:
            continue
        headers = {name.lower(): value.strip() for name, value in _HEADER.findall(data)}
        said = headers.get(b"content-type", b"application/xml").decode("latin-1")
        base = headers.get(b"content-location", b"").decode("latin-1")
        url = base if base.startswith("http") else ADDRESS
        text = statement[1].decode("utf-8", "replace").strip().removesuffix("-->")
        expected, beside = _clauses(text)
        if path.parent.name == "cdf":
            expected, beside = (), (CDF,)
        longest = _longest(expected)
        beside += (SHORTER,) * (len(expected) - len(longest))
        yield Case(_name(path), data, longest, beside, url, said)


def _longest(expected: tuple[Expected, ...]) -> tuple[Expected, ...]:
    """Return *expected* with one text for an entry, the longest."""
    longest: dict[int | None, Expected] = {}
    for one in expected:
        if one.field == "text":
            known = longest.setdefault(one.entry, one)
            if len(str(one.value)) > len(str(known.value)):
                longest[one.entry] = one
    return tuple(one for one in expected if one.field != "text" or longest[one.entry] is one)


def _clauses(text: str) -> tuple[tuple[Expected, ...], tuple[str, ...]]:
    try:
        tree: ast.expr = ast.parse(text.strip(), mode="eval").body
    except SyntaxError:
        return (), (FORM,)
    parts = (
        tree.values if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And) else [tree]
    )
    expected, beside = [], []
    for part in parts:
        found = _clause(part)
        if isinstance(found, Expected):
            expected.append(found)
        else:
            beside.append(found)
    return tuple(expected), tuple(beside)


def _clause(part: ast.expr) -> Expected | str:
    """Return what one comparison expects, or why it does not concern us."""
    match part:
        case ast.Compare(left=left, ops=[ast.Eq()], comparators=[right]):
            try:
                value = ast.literal_eval(right)
            except ValueError:
                return FORM
            return _expected(_path(left), value)
        case ast.UnaryOp() | ast.Name():
            return SELF
    return FORM


def _path(node: ast.expr) -> list[str | int]:
    match node:
        case ast.Subscript(value=value, slice=ast.Constant(value=key)):
            return [*_path(value), str(key) if not isinstance(key, int) else key]
        case ast.Attribute(value=value, attr=name):
            return [*_path(value), name]
        case ast.Name(id=name):
            return [name]
    return ["?"]


_FIELDS: Final = {
    **dict.fromkeys(("title", "title_detail.value"), "headline"),
    "link": "link",
    **dict.fromkeys(("id", "guid"), "id"),
    **dict.fromkeys(("published", "published_parsed", "created", "created_parsed"), "published"),
    **dict.fromkeys(("updated", "updated_parsed", "modified", "modified_parsed"), "updated"),
    **dict.fromkeys(("author", "author_detail.name", "authors.name"), "byline"),
    **dict.fromkeys(
        ("summary", "description", "summary_detail.value", "content.value"),
        "text",
    ),
    **dict.fromkeys(("tags.term", "tags.label", "category"), "topic"),
    **dict.fromkeys(("content.language", "summary_detail.language"), "language"),
}
_FEED_FIELDS: Final = {
    **dict.fromkeys(("title", "title_detail.value"), "title"),
    **dict.fromkeys(("link", "links.href"), "link"),
    "generator": "generator",
    "language": "language",
}
_MEDIA: Final = ("itunes", "media_", "where", "psc", "license", "cc_", "thr_", "enclosures")
_OF_WRITING: Final = ("type", "base", "mode", "src", "scheme", "length", "hreflang", "rel")
_OF_PARSER: Final = ("version", "encoding", "namespaces", "bozo_exception", "headers", "status")


def _expected(path: list[str | int], value: Any) -> Expected | str:
    names = [str(part) for part in path if isinstance(part, str)]
    if not names or names[0] in _OF_PARSER:
        return SELF
    if any(name.startswith(_MEDIA) for name in names):
        return MEDIA
    if names[-1] in _OF_WRITING:
        return WRITTEN
    field = ".".join(names[1:])
    if names[0] == "feed":
        known = _FEED_FIELDS.get(field)
        return Expected(known, value) if known and "links" not in names else OTHER
    if names[0] != "entries" or len(path) < 3 or not isinstance(path[1], int):
        return OTHER
    known = _FIELDS.get(field)
    # Of several links the entry's address is the first.
    later = any(isinstance(part, int) and part > 0 for part in path[3:])
    if known is None or (known in {"link", "language"} and later):
        return OTHER
    if known == "text" and is_furniture(feed_text.words(str(value))):
        return FURNITURE
    return Expected(known, value, path[1])


def gofeed() -> Iterator[Case]:
    """Yield gofeed's tests of its parsers and of its translators."""
    for path in _files("gofeed", ""):
        beside = path.with_suffix(".json")
        if path.suffix == ".json":
            beside = path.with_name(f"{path.stem}_expected.json")
        if not beside.exists() or beside == path:
            continue
        truth = json.loads(beside.read_text(encoding="utf-8"))
        yield Case(_name(path), path.read_bytes(), tuple(_of_gofeed(truth)))


def _of_gofeed(truth: dict[str, Any]) -> Iterator[Expected]:
    for field in ("title", "language"):
        if truth.get(field):
            yield Expected(field, truth[field])
    for number, entry in enumerate(truth.get("items") or truth.get("entries") or ()):
        yield from _of_gofeed_entry(entry, number)


def _of_gofeed_entry(entry: dict[str, Any], number: int) -> Iterator[Expected]:
    if entry.get("title"):
        yield Expected("headline", entry["title"], number)
    links = entry.get("links") or []
    own = [
        link["href"]
        for link in links
        if isinstance(link, dict) and _of_page(link) and "href" in link
    ]
    link = entry.get("link") or entry.get("url") or next(iter(own), None)
    if link:
        yield Expected("link", link, number)
    name = _value(entry.get("guid")) or entry.get("id")
    if name:
        yield Expected("id", name, number)
    for key, field in (
        ("publishedParsed", "published"),
        ("pubDateParsed", "published"),
        ("updatedParsed", "updated"),
    ):
        if entry.get(key):
            yield Expected(field, entry[key], number)
    authors = entry.get("authors") or [entry.get("author")]
    for author in authors:
        name = author.get("name") if isinstance(author, dict) else author
        if name:
            yield Expected("byline", name, number)
    texts = [_value(entry.get(key)) for key in _TEXTS]
    longest = max(filter(None, texts), key=len, default="")
    if longest:
        yield Expected("text", longest, number)
    for category in entry.get("categories") or ():
        yield Expected("topic", _value(category), number)


_TEXTS: Final = ("content", "content_html", "content_text", "description", "summary")


def _of_page(link: dict[str, Any]) -> bool:
    return link.get("rel", "alternate") in ("", "alternate")


def _value(part: Any) -> str:
    if isinstance(part, dict):
        return str(part.get("label") or part.get("value") or part.get("term") or "")
    return str(part or "")


def feedvalidator() -> Iterator[Case]:
    """Yield the W3C feed validator's test cases, valid and invalid ones."""
    for path in _files("feedvalidator", "testcases"):
        if path.suffix != ".xml":
            continue
        data = path.read_bytes()
        elements = feed_elements.entries(data, ADDRESS)
        expected = [
            Expected(field, value, number)
            for number, entry in enumerate(elements)
            for field, value in entry.items()
        ]
        yield Case(_name(path), data, tuple(expected), bare=False)


def _files(corpus: str, below: str) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="morgue-bench-") as folder:
        for path in corpora.unpack(f"feeds/{corpus}.tar.xz", Path(folder)):
            if path.is_relative_to(Path(folder) / below) and path.suffix in (".xml", ".json"):
                yield path


def _name(path: Path) -> str:
    return "/".join(path.parts[-2:])
