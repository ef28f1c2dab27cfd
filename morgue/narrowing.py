"""The options that narrow a search, and the request they make: the same for every command."""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

import click

from indexer.request import NARROWING, Request

Command = TypeVar("Command", bound=Callable[..., object])

_VALUES: Final = {
    "source": ("NAME", "source"),
    "topic": ("TOPIC", "topic"),
    "agency": ("NAME", "news agency"),
    "language": ("CODE", "language, such as de"),
    "byline": ("NAME", "author"),
}
_LEFT_OUT: Final = "not_"


def narrowing(command: Command) -> Command:
    """Add the query and the options that narrow it, as `narrowed` takes them."""
    options = [click.argument("query", nargs=-1)]
    for facet, (metavar, means) in _VALUES.items():
        options.append(
            click.option(
                f"--{facet}", facet, metavar=metavar, multiple=True, help=f"Only this {means}."
            )
        )
    for facet, (metavar, _) in _VALUES.items():
        options.append(
            click.option(
                f"--not-{facet}",
                f"{_LEFT_OUT}{facet}",
                metavar=metavar,
                multiple=True,
                help=f"None that has this {facet}.",
            )
        )
    options += [
        click.option("--from", "first", metavar="DATE", help="From this day, month or year on."),
        click.option("--to", "last", metavar="DATE", help="Up to this day, month or year."),
        click.option("--undated", is_flag=True, help="Only articles without a date."),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def narrowed(query: tuple[str, ...], options: Mapping[str, Any]) -> Request:
    """Return the request of a query and of the options of `narrowing`."""
    chosen = {field: options[facet] for facet, field in NARROWING.items()}
    return Request(
        " ".join(query),
        **chosen,
        left_out=tuple(
            (facet, value) for facet in NARROWING for value in options[f"{_LEFT_OUT}{facet}"]
        ),
        first=options["first"],
        last=options["last"],
        undated=options["undated"],
    )
