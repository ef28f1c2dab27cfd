"""`clippings`: real articles as the text files that a user would have.

Reuters 1987 as the wire sent it (headline, date line, dateline and body with
its own lines and indents), Wikinews as its pages print, and two articles pasted
from anywhere. What the files state is known from the corpora: their `Truth`.
"""

import re
import shutil
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import click
import msgspec

from bench import corpora
from bench.show import print_json

REUTERS = "Reuters"
WIKINEWS = "Wikinews"
SEEDS = "seeds"
_PER_FOLDER = 1000
_DATE_LINE = re.compile(
    r"^\s*(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, [A-Z][a-z]+ \d+, \d{4}\s*$", re.MULTILINE
)
_FILED_AS = re.compile(r"^(?:RPT|REFILE|REPEAT|CORRECT(?:ED|ION)|(?:UPDATE|WRAPUP) \d+)-(?=\S)")
_AFTER_PLACE = re.compile(r"\s+(?:[A-Z][a-z]+\.? \d+.*)?-*$|,.*$", re.DOTALL)


class Story(msgspec.Struct, frozen=True):
    """A line of the Reuters corpus."""

    id: str
    date: str
    title: str
    dateline: str
    body: str


class Page(msgspec.Struct, frozen=True):
    """A line of the Wikinews corpus."""

    date: str
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Truth:
    """What one file states, from the corpus it comes from.

    A field is "" where the file states nothing, and None where the corpus does
    not say. *day* is ISO 8601; *place* is case-folded and ends at the first comma.
    """

    path: Path
    corpus: str
    headline: str | None = None
    day: str | None = None
    place: str | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """How many files of each corpus were written, and where."""

    out: str
    files: dict[str, int]


class Amount(click.ParamType[int | None]):
    """A number of articles, or ``all``, which is None."""

    name = "N|all"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> int | None:
        """Return the number. Fails for anything but a positive one or ``all``."""
        text = str(value)
        if text == "all":
            return None
        if not text.isdecimal() or int(text) < 1:
            self.fail(f"{text} is neither a positive number nor “all”.", param, ctx)
        return int(text)


@click.command(epilog="Example: python -m bench clippings --out ~/clippings --reuters 500")
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="The folder to write into: a new or an empty one.",
)
@click.option(
    "--reuters",
    type=Amount(),
    default="all",
    show_default=True,
    help="How many Reuters stories, taken evenly from all of 1987.",
)
@click.option(
    "--wikinews/--no-wikinews", default=True, show_default=True, help="With Wikinews or without."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
def clippings(out: Path, reuters: int | None, wikinews: bool, as_json: bool) -> None:
    """Write real articles as plain-text files into a folder."""
    if out.exists() and any(out.iterdir()):
        raise click.UsageError(f"{out} is not empty.")
    truths = write(out, reuters, wikinews=wikinews)
    files: dict[str, int] = {}
    for truth in truths:
        files[truth.corpus] = files.get(truth.corpus, 0) + 1
    if as_json:
        print_json(Written(str(out), files))
        return
    for name, count in files.items():
        print(f"{count:>7,}  {out / name}")


def write(out: Path, reuters: int | None = None, *, wikinews: bool = True) -> list[Truth]:
    """Write the files into *out*; return what each file states.

    *reuters* is how many of its stories, None for all of them.
    """
    truths = _write_reuters(out / REUTERS, reuters)
    if wikinews:
        truths += _write_wikinews(out / WIKINEWS)
    return truths + _copy_seeds(out / SEEDS)


def _write_reuters(folder: Path, amount: int | None) -> list[Truth]:
    stories = list(corpora.records("topics/reuters21578.jsonl.xz", Story))
    wanted = min(amount or len(stories), len(stories))
    chosen = [stories[number * len(stories) // wanted] for number in range(wanted)]
    truths = []
    for number, story in enumerate(chosen):
        path = folder / f"{number // _PER_FOLDER + 1:02}" / f"{story.id}.txt"
        _write(path, wire_copy(story))
        # How it was filed is a notice in the archive, and no part of the headline.
        headline = _FILED_AS.sub("", _folded(story.title))
        # Without a headline the corpus left the story unparsed; some tables it took for datelines.
        place = _place(story.dateline) if headline and "---" not in story.dateline else None
        truths.append(Truth(path, REUTERS, headline or None, _day(story.date), place))
    return truths


def wire_copy(story: Story) -> str:
    """Return a story as the wire sent it, its headline on one line; the parts it lacks left out.

    Flashes are a headline and a date line alone.
    """
    start = f"    {story.dateline} " if story.dateline else ""
    parts = (_folded(story.title), story.date, f"{start}{story.body}" if story.body else "")
    return "\n\n".join(part for part in parts if part) + "\n"


def _day(written: str) -> str:
    """The day of ``26-FEB-1987 15:10:44.60``, which may have a letter or two at its end."""
    return datetime.strptime(written.split()[0], "%d-%b-%Y").date().isoformat()


def _place(dateline: str) -> str:
    return _folded(_AFTER_PLACE.sub("", dateline)).casefold()


def _write_wikinews(folder: Path) -> list[Truth]:
    truths = []
    for number, page in enumerate(corpora.records("topics/wikinews_ccby.jsonl.xz", Page), start=1):
        slug = re.sub(r"\W+", "-", page.title).strip("-")[:60]
        path = folder / f"{number:03}-{slug}.txt"
        _write(path, f"{page.title}\n\n{page.body}\n")
        day = date.fromisoformat(page.date).isoformat() if _DATE_LINE.search(page.body) else ""
        truths.append(Truth(path, WIKINEWS, _folded(page.title), day, ""))
    return truths


def _copy_seeds(folder: Path) -> list[Truth]:
    folder.mkdir(parents=True)
    paths = sorted(corpora.path("seeds").glob("*.txt"))
    return [Truth(Path(shutil.copy(path, folder / path.name)), SEEDS) for path in paths]


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _folded(text: str) -> str:
    return " ".join(text.split())
