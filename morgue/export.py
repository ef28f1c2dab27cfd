"""The command that takes articles away: export."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

import click

from archive.errors import UsageError
from archive.export.entry import About
from archive.export.registry import BY_NAME, FORMATS
from archive.export.tables import BYTE_ORDER_MARK
from archive.wording import counted
from indexer.export import entries, every_entry, found_ids, in_words
from indexer.request import Request
from morgue.narrowing import narrowed, narrowing
from morgue.output import QueryCommand, as_the_user, common, report, site


@click.command(
    cls=QueryCommand,
    short_help="Take articles away: CSV, JSON, RIS, BibTeX, feeds, and more.",
    epilog="Example: morgue export 'fentanyl after:2024' --format ris --output fentanyl.ris",
)
@narrowing
@click.option(
    "--id", "chosen", metavar="ID", multiple=True, help="Only this article; may be given again."
)
@click.option(
    "--format",
    "name",
    type=click.Choice([one.name for one in FORMATS]),
    default="jsonl",
    show_default=True,
)
@click.option("--json", "as_lines", is_flag=True, help="The same as --format jsonl.")
@click.option(
    "--text/--no-text",
    default=None,
    help="With the articles' text, or without. JSON lines have it unless you say no.",
)
@click.option("--bom", is_flag=True, help="CSV for Excel: a byte order mark in front.")
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write to this file, not to standard output.",
)
@common
def export(
    query: tuple[str, ...],
    chosen: tuple[str, ...],
    name: str,
    as_lines: bool,
    text: bool | None,
    bom: bool,
    output: Path | None,
    **options: Any,
) -> None:
    """Print articles in a format for other programs: those that match, or all.

    Each copy of a story is an article of its own; of those that match the newest come first.
    JSON lines hold everything, and `morgue add` reads them back. docs/exports.md
    says what each format holds.
    """
    here = site()
    form = BY_NAME["jsonl" if as_lines else name]
    asked = narrowed(query, options)
    with here.open() as store, ExitStack() as opened:
        # The index first: it is never newer than the store.
        whole = bool(chosen) or asked == Request()
        engine = None if whole else opened.enter_context(here.engine(store))
        opened.enter_context(store.steady())
        if chosen:
            ids = list(dict.fromkeys(chosen))
            shown = store.get_many(ids)
            for one in ids:
                if one not in shown:
                    raise UsageError("no article with this id can be exported", one)
            found, count = entries(store, ids), len(ids)
        elif engine is None:
            # Everything comes from the truth itself, even while the index lags.
            found, count = every_entry(store), store.counts().articles
        else:
            request = replace(asked, today=here.settings.today())
            ids = found_ids(request, engine, store, here.settings.search.groups)
            found, count = entries(store, ids), len(ids)
        about = About(
            archive=here.settings.title,
            store_id=store.position().store_id,
            query=in_words(asked, len(set(chosen)), len(set(chosen))),
            made=datetime.now(UTC),
            found=count,
            text=form.full if text is None else text,
        )
        with _opened(output) as file:
            if bom and form.name == "csv":
                file.write(BYTE_ORDER_MARK)
            for part in form.write(about, found):
                file.write(part)
    if output:
        report(f"{counted(count, 'article')} in {output}")


@contextmanager
def _opened(output: Path | None) -> Iterator[TextIO]:
    """Give the file to write to. Raises UsageError for one that cannot be written."""
    if output is None:
        yield sys.stdout
        return
    try:
        # The formats have their own ends of lines, which nothing may change.
        with as_the_user():
            file = output.open("w", encoding="utf-8", newline="")
        with file:
            yield file
    except OSError as error:
        raise UsageError(f"cannot be written: {error.strerror}", str(output)) from error
