"""The first sentence of a text, for an article that brings no headline."""

import re

_DERIVED_LETTERS = 110
_SENTENCE_END = re.compile(
    r"(?<=[\w%)\]]{2}[.!?])(?P<quote>[\"”’']?)\s+(?=[\"“‘'«¿¡(]?[^\W\d_a-zß-ÿ])"
)
_ABBREVIATED = re.compile(
    r"\b(?:Mr|Mrs|Ms|Dr|Prof|Gen|Col|Lt|Sgt|Capt|Adm|Sen|Rep|Gov|Rev|Hon|St|Mt|No|Jr|vs|Inc|Ltd|Co"
    r"|Corp|Jan|Feb|Mar|Apr|Aug|Sept?|Oct|Nov|Dec)\.$"
)


def derived_headline(text: str) -> str:
    """Return the first sentence of *text*, at most about 110 letters, cut at a word."""
    first = text.split("\n\n", 1)[0]
    ends = (m.end("quote") for m in _SENTENCE_END.finditer(first))
    sentence = next((first[:end] for end in ends if not _ABBREVIATED.search(first[:end])), first)
    if len(sentence) <= _DERIVED_LETTERS:
        return sentence.strip().rstrip(".")
    cut = sentence[: _DERIVED_LETTERS + 1].rsplit(" ", 1)[0].rstrip(" ,;:–—-")
    return f"{cut}…"
