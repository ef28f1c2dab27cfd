"""How commands speak: plain words to people, JSON to programs, nothing to cron."""

import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import click
import msgspec
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from indexer.snippet import Snippet
from morgue.site import Site

# Articles are strangers' text: no escape sequence of theirs reaches the terminal.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
# Nor do overrides that have a line read otherwise than it is written (Trojan Source).
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_STEERING = re.compile("[\x7f-\x9f\u202a-\u202e\u2066-\u2069]")

F = TypeVar("F", bound=Callable[..., object])


@dataclass
class State:
    """What the options common to all commands said."""

    site: Path = field(default_factory=lambda: Path(os.environ.get("MORGUE_SITE") or Path.cwd()))
    verbose: bool = False
    quiet: bool = False


def common(command: F) -> F:
    """Add ``--site``, ``-v`` and ``-q``, which every command takes before or after its name."""
    options = (
        click.option(
            "--site",
            type=click.Path(path_type=Path, file_okay=False),
            metavar="DIR",
            expose_value=False,
            callback=_site,
            help="The archive's folder; else $MORGUE_SITE, else the working directory.",
        ),
        click.option(
            "-v",
            "--verbose",
            is_flag=True,
            expose_value=False,
            callback=_verbose,
            help="Say more.",
        ),
        click.option(
            "-q",
            "--quiet",
            is_flag=True,
            expose_value=False,
            callback=_quiet,
            help="Say only errors.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


class QueryCommand(click.Command):
    """A command whose words may begin with a minus, as in ``-virus``.

    Only the short options themselves are options; click would read the letters
    of ``-virus`` as a bundle that begins with ``-v``.
    """

    _SHORT = frozenset({"-v", "-q", "-h"})

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Hand on what is an option or its value; all else is the query."""
        options: list[str] = []
        words: list[str] = []
        waiting = iter(args)
        takes_value = {
            name
            for parameter in self.get_params(ctx)
            if isinstance(parameter, click.Option) and not parameter.is_flag
            for name in parameter.opts
        }
        for argument in waiting:
            if argument == "--":
                words += waiting
            elif argument in takes_value:
                options += [
                    argument,
                    *[value for value in [next(waiting, None)] if value is not None],
                ]
            elif argument in self._SHORT or argument.startswith("--"):
                options.append(argument)
            else:
                words.append(argument)
        return super().parse_args(ctx, [*options, "--", *words])


json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")


def state() -> State:
    """Return the options of the command that is running."""
    return click.get_current_context().ensure_object(State)


def site() -> Site:
    """Return the site that the running command works on."""
    return Site(state().site.absolute())


def _site(context: click.Context, _: click.Parameter, value: Path | None) -> None:
    if value is not None:
        context.ensure_object(State).site = value


def _verbose(context: click.Context, _: click.Parameter, value: bool) -> None:
    context.ensure_object(State).verbose |= value


def _quiet(context: click.Context, _: click.Parameter, value: bool) -> None:
    context.ensure_object(State).quiet |= value


def print_json(value: object) -> None:
    """Print *value* as one line of JSON, in which what would steer a terminal is escaped."""
    text = msgspec.json.encode(value).decode("utf-8")
    sys.stdout.write(_STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n")


def harmless(text: str) -> str:
    """Return *text* with a mark in place of what would steer a terminal."""
    return _TURNING.sub("", _CONTROLS.sub("\ufffd", text))


def say(text: str | Text = "") -> None:
    """Print a line for a person, without what would steer the terminal."""
    if isinstance(text, Text):
        # A mark for a mark: what is bold in it stands where it stood.
        text.plain = _TURNING.sub("\ufffd", _CONTROLS.sub("\ufffd", text.plain))
    else:
        text = harmless(text)
    if not state().quiet:
        Console(highlight=False, soft_wrap=True, emoji=False).print(text, markup=False)


def report(text: str) -> None:
    """Print what happened: on a terminal or when asked for, not into a cron mail."""
    if sys.stdout.isatty() or state().verbose:
        say(text)


def complain(text: str) -> None:
    """Print a line about what went wrong, to standard error: one, whatever strangers wrote."""
    click.echo(harmless(" ".join(text.splitlines())), err=True)


def marked(snippet: Snippet) -> Text:
    """Return a snippet with its matches in bold."""
    text = Text(snippet.text)
    for start, end in snippet.marks:
        text.stylize("bold yellow", start, end)
    return text


@contextmanager
def progress(as_json: bool = False) -> Iterator[Callable[[str, int, int], None]]:
    """Give a function that shows (what, done, of how many): a bar on a terminal, else nothing."""
    if as_json or state().quiet or not sys.stderr.isatty():
        yield lambda _what, _done, _total: None
        return
    columns = (
        # Names are strangers' text: no markup of rich's.
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, TaskID] = {}

        def show(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(harmless(" ".join(what.split())), total=total)
            bars.update(tasks[what], completed=done, total=total)

        yield show
