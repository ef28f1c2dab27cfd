"""The words of a piece of markup, as the checks of feeds compare them."""

from typing import Final

from bs4 import BeautifulSoup

# Elements that hold no reading text: their words are left out on both sides.
_SILENT: Final = (
    *("script", "style", "template", "noscript", "iframe", "object", "svg", "button", "form"),
    *("select", "textarea", "head", "title"),
)


def words(markup: str) -> str:
    """Return the text of *markup* without what no reader reads."""
    soup = BeautifulSoup(markup, "lxml")
    for silent in soup.find_all(_SILENT):
        silent.decompose()
    return soup.get_text()
