"""What is measured, as Prometheus reads it: its text format 0.0.4. Pure.

https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
Sample = tuple[Mapping[str, str], float | None]
_NONE: Final[Mapping[str, str]] = {}


@dataclass(frozen=True, slots=True)
class Gauge:
    """A figure that goes up and down: its *name*, what it means, and its values by labels."""

    name: str
    help: str
    samples: tuple[Sample, ...]


def gauge(name: str, help_: str, value: float | None) -> Gauge:
    """Return a gauge of one value; without one it is left out."""
    return Gauge(name, help_, ((_NONE, value),))


def labelled(name: str, help_: str, samples: Iterable[Sample]) -> Gauge:
    """Return a gauge with a value for each set of labels."""
    return Gauge(name, help_, tuple(samples))


def exposition(gauges: Iterable[Gauge]) -> str:
    """Write *gauges* down; one without any value is left out."""
    return "".join(f"{line}\n" for each in gauges for line in _lines(each))


def _lines(each: Gauge) -> Iterator[str]:
    samples = [(labels, value) for labels, value in each.samples if value is not None]
    if not samples:
        return
    # Of a help only these two are escaped, of a label's value the quotation mark, too.
    yield f"# HELP {each.name} {_escaped(each.help)}"
    yield f"# TYPE {each.name} gauge"
    for labels, value in samples:
        said = ",".join(f'{name}="{_quotable(text)}"' for name, text in labels.items())
        yield f"{each.name}{f'{{{said}}}' if said else ''} {_figure(value)}"


def _figure(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(float(value))


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("\n", r"\n")


def _quotable(text: str) -> str:
    if not text.isprintable():
        # Whatever else ends a line somewhere has no place in a name.
        text = "".join(c if c.isprintable() or c == "\n" else "\ufffd" for c in text)
    return _escaped(text).replace('"', r"\"")
