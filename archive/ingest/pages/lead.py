"""The lead: a first paragraph that stands apart from the others, where its summary shows it.

Newsrooms set the lead in a box of its own, above the picture, and extraction
often begins below it. The page's stated description repeats its words.
"""

import re

from lxml.html import HtmlElement

_DESCRIPTIONS = frozenset({"description", "og:description", "twitter:description"})
_CANDIDATES = ("p", "h2", "h3", "h4", "div", "strong", "span", "b", "section")
_BESIDE = frozenset({"a", "aside", "nav", "footer", "figure", "figcaption", "li", "head"})
_NO_LEAD = re.compile(r"caption|credit|breadcrumb", re.IGNORECASE)
_SENTENCE_END = tuple(".!?") + tuple(f"{end}{quote}" for end in ".!?" for quote in '"”“’»)')
_WORDS = 7
_SHORTEST = 60
_LONGEST = 1200
_MOST_PARTS = 12
_PUNCTUATION = " \"'“”„‘’«»¿¡([–—-*"


def with_lead(text: str, tree: HtmlElement) -> str:
    """Return *text* with the lead before it, where *tree* shows one that *text* lacks."""
    folded_text = _folded(text)
    starts = {start for start in _starts(tree) if start not in folded_text}
    if not starts:
        return text
    first_words = tuple(start.split(" ", 1)[0] for start in starts)
    leads = []
    for element in tree.iter(*_CANDIDATES):
        if len(element) > _MOST_PARTS or _NO_LEAD.search(element.get("class") or ""):
            continue
        # Cheap first: most elements begin with another word.
        if not _first_text(element).lstrip(_PUNCTUATION).casefold().startswith(first_words):
            continue
        lead = " ".join(element.text_content().split())
        if not _SHORTEST <= len(lead) <= _LONGEST or not lead.endswith(_SENTENCE_END):
            continue
        folded = _folded(lead)
        if any(folded.startswith(start) for start in starts) and not _is_beside(element):
            leads.append(lead)
    if not leads:
        return text
    # The innermost element that holds it: those around it hold bylines and buttons too.
    lead = min(leads, key=len)
    return text if _folded(lead[-80:]) in folded_text else f"{lead}\n\n{text}"


def _starts(tree: HtmlElement) -> set[str]:
    """Return the first words of the page's descriptions, long enough to be no coincidence."""
    found = set()
    title = _folded(tree.findtext(".//title") or "")
    for meta in tree.iter("meta"):
        name = (meta.get("property") or meta.get("name") or "").lower()
        if name in _DESCRIPTIONS:
            words = _folded(meta.get("content") or "").split()
            start = " ".join(words[:_WORDS])
            if len(words) >= _WORDS and start not in title:
                found.add(start)
    return found


def _first_text(element: HtmlElement) -> str:
    """Return the text with which *element* begins, itself or by its first child."""
    text = (element.text or "").strip()
    return text or ((element[0].text or "").strip() if len(element) else "")


def _is_beside(element: HtmlElement) -> bool:
    return any(above.tag in _BESIDE for above in element.iterancestors())


def _folded(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
