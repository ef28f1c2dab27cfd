"""`hostile`: whatever is typed must be answered, and soon.

Generated queries of eleven kinds: operators beside operators, patterns that half of all words
match, the most frequent words near each other, groups that multiply, words of which more is
meant, depths, odd letters. Each is asked as a page is: with other spellings and equivalents,
what helps where nothing was found, and ten articles with their passages; in turn also with
what a page may show besides: words that stand out, a timeline, reasons, related words.
"""

import resource
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import cycle
from random import Random
from typing import Any, Final

import click

from archive import store as stores
from archive.store import Store
from bench.engines.side import OURS
from bench.process import machine, told
from bench.searching.collection import collection
from bench.searching.goals import Goal, print_goals
from bench.searching.options import Wanted, shared
from bench.show import print_json, print_lines, print_table
from indexer import location
from indexer.engine import Engine
from indexer.live import LiveIndex
from indexer.request import Request
from indexer.search import search
from indexer.widening import Equivalents

COUNT: Final = 2000
MOST_SECONDS: Final = 1.0
MOST_BYTES: Final = 700_000_000
"""Resident, with all that is mapped of the index and the store."""
EQUIVALENTS: Final[Equivalents] = (
    ("said", "told us", "was told"),
    ("minister", "of the people", "more than that"),
    ("there", "over there", "in it"),
    ("it was", "and that was"),
)
TODAY: Final = date(2024, 6, 20)
BESIDES: Final[tuple[Mapping[str, Any], ...]] = (
    {},
    {"telling": True},
    {"timeline": True},
    {"explain": True},
    {"related": True},
    {"telling": True, "timeline": True, "explain": True, "related": True},
)
"""What is asked for besides the page, by turns; as six and eleven share no factor, each kind of
query meets each."""
_SEED: Final = 505
_COMMON: Final = ("the", "of", "and", "a", "in", "to", "said", "on", "for", "was", "is", "it")
_WILD: Final = (
    "*ing",
    "*tio*",
    "s*e",
    "re*",
    "a?*",
    "*ers",
    "c*t*n",
    "in*",
    "*and",
    "th*",
    "??e*",
)
_FUZZY: Final = ("said~2", "there~2", "other~", "minister~2", "were~1", "x" * 40 + "~2")
_RELATIONS: Final = ("W/255", "W/5", "PRE/9", "/s", "/p", "NOT W/5", "AND", "OR", "NOT", "|", "")
_WIDE: Final = (
    *("said", "minister", "there", "it was", "anti-war", "re-enter", "co-operate", "f16", "9th"),
    *("on-line", "cease fire", "e-mail", "über", "a-b-c", "the-of", "in-to-it", "mc donald"),
)
_FIELDS: Final = (
    "title:",
    "by:",
    "hlead:",
    "source:",
    "url:",
    "lang:",
    "agency:",
    "credit:",
    "no:",
)
_CONDITIONS: Final = (
    *("wc>0", "wc:1..999999999999", "has:copies", "date:9999-12-31..0001-01-01", "since:99999y"),
    *("undated:no", "date:[TO TO TO]", "copies:yes", "before:2024", "has:", "wc>", "date:"),
)
_STRAY: Final = (
    *(
        '"',
        "(",
        ")",
        "((",
        "))",
        "-",
        "--",
        "~",
        "*",
        "**",
        "?",
        ":",
        "=",
        "“",
        "|",
        "&&",
        "\\",
        "/",
    ),
    *(
        "\x00",
        "\u202e",
        "🦆",
        "\u0301",
        "\ud800",
        "/.*/",
        "[",
        "^9",
        "{!x}",
        "'",
        "ﬃ",
        "東京",
        "٣",
    ),
)


@click.command(epilog="Example: python -m bench hostile --articles 100000 --keep ~/morgue-bench")
@shared
def hostile(wanted: Wanted, as_json: bool) -> None:
    """Ask hostile queries, each for a page of results; a second of the processor is the bound."""
    busy = machine()
    with collection(wanted) as made:
        made.built(OURS)
        index = LiveIndex(made.site / location.FOLDER)
        with Store(made.site / stores.FILE, create=False) as store:
            found = asked(queries(), index.engine(), store)
        index.close()
        articles = made.held.articles
    taken = sorted(one.seconds for one in found)
    slowest = sorted(found, key=lambda one: -one.seconds)[:5]
    worst = slowest[0]
    failed = [one for one in found if one.error]
    report = {
        "articles": articles,
        "queries": len(taken),
        "median_s": round(taken[len(taken) // 2], 4),
        "p99_s": round(taken[len(taken) * 99 // 100], 4),
        "worst_s": round(worst.seconds, 4),
        "worst": str(worst),
        "peak_mb": round(peak() / 1e6, 1),
        "errors": len(failed),
        "machine": busy,
    }
    if as_json:
        print_json(report)
        return
    print_table(
        f"{len(taken):,} hostile queries at {articles:,} articles, s of CPU; {told(busy)}",
        ("median", "p99", "worst", "peak MB", "errors"),
        [tuple(report[k] for k in ("median_s", "p99_s", "worst_s", "peak_mb", "errors"))],
    )
    print_lines("The worst", [f"{one.seconds:.2f} {one}" for one in slowest])
    print_lines("Errors", [f"{one.error}: {one}" for one in failed[:10]])
    print_goals(
        [
            Goal("the worst query", MOST_SECONDS, worst.seconds, "s of CPU"),
            Goal("resident memory at its peak", MOST_BYTES / 1e6, peak() / 1e6, "MB"),
            Goal("errors", 0, len(failed), "queries"),
        ],
        articles,
    )


@dataclass(frozen=True, slots=True)
class Taken:
    """A query, what it took of the processor in seconds, and the error it met, if any.

    *besides* is what was asked for besides a page of results.
    """

    text: str
    seconds: float
    error: str = ""
    besides: str = ""

    def __str__(self) -> str:
        return f"{self.text[:200]!r}" + (f" with {self.besides}" if self.besides else "")


def asked(texts: Iterable[str], engine: Engine, store: Store) -> list[Taken]:
    """Ask each of *texts* for a page of results, with one of `BESIDES` after the other."""
    found = []
    for text, besides in zip(texts, cycle(BESIDES), strict=False):
        error = ""
        request = replace(Request(text, today=TODAY), **besides)
        before = time.process_time()
        try:
            search(request, engine, store, EQUIVALENTS)
        except Exception as met:  # whatever it is: that is what is measured
            error = repr(met)
        found.append(Taken(text, time.process_time() - before, error, ", ".join(besides)))
    return found


def peak() -> int:
    """Return the largest resident size of this process so far, in bytes."""
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return size if sys.platform == "darwin" else size * 1024


def queries(count: int = COUNT) -> Iterator[str]:
    """Yield *count* queries, the same each time: each kind in its turn."""
    random = Random(_SEED)
    kinds: tuple[Callable[[Random], str], ...] = (
        _soup,
        _patterns,
        _relations,
        _groups,
        _deep,
        _phrases,
        _fields,
        _long,
        _counted,
        _unicode,
        _wide,
    )
    for number in range(count):
        yield kinds[number % len(kinds)](random)


def _atom(random: Random) -> str:
    return random.choice(random.choice((_COMMON, _COMMON, _WILD, _FUZZY)))


def _soup(random: Random) -> str:
    """Anything beside anything."""
    every = (*_COMMON, *_WILD, *_FUZZY, *_RELATIONS, *_FIELDS, *_CONDITIONS, *_STRAY)
    return random.choice(("", " ")).join(random.choices(every, k=random.randint(1, 120)))


def _patterns(random: Random) -> str:
    """Patterns that many words match, ever so many of them."""
    how = random.choice((" ", " OR ", " W/50 ", " -", " /p "))
    return how.join(random.choices((*_WILD, *_FUZZY), k=random.randint(1, 40)))


def _relations(random: Random) -> str:
    """The most frequent words near each other, in long chains."""
    words = (_atom(random) for _ in range(random.randint(2, 60)))
    return " ".join(f"{word} {random.choice(_RELATIONS)}" for word in words)


def _groups(random: Random) -> str:
    """Groups near groups, that multiply."""
    group = "(" + " OR ".join(_atom(random) for _ in range(random.randint(2, 12))) + ")"
    return f" {random.choice(_RELATIONS[:5])} ".join([group] * random.randint(2, 8))


def _deep(random: Random) -> str:
    depth = random.choice((5, 20, 21, 500))
    inner = f"{_atom(random)} OR {_atom(random)} W/9 {_atom(random)}"
    opening = random.choice(("(", "-(", "title:(", "atleast2(", "NOT ("))
    return opening * depth + inner + ")" * random.choice((0, depth, depth + 3))


def _phrases(random: Random) -> str:
    words = " ".join(random.choices(_COMMON, k=random.randint(2, 60)))
    return f'"{words}"{random.choice(("", "~", "~3", "~255"))}' * random.randint(1, 6)


def _fields(random: Random) -> str:
    return " ".join(
        random.choice((*_FIELDS, *_CONDITIONS)) + _atom(random)
        for _ in range(random.randint(1, 80))
    )


def _long(random: Random) -> str:
    """Ten thousand bytes of one thing."""
    return (random.choice((*_STRAY, *_COMMON, *_WILD, "a-", "a*", "b~", "x|", "W/5 ")) * 10_000)[
        :10_000
    ]


def _counted(random: Random) -> str:
    return " ".join(
        f"atleast{random.choice((0, 2, 50, 10**9))}({_atom(random)} {_atom(random)})"
        for _ in range(random.randint(1, 30))
    )


def _wide(random: Random) -> str:
    """Words of which more is meant, near each other and side by side."""
    words = random.choices((*_WIDE, *_COMMON), k=random.randint(2, 40))
    how = random.choice((" ", " ", " OR ", " W/255 ", " W/5 ", " /p ", " PRE/9 "))
    return how.join(words)


def _unicode(random: Random) -> str:
    return "".join(chr(random.randrange(1, 0x30000)) for _ in range(random.randint(1, 3000)))
