"""Copies: whether articles that are one story are grouped, and no others.

Reuters-21578 repeats itself: identical bodies must be grouped, and what else is
grouped can be read (`python -m bench copies --pairs 200`). Copies edited by a
script as desks do give recall and precision; same-event articles of ECB+ show
that an event is no story.
"""

import random
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import msgspec
from rapidfuzz.distance import Levenshtein

from archive.article import Article, Published
from archive.identity import article_id
from archive.store import Store
from archive.store.stories import telling
from bench import corpora
from bench.quality.scores import Score

_SEED: Final = 21578
_ORIGINALS: Final = 1500
_FEWEST_WORDS: Final = 40
_BATCH: Final = 500


class Wire(msgspec.Struct):
    """A story of Reuters-21578, as the corpora keep it."""

    id: str
    title: str | None = None
    body: str | None = None
    date: str | None = None


class Clustered(msgspec.Struct):
    """A document of ECB+: *cluster* names the event that it reports."""

    id: str
    topic_no: str
    sentences: list[str]


def wires() -> list[Article]:
    """Return the stories of Reuters-21578 that have a text."""
    return [
        _article(w.id, w.title or "", w.body, _day(w.date or ""))
        for w in corpora.records("topics/reuters21578.jsonl.xz", Wire)
        if w.body and w.body.strip()
    ]


def _article(name: str, headline: str, text: str, day: str | None) -> Article:
    url = f"https://wire.example/{name}"
    published = Published(day) if day else None
    return Article(article_id(url), url, "Wire", headline, text, published=published)


def _day(written: str) -> str | None:
    try:
        day = datetime.strptime(written.split()[0].title(), "%d-%b-%Y").replace(tzinfo=UTC)
    except (ValueError, IndexError):
        return None
    return day.date().isoformat()


def stories(articles: Iterable[Article]) -> list[list[Article]]:
    """Put *articles* into a new store as an update would; return the stories it made of them."""
    with (
        TemporaryDirectory(prefix="morgue-bench-") as folder,
        Store(Path(folder) / "a.db") as store,
    ):
        put(store, articles)
        found: dict[str, list[Article]] = {}
        for change in store.changes_since(0):
            if change.story and change.article:
                found.setdefault(change.story, []).append(change.article)
    return list(found.values())


def put(store: Store, articles: Iterable[Article]) -> None:
    """Put *articles* into *store*, a few hundred in each transaction."""
    batch: list[Article] = []
    for article in articles:
        batch.append(article)
        if len(batch) == _BATCH:
            _put_batch(store, batch)
    _put_batch(store, batch)


def _put_batch(store: Store, batch: list[Article]) -> None:
    with store.transaction():
        for article in batch:
            store.put(article)
    batch.clear()


# -- copies edited by a script ---------------------------------------------


def _tail_cut(text: str, _title: str, draw: random.Random, _words: list[str]) -> tuple[str, str]:
    """Without its last 20 to 50 per cent, as for a shorter column."""
    tokens = text.split(" ")
    return " ".join(tokens[: round(len(tokens) * draw.uniform(0.5, 0.8))]), _title


def _new_headline(text: str, title: str, draw: random.Random, words: list[str]) -> tuple[str, str]:
    """Under a headline of its own: half the words of the old one, and some others."""
    old = title.split()
    kept = old[: max(1, len(old) // 2)]
    return text, " ".join([*draw.sample(words, 3), *kept])


def _credit(text: str, title: str, draw: random.Random, _words: list[str]) -> tuple[str, str]:
    """With a line of credit before or after."""
    credit = draw.choice(
        ["By our own correspondents and agencies", "(c) 1987 Reuters. All rights reserved."]
    )
    return (f"{credit}\n\n{text}" if draw.random() < 0.5 else f"{text}\n\n{credit}"), title


def _paragraph_dropped(
    text: str, title: str, draw: random.Random, _words: list[str]
) -> tuple[str, str]:
    """Without one passage in the middle, a sixth of the text."""
    tokens = text.split(" ")
    length = max(1, len(tokens) // 6)
    start = draw.randrange(length, max(length + 1, len(tokens) - length))
    return " ".join(tokens[:start] + tokens[start + length :]), title


def _typos(text: str, title: str, draw: random.Random, _words: list[str]) -> tuple[str, str]:
    """With two letters changed places in each thirtieth word."""
    tokens = text.split(" ")
    for i, token in enumerate(tokens):
        if len(token) > 3 and draw.random() < 1 / 30:
            at = draw.randrange(len(token) - 1)
            tokens[i] = token[:at] + token[at + 1] + token[at] + token[at + 2 :]
    return " ".join(tokens), title


def _replaced(text: str, title: str, draw: random.Random, words: list[str]) -> tuple[str, str]:
    """With two per cent of the words replaced by any others of the corpus."""
    tokens = text.split(" ")
    for i in draw.sample(range(len(tokens)), max(1, round(len(tokens) * 0.02))):
        tokens[i] = draw.choice(words)
    return " ".join(tokens), title


Edit = Callable[[str, str, random.Random, list[str]], tuple[str, str]]
EDITS: Final[dict[str, Edit]] = {
    "tail cut": _tail_cut,
    "headline changed": _new_headline,
    "credit added": _credit,
    "paragraph dropped": _paragraph_dropped,
    "typos": _typos,
    "two per cent of words replaced": _replaced,
}


def edited(originals: list[Article]) -> Iterator[tuple[str, Article, Article]]:
    """Yield (edit, original, copy) for every edit of every original, the same in each run."""
    draw = random.Random(_SEED)
    words = sorted({word for article in originals for word in article.text.split()})
    for article in originals:
        for name, edit in EDITS.items():
            text, headline = edit(" ".join(article.text.split()), article.headline, draw, words)
            day = article.published.iso if article.published else None
            yield name, article, _article(f"{article.id}-{name}", headline, text, day)


# -- scores ------------------------------------------------------------------


def measure(_peers: bool) -> Iterator[Score]:
    """Score the grouping of copies; no other library groups articles as they come."""
    articles = wires()
    found = stories(articles)
    yield _identical(articles, found)
    yield from _edited(articles, found)
    yield _events()


def _identical(articles: list[Article], found: list[list[Article]]) -> Score:
    """Pairs of the same body, white space aside, that are in one story."""
    story = _story_of(found)
    bodies: dict[str, list[Article]] = {}
    for article in articles:
        bodies.setdefault(" ".join(article.text.split()), []).append(article)
    pairs = [pair for same in bodies.values() for pair in combinations(same, 2)]
    apart = [(a, b) for a, b in pairs if not _together(story, a, b)]
    return Score(
        "reuters copies",
        "identical bodies grouped",
        1 - len(apart) / len(pairs),
        len(pairs),
        reach=1.0,
        misses={"apart": [f"{a.headline} | {b.headline} | {a.text[:80]!r}" for a, b in apart]},
    )


def _edited(articles: list[Article], found: list[list[Article]]) -> Iterator[Score]:
    """Recall over (original, copy); precision over all pairs in one story.

    Originals that are copies of one another already are one story to begin with:
    pairs of their copies are right.
    """
    draw = random.Random(_SEED)
    long_enough = [a for a in articles if len(a.text.split()) >= _FEWEST_WORDS]
    originals = draw.sample(long_enough, min(_ORIGINALS, len(long_enough)))
    truth = _story_of(found)
    of = {a.id: truth.get(a.id, -1 - n) for n, a in enumerate(originals)}
    copies = list(edited(originals))
    for _, original, copy in copies:
        of[copy.id] = of[original.id]
    together = stories([*originals, *(copy for _, _, copy in copies)])
    story = _story_of(together)
    misses: dict[str, list[str]] = {name: [] for name in EDITS}
    for name, original, copy in copies:
        if not _together(story, original, copy):
            misses[name].append(f"{original.headline} | {_difference(original, copy)}")
    missed = sum(map(len, misses.values()))
    pairs = [pair for members in together for pair in combinations(members, 2)]
    wrong = [(a, b) for a, b in pairs if of[a.id] != of[b.id]]
    yield Score(
        "edited copies",
        "recall",
        1 - missed / len(copies),
        len(copies),
        reach=0.98,
        misses={name: lines for name, lines in misses.items() if lines},
    )
    yield Score(
        "edited copies",
        "precision",
        1 - len(wrong) / len(pairs),
        len(pairs),
        reach=0.995,
        misses={"wrong pair": [f"{a.headline} | {b.headline}" for a, b in wrong]},
    )


def _events() -> Score:
    """Pairs of ECB+ in one story whose words are mostly the same: they are copies indeed.

    Nobody marked the copies in ECB+; what counts as one here is that at least 60
    per cent of the shorter text stands in the longer in runs of five words.
    """
    articles = [
        _article(d.id, d.sentences[0], " ".join(d.sentences[1:]), None)
        for d in corpora.records("clusters/ecbplus.jsonl.xz", Clustered)
        if len(d.sentences) > 1
    ]
    pairs = [pair for members in stories(articles) for pair in combinations(members, 2)]
    wrong = [(a, b) for a, b in pairs if _shared(a, b) < 0.6]
    return Score(
        "ecbplus copies",
        "grouped that share most words",
        1 - len(wrong) / max(1, len(pairs)),
        len(pairs),
        misses={
            "few words shared": [f"{a.url} | {b.url} | {_difference(a, b)}" for a, b in wrong]
        },
    )


def _shared(a: Article, b: Article) -> float:
    one, other = (re.findall(r"\w+", x.text.casefold()) for x in (a, b))
    runs = Levenshtein.opcodes(one, other)
    shared = (r.src_end - r.src_start for r in runs if r.tag == "equal")
    return sum(n for n in shared if n >= 5) / max(1, min(len(one), len(other)))


def _story_of(found: list[list[Article]]) -> dict[str, int]:
    return {article.id: n for n, members in enumerate(found) for article in members}


def _together(story: dict[str, int], a: Article, b: Article) -> bool:
    return a.id in story and story[a.id] == story.get(b.id)


def _difference(a: Article, b: Article) -> str:
    """What differs between two texts, short enough to be read in one line."""
    one, other = telling(a), telling(b)
    parts = [
        f"[{' '.join(one.spelled[c.src_start : c.src_end])[:50]}"
        f" → {' '.join(other.spelled[c.dest_start : c.dest_end])[:50]}]"
        for c in Levenshtein.opcodes(one.words, other.words)
        if c.tag != "equal"
    ]
    return " ".join(parts)[:300] or "the same text"


def grouped_pairs(count: int) -> Iterator[str]:
    """Yield up to *count* pairs that were grouped in Reuters, drawn at random, one line each."""
    pairs = [pair for members in stories(wires()) for pair in combinations(members, 2)]
    draw = random.Random(_SEED)
    for a, b in draw.sample(pairs, min(count, len(pairs))):
        days = "–".join((x.published.iso if x.published else "undated")[5:] for x in (a, b))
        words = "/".join(str(len(telling(x).words)) for x in (a, b))
        yield f"{days} {words} {a.headline} | {b.headline} | {_difference(a, b)}"
