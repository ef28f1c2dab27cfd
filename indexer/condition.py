"""Conditions of a query: what stands before a colon and is looked up in no text.

Days, lengths, and what an article has: ``after:2024``, ``wc>800``, ``has:revisions``.
"""

import re
from datetime import date
from typing import Final

from indexer.days import Days, period
from indexer.lexer import CODES
from indexer.tree import HAS, Dates, Exactly, Length, Node, Not, Undated

MOST_WORDS: Final = 10_000_000
_FROM: Final = frozenset({"after", "since", "newer", "newer_than"})
_YES: Final = frozenset({"yes", "true", "1"})
_NO: Final = frozenset({"no", "false", "0"})
HOW_TO_WRITE: Final = "dates are written 2024, 2024-06, 2024-06-20, 2024-02..2024-04, today or 7d"
_ALSO_CALLED: Final = {
    **dict.fromkeys(("revision", "edits", "changes"), "revisions"),
    **dict.fromkeys(("copy",), "copies"),
    **dict.fromkeys(("author", "by"), "byline"),
    **dict.fromkeys(("topic",), "topics"),
    **dict.fromkeys(("credit",), "credits"),
    **dict.fromkeys(("dateline",), "place"),
    **dict.fromkeys(("lang",), "language"),
}
_LENGTH: Final = re.compile(
    r"(?P<sign>[<>]?=?)(?P<first>\d(?:[\d,]|\.(?!\.))*)(?:\.\.(?P<last>\d[\d,]*))?"
)


def condition(name: str, value: str, today: date | None) -> Node | str:
    """Return what ``name:value`` means, or in plain words that it was left out, and why."""
    value = value.strip('"').strip()
    if name in CODES:
        return f"{name}= takes codes of Factiva's, which mean nothing here; it was left out"
    if not value:
        what = "date" if name not in {"has", "undated"} else "value"
        return f"{name}: names no {what}; it was left out"
    if name == "undated":
        if value.casefold() not in _YES | _NO:
            return f"undated: knows yes and no, and not “{value[:40]}”; it was left out"
        return Undated() if value.casefold() in _YES else Not(Undated())
    if name == "has":
        return _has(value.casefold())
    days = _days(value, name, today)
    if days is None:
        return f"“{value[:40]}” is no date and was left out; {HOW_TO_WRITE}"
    if name == "date":
        return Dates(*days)
    return Dates(days[0], None) if name in _FROM else Dates(None, days[1])


def is_yes(value: str) -> bool:
    """Whether a value says yes."""
    return value.strip('"').strip().casefold() in _YES


def length(value: str) -> Node | str:
    """Return what ``wc`` with ``>800``, ``100..300`` or ``500`` means, or why it means nothing."""
    match = _LENGTH.fullmatch(value)
    first = _count(match["first"]) if match else None
    last = _count(match["last"]) if match and match["last"] else None
    if match is None or first is None or (match["last"] and (last is None or match["sign"])):
        return "wc needs a number of words, as in wc>800, wc<300 or wc:100..300; it was left out"
    if last is not None:
        return Length(min(first, last), max(first, last))
    match match["sign"]:
        case ">":
            return Length(first + 1)
        case ">=":
            return Length(first)
        case "<":
            return Length(0, max(0, first - 1)) if first else Length(MOST_WORDS + 1)
        case "<=":
            return Length(0, first)
        case _:
            return Length(first, first)


def _count(digits: str) -> int | None:
    digits = re.sub(r"[,.](?=\d{3}(?!\d))", "", digits)
    return min(int(digits[:9]), MOST_WORDS) if digits.isascii() and digits.isdigit() else None


def _has(value: str) -> Node | str:
    value = _ALSO_CALLED.get(value, value)
    if value in {"date", "day"}:
        return Not(Undated())
    if value not in HAS:
        return f"has: knows {', '.join(HAS)}, and not “{value[:40]}”; it was left out"
    return Exactly("has", (value,))


def turned(value: str, today: date | None) -> str | None:
    """Return a span of days whose end comes before its beginning the right way round."""
    ends = _ends(value.strip('"').strip())
    days = [period(end, today) for end in ends]
    if len(ends) != 2 or days[0] is None or days[1] is None or days[0] <= days[1]:
        return None
    return "..".join(end.strip() for end in reversed(ends))


def _ends(value: str) -> list[str]:
    """What stands on both sides of ``..`` or, in brackets, of TO; else *value* alone."""
    bracketed = re.fullmatch(r"[\[{]\s*(.+?)\s+(?:TO|to)\s+(.+?)\s*[\]}]?", value)
    return list(bracketed.groups()) if bracketed else value.split("..")


def _days(value: str, name: str, today: date | None) -> Days | None:
    """The days from the first to the last that *value* names, in whatever order."""
    if name == "date":
        ends = _ends(value)
        if len(ends) == 2:
            two = [period(end, today) for end in ends]
            if two[0] is None or two[1] is None:
                return None
            earlier, later = sorted((two[0], two[1]))
            return earlier[0], max(earlier[1], later[1])
    days = period(value, today)
    if days and name == "older_than":
        # Older than seven days: up to the day that was so long ago.
        return days[0], days[0]
    return days
