"""The body of a page: the article's text, found by trafilatura, else by BeautifulSoup."""

import copy
import re

import trafilatura
from bs4 import BeautifulSoup
from lxml.html import HtmlElement

from archive.article import Evidence
from archive.identity import web_url
from archive.ingest import wire
from archive.ingest.item import claim
from archive.ingest.markup import soup_text
from archive.ingest.pages.edges import trimmed
from archive.ingest.pages.lead import with_lead
from archive.ingest.pages.pruning import prune

_DATE_SEARCH = {"extensive_search": False, "original_date": True}
_COMMENT = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)


def body(
    tree: HtmlElement, data: bytes, url: str, changed: set[str]
) -> tuple[str, list[Evidence], list[Evidence]]:
    """Return the article's text, who found it, and what else trafilatura made out.

    A date that htmldate finds is none of publication when it is one of *changed*.
    """
    pruned = copy.deepcopy(tree)
    prune(pruned)
    document = trafilatura.bare_extraction(
        pruned,
        url=url if web_url(url) else None,
        include_comments=False,
        date_extraction_params=_DATE_SEARCH,
        with_metadata=True,
    )
    found: list[Evidence] = []
    if document is not None and not isinstance(document, dict):
        for name in wire.person_names((document.author or "").replace(";", ",")):
            found += claim("byline", name, "page: trafilatura")
        if document.date not in changed:
            found += claim("published", document.date, "page: htmldate")
        if document.text:
            text = "\n\n".join(trimmed(_paragraphs(document.text)))
            text = with_lead(text, tree)
            return text, claim("text", f"{len(text)} characters", "page: trafilatura"), found
    # Comments first: thousands that never close would take Python's parser minutes.
    soup = BeautifulSoup(_COMMENT.sub(b"", data), "html.parser")
    root = soup.find("article") or soup.find("main") or soup.body or soup
    for part in root.find_all(["nav", "header", "footer", "aside"]):
        part.decompose()
    text = soup_text(root)
    origin = "page: BeautifulSoup, where trafilatura found nothing"
    return text, claim("text", f"{len(text)} characters", origin), found


def _paragraphs(text: str) -> list[str]:
    """Return the lines of trafilatura's text as paragraphs, the rows of tables without rules."""
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return [plain for line in lines if (plain := _plain(line))]


def _plain(line: str) -> str:
    if not line.startswith("|"):
        return line
    cells = (cell.strip() for cell in line.strip("|").split("|"))
    return " | ".join(cell for cell in cells if cell.strip("-"))
