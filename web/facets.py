"""Facets as a page shows them: values with counts, each a link that narrows or takes it back."""

from calendar import month_name
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from indexer.analysis import fold
from indexer.engine import UNDATED
from indexer.results import Results
from web.address import NOT, Address
from web.present import named

SHOWN: Final = 8
"""How many values of a facet show beside results; the others have a page of their own."""
SHOWN_YEARS: Final = 12
MOST_LISTED: Final = 300
"""How many values the page of a facet lists at most."""
_ORDER: Final = ("source", "date", "topic", "agency", "language", "byline")


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a facet: its label, how many articles have it, and where choosing it leads.

    One that is *left_out* counts nothing, and its *url* lets it in again; *without* leaves
    out one that is not.
    """

    label: str
    count: int
    url: str = ""
    value: str = ""
    chosen: bool = False
    left_out: bool = False
    without: str | None = None
    months: tuple["Choice", ...] = ()


@dataclass(frozen=True, slots=True)
class Facet:
    """A facet's choices: those in sight, and how many more there are.

    They are folded away as *more*, or on the page *url* that lists all.
    """

    name: str
    shown: tuple[Choice, ...]
    more: tuple[Choice, ...] = ()
    others: int = 0
    url: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """What the page of a facet lists: *found* of its *total* values, at most `MOST_LISTED`."""

    choices: tuple[Choice, ...]
    found: int
    total: int


def facets(results: Results, address: Address) -> list[Facet]:
    """Return the facets of *results* as links that narrow *address* or take it back."""
    return [
        _dates(results.facets.get("date", {}), address)
        if name == "date"
        else _values(name, results.facets.get(name, {}), address)
        for name in _ORDER
    ]


def page_url(facet: str, address: Address) -> str:
    """Return the address of the page that lists all values of *facet*."""
    return address.with_page(1).url(f"/search/facet/{facet}")


def listed(facet: str, counts: dict[str, int], address: Address, find: str) -> Listed:
    """Return the values of *facet* that have every word of *find* in them, at whatever place.

    What is chosen or left out comes first, found or not.
    """
    words = _folded(find).split()
    chosen, left_out = address.chosen(facet), address.left_out(facet)
    decided = tuple(dict.fromkeys((*chosen, *left_out)))
    found = [
        value for value in counts if value not in decided and _has(named(facet, value), words)
    ]
    choices = tuple(
        Choice(
            named(facet, value),
            counts.get(value, 0),
            value=value,
            chosen=value in chosen,
            left_out=value in left_out,
        )
        for value in (*decided, *found)[:MOST_LISTED]
    )
    return Listed(choices, len(decided) + len(found), len({*counts, *decided}))


def _choices(facet: str, counts: dict[str, int], address: Address) -> list[Choice]:
    """Return the values of *facet*, what is chosen or left out first."""
    choose, leave_out = address.adding(facet), address.adding(f"{NOT}{facet}")
    chosen, left_out = address.chosen(facet), address.left_out(facet)
    choices = [
        Choice(
            named(facet, value),
            counts.get(value, 0),
            address.without_value(facet, value).url(),
            value,
            chosen=True,
        )
        for value in chosen
    ]
    choices += [
        Choice(named(facet, value), 0, address.let_in(facet, value).url(), value, left_out=True)
        for value in left_out
    ]
    choices += [
        Choice(
            named(facet, value),
            count,
            choose(value),
            value,
            without=leave_out(value),
        )
        for value, count in counts.items()
        if value not in chosen and value not in left_out
    ]
    return choices


@lru_cache(maxsize=1 << 14)
def _folded(text: str) -> str:
    return " ".join(map(fold, text.split()))


def _has(label: str, words: list[str]) -> bool:
    return not words or all(word in _folded(label) for word in words)


def _values(name: str, counts: dict[str, int], address: Address) -> Facet:
    decided = len(address.chosen(name)) + len(address.left_out(name))
    # Of thousands of values only those in sight are made into links.
    few = dict(list(counts.items())[: SHOWN + decided])
    few |= {value: counts.get(value, 0) for value in address.chosen(name)}
    shown = _choices(name, few, address)[: max(SHOWN, decided)]
    total = len({*counts, *address.chosen(name), *address.left_out(name)})
    others = total - len(shown)
    return Facet(name, tuple(shown), others=others, url=page_url(name, address) if others else "")


def _dates(counts: dict[str, int], address: Address) -> Facet:
    asked = address.request
    choices: list[Choice] = []
    within = address.within()

    def choice_of(value: str, label: str, months: tuple[Choice, ...] = ()) -> Choice:
        chosen = asked.first == value == asked.last
        url = address.with_period(None, None).url() if chosen else within(value, value)
        return Choice(label, counts[value], url, chosen=chosen, months=months)

    years = [value for value in counts if len(value) == 4 and value.isdigit()]
    for year in sorted(years, reverse=True):
        open_year = len(years) == 1 or (asked.first or "")[:4] == year == (asked.last or "")[:4]
        months = tuple(
            choice_of(month, month_name[int(month[5:])])
            for month in counts
            if open_year and month.startswith(f"{year}-")
        )
        choices.append(choice_of(year, year, months))
    if asked.undated:
        url = address.with_undated(False).url()
        choices.insert(0, Choice("Undated", counts.get(UNDATED, 0), url, chosen=True))
    elif UNDATED in counts:
        # In sight whatever the number of years: who distrusts dates looks for it.
        url = address.with_undated(True).url()
        choices.insert(SHOWN_YEARS - 1, Choice("Undated", counts[UNDATED], url))
    return Facet("date", tuple(choices[:SHOWN_YEARS]), tuple(choices[SHOWN_YEARS:]))
