"""The marks that some agencies set around their lines for machines."""

import re

# AP marks its lines for the machine: ^Norland Opens Talks on Smuggling<
_MARKED = re.compile(r"\^\s*(?P<line>.*?)\s*[<=]?|(?P<closed>[^<]{2,200}?)\s*[<=]")


def unmarked(paragraph: str) -> str:
    """Return a line without the marks that some agencies set for machines."""
    if not paragraph.startswith("^") and not paragraph.endswith(("<", "=")):
        return paragraph
    match = _MARKED.fullmatch(paragraph)
    line = (match["line"] or match["closed"] or "") if match else ""
    return line or paragraph
