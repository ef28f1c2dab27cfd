"""The query set: 200 mixed queries, drawn from the articles' own words by how many have them.

Ten kinds, as many of each. Words come only from stems that Snowball's English
and Porter's algorithm bring together alike, so that every engine means the same
articles by a word whatever stemmer it brings. Phrases and words near each other
are taken from sentences, dates and facets from the articles.
"""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import islice
from random import Random
from typing import Final

import Stemmer

from archive.article import Article
from bench.articles.generated import CLOSERS
from bench.engines.ask import KINDS, Ask, How

EACH: Final = 20
NEAR: Final = 5
_SAMPLE: Final = 10_000
_SEED: Final = 404
_SHORTEST: Final = 3
_ENDS: Final = ".!?;:,"
_LINKS: Final = frozenset({"of", "for", "the", "and"})


@dataclass
class _Seen:
    """What a sample of articles has."""

    articles: int = 0
    having: Counter[str] = field(default_factory=Counter)
    phrases: Counter[tuple[str, ...]] = field(default_factory=Counter)
    pairs: Counter[tuple[str, ...]] = field(default_factory=Counter)
    sources: Counter[str] = field(default_factory=Counter)
    topics: Counter[str] = field(default_factory=Counter)
    days: list[date] = field(default_factory=list)


def draw(articles: Iterable[Article], each: int = EACH) -> list[Ask]:
    """Return the set, *each* queries of each kind, the kinds taking turns."""
    seen = _look(islice(articles, _SAMPLE))
    made = _Maker(seen)
    makers = {
        "rare": made.rare,
        "common": made.common,
        "and": made.all_of,
        "or": made.any_of,
        "phrase": made.phrase,
        "prefix": made.prefix,
        "proximity": made.proximity,
        "dates": made.dates,
        "facets": made.facets,
        "newest": made.newest,
    }
    kinds = [list(islice(makers[name](), each)) for name in KINDS]
    return [ask for turn in zip(*kinds, strict=True) for ask in turn]


def _look(articles: Iterable[Article]) -> _Seen:
    chosen = Random(_SEED)
    seen = _Seen()
    for article in articles:
        seen.articles += 1
        words = f"{article.headline} {article.text}".lower().split()
        seen.having.update({word.strip(_ENDS) for word in words})
        sentences = article.text.lower().replace("\n\n", ". ").split(". ")
        for sentence in chosen.sample(sentences, min(2, len(sentences))):
            run = sentence.rstrip(".").split()
            for at in range(len(run) - 2):
                if run[at + 1] in _LINKS:
                    seen.phrases[tuple(run[at : at + 3])] += 1
                else:
                    seen.phrases[tuple(run[at : at + 2])] += 1
            if len(run) > 3:
                first = chosen.randrange(len(run) - 1)
                last = min(len(run) - 1, first + chosen.randint(1, NEAR))
                seen.pairs[run[first], run[last]] += 1
        seen.sources[article.source] += 1
        seen.topics.update(article.topics)
        if article.published:
            seen.days.append(article.published.days[0])
    return seen


class _Maker:
    """Makes queries without end, a method per kind."""

    def __init__(self, seen: _Seen) -> None:
        self._draw = Random(_SEED)
        self._seen = seen
        closing = {word for closer in CLOSERS for word in closer.split()}
        steady = sorted(
            (having / seen.articles, word)
            for word, having in steadily(seen.having)
            if word not in closing
        )
        self._shares = [share for share, _ in steady]
        self._words = [word for _, word in steady]
        self._share = {word: share for share, word in steady}
        self._phrases = self._often(seen.phrases)
        self._pairs = self._often(seen.pairs)
        self._sources = [name for name, _ in seen.sources.most_common()]
        self._topics = [name for name, _ in seen.topics.most_common()] or [""]
        self._days = sorted(seen.days) or [date(2000, 1, 1)]

    def _often(self, runs: Counter[tuple[str, ...]]) -> list[tuple[str, ...]]:
        """Runs of known words, those met most; links may stand between.

        In a fifth of them a word that most articles have may stand at an end.
        """
        ordered = sorted(runs.items(), key=lambda item: (-item[1], item[0]))
        ends = [(run, [self._share.get(run[at], 2.0) for at in (0, -1)]) for run, _ in ordered]
        known = [(run, max(shares)) for run, shares in ends if run[0] != run[-1]]
        telling = [run for run, share in known if share <= 0.5]
        common = [run for run, share in known if 0.5 < share <= 1.0]
        return telling[:400] + common[:100]

    def _band(self, least: float, most: float) -> str:
        """A word that so large a share of the articles have, or one near that."""
        first, last = bisect_left(self._shares, least), bisect_right(self._shares, most)
        if first >= last:
            first, last = max(0, first - EACH), last + EACH
        return self._words[self._draw.randrange(first, min(last, len(self._words)))]

    def rare(self) -> Iterator[Ask]:
        """Words that few articles have."""
        while True:
            yield Ask("rare", How.ALL, (self._band(0.0, 0.001),))

    def common(self) -> Iterator[Ask]:
        """Words that a tenth of the articles have, or more."""
        while True:
            yield Ask("common", How.ALL, (self._band(0.1, 1.0),))

    def _mixed(self, most: int) -> tuple[str, ...]:
        count = self._draw.randint(2, most)
        bands = [(0.1, 1.0), (0.01, 0.1), (0.001, 0.05), (0.02, 0.3)][:count]
        return tuple(dict.fromkeys(self._band(*band) for band in bands))

    def all_of(self) -> Iterator[Ask]:
        """Two or three words, of which an article must have all."""
        while True:
            yield Ask("and", How.ALL, self._mixed(3))

    def any_of(self) -> Iterator[Ask]:
        """Two to four words, of which an article must have one."""
        while True:
            yield Ask("or", How.ANY, self._mixed(4))

    def phrase(self) -> Iterator[Ask]:
        """Two or three words in a row."""
        while True:
            yield Ask("phrase", How.PHRASE, self._draw.choice(self._phrases))

    def prefix(self) -> Iterator[Ask]:
        """The first three to five letters of a word."""
        while True:
            word = self._band(0.001, 0.3)
            yield Ask("prefix", How.PREFIX, (word[: self._draw.randint(3, 5)],))

    def proximity(self) -> Iterator[Ask]:
        """Two words close to each other, in either order."""
        while True:
            first, last = self._draw.choice(self._pairs)
            yield Ask("proximity", How.NEAR, (first, last), within=NEAR)

    def dates(self) -> Iterator[Ask]:
        """A word within some time, from a week to three years."""
        while True:
            first, last = self._period()
            yield Ask("dates", How.ALL, (self._band(0.02, 0.5),), first=first, last=last)

    def facets(self) -> Iterator[Ask]:
        """A word in one source, in one topic, or both."""
        while True:
            which = self._draw.randrange(3)
            yield Ask(
                "facets",
                How.ALL,
                (self._band(0.02, 0.5),),
                source=self._draw.choice(self._sources[:12]) if which != 1 else None,
                topic=(self._draw.choice(self._topics[:12]) or None) if which != 0 else None,
            )

    def newest(self) -> Iterator[Ask]:
        """Everything by date: page after page, and by turns everything of some time or source."""
        page = 0
        while True:
            yield Ask("newest", How.EVERYTHING, newest=True, offset=10 * page)
            first, last = self._period()
            yield Ask("newest", How.EVERYTHING, newest=True, first=first, last=last)
            yield Ask("newest", How.EVERYTHING, newest=True, offset=10 * (page + 1))
            source = self._draw.choice(self._sources[:12])
            yield Ask("newest", How.EVERYTHING, newest=True, source=source)
            page += 2

    def _period(self) -> tuple[str, str]:
        first = self._draw.choice(self._days)
        last = first + timedelta(days=self._draw.choice((7, 31, 92, 365, 1096)))
        return first.isoformat(), last.isoformat()


def steadily(having: Counter[str]) -> Iterator[tuple[str, int]]:
    """Yield the words on whose company both stemmers agree, with how many articles have each."""
    # The short ones too: Porter's algorithm makes “on” of “one”.
    words = [word for word in having if word.isascii() and word.isalnum()]
    english, porter = Stemmer.Stemmer("english"), Stemmer.Stemmer("porter")
    by: list[dict[str, set[str]]] = []
    stems: list[Sequence[str]] = [english.stemWords(words), porter.stemWords(words)]
    for found in stems:
        company: defaultdict[str, set[str]] = defaultdict(set)
        for word, stem in zip(words, found, strict=True):
            company[stem].add(word)
        by.append(company)
    for word, one, other in zip(words, *stems, strict=True):
        if len(word) >= _SHORTEST and word.isalpha() and by[0][one] == by[1][other]:
            yield word, having[word]
