"""The options that the commands share."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

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


def shared(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --articles, --peers, --corpus, --keep and --json."""
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
            "--articles",
            "count",
            type=click.IntRange(min=20),
            default=10_000,
            show_default=True,
            metavar="N",
            help="How many articles.",
        ),
    ):
        command = option(command)
    return command
