"""Markdown files (``.md``), with YAML front matter or without.

Front matter is read as plain strings, so that a date keeps the precision and
the offset in which it was written.
"""

import re
from collections.abc import Iterator
from typing import Any

import yaml
from markdown_it import MarkdownIt

from archive.article import Evidence
from archive.errors import FormatError
from archive.ingest import persons, wire
from archive.ingest.encoding import decode
from archive.ingest.furniture import without_furniture
from archive.ingest.item import Item, claim
from archive.ingest.markup import fragment_text

_FRONT = re.compile(r"\A---[ \t]*\n(?P<yaml>.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
# Keys and values up to a blank line, where nothing closes them.
_OPEN_FRONT = re.compile(
    r"\A---[ \t]*\n(?P<yaml>(?:\w[\w -]*:.*\n|[ \t]+\S.*\n|- .*\n)+)(?=\s*\n)"
)
_LINE = re.compile(r"(\w[\w -]*):[ \t]+(\S.*)")
# Our field ← the keys that writers and static site generators use for it.
_KEYS = {
    "headline": ("title", "headline"),
    "byline": ("author", "authors", "byline"),
    "published": ("date", "published", "publishdate", "pubdate"),
    "source": ("source", "publication", "publisher", "outlet"),
    "agency": ("agency",),
    "dateline": ("dateline", "place"),
    "topics": ("topics", "topic", "tags", "categories", "category", "keywords", "section"),
    "language": ("language", "lang"),
    "section": ("section",),
    "link": ("url", "link", "canonical_url"),
    "caption": ("caption",),
    "credits": ("credits", "credit"),
}


def read(data: bytes, key: str, url: str) -> Iterator[Item | FormatError]:
    """Yield the article of a Markdown file, and what is wrong with its front matter.

    Broken front matter costs no text: its lines are read one by one, as far as
    they go. Raises FormatError for a file without text.
    """
    text = decode(data, key)
    claims: list[Evidence] = []
    problem = ""
    if match := _FRONT.match(text) or _OPEN_FRONT.match(text):
        claims, problem = _front_matter(match["yaml"])
        if match.re is _OPEN_FRONT:
            problem = "front matter is not closed by a line of three dashes"
        text = text[match.end() :]
    parser, references = MarkdownIt("commonmark"), dict[str, Any]()
    tokens = parser.parse(text, references)
    if [(t.type, t.tag) for t in tokens[:1]] == [("heading_open", "h1")]:
        title = fragment_text(parser.renderer.render(tokens[:3], parser.options, references))
        claims += claim("headline", title, "page: first heading")
        tokens = tokens[3:]
    html = parser.renderer.render(tokens, parser.options, references)
    body = without_furniture(fragment_text(html))
    copy = wire.read_body(body)
    if not copy.text.strip():
        raise FormatError("holds no text below its front matter", key)
    yield Item(key, url, copy.text, (*claims, *copy.claims), data, "text/markdown")
    if problem:
        yield FormatError(f"{problem}: the text was kept", key)


def _front_matter(text: str) -> tuple[list[Evidence], str]:
    """Return what the front matter claims, and what is wrong with it, if anything."""
    problem = ""
    try:
        # BaseLoader makes nothing but strings, lists and dicts: no object, no guess.
        values = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506
        if not isinstance(values, dict):
            problem = "front matter is not a list of keys and values"
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        problem = f"front matter is not YAML{f', line {mark.line + 2}' if mark else ''}"
    if problem:
        lines = (_LINE.fullmatch(line) for line in text.split("\n"))
        values = {line[1]: line[2].strip().strip("\"'") for line in lines if line}
    folded: dict[str, Any] = {str(key).lower(): value for key, value in values.items()}
    claims: list[Evidence] = []
    for name, keys in _KEYS.items():
        for key in keys:
            for value in _values(name, folded.get(key)):
                claims += claim(name, value, f"front matter: {key}")
    return claims, problem


def _values(name: str, value: object) -> list[str]:
    if isinstance(value, list):
        return [v for v in value if isinstance(v, str)]
    if not isinstance(value, str):
        return []
    if name == "byline":
        return list(persons.person_names(value)) or [value]
    # A single string of tags is parted, unless it is itself one of the topics with commas.
    if name == "topics" and "," in value and not re.search(r"\band\b", value):
        return value.split(",")
    return [value]
