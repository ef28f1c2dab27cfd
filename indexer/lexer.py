"""The query language's words: what people type, cut into operators, fields, phrases and words.

What is an operator elsewhere and not here is left out with a notice, never
quietly read as a word.
"""

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Lexeme:
    """A piece of a query. *kind* is word, phrase, field, ``(``, ``)``, AND, OR or NOT."""

    kind: str
    text: str


_QUOTES = str.maketrans("“”„‟«»＂", '"' * 7)
_OPERATORS = {"AND": "AND", "&&": "AND", "OR": "OR", "|": "OR", "||": "OR", "NOT": "NOT"}
# Nearness as Nexis, Factiva, ProQuest and Westlaw write it: W/5, NEAR/5, PRE/3, near5, /s, /p.
_NEARNESS = re.compile(
    r"(?:o?near|adj|pre|[wnp])/(?:\d+|[sp])|/(?:\d+|[sp])|(?:near|adj)\d+", re.IGNORECASE
)
_AT_LEAST = re.compile(r"atleast\d*", re.IGNORECASE)
_SIMILAR = re.compile(r"(.*[^~])~[\d.]*")
_ANY_LETTER = re.compile(r"(?<=\w)\?+(?=\w)")


class Lexer:
    """Cuts queries in which *fields* are the names before a colon."""

    def __init__(self, fields: Collection[str]) -> None:
        self._pattern = re.compile(
            rf"""
              (?P<field>(?i:{"|".join(sorted(fields, key=len, reverse=True))}))[:=]
            | (?P<unknown>[A-Za-z]+)[:=](?=[^\s:=)])
            | "(?P<phrase>[^"]*)(?P<close>"|$)(?P<near>~\d*)?
            | (?P<paren>[()])
            | (?P<not>(?<![^\s(:=])-(?=[^\s-]))
            | (?P<word>[^\s()"]+)
            """,
            re.VERBOSE,
        )

    def lexemes(self, text: str, note: Callable[[str], None]) -> Iterator[Lexeme]:
        """Yield the lexemes of *text*; *note* is told what was left out."""
        for match in self._pattern.finditer(text.translate(_QUOTES)):
            if match["field"]:
                yield Lexeme("field", match["field"].lower())
            elif match["unknown"]:
                note(f"there is no field “{match['unknown']}”; it was read as a word")
                yield Lexeme("word", match["unknown"])
            elif match["phrase"] is not None:
                if not match["close"]:
                    note("the quotation mark was never closed; the phrase runs to the end")
                if match["near"]:
                    note(_unsupported(match["near"], "words near each other"))
                yield Lexeme("phrase", match["phrase"])
            elif match["paren"]:
                yield Lexeme(match["paren"], match["paren"])
            elif match["not"]:
                yield Lexeme("NOT", "-")
            elif _AT_LEAST.fullmatch(match["word"]) and match.string.startswith("(", match.end()):
                note(_unsupported(match["word"], "so many times"))
            else:
                yield from _word(match["word"], note)


def _word(word: str, note: Callable[[str], None]) -> Iterator[Lexeme]:
    if word in _OPERATORS:
        yield Lexeme(_OPERATORS[word], word)
        return
    if _NEARNESS.fullmatch(word):
        note(_unsupported(word, "words near each other"))
        return
    similar = _SIMILAR.fullmatch(word)
    if similar and any(c.isalnum() for c in similar[1]):
        note(_unsupported(word[similar.end(1) :], "similar spellings"))
        word = similar[1]
    if _ANY_LETTER.search(word):
        note(_unsupported("?", "any letter within a word"))
        word = _ANY_LETTER.sub(" ", word)
    yield Lexeme("word", word)


def _unsupported(operator: str, meaning: str) -> str:
    return f"“{operator[:40]}” ({meaning}) is not supported and was left out"
