"""Conditions of a query: what stands before a colon and is looked up in no text.

Days, lengths, and what an article has: ``after:2024``, ``wc>800``, ``has:revisions``.
"""

import re
from datetime import date
from typing import Final

from indexer.days import Days, period
from indexer.tree import HAS, Dates, Exactly, Length, Node, Not, Undated

MOST_WORDS: Final = 10_000_000
_FROM: Final = frozenset({"after", "since", "newer", "newer_than"})
_YES: Final = frozenset({"yes", "true", "1"})
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
    """Return what ``name:value`` means, or in plain words why it means nothing."""
    value = value.strip('"').strip()
    if not value:
        return f"{name}: names no {'date' if name not in {'has', 'undated'} else 'value'}"
    if name == "undated":
        return Undated() if value.casefold() in _YES else Not(Undated())
    if name == "has":
        return _has(value.casefold())
    days = _days(value, name, today)
    if days is None:
        return f"“{value[:40]}” is no date such as 2024, 2024-06, 2024-06-20, today or 7d"
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
        return "wc needs a number of words, as in wc>800, wc<300 or wc:100..300"
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
        return f"has: knows {', '.join(HAS)}, and not “{value[:40]}”"
    return Exactly("has", (value,))


def _days(value: str, name: str, today: date | None) -> Days | None:
    """The days from the first to the last that *value* names, in whatever order."""
    if name == "date":
        bracketed = re.fullmatch(r"[\[{]\s*(.+?)\s+(?:TO|to)\s+(.+?)\s*[\]}]", value)
        ends = list(bracketed.groups()) if bracketed else value.split("..")
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
