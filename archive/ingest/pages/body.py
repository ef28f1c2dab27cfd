"""The body of a page: the article's text, by trafilatura, else by another reading.

What structure shows to be furniture is pruned from a copy of the page before,
and what the site added at the edges of the text is taken off after. Another
reading takes over where trafilatura finds nothing, or plainly too little, or
would not end: its evidence says which, and why.
"""

import copy
import re

import trafilatura
from bs4 import BeautifulSoup
from bs4.exceptions import ParserRejectedMarkup
from lxml.html import HtmlElement
from trafilatura.settings import Document

from archive.article import Evidence
from archive.identity import web_url
from archive.ingest import persons
from archive.ingest.item import claim
from archive.ingest.markup import soup_text
from archive.ingest.pages.blocks import block_text, is_too_deep, is_too_large
from archive.ingest.pages.edges import trimmed
from archive.ingest.pages.embedded import article_body
from archive.ingest.pages.lead import with_lead
from archive.ingest.pages.pruning import prune
from archive.ingest.pages.times import is_toss_up

_DATE_SEARCH = {"extensive_search": False, "original_date": True}
_COMMENT = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)
_FRAMES = re.compile(rb"<noscript\b.*?(?:</noscript\s*>|\Z)|</?iframe\b[^>]*>", re.DOTALL | re.I)
_SWALLOWED = 1000
# So much longer must another reading be where trafilatura found something.
_MUCH_LONGER = 2.5
_WORTH_MORE = 500
_LITTLE = 2000


def body(
    tree: HtmlElement, data: bytes, url: str, changed: set[str]
) -> tuple[str, list[Evidence], list[Evidence]]:
    """Return the article's text, who found it, and what else trafilatura made out.

    *tree* is not changed. A date that htmldate finds is none of publication
    when it is one of *changed*, or read from figures that may mean another day.
    """
    pruned = _unframed(tree, data)
    prune(pruned)
    if is_too_large(pruned):
        text = block_text(pruned)
        return text, _origin(text, "blocks, the page being too large for trafilatura"), []
    document = _by_trafilatura(pruned, url)
    found: list[Evidence] = []
    text = ""
    if document is not None:
        for name in persons.person_names((document.author or "").replace(";", ",")):
            found += claim("byline", name, "page: trafilatura")
        if document.date not in changed and not is_toss_up(tree, data, document.date or ""):
            found += claim("published", document.date, "page: htmldate")
        text = "\n\n".join(trimmed(_paragraphs(document.text or "")))
    stated = article_body(tree)
    if len(stated) >= _WORTH_MORE and len(stated) >= _MUCH_LONGER * len(text):
        return stated, _origin(stated, "JSON-LD, where trafilatura found too little"), found
    if text and not (len(text) < _LITTLE and is_too_deep(tree)):
        return with_lead(text, pruned), _origin(text, "trafilatura"), found
    another = _by_beautiful_soup(data)
    if text and len(another) < _MUCH_LONGER * len(text):
        return text, _origin(text, "trafilatura"), found
    little = "too little" if text else "nothing"
    return another, _origin(another, f"BeautifulSoup, where trafilatura found {little}"), found


def _by_trafilatura(tree: HtmlElement, url: str) -> Document | None:
    """Return what trafilatura makes of the page; nothing where it fails on it."""
    try:
        document = trafilatura.bare_extraction(
            tree,
            url=url if web_url(url) else None,
            include_comments=False,
            date_extraction_params=_DATE_SEARCH,
            with_metadata=True,
        )
    except MemoryError:
        raise
    except Exception:
        # It, or a library of its own, did not expect such a tree. Another reading takes over.
        return None
    return document if isinstance(document, Document) else None


def _unframed(tree: HtmlElement, data: bytes) -> HtmlElement:
    """Return a copy of *tree*, read anew where a frame that never closes swallowed the page.

    All that follows such a frame is its raw text to the parser.
    """
    if any(len(frame.text or "") > _SWALLOWED for frame in tree.iter("iframe")):
        again = trafilatura.load_html(_FRAMES.sub(b" ", data))
        if again is not None:
            return again
    return copy.deepcopy(tree)


def _origin(text: str, reading: str) -> list[Evidence]:
    return claim("text", f"{len(text)} characters", f"page: {reading}")


def _by_beautiful_soup(data: bytes) -> str:
    """Return the text of the page's article as Python's own parser reads it, however deep."""
    # Comments first: thousands that never close would take Python's parser minutes.
    try:
        soup = BeautifulSoup(_COMMENT.sub(b"", data), "html.parser")
    except ParserRejectedMarkup:
        return ""
    root = soup.find("article") or soup.find("main") or soup.body or soup
    for part in root.find_all(["nav", "header", "footer", "aside"]):
        part.decompose()
    return "\n\n".join(trimmed(soup_text(root).split("\n\n")))


def _paragraphs(text: str) -> list[str]:
    """Return the lines of trafilatura's text as paragraphs, the rows of tables without rules."""
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return [plain for line in lines if (plain := _plain(line))]


def _plain(line: str) -> str:
    if not line.startswith("|"):
        return line
    cells = (cell.strip() for cell in line.strip("|").split("|"))
    return " | ".join(cell for cell in cells if cell.strip("-"))
