"""HTML fragments, as feeds and Markdown bring them, to plain text."""

import re
import warnings

from bs4 import BeautifulSoup, MarkupResemblesLocatorWarning, Tag, XMLParsedAsHTMLWarning
from bs4.element import NavigableString, PreformattedString

_BLOCKS = frozenset(
    """
    address article aside blockquote body dd details div dl dt fieldset figcaption figure footer
    form h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre section table tr ul
    """.split()  # noqa: SIM905 - a list of element names reads best as prose
)
_SILENT = """
    script style template noscript iframe object svg button form
    """.split()  # noqa: SIM905
_GAP = "\0"


def fragment_text(html: str) -> str:
    """Return the text of an HTML fragment, its blocks as paragraphs parted by blank lines."""
    html = html.replace(_GAP, "")
    if "<" not in html and "&" not in html:
        return fold_paragraphs(html)
    with warnings.catch_warnings():
        # A headline may look like a file name; it is text all the same.
        warnings.simplefilter("ignore", MarkupResemblesLocatorWarning)
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)
        return soup_text(BeautifulSoup(html, "lxml"))


def soup_text(soup: Tag) -> str:
    """Return the text below *soup*, its blocks as paragraphs. Changes *soup*."""
    for silent in soup.find_all(_SILENT):
        silent.decompose()
    parts: list[str] = []
    # Iterative on purpose: pages nest deeper than Python's stack.
    for element in soup.descendants:
        if isinstance(element, Tag):
            if element.name in _BLOCKS:
                parts.append(_GAP)
            elif element.name == "br":
                parts.append("\n")
            elif element.name in {"td", "th"}:
                parts.append(" ")
        elif isinstance(element, NavigableString) and not isinstance(element, PreformattedString):
            if _follows_block(element):
                parts.append(_GAP)
            parts.append(re.sub(r"\s+", " ", element))
    text = "".join(parts).replace("\n\n", _GAP)
    return fold_paragraphs(text.replace(_GAP, "\n\n"))


def _follows_block(element: NavigableString) -> bool:
    """Whether a block ended just before this text (``<p>one</p>two``)."""
    before = element.previous_sibling
    return isinstance(before, Tag) and before.name in _BLOCKS


def fold_paragraphs(text: str) -> str:
    """Return *text* with blank lines between paragraphs and single spaces within."""
    paragraphs = (" ".join(paragraph.split()) for paragraph in re.split(r"\n\s*\n", text))
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)
