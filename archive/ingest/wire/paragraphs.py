"""The paragraphs of plain text, wrapped or not."""

import re

_PARTED = re.compile(r"(?P<start>[^\W\d_]+)-$")
# "Medium- and long-term" was not parted.
_GOES_ON = re.compile(r"(?!(?:and|or|to|und|oder|et|ou|y|o|e)\b)[a-zß-öø-ÿ]+")


def split_paragraphs(text: str) -> list[str]:
    """Return the paragraphs of plain text, each on one line.

    Blank lines part paragraphs. Without them, or within them, a line is a
    paragraph of its own, unless the text is wrapped at a fixed width: then
    lines are joined, and an indented line begins a new paragraph. A word that
    was parted at the end of a line is joined again.
    """
    text = text.replace("\u00a0", " ").strip("\ufeff")
    lines = text.split("\n")
    filled = [len(line) for line in lines if line.strip()]
    full = [length for length in filled if length >= 45]
    wrapped = bool(filled) and max(filled) <= 100 and len(full) >= max(2, len(filled) // 3)
    paragraphs: list[str] = []
    open_ended = False
    for line in lines:
        folded = " ".join(line.split())
        if not folded:
            open_ended = False
        elif wrapped and open_ended and not line.startswith(("  ", "\t")):
            paragraphs[-1] = _joined(paragraphs[-1], folded, text)
        else:
            paragraphs.append(folded)
            open_ended = wrapped
    return paragraphs


def _joined(before: str, line: str, text: str) -> str:
    """Join two lines; a hyphen at the end goes where the text has the word without it elsewhere.

    Agencies part few words, but many compounds have a hyphen of their own.
    """
    start, rest = _PARTED.search(before), _GOES_ON.match(line)
    if start is None or rest is None:
        return f"{before} {line}"
    word = f"{start['start']}{rest[0]}"
    if re.search(rf"\b{re.escape(word)}\b", text, re.IGNORECASE):
        before = before[:-1]
    return f"{before}{line}"
