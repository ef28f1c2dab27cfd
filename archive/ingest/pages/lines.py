"""An element's text as one line, where it is no longer than a line is."""

from lxml.html import HtmlElement


def line(element: HtmlElement, most: int) -> str:
    """Return the text of *element*, its parts kept apart, or nothing if longer than *most*.

    Reading stops there: what holds the whole page costs no more than a line.
    """
    parts: list[str] = []
    length = -1
    for part in element.itertext():
        folded = " ".join(part.split())
        if folded:
            parts.append(folded)
            length += len(folded) + 1
            if length > most:
                return ""
    return " ".join(parts)
