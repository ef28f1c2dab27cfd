"""Where on a page something stands: in the article, or beside it."""

import re

from lxml.html import HtmlElement

_BESIDE = frozenset({"aside", "nav", "footer"})
_NAMED_BESIDE = re.compile(
    r"(?:^|[\s_-])(?:comments?|comment-?list|commentlist|related|sidebar|recommended|footer"
    r"|widget|teasers?|most-?read|popular|read-?next|more-?stories)(?:$|[\s_-])"
)


class Beside:
    """Tells what stands beside the article of a page: in an aside, a menu, the comments.

    What holds the page's heading is never beside, whatever it is called.
    """

    def __init__(self, tree: HtmlElement) -> None:
        self._known: dict[HtmlElement, bool] = {}
        heading = next(tree.iter("h1"), None)
        self._holds_heading = set(heading.iterancestors()) if heading is not None else set()

    def __call__(self, element: HtmlElement) -> bool:
        """Whether *element*, or what it stands in, is beside the article."""
        path: list[HtmlElement] = []
        result = False
        at = element
        while at is not None:
            known = self._known.get(at)
            if known is not None:
                result = known
                break
            path.append(at)
            if at not in self._holds_heading and self._named(at):
                result = True
                break
            at = at.getparent()
        for one in path:
            self._known[one] = result
        return result

    @staticmethod
    def _named(element: HtmlElement) -> bool:
        if element.tag in _BESIDE:
            return True
        if element.tag in ("body", "html", "article", "main"):
            return False
        named = f"{element.get('class') or ''} {element.get('id') or ''}"
        return named != " " and _NAMED_BESIDE.search(named.lower()) is not None
