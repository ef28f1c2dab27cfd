"""The body of a page: the article's text, found by trafilatura, else by BeautifulSoup."""

import re

import trafilatura
from bs4 import BeautifulSoup
from lxml.html import HtmlElement

from archive.article import Evidence
from archive.identity import web_url
from archive.ingest import wire
from archive.ingest.item import claim
from archive.ingest.markup import soup_text

_DATE_SEARCH = {"extensive_search": False, "original_date": True}
_COMMENT = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)


def body(
    tree: HtmlElement, data: bytes, url: str, changed: set[str]
) -> tuple[str, list[Evidence], list[Evidence]]:
    """Return the article's text, who found it, and what else trafilatura made out.

    A date that htmldate finds is none of publication when it is one of *changed*.
    """
    document = trafilatura.bare_extraction(
        tree,
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
            text = re.sub(r"\n+", "\n\n", document.text.strip())
            return text, claim("text", f"{len(text)} characters", "page: trafilatura"), found
    # Comments first: thousands that never close would take Python's parser minutes.
    soup = BeautifulSoup(_COMMENT.sub(b"", data), "html.parser")
    root = soup.find("article") or soup.find("main") or soup.body or soup
    for part in root.find_all(["nav", "header", "footer", "aside"]):
        part.decompose()
    text = soup_text(root)
    origin = "page: BeautifulSoup, where trafilatura found nothing"
    return text, claim("text", f"{len(text)} characters", origin), found
