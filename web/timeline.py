"""The timeline on the search page: where each bar stands, what it says and where it leads.

Lengths along the time are in per cent of the drawing's width, heights in pixels, so that one
drawing fits a phone and a wide screen and its labels are never stretched.
"""

from calendar import month_abbr
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import groupby
from typing import Final

from indexer.days import period
from indexer.timeline import Bar, Timeline, Unit
from web.address import Address
from web.present import in_words

HIGHEST: Final = 56.0
"""The height of the highest bar, in pixels."""
LOWEST: Final = 3.0
"""The height of a bar of few articles, in pixels: it must be seen beside any other."""
WIDEST: Final = 5.0
"""No bar is wider than this, in per cent, however few there are."""
MOST_BARS: Final = 101
"""Beyond so many, decades are drawn as centuries: on a phone a bar keeps three pixels."""
_FEW_LABELS: Final = 6
_MANY_LABELS: Final = 12
# The calendar's own names are formatted anew at each look.
_SHORT: Final = tuple(month_abbr)
_words = lru_cache(maxsize=8192)(in_words)

# Which bars can have a label, from all to few; each rule's bars are among those of the one before.
_Rule = Callable[[str], bool]
_RULES: Final[dict[Unit, tuple[_Rule, ...]]] = {
    Unit.DAY: (
        bool,
        lambda day: day[8:] in {"01", "06", "11", "16", "21", "26"},
        lambda day: day[8:] in {"01", "11", "21"},
        lambda day: day[8:] == "01",
    ),
    Unit.MONTH: (
        bool,
        lambda month: month[5:] in {"01", "04", "07", "10"},
        lambda month: month[5:] in {"01", "07"},
        lambda month: month[5:] == "01",
        lambda month: month[5:] == "01" and int(month[:4]) % 2 == 0,
    ),
    Unit.YEAR: tuple(
        lambda year, step=step: int(year) % step == 0  # type: ignore[misc]
        for step in (1, 2, 5, 10, 20, 50)
    ),
    Unit.DECADE: tuple(
        lambda year, step=step: int(year) % step == 0  # type: ignore[misc]
        for step in (10, 50, 100, 200, 500, 1000, 2000)
    ),
}


@dataclass(frozen=True, slots=True)
class Step:
    """A period in words, and the address that shows it; None for the one that shows."""

    label: str
    url: str | None


@dataclass(frozen=True, slots=True)
class Drawn:
    """A bar that has articles, in a slot that can be pressed.

    *start* and *slot* are the slot's place and width, *x* and *width* the bar's own, in per
    cent; *height* is in pixels.
    """

    start: float
    slot: float
    x: float
    width: float
    height: float
    label: str
    count: int
    url: str


@dataclass(frozen=True, slots=True)
class Label:
    """A label under the bars at *x* (per cent), *anchor* as in SVG.

    There is room for *minor* ones on wide screens only.
    """

    x: float
    anchor: str
    text: str
    minor: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    """All that the template draws.

    *spans* and *counts* are of every bar, those without articles too, for brushing: a
    period, or two with a slash between.
    """

    unit: str
    bars: tuple[Drawn, ...]
    labels: tuple[Label, ...]
    way: tuple[Step, ...]
    most: str
    spans: str
    counts: str
    undated: int
    unplaced: int


def drawing(found: Timeline, address: Address) -> Drawing | None:
    """Return the timeline *found* as bars that lead on from *address*; None if it says nothing."""
    way = tuple(way_out(address))
    if not found.bars:
        return Drawing("", (), (), way, "", "", "", 0, 0) if len(way) > 1 else None
    unit, bars = _grouped(found)
    most = max(bar.count for bar in bars)
    highest = next(bar for bar in bars if bar.count == most)
    return Drawing(
        unit,
        tuple(_drawn(bars, most, unit, address)) if len(bars) > 1 else (),
        tuple(_labels(bars, found.unit)),
        way,
        _says_most(highest, unit, bars),
        " ".join(
            bar.first if bar.first == bar.last else f"{bar.first}/{bar.last}" for bar in bars
        ),
        " ".join(str(bar.count) for bar in bars),
        found.undated,
        found.unplaced,
    )


def _says_most(highest: Bar, unit: str, bars: tuple[Bar, ...]) -> str:
    if not highest.count or len(bars) == 1:
        return ""
    preposition = "on" if unit == "day" else "in"
    return f"By {unit}, most {preposition} {named(highest, unit)}: {highest.count:,}"


def _grouped(found: Timeline) -> tuple[str, tuple[Bar, ...]]:
    """The bars to be drawn, and what one stands for."""
    if found.unit is not Unit.DECADE or len(found.bars) <= MOST_BARS:
        return str(found.unit), found.bars
    centuries = []
    for name, group in groupby(found.bars, lambda bar: bar.period[:2]):
        bars = list(group)
        count = sum(bar.count for bar in bars)
        centuries.append(Bar(f"{name}00", bars[0].first, bars[-1].last, count))
    return "century", tuple(centuries)


def _drawn(bars: tuple[Bar, ...], most: int, unit: str, address: Address) -> Iterator[Drawn]:
    slot = 100 / len(bars)
    width = min(slot * 0.8, WIDEST)
    leads = address.within()
    for i, bar in enumerate(bars):
        if bar.count:
            start = slot * i
            yield Drawn(
                round(start, 2),
                round(slot, 2),
                round(start + (slot - width) / 2, 2),
                round(width, 2),
                round(max(LOWEST, HIGHEST * bar.count / most), 1),
                named(bar, unit),
                bar.count,
                leads(bar.first, bar.last),
            )


def named(bar: Bar, unit: str) -> str:
    """Return a bar in words: 20 June 2024, June 2024, 2024, the 1820s, 1800 to 1899.

    A bar that is cut at an end of the span says from when to when.
    """
    if unit in {"day", "month", "year"} and bar.first == bar.last == bar.period:
        return _words(bar.period)
    if unit == "decade" and len(bar.first) == 4:
        return f"the {int(bar.period)}s"
    if bar.first == bar.last:
        return _words(bar.first)
    return f"{_words(bar.first)} to {_words(bar.last)}"


def _labels(bars: tuple[Bar, ...], unit: Unit) -> Iterator[Label]:
    few = _labelled(bars, unit, _FEW_LABELS)
    named_first = few[0] if few else 0
    slot = 100 / len(bars)
    for i in _labelled(bars, unit, _MANY_LABELS):
        x = slot * (i + 0.5)
        anchor = "start" if x < 4 else "end" if x > 96 else "middle"
        yield Label(
            0 if anchor == "start" else 100 if anchor == "end" else round(x, 2),
            anchor,
            _short(bars[i].period, unit, with_year=i == named_first),
            i not in few,
        )


def _labelled(bars: tuple[Bar, ...], unit: Unit, most: int) -> list[int]:
    """The bars that get a label: by the finest rule that gives no more than *most*."""
    chosen: list[int] = []
    for rule in _RULES[unit]:
        chosen = [i for i, bar in enumerate(bars) if rule(bar.period)]
        if len(chosen) <= most:
            break
    return chosen


def _short(name: str, unit: Unit, *, with_year: bool) -> str:
    """Return a label: ``6 Jun``, ``Apr``, ``2024`` (its January too), ``1820s``."""
    if unit is Unit.DAY:
        return f"{int(name[8:])} {_SHORT[int(name[5:7])]}"
    if unit is Unit.MONTH and name[5:] != "01":
        return f"{_SHORT[int(name[5:])]} {name[:4] if with_year else ''}".strip()
    return f"{int(name)}s" if unit is Unit.DECADE else name[:4]


def way_out(address: Address) -> Iterator[Step]:
    """Yield the periods around the one that shows, the widest first, and that one last."""
    asked = address.request
    if asked.undated:
        yield Step("All dates", address.with_period(None, None).url())
        yield Step("Undated", None)
        return
    first, last = _ends(address)
    if not asked.first and not asked.last:
        yield Step("All dates", None)
        return
    yield Step("All dates", address.with_period(None, None).url())
    if first and last and first <= last:
        for length in (4, 7):
            around = first.isoformat()[:length]
            if last.isoformat()[:length] == around and period(around) != (first, last):
                yield Step(_words(around), address.with_period(around, around).url())
    yield Step(_span_in_words(first, last), None)


def _ends(address: Address) -> tuple[date | None, date | None]:
    asked = address.request
    first = period(asked.first) if asked.first else None
    last = period(asked.last) if asked.last else None
    return first[0] if first else None, last[1] if last else None


def _span_in_words(first: date | None, last: date | None) -> str:
    """A span in words, by the widest periods that begin and end as it does."""
    for length in (4, 7, 10):
        starts = first.isoformat()[:length] if first else ""
        ends = last.isoformat()[:length] if last else ""
        begun, ended = period(starts), period(ends)
        if (begun and begun[0]) == first and (ended and ended[1]) == last:
            break
    if first and last:
        return _words(starts) if starts == ends else f"{_words(starts)} to {_words(ends)}"
    return f"From {_words(starts)}" if first else f"Up to {_words(ends)}"
