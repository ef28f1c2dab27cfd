"""The query language's words: what people type, cut into operators, fields, phrases and words."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from indexer.tree import Field

FIELDS: Final[dict[str, Field]] = {
    **dict.fromkeys(("title", "intitle", "hd", "headline", "subject", "ti"), Field.TITLE),
    **dict.fromkeys(("by", "author", "byline", "from", "au"), Field.BY),
    **dict.fromkeys(("source", "sn", "publication", "pub"), Field.SOURCE),
    **dict.fromkeys(("topic", "terms", "term", "su"), Field.TOPIC),
    **dict.fromkeys(("place", "dateline"), Field.PLACE),
    **dict.fromkeys(("agency",), Field.AGENCY),
    **dict.fromkeys(("section", "se"), Field.SECTION),
    **dict.fromkeys(("lang", "language", "la"), Field.LANGUAGE),
    **dict.fromkeys(("url", "inurl", "site"), Field.URL),
    **dict.fromkeys(("credit", "credits", "cr"), Field.CREDIT),
    **dict.fromkeys(("hlead", "hlp", "lede", "lead", "lp"), Field.LEDE),
}
"""What may stand before a colon, and the field that it names."""
ANYWHERE: Final = frozenset(
    {
        *("body", "text", "intext", "td", "company", "person", "organization", "industry"),
        *("ticker", "geographic", "country", "state", "city", "graphic"),
    }
)
"""Fields of others that are none here: what stands behind them is looked for anywhere."""
CONDITIONS: Final = frozenset(
    {
        *("after", "since", "newer", "newer_than", "before", "until", "older", "older_than"),
        *("date", "undated", "has", "copies"),
    }
)
"""What stands before a colon and is no field: it takes the value behind it."""
CODES: Final = frozenset(
    {
        *("an", "cl", "co", "de", "ed", "fds", "in", "ns", "nss", "pe", "pg", "re", "rf", "rst"),
        *("sc", "vol"),
    }
)
"""Fields of Factiva's that take its own codes, and mean nothing here; written with ``=``."""


@dataclass(frozen=True, slots=True)
class Lexeme:
    """A piece of a query.

    *kind* is word, phrase, field, condition, length, relation, atleast, ``(``, ``)``, AND, OR or
    NOT. *value* is what belongs to it: the value of a condition or length, the number
    of an atleast, or of a phrase's ``~5``; of a relation how it is written normally; of a
    word that stands where a field would, `UNKNOWN`. *at* is where it begins in the query.
    """

    kind: str
    text: str
    value: str = ""
    at: int = 0


UNKNOWN: Final = "unknown"
_ALIKE: Final = str.maketrans("“”„‟«»＂（）", '"' * 7 + "()")
_OPERATORS: Final = {"AND": "AND", "&&": "AND", "OR": "OR", "|": "OR", "||": "OR", "NOT": "NOT"}
# As Nexis, Factiva, ProQuest and Westlaw write them: W/5, NEAR/5, N/5, near5, PRE/3, ADJ3, /s, /p.
_NEAR: Final = re.compile(r"(?:(?:near|within|w|n)?/|near)(\d+)|/n(\d+)/", re.IGNORECASE)
_BEFORE: Final = re.compile(r"(?:(?:pre|adj|onear|p)/|adj)(\d+)", re.IGNORECASE)
_UNIT: Final = re.compile(r"(pre|near|w|n)?/(s|p)(?:ent|ara)?", re.IGNORECASE)
_SEGMENT: Final = re.compile(r"(?:w|near|pre)/(?:seg|doc)", re.IGNORECASE)
# In capitals only, for these are words as well.
_IN_CAPITALS: Final = {"SAME": "/p", "ADJ": "PRE/1"}
_WITHIN_FIRST: Final = re.compile(r"(.*?)/f\d+/", re.IGNORECASE)
# Any ending: Nexis's bank!, Factiva's bank$ and bank$3.
_TRUNCATED: Final = re.compile(r"([^!$*?~]*[^\W\d_]{3})(?:!|\$\d?)")


def _names(names: Iterable[str]) -> str:
    return "|".join(sorted(names, key=len, reverse=True))


_GROUP: Final = r"\((?:[^()]|\([^()]*\))*\)"
_PATTERN: Final = re.compile(
    rf"""
      (?i:date)\s+(?:(?i:from)\s+(?P<from>\d[\w./-]*)\s+(?i:to)\s+(?P<to>\d[\w./-]*)
        |(?P<side>(?i:after|aft|before|bef|is))\s+(?P<day>-?\d[\w./-]*))
    | (?i:date)(?P<segment>{_GROUP})
    | (?P<condition>(?i:{_names(CONDITIONS)}))[:=]\s*
        (?P<value>"[^"]*"?|[\[{{][^\]}}()"]*[\]}}]|[\[{{]\s*[^\s()"]+\s+(?:TO|to)\s+[^\s()"]+
          |[^\s()"]+)?
    | (?P<code>(?i:{_names(CODES)}))=\s*(?P<coded>"[^"]*"?|{_GROUP}|[^\s()"]+)?
    | (?i:wc|length)(?:\s*\(\s*(?P<measured>[<>]=?\s*\d[\d.,]*)\s*\)
        |\s+(?P<measure>[<>]=?\s*\d[\d.,]*))
    | (?P<length>(?i:wc|length)(?=[:=]?[<>])|(?i:wc)(?=[:=]))[:=]?\s*(?P<count>[^\s()"]*)
    | (?P<field>(?i:{_names((*FIELDS, *ANYWHERE))}))(?:[:=]|(?=\())
    | (?P<address>(?i:https?)://[^\s"]+)
    | (?P<unknown>[A-Za-z]+)[:=](?=[^\s:=)])
    | "(?P<phrase>[^"]*)(?P<close>"|$)(?:~(?P<slop>\d*))?
    | (?i:around)\((?P<around>\d+)\)
    | (?i:atleast)(?P<atleast>\d+)(?=\(|\s+[^\s)|&])
    | (?P<letters>(?i:(?:all|no)?caps|plural|singular|plur|sing))(?=\()
    | (?P<paren>[()])
    | (?P<not>(?<![^\s(:=])-(?=[^\s-]))
    | (?P<word>[^\s()"]+)
    """,
    re.VERBOSE,
)

Note = Callable[[str], None]


def lexemes(text: str, note: Note) -> Iterator[Lexeme]:
    """Yield the lexemes of *text*; *note* is told what is wrong with them."""
    for match in _PATTERN.finditer(text.translate(_ALIKE)):
        for lexeme in _read(match, note):
            yield replace(lexeme, at=match.start())


def _read(match: re.Match[str], note: Note) -> Iterator[Lexeme]:
    if match["condition"]:
        yield Lexeme("condition", match["condition"].lower(), match["value"] or "")
    elif match["from"]:
        yield Lexeme("condition", "date", f"{_day(match['from'])}..{_day(match['to'])}")
    elif match["day"]:
        side = {"a": "after", "b": "before", "i": "date"}[match["side"][0].lower()]
        yield Lexeme("condition", side, _day(match["day"]))
    elif match["segment"]:
        yield Lexeme("condition", "date", match["segment"][1:-1].strip())
    elif match["code"]:
        yield Lexeme("condition", match["code"].lower(), match["coded"] or "")
    elif measured := match["measured"] or match["measure"]:
        yield Lexeme("length", "wc", "".join(measured.split()))
    elif match["length"]:
        yield Lexeme("length", match["length"].lower(), match["count"])
    elif match["field"]:
        name = match["field"].lower()
        if name in ANYWHERE:
            note(f"there is no field “{name}”; what stands behind it is looked for anywhere")
        yield Lexeme("field", name)
    elif match["address"]:
        yield Lexeme("field", "url")
        yield Lexeme("phrase", match["address"])
    elif match["unknown"]:
        note(f"there is no field “{match['unknown'][:40]}”; it was read as a word")
        yield Lexeme("word", match["unknown"], UNKNOWN)
    elif match["phrase"] is not None:
        if not match["close"]:
            note("the quotation mark was never closed; the phrase runs to the end")
        yield Lexeme("phrase", match["phrase"], match["slop"] or "")
    elif match["around"]:
        yield Lexeme("relation", match.group(), f"W/{match['around']}")
    elif match["atleast"]:
        yield Lexeme("atleast", match.group(), match["atleast"])
    elif match["letters"]:
        note(f"{match['letters']}( ) makes no difference here; it was left out")
    elif match["paren"]:
        yield Lexeme(match["paren"], match["paren"])
    elif match["not"]:
        yield Lexeme("NOT", "-")
    else:
        yield from _word(match["word"], note)


def _day(written: str) -> str:
    """A day as Factiva writes it, 20240620 or -7, as we do."""
    if re.fullmatch(r"\d{8}", written):
        return f"{written[:4]}-{written[4:6]}-{written[6:]}"
    return f"{written[1:]}d" if written.startswith("-") else written


def _word(word: str, note: Note) -> Iterator[Lexeme]:
    if within_first := _WITHIN_FIRST.fullmatch(word):
        word = within_first[1]
        note("/F50/ was left out; hlead: looks in the headline and the first paragraph")
    if word in _OPERATORS:
        yield Lexeme(_OPERATORS[word], word)
    elif relation := _relation(word, note):
        yield Lexeme("relation", word, relation)
    elif truncated := _TRUNCATED.fullmatch(word):
        note(f"“{word[:40]}” was read as {truncated[1][:40]}*, with any ending")
        yield Lexeme("word", f"{truncated[1]}*")
    elif word:
        yield Lexeme("word", word)


def _relation(word: str, note: Note) -> str:
    """How the relation that *word* is would be written normally; empty where it is none."""
    if near := _NEAR.fullmatch(word):
        return f"W/{near[1] or near[2]}"
    if before := _BEFORE.fullmatch(word):
        return f"PRE/{before[1]}"
    if unit := _UNIT.fullmatch(word):
        normal = f"/{unit[2].lower()}"
        if (unit[1] or "").lower() == "pre":
            note(f"{word} was read as {normal}, in either order")
        return normal
    return "AND" if _SEGMENT.fullmatch(word) else _IN_CAPITALS.get(word, "")
