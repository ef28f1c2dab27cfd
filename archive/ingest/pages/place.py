"""Where on a page something stands: in the article, or beside it."""

import re

from lxml.html import HtmlElement

_BESIDE = frozenset({"aside", "nav", "footer"})
_NAMED_BESIDE = re.compile(
    r"(?:^|[\s_-])(?:comments?|comment-?list|commentlist|related|sidebar|recommended|footer"
    r"|widget|teasers?|most-?read|popular|read-?next|more-?stories)(?:$|[\s_-])"
)


def beside(element: HtmlElement) -> bool:
    """Whether *element* stands beside the article: in an aside, a menu, the comments."""
    for above in element.iterancestors():
        if above.tag in _BESIDE:
            return True
        if above.tag in ("body", "html", "article", "main"):
            continue
        named = f"{above.get('class') or ''} {above.get('id') or ''}"
        if named != " " and _NAMED_BESIDE.search(named.lower()):
            return True
    return False
