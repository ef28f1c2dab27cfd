"""The coverage page: what is in the archive and what is missing, each cell a search.

``/coverage?unit=week&from=2024-01&to=2024-06&find=gazette&source=…&page=2``;
``/coverage/dates`` and ``/coverage/texts`` list doubtful dates and texts. (`indexer.coverage`
is something else: what other articles tell of the same story.)
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from urllib.parse import urlencode

from flask import Blueprint, render_template, request, url_for

from archive.errors import UsageError
from archive.holdings import Cell, Holding, Period, Unit, begin_of, periods, row
from archive.rhythm import RULES
from archive.source import FailureSpan, Source
from archive.store.holdings import Doubt
from indexer.days import period
from indexer.request import Request
from web.access import cut_texts, doubtful_dates, holdings, open_store, today
from web.address import Address
from web.present import page_number

blueprint = Blueprint("holdings", __name__)
_ROWS: Final = 25
_MOST: Final = {Unit.DAY: 62, Unit.WEEK: 54, Unit.MONTH: 36}
_USUAL: Final = {Unit.DAY: 28, Unit.WEEK: 26 * 7, Unit.MONTH: 365}
_SHARE: Final = 0.3
"""With articles in fewer columns than this share, the calendar begins with a coarser unit."""
_LISTED: Final = 50
_SHOWN: Final = 12


@dataclass(frozen=True, slots=True)
class Shown:
    """A cell as it is shown: *shade* from 0 (nothing) to 4, *words* beyond the number."""

    cell: Cell
    url: str
    shade: int
    words: str


@dataclass(frozen=True, slots=True)
class Row:
    """A source's line of the calendar."""

    holding: Holding
    cells: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks the calendar for."""

    unit: Unit
    first: date
    last: date
    find: str = ""
    sources: tuple[str, ...] = ()
    page: int = 1

    def url(self, **changes: object) -> str:
        """Return the address of this state with *changes*, on its first page."""
        pairs: list[tuple[str, object]] = [
            ("unit", changes.get("unit", self.unit)),
            ("from", changes.get("first", self.first)),
            ("to", changes.get("last", self.last)),
        ]
        if find := self.find:
            pairs.append(("find", find))
        pairs += [("source", one) for one in self.sources]
        if page := changes.get("page"):
            pairs.append(("page", page))
        return f"{url_for('holdings.coverage')}?{urlencode(pairs)}"


@blueprint.get("/coverage")
def coverage() -> str:
    """Show the calendar, silent sources, failures, and what is doubtful."""
    store, held, day = open_store(), holdings(), today()
    if not held:
        return render_template("empty.html", sources=store.sources(), counts=store.counts())
    asked = _asked(held, day)
    chosen = [
        one
        for name, one in held.items()
        if asked.find.casefold() in name.casefold()
        and (not asked.sources or name in asked.sources)
    ]
    columns = periods(asked.unit, asked.first, asked.last)
    sources = store.sources()
    spans = store.failure_spans()
    failed = {source.id: [*spans.get(source.id, ()), *_lasting(source)] for source in sources}
    shown = chosen[(asked.page - 1) * _ROWS : asked.page * _ROWS]
    length = asked.last - asked.first + timedelta(1)
    silent = [(one, since) for one in held.values() if (since := one.silent_since(day))]
    silent.sort(key=lambda pair: pair[1], reverse=True)
    not_believed, cut = doubtful_dates(), cut_texts()
    return render_template(
        "coverage.html",
        asked=asked,
        columns=columns,
        rows=[_row(one, columns, failed, day) for one in shown],
        total=len(chosen),
        pages=-(-len(chosen) // _ROWS),
        earlier=asked.url(first=_clamped(asked.first, -length), last=asked.first - timedelta(1))
        if asked.first - length > date(1600, 1, 1)
        else None,
        later=asked.url(first=asked.last + timedelta(1), last=asked.last + length)
        if asked.last < day
        else None,
        units=[(unit, asked.url(unit=unit, **_zoomed(unit, asked.last))) for unit in Unit],
        silent=silent,
        failures=[(source, one) for source in sources for one in source.failures],
        undated=sorted(
            (one for one in held.values() if one.undated), key=lambda one: -one.undated
        ),
        dates=Counter(doubt.source for doubt in not_believed).most_common(),
        texts=Counter(doubt.source for doubt in cut).most_common(),
        rough=sum(sum(one.months.values()) for one in shown),
        rules=RULES,
        few=_SHOWN,
    )


@blueprint.get("/coverage/dates")
def dates() -> str:
    """List the articles that claimed a date nobody could believe."""
    return _listed("Dates that were not believed", doubtful_dates())


@blueprint.get("/coverage/texts")
def texts() -> str:
    """List the articles whose text looks cut."""
    return _listed("Texts that look cut", cut_texts())


def _listed(title: str, doubts: list[Doubt]) -> str:
    source, page = request.args.get("source", ""), page_number(request.args)
    found = [doubt for doubt in doubts if not source or doubt.source == source]
    pairs = {"source": source} if source else {}
    return render_template(
        "doubts.html",
        title=title,
        source=source,
        total=len(found),
        doubts=found[(page - 1) * _LISTED : page * _LISTED],
        page=page,
        before=f"?{urlencode({**pairs, 'page': page - 1})}" if page > 1 else None,
        after=f"?{urlencode({**pairs, 'page': page + 1})}"
        if page * _LISTED < len(found)
        else None,
    )


def _asked(held: dict[str, Holding], day: date) -> Asked:
    args = request.args
    name = args.get("unit") or str(_usual_unit(held, day))
    if name not in list(Unit):
        raise UsageError("is no unit", f"“{name[:40]}”", f"choose {', '.join(Unit)}")
    unit = Unit(name)
    first, last = _end("from", 0), _end("to", 1)
    if last is None:
        newest = _newest(held, day)
        # An archive that nothing came to for long begins with what it has.
        last = day if day - newest < timedelta(_USUAL[unit]) else newest
        last = max(last, first) if first else last
    first = first or _zoomed(unit, last)["first"]
    if first > last:
        raise UsageError("ends before it begins", f"{first} to {last}")
    # Weeks and months are shown whole.
    first = begin_of(unit, first)
    days = (last - first).days + 1
    columns = {Unit.DAY: days, Unit.WEEK: days // 7, Unit.MONTH: days // 31}[unit]
    if columns > _MOST[unit]:
        raise UsageError(f"a calendar shows at most {_MOST[unit]} {unit}s", f"{first} to {last}")
    return Asked(
        unit,
        first,
        last,
        args.get("find", "").strip()[:80],
        tuple(one for one in args.getlist("source") if one),
        page_number(args),
    )


def _newest(held: dict[str, Holding], day: date) -> date:
    return max((one.last for one in held.values() if one.last), default=day)


def _usual_unit(held: dict[str, Holding], day: date) -> Unit:
    """Return the finest unit of which the usual span before the newest article is not bare."""
    if request.args.get("from") or request.args.get("to"):
        return Unit.DAY
    last = min(_newest(held, day), day)
    days = set[date]().union(*(holding.days for holding in held.values()))
    for unit in (Unit.DAY, Unit.WEEK):
        begin = _zoomed(unit, last)["first"]
        found = {begin_of(unit, one) for one in days if begin <= one <= last}
        if len(found) >= _SHARE * _USUAL[unit] / (1 if unit is Unit.DAY else 7):
            return unit
    return Unit.MONTH if days else Unit.DAY


def _end(name: str, which: int) -> date | None:
    text = request.args.get(name, "").strip()
    if not text:
        return None
    days = period(text, today())
    if days is None or not 1600 <= days[which].year <= 9000:
        raise UsageError("is no day, month or year", f"{name} “{text[:40]}”", "write 2024-06-20")
    return days[which]


def _zoomed(unit: Unit, last: date) -> dict[str, date]:
    return {"first": begin_of(unit, _clamped(last, timedelta(1 - _USUAL[unit]))), "last": last}


def _clamped(day: date, by: timedelta) -> date:
    return day + by if day.year > 1604 else date(1600, 1, 4)


def _lasting(source: Source) -> list[FailureSpan]:
    """The failure of the whole source that is not over."""
    return [
        FailureSpan(failure.since, "", failure.reason)
        for failure in source.failures
        if failure.address == source.address
    ]


def _row(
    holding: Holding, columns: list[Period], failed: dict[int, list[FailureSpan]], day: date
) -> Row:
    cells = row(holding, columns, day)
    most = max((cell.articles for cell in cells), default=0)
    spans = [span for number in sorted(holding.ids) for span in failed.get(number, ())]
    # Built once a row: a page has a thousand of these.
    address = Address(Request(sources=(holding.source,))).url()
    return Row(
        holding,
        tuple(
            Shown(
                cell,
                f"{address}&from={column.first}&to={column.last}",
                -(-4 * cell.articles // most) if most else 0,
                words(cell, column, spans),
            )
            for cell, column in zip(cells, columns, strict=True)
        ),
    )


def words(cell: Cell, column: Period, spans: list[FailureSpan]) -> str:
    """Return what a cell says beyond its number: its gaps, and why they probably are."""
    if not cell.gaps:
        return ""
    told = "gap" if column.first == column.last else f"{cell.gaps} missing"
    first, last = column.first.isoformat(), column.last.isoformat()
    for span in spans:
        if not span.ended and span.began[:10] <= last:
            return f"{told}, its feed fails since {span.began[:10]}: {span.reason}"
        if span.began[:10] <= last and first <= span.ended[:10]:
            ended = span.ended[:10]
            return f"{told}, its feed failed {span.began[:10]} to {ended}: {span.reason}"
    return told
