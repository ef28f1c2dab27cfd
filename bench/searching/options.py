"""The options that the commands share."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

import click

from bench.articles.queries import EACH
from bench.engines.side import PEERS


class Names(click.ParamType[tuple[str, ...]]):
    """Peers, parted by commas; ``none`` for none."""

    name = "NAMES"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        """Return the names. Fails for an unknown one."""
        if isinstance(value, tuple):
            return value
        names = [
            name.strip() for name in str(value).split(",") if name.strip() not in ("", "none")
        ]
        for name in names:
            if name not in PEERS:
                self.fail(f"{name} is none of {', '.join(PEERS)}.", param, ctx)
        return tuple(dict.fromkeys(names))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a run is asked to work on."""

    articles: int
    peers: tuple[str, ...]
    each: int = EACH
    corpus: Path | None = None
    keep: Path | None = None


def growth(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --from, the smaller number of articles that the figures are held against."""
    return click.option(
        "--from",
        "smaller",
        type=click.IntRange(min=20),
        metavar="N",
        help="Also measure at so many articles, and say how the times grow from there.",
    )(command)


def shared(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --articles, --each, --peers, --corpus, --keep and --json.

    The command takes the first five as one `Wanted`.
    """

    @wraps(command)
    def called(
        count: int,
        each: int,
        peers: tuple[str, ...],
        path: Path | None,
        keep: Path | None,
        **others: Any,
    ) -> Any:
        return command(Wanted(count, peers, each, path, keep), **others)

    for option in (
        click.option("--json", "as_json", is_flag=True, help="Print JSON for programs."),
        click.option(
            "--keep",
            type=click.Path(file_okay=False, path_type=Path),
            help="A folder in which articles and indexes stay for the next run.",
        ),
        click.option(
            "--corpus",
            "path",
            type=click.Path(exists=True, path_type=Path),
            help="Real articles, not generated: a site, articles.db, .jsonl or .jsonl.xz.",
        ),
        click.option(
            "--peers",
            type=Names(),
            default=",".join(PEERS),
            show_default=True,
            help="The engines beside Morgue, or none.",
        ),
        click.option(
            "--each",
            type=click.IntRange(min=1),
            default=EACH,
            show_default=True,
            metavar="N",
            help="How many queries of each kind.",
        ),
        click.option(
            "--articles",
            "count",
            type=click.IntRange(min=20),
            default=10_000,
            show_default=True,
            metavar="N",
            help="How many articles.",
        ),
    ):
        called = option(called)
    return called
