"""One word of a query: plain, or with ``*``, ``?`` and ``~`` in it."""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final

from indexer.analysis import first_words, fold, has_words, last_word
from indexer.lexer import lexemes
from indexer.tree import EVERYTHING, And, Field, Fuzzy, Node, Prefix, Wildcard, Words

MOST_WORDS_IN_PHRASE: Final = 32
FEWEST_LETTERS: Final = 2
FEWEST_BEHIND_STAR: Final = 3
FEWEST_TO_MISSPELL: Final = 4
LONGEST_PATTERN: Final = 40
MOST_EDITS: Final = 2
MOST_PATTERNS: Final = 8

Note = Callable[[str], None]
_FUZZY: Final = re.compile(r"(.*[^~])~+([\d.]*)", re.DOTALL)
# A question mark is one letter only within a word; at its end it asks.
_WILD: Final = re.compile(r"\*|(?<=[\w*?])\?(?=[\w*?])")
# Punctuation that parts words although no space is beside it; between figures it is theirs.
_PARTING: Final = re.compile(
    r"(?<=[\w.*~?+#])(?<!\d)[,;/\\|،؛、，；／。…—]+(?=[\w*?])"
    r"|(?<=\d)[,;/\\|،؛、，；／。…—]+(?=[^\W\d])"
    r"|(?<=[^\W\d_]{2})\+(?=[^\W\d_])"
)


def pieces(text: str, field: Field) -> tuple[str, ...]:
    """Return the words that *text*, which has no spaces, is made of: ``bridge,toll`` is two.

    Addresses stay whole, as do figures (``9/11``, ``1,000``), and what hyphens or dots join.
    """
    return (text,) if field is Field.URL else tuple(_PARTING.split(text))


def word(text: str, field: Field, note: Note) -> Node | None:
    """Return what *text*, which has no spaces, quotes or parentheses, means; None for nothing."""
    if re.fullmatch(r"\*+", text):
        return EVERYTHING if field is Field.ANY else None
    if not has_words(text):
        note(f"“{text[:40]}” holds nothing to search for")
        return None
    fuzzy = _FUZZY.fullmatch(text)
    if fuzzy and has_words(fuzzy[1]):
        return _fuzzy(fuzzy[1].strip("*"), fuzzy[2], field, note)
    if "*" in text or "?" in text:
        return _wild(text, field, note)
    return _literal(cut(text, note), field)


def cut(text: str, note: Note) -> str:
    """Cut a phrase, or a word that analysis parts into one, to what it may hold."""
    shorter = first_words(text, MOST_WORDS_IN_PHRASE)
    if shorter != text:
        note(f"only the first {MOST_WORDS_IN_PHRASE} words of a phrase were read")
    return shorter


@lru_cache(maxsize=1 << 10)
def is_plain(text: str, field: Field = Field.ANY) -> bool:
    """Whether *text*, typed as it is, means these words in *field* and nothing else."""
    found = list(lexemes(text, _unsaid))
    return (
        len(found) == 1
        and found[0].kind == "word"
        and found[0].text == text
        and len(pieces(text, field)) == 1
        and "*" not in text
        and not _WILD.search(text)
        and not _FUZZY.fullmatch(text)
    )


def _unsaid(_: str) -> None:
    pass


def _fuzzy(text: str, edits: str, field: Field, note: Note) -> Node:
    text = cut(text, note)
    head, last = last_word(text)
    if len(fold(last)) < FEWEST_TO_MISSPELL or len(last) > LONGEST_PATTERN:
        note(
            f"~ works behind a word of {FEWEST_TO_MISSPELL} to {LONGEST_PATTERN} letters;"
            " it was left out"
        )
        return _literal(text, field)
    most = MOST_EDITS if edits.isdigit() and int(edits) >= MOST_EDITS else 1
    return _with_head(head, Fuzzy(last, most, field), field)


def _wild(text: str, field: Field, note: Note) -> Node:
    if not _WILD.search(text):
        return _literal(cut(text, note), field)
    core = re.sub(r"^[^\w*]+|[^\w*]+$", "", re.sub(r"\*[*?]*\*", "*", text))
    if not _WILD.search(core):
        # What is left of "really??" is a word that was asked with some force.
        return _literal(cut(core, note), field)
    bare = core.rstrip("*")
    if bare != core and not bare.endswith("?") and not _WILD.search(bare):
        return _prefix(bare, field, note)
    pieces = _WILD.split(core)
    letters = sum(len(fold(piece)) for piece in pieces)
    fewest = FEWEST_BEHIND_STAR if core.startswith("*") else FEWEST_LETTERS
    if len(core) > LONGEST_PATTERN or last_word(_WILD.sub("x", core)) != (
        "",
        _WILD.sub("x", core),
    ):
        note("* and ? work within one word of letters and digits; they were left out")
    elif letters < fewest:
        note(f"* and ? need at least {fewest} letters beside them; they were left out")
    else:
        return Wildcard(core, field)
    left = cut(" ".join(" ".join(_WILD.split(core)).split()), note)
    return _literal(left, field)


def _prefix(stem: str, field: Field, note: Note) -> Node:
    stem = cut(stem, note)
    head, last = last_word(stem)
    if len(fold(last)) < FEWEST_LETTERS:
        note(f"* needs at least {FEWEST_LETTERS} letters before it; it was left out")
        return _literal(stem, field)
    return _with_head(head, Prefix(last, field), field)


def _with_head(head: str, leaf: Node, field: Field) -> Node:
    return And((_literal(head, field), leaf)) if has_words(head) else leaf


def _literal(text: str, field: Field) -> Words:
    """*text* as words; as a phrase where it would mean something else if it were typed."""
    return Words(text, field, quoted=not is_plain(text, field))
