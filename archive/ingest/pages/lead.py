"""The lead: a first paragraph that stands apart from the others, where its summary shows it.

Newsrooms set the lead in a box of its own, above the picture, and extraction
often begins below it. The page's stated description repeats its words.
"""

import re

from lxml.html import HtmlElement

_DESCRIPTIONS = frozenset({"description", "og:description", "twitter:description"})
_CANDIDATES = ("p", "h2", "h3", "h4", "div", "strong", "span", "b", "section")
_BESIDE = frozenset({"a", "aside", "nav", "footer", "figure", "figcaption", "li", "head"})
_WORDS = 7
_SHORTEST = 40
_LONGEST = 1200


def with_lead(text: str, tree: HtmlElement) -> str:
    """Return *text* with the lead before it, where *tree* shows one that *text* lacks."""
    starts = {start for start in _starts(tree) if start not in _folded(text)}
    if not starts:
        return text
    for element in tree.iter(*_CANDIDATES):
        own = element.text_content() if len(element) < 12 else ""
        if not _SHORTEST <= len(own) <= _LONGEST:
            continue
        folded = _folded(own)
        if any(folded.startswith(start) for start in starts) and not _is_beside(element):
            lead = " ".join(own.split())
            return f"{lead}\n\n{text}" if _folded(lead) not in _folded(text) else text
    return text


def _starts(tree: HtmlElement) -> set[str]:
    """Return the first words of the page's descriptions, long enough to be no coincidence."""
    found = set()
    for meta in tree.iter("meta"):
        name = (meta.get("property") or meta.get("name") or "").lower()
        if name in _DESCRIPTIONS:
            words = _folded(meta.get("content") or "").split()
            if len(words) >= _WORDS:
                found.add(" ".join(words[:_WORDS]))
    return found


def _is_beside(element: HtmlElement) -> bool:
    return any(above.tag in _BESIDE for above in element.iterancestors())


def _folded(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
