"""Pruning: furniture that a page's structure gives away goes before the text is read.

Structure tells what no phrase can: a paragraph that is a link as a whole among
paragraphs that are none leads to another article; a list of nothing but links
is a menu; and content systems name their boxes alike (``related``,
``newsletter``, ``author-bio``).
"""

import re
from collections.abc import Iterator

from lxml import etree
from lxml.html import HtmlElement

from archive.ingest import dates
from archive.ingest.furniture import is_furniture, leads_elsewhere
from archive.ingest.pages.blocks import BLOCKS

# Raw text to the parser, so that what is hidden in them would be read as words.
_NEVER_TEXT = ("noscript", "iframe", "style", "template")
_HEADINGS = frozenset({"h2", "h3", "h4", "h5", "h6"})
_BOX_ELEMENTS = ("div", "section", "aside", "ul", "ol", "p", "span", "figure", "details", "li")
_LONGEST_CAPTION = 250
# Whole words of class names and ids; "-" and "_" part words.
_BOX = re.compile(
    r"""
    (?:^|[\s_-])
    (?: related(?:s|-?(?:articles?|posts?|stories|content|links?|news|topics))?
      | (?:read|see)-?(?:more|also|next)(?:-?(?:box|links?))?
      | recirc\w* | (?:also|most|more|next)-?(?:read|stories|popular)
      | newsletters?(?:-?(?:box|form|signup|promo))? | sign-?up
      | (?:author|writer|contributor)s?-?(?:bio(?:graphy)?|box|card|info|description|profile)
      | about-?(?:the-?)?authors? | bio-?(?:box|text)
      | (?:share|sharing|social)-?(?:bar|buttons?|links?|tools?|icons?)?
      | (?:post|article|entry|user|reader)s?-?comments?
      | (?<![_-])comments?-?(?:list|section|area|wrap|form|thread)?
      | disqus\w* | cookies?-?(?:banner|notice|bar|consent)
      | outbrain\w* | taboola\w*
      | (?:image|photo|picture|media|wp|img)-?(?:caption|credit)s?-?(?:text)?
      | captions?|figcaption | (?:photo|image)-?(?:credit|byline|by)
      | (?:kicker|topline|overline|eyebrow|dachzeile)s?
      | breadcrumbs? | advert(?:isement)?s? | ad-?(?:slot|unit|container|wrapper)
    )
    (?:$|[\s_-])
    """,
    re.IGNORECASE | re.VERBOSE,
)
_KICKER = re.compile(r"kicker|topline|overline|eyebrow|dachzeile", re.IGNORECASE)
_CAPTION = re.compile(r"caption|credit|byline", re.IGNORECASE)
_MOST_ATTRIBUTES = 250
_MOST_OF_PAGE = 0.3
_SENTENCE_END = (".", "!", "?", "…", ":", ";", ".”", '."', ".»")
_ALL_LINK = 0.9
_SHORTEST_TEXT = 80
_LONGEST_LINK = 250
_LONGEST_HEADING = 80


def prune(tree: HtmlElement) -> None:
    """Remove furniture from *tree*, in place. What holds much of the page's text stays."""
    for element in list(tree.iter(*_NEVER_TEXT)):
        if len(element) == 0 or element.tag == "noscript":
            _drop(element)
    for element in tree.iter(etree.Element):
        if len(element.attrib) > _MOST_ATTRIBUTES:
            element.attrib.clear()
    _without_boxes(tree)
    _without_links_elsewhere(tree)


def _without_boxes(tree: HtmlElement) -> None:
    """Remove what content systems name as furniture, unless it holds much of the page."""
    verdicts: dict[str, bool] = {}
    named = []
    for element in tree.iter(*_BOX_ELEMENTS):
        names = f"{element.get('class') or ''} {element.get('id') or ''}".strip()
        if names and len(names) < 400:
            verdict = verdicts.get(names)
            if verdict is None:
                verdict = verdicts[names] = _BOX.search(names) is not None
            if verdict:
                named.append(element)
    if not named:
        return
    shares = [_MOST_OF_PAGE * length for length in _lengths(tree)]
    gone: set[HtmlElement] = set()
    doomed = []
    for element in named:
        if element.getparent() in gone:
            gone.add(element)
        elif next(element.iter("h1"), None) is None and _is_small(element, shares):
            gone.add(element)
            doomed.append(element)
    gone.clear()
    named.clear()
    _drop_all(doomed)


def _is_small(element: HtmlElement, shares: list[float]) -> bool:
    """Whether a box holds so little that the page is not lost with it.

    The line above a headline stays where it holds the date, which is read off what is left.
    """
    if _KICKER.search(element.get("class") or element.get("id") or ""):
        return not dates.has_year(element.text_content())
    if _CAPTION.search(element.get("class") or element.get("id") or ""):
        return len(_text(element)) <= _LONGEST_CAPTION
    return all(length <= share for length, share in zip(_lengths(element), shares, strict=True))


def _lengths(element: HtmlElement) -> tuple[int, int]:
    """Return how many characters *element* holds in paragraphs, and in all but scripts."""
    paragraphs = [element] if element.tag == "p" else element.iter("p")
    scripts = sum(len(script.text or "") for script in element.iter("script"))
    return sum(len(p.text_content()) for p in paragraphs), len(element.text_content()) - scripts


def _without_links_elsewhere(tree: HtmlElement) -> None:
    """Remove paragraphs and lists that do nothing but lead to other pages."""
    _drop_all(_leading_elsewhere(tree))


def _leading_elsewhere(tree: HtmlElement) -> list[HtmlElement]:
    blocks: dict[HtmlElement, int] = {}
    for link in tree.iter("a"):
        block = link
        while block is not None and block.tag not in BLOCKS:
            block = block.getparent()
        if block is not None:
            blocks[block] = blocks.get(block, 0) + len(_text(link))
    doomed: list[HtmlElement] = []
    whole = set()
    for block, linked in blocks.items():
        text = _text(block)
        if not text or len(text) > _LONGEST_LINK:
            continue
        is_whole = linked >= _ALL_LINK * len(text) and not text.endswith(_SENTENCE_END)
        if leads_elsewhere(text) or (is_whole and block.tag == "p" and _among_text(block)):
            doomed.append(block)
        elif is_whole and block.tag == "li":
            whole.add(block)
    for listing in dict.fromkeys(item.getparent() for item in whole):
        items = [item for item in listing if item.tag == "li" and _text(item)]
        if len(items) >= 2 and all(item in whole for item in items):
            heading = listing.getprevious()
            doomed.append(listing)
            if heading is not None and _is_label(heading):
                doomed.append(heading)
    return doomed


def _among_text(paragraph: HtmlElement) -> bool:
    """Whether paragraphs of text stand around *paragraph*."""
    texts = 0
    for sibling in _siblings(paragraph):
        if sibling.tag == "p" and len(sibling.text_content()) >= _SHORTEST_TEXT:
            texts += 1
            if texts == 2:
                return True
    return False


def _siblings(element: HtmlElement) -> Iterator[HtmlElement]:
    for number, sibling in enumerate(element.itersiblings(preceding=True)):
        if number > 20:
            break
        yield sibling
    for number, sibling in enumerate(element.itersiblings()):
        if number > 20:
            break
        yield sibling


def _is_label(element: HtmlElement) -> bool:
    text = _text(element)
    if len(text) > _LONGEST_HEADING:
        return False
    return element.tag in _HEADINGS or is_furniture(text) or leads_elsewhere(text)


def _text(element: HtmlElement) -> str:
    return " ".join(element.text_content().split())


def _drop_all(elements: list[HtmlElement]) -> None:
    """Remove *elements*, but not the text that follows them; empties the list.

    No other reference to what lies in them should be held: lxml would search
    a removed tree anew for each of those that ends.
    """
    elements.reverse()
    while elements:
        _drop(elements.pop())


def _drop(element: HtmlElement) -> None:
    if element.getparent() is not None:
        element.drop_tree()
