"""How benchmarks speak: tables to people, JSON to programs."""

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Protocol, TypeVar

import msgspec
from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Check:
    """Something that must hold, whether it does, and what was seen."""

    name: str
    ok: bool
    seen: str


def equal(name: str, found: object, expected: object) -> Check:
    """Check that two figures are the same."""
    ok = found == expected
    return Check(name, ok, f"{found}" if ok else f"{found} where {expected} was expected")


def print_json(value: object) -> None:
    """Print *value* as one line of JSON."""
    sys.stdout.write(msgspec.json.encode(value).decode("utf-8") + "\n")


class Report(Protocol):
    """What a benchmark found: a dataclass of figures with the checks that must hold."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def checks(self) -> Sequence[Check]:
        """What must hold."""
        ...


R = TypeVar("R", bound=Report)


def conclude(report: R, show: Callable[[R], None], *, as_json: bool) -> None:
    """Print *report*, with *show* or as JSON, and exit with 1 when one of its checks fails."""
    ok = all(check.ok for check in report.checks)
    if as_json:
        print_json({**asdict(report), "ok": ok})
    else:
        show(report)
    if not ok:
        sys.exit(1)


def print_table(title: str, columns: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    """Print a table: the first column to the left, figures to the right."""
    table = Table(title=title, title_justify="left", title_style="bold", box=None)
    for number, column in enumerate(columns):
        table.add_column(column, justify="right" if number else "left", overflow="fold")
    for row in rows:
        table.add_row(*[_cell(value) for value in row])
    _console().print(table)
    _console().print()


def print_lines(title: str, lines: Iterable[str]) -> None:
    """Print a title and lines below it; nothing without lines."""
    lines = list(lines)
    if lines:
        _console().print(title, style="bold", markup=False)
        for line in lines:
            _console().print(f"  {line}", markup=False)
        _console().print()


def print_checks(checks: Iterable[Check]) -> None:
    """Print which checks hold."""
    print_lines("Checks", (f"{'ok ' if c.ok else 'NOT'} {c.name}: {c.seen}" for c in checks))


def percent(part: int, whole: int) -> str:
    """Return a share as ``99.3 %``, or a dash of nothing."""
    return f"{100 * part / whole:.1f} %" if whole else "–"


def megabytes(size: int) -> str:
    """Return a size in bytes as ``1.2 MB``."""
    return f"{size / 1e6:,.1f} MB"


def _console() -> Console:
    # A file has no width of its own: wide enough for every table here.
    width = None if sys.stdout.isatty() else 120
    return Console(highlight=False, soft_wrap=True, width=width)


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.2f}"
    return f"{value:,}" if isinstance(value, int) else str(value)
