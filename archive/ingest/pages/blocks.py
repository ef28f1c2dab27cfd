"""A page's blocks as paragraphs: the plain reading, for pages too large for a clever one.

One walk over the tree, so that it takes time in proportion to the page however
the page is made. Of what the walk finds, blocks that are all link go.
"""

from dataclasses import dataclass, field
from itertools import islice

from lxml import etree
from lxml.html import HtmlElement

BLOCKS = frozenset(
    """
    address article aside blockquote body br dd details div dl dt figcaption figure footer h1 h2
    h3 h4 h5 h6 header hr li main nav ol p pre section table tbody td th tr ul
    """.split()  # noqa: SIM905 - a list of element names reads best as prose
)
_SILENT = frozenset(
    """
    aside button footer form head header iframe nav noscript script select style svg template
    """.split()  # noqa: SIM905
)
_MOST_ELEMENTS = 40_000
_MOST_PARAGRAPHS = 5_000
_ALL_LINK = 0.8
_DEEPEST = 240


@dataclass(slots=True)
class _Block:
    """A paragraph as it grows: its text, and how much of that is link."""

    parts: list[str] = field(default_factory=list)
    linked: int = 0

    def add(self, text: str | None, *, linked: bool) -> None:
        """Add *text*, which stands within a link or does not."""
        if text:
            self.parts.append(text)
            self.linked += len(text) if linked else 0

    def line(self) -> str:
        """Return the paragraph on one line; none where it is all link."""
        text = "".join(self.parts)
        return "" if self.linked > _ALL_LINK * len(text) else " ".join(text.split())


def is_too_large(tree: HtmlElement) -> bool:
    """Whether *tree* holds more than libraries read in bounded time.

    trafilatura collects the texts of paragraphs by an XPath whose time grows
    with the square of their number: 60,000 take it minutes. The largest of
    the real pages that Morgue is measured on has 10,000 elements.
    """
    return _more_than(_MOST_PARAGRAPHS, tree, "p") or _more_than(_MOST_ELEMENTS, tree)


def _more_than(count: int, tree: HtmlElement, *names: str) -> bool:
    return next(islice(tree.iter(*names), count, None), None) is not None


def is_too_deep(tree: HtmlElement) -> bool:
    """Whether elements nest so deep that lxml's parser may have left some out."""
    depth = 0
    for event, _ in etree.iterwalk(tree, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > _DEEPEST:
            return True
    return False


def block_text(tree: HtmlElement) -> str:
    """Return the paragraphs of *tree*'s article, or of all of it, parted by blank lines."""
    article = next(tree.iter("article"), None)
    main = article if article is not None else next(tree.iter("main"), None)
    root = main if main is not None else tree
    found = [_Block()]
    links = 0
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        if not isinstance(element.tag, str):
            continue
        if element.tag in BLOCKS:
            found.append(_Block())
        if event == "start":
            links += element.tag == "a"
            if element.tag in _SILENT:
                walk.skip_subtree()
            else:
                found[-1].add(element.text, linked=links > 0)
        else:
            links -= element.tag == "a"
            if element is not root:
                found[-1].add(element.tail, linked=links > 0)
    return "\n\n".join(line for block in found if (line := block.line()))
