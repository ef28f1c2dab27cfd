"""The query language's words: what people type, cut into operators, fields, phrases and words."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from indexer.tree import Field

FIELDS: Final[dict[str, Field]] = {
    **dict.fromkeys(("title", "intitle", "hd", "headline", "subject"), Field.TITLE),
    **dict.fromkeys(("by", "author", "byline", "from"), Field.BY),
    **dict.fromkeys(("source", "sn"), Field.SOURCE),
    **dict.fromkeys(("topic",), Field.TOPIC),
    **dict.fromkeys(("place", "dateline"), Field.PLACE),
    **dict.fromkeys(("agency",), Field.AGENCY),
    **dict.fromkeys(("section", "se"), Field.SECTION),
    **dict.fromkeys(("lang", "language", "la"), Field.LANGUAGE),
    **dict.fromkeys(("url", "inurl", "site"), Field.URL),
    **dict.fromkeys(("credit", "credits"), Field.CREDIT),
    **dict.fromkeys(("hlead", "hlp", "lede", "lead"), Field.LEDE),
}
"""What may stand before a colon, and the field that it names."""
CONDITIONS: Final = frozenset(
    {
        *("after", "since", "newer", "newer_than", "before", "until", "older", "older_than"),
        *("date", "undated", "has", "copies"),
    }
)
"""What stands before a colon and is no field: it takes the value behind it."""


@dataclass(frozen=True, slots=True)
class Lexeme:
    """A piece of a query.

    *kind* is word, phrase, field, condition, length, relation, atleast, ``(``, ``)``, AND, OR or
    NOT. *value* is what belongs to it: the value of a condition or length, the number
    of an atleast, or of a phrase's ``~5``; of a relation how it is written normally.
    """

    kind: str
    text: str
    value: str = ""


_ALIKE: Final = str.maketrans("“”„‟«»＂（）", '"' * 7 + "()")
_OPERATORS: Final = {"AND": "AND", "&&": "AND", "OR": "OR", "|": "OR", "||": "OR", "NOT": "NOT"}
# As Nexis, Factiva, ProQuest and Westlaw write them: W/5, NEAR/5, N/5, near5, PRE/3, ADJ3, /s, /p.
_NEAR: Final = re.compile(r"(?:(?:near|within|w|n)?/|near)(\d+)", re.IGNORECASE)
_BEFORE: Final = re.compile(r"(?:(?:pre|adj|onear|p)/|adj)(\d+)", re.IGNORECASE)
_UNIT: Final = re.compile(r"(?:near|w|n)?/(s|p)(?:ent|ara)?", re.IGNORECASE)


def _names(names: Iterable[str]) -> str:
    return "|".join(sorted(names, key=len, reverse=True))


_PATTERN: Final = re.compile(
    rf"""
      (?P<condition>(?i:{_names(CONDITIONS)}))[:=]\s*
        (?P<value>"[^"]*"?|[\[{{][^\]}}]*[\]}}]|[^\s()"]+)?
    | (?P<length>(?i:wc|length)(?=[:=]?[<>])|(?i:wc)(?=[:=]))[:=]?\s*(?P<count>[^\s()"]*)
    | (?P<field>(?i:{_names(FIELDS)}))(?:[:=]|(?=\())
    | (?P<address>(?i:https?)://[^\s"]+)
    | (?P<unknown>[A-Za-z]+)[:=](?=[^\s:=)])
    | "(?P<phrase>[^"]*)(?P<close>"|$)(?:~(?P<slop>\d*))?
    | (?i:around)\((?P<around>\d+)\)
    | (?i:atleast)(?P<atleast>\d+)(?=\()
    | (?P<paren>[()])
    | (?P<not>(?<![^\s(:=])-(?=[^\s-]))
    | (?P<word>[^\s()"]+)
    """,
    re.VERBOSE,
)


def lexemes(text: str, note: Callable[[str], None]) -> Iterator[Lexeme]:
    """Yield the lexemes of *text*; *note* is told what is wrong with them."""
    for match in _PATTERN.finditer(text.translate(_ALIKE)):
        if match["condition"]:
            yield Lexeme("condition", match["condition"].lower(), match["value"] or "")
        elif match["length"]:
            yield Lexeme("length", match["length"].lower(), match["count"])
        elif match["field"]:
            yield Lexeme("field", match["field"].lower())
        elif match["address"]:
            yield Lexeme("field", "url")
            yield Lexeme("phrase", match["address"])
        elif match["unknown"]:
            note(f"there is no field “{match['unknown'][:40]}”; it was read as a word")
            yield Lexeme("word", match["unknown"])
        elif match["phrase"] is not None:
            if not match["close"]:
                note("the quotation mark was never closed; the phrase runs to the end")
            yield Lexeme("phrase", match["phrase"], match["slop"] or "")
        elif match["around"]:
            yield Lexeme("relation", match.group(), f"W/{match['around']}")
        elif match["atleast"]:
            yield Lexeme("atleast", match.group(), match["atleast"])
        elif match["paren"]:
            yield Lexeme(match["paren"], match["paren"])
        elif match["not"]:
            yield Lexeme("NOT", "-")
        else:
            yield _word(match["word"])


def _word(word: str) -> Lexeme:
    if word in _OPERATORS:
        return Lexeme(_OPERATORS[word], word)
    if near := _NEAR.fullmatch(word):
        return Lexeme("relation", word, f"W/{near[1]}")
    if before := _BEFORE.fullmatch(word):
        return Lexeme("relation", word, f"PRE/{before[1]}")
    if unit := _UNIT.fullmatch(word):
        return Lexeme("relation", word, f"/{unit[1].lower()}")
    return Lexeme("word", word)
