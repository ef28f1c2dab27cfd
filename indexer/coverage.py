"""Related coverage: the same story as others told it, then what is similar, and why.

An article is what its telling words say: those that few articles have, names and
figures before others, the headline's twice. The index finds candidates by these words, in
the whole archive and in the weeks around; among them the articles that are alike on
average (average linkage, so that one likeness by chance joins nothing) tell one
story. The further apart two were published, the less alike they count.
"""

import math
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from archive.article import Article
from archive.store.kept import Kept
from archive.store.stories import Copy
from indexer.analysis import Analyzer
from indexer.engine import Engine
from indexer.profile import Profile, profile_of, rarities
from indexer.tree import EVERYTHING, And, Dates, Node, Or, Words

SAME_STORY: Final = 0.22
"""Articles so much alike on average tell one story (tuned on the half of ECB+ that is ours)."""
SIMILAR: Final = 0.08
MOST_SHOWN: Final = 8
_TELLING: Final = 24
_CANDIDATES: Final = 30
_WEEKS: Final = timedelta(days=21)
_HALF_LIFE: Final = 30.0
"""Days after which being apart in time costs a quarter of the likeness; half of it is the most."""
_SHARED: Final = 5
_WORTH_TELLING: Final = 0.1


class Articles(Protocol):
    """Where the articles come from: the store, or a test's own."""

    def copies(self, ids: Collection[str]) -> Mapping[str, tuple[Copy, ...]]:
        """Return the other members of each article's story, the earliest first."""

    def get_many(self, ids: Collection[str]) -> Mapping[str, Kept]:
        """Return the articles of *ids* that are still shown, in one query."""


@dataclass(frozen=True, slots=True)
class Told:
    """An article beside another: how alike (0 to 1), and why.

    *shared* are the words that tell most of what they have in common, as the other writes
    them; *days* how much later this one was published (None: one is undated).
    """

    article: Article
    likeness: float
    shared: tuple[str, ...]
    days: int | None

    def as_json(self) -> dict[str, object]:
        """As ``morgue article ID --related --json`` prints it."""
        published = self.article.published
        return {
            "id": self.article.id,
            "source": self.article.source,
            "headline": self.article.headline,
            "published": published.iso if published else None,
            "url": self.article.url,
            "likeness": round(self.likeness, 3),
            "shared": list(self.shared),
            "days": self.days,
        }


@dataclass(frozen=True, slots=True)
class Coverage:
    """What else there is on an article: its copies, the same story, what is similar.

    The most alike come first. Of each other story one article stands for its copies.
    """

    copies: tuple[Copy, ...]
    same: tuple[Told, ...]
    similar: tuple[Told, ...]

    def as_json(self) -> dict[str, object]:
        """As ``morgue article ID --related --json`` prints it."""
        return {
            "copies": [copy.as_json() for copy in self.copies],
            "same_story": [told.as_json() for told in self.same],
            "similar": [told.as_json() for told in self.similar],
        }


def coverage_of(
    article: Article, engine: Engine, articles: Articles, analyzer: Analyzer
) -> Coverage:
    """Return the coverage in the archive that is related to *article*."""
    own = profile_of(article, analyzer)
    copies = articles.copies([article.id]).get(article.id, ())
    total = engine.match(EVERYTHING, limit=0, facets=(), copies=True).articles
    rarity = rarities(own.written, total, engine)
    telling = sorted(
        (term for term in own.weights if rarity.get(term)),
        key=lambda term: (-own.weights[term] * rarity[term], term),
    )
    if not telling:
        return Coverage(copies, (), ())
    tree = Or(tuple(Words(own.written[term], quoted=True) for term in telling[:_TELLING]))
    known = {article.id, *(copy.id for copy in copies)}
    ids = dict.fromkeys(_candidates(tree, article, engine, len(known)))
    kept = articles.get_many([one for one in ids if one not in known])
    others = [kept[one].article for one in ids if one in kept]
    return _arranged(article, own, others, copies, total, engine, analyzer)


def _arranged(
    article: Article,
    own: Profile,
    others: list[Article],
    copies: tuple[Copy, ...],
    total: int,
    engine: Engine,
    analyzer: Analyzer,
) -> Coverage:
    """Judge the candidates *others*: which tell the same story, which are similar."""
    everyone = [article, *others]
    words = [own, *(profile_of(other, analyzer) for other in others)]
    written = {term: form for one in reversed(words) for term, form in one.written.items()}
    rarity = rarities(written, total, engine)
    vectors, terms = _vectors(words, rarity)
    alike = (vectors @ vectors.T) * _closeness(everyone)
    together = linked(alike, SAME_STORY)[0]
    order = np.argsort(-alike[0], kind="stable").tolist()
    told = {
        i: Told(
            everyone[i],
            float(alike[0, i]),
            _shared(vectors[0] * vectors[i], terms, own.written),
            _days(article, everyone[i]),
        )
        for i in order
        if i and (i in together or alike[0, i] >= SIMILAR)
    }
    return Coverage(
        copies,
        tuple(one for i, one in told.items() if i in together),
        tuple(one for i, one in told.items() if i not in together)[:MOST_SHOWN],
    )


def linked(alike: NDArray[np.float64], least: float) -> list[frozenset[int]]:
    """Return groups by average linkage: two join while their members are *least* alike on average.

    *alike* is symmetric, n × n. The first group is that of the first; all are disjoint.
    """
    groups = [frozenset({i}) for i in range(len(alike))]
    sums = alike.copy()
    np.fill_diagonal(sums, -np.inf)
    sizes = np.ones(len(alike))
    while len(groups) > 1:
        means = sums / np.outer(sizes, sizes)
        i, j = sorted(divmod(int(np.argmax(means)), len(groups)))
        if means[i, j] < least:
            break
        sums[i] += sums[j]
        sums[:, i] += sums[:, j]
        sizes[i] += sizes[j]
        sums = np.delete(np.delete(sums, j, 0), j, 1)
        sizes = np.delete(sizes, j)
        sums[i, i] = -np.inf
        groups[i] |= groups.pop(j)
    return groups


def _candidates(tree: Node, article: Article, engine: Engine, own: int) -> list[str]:
    """The ids of articles that *tree* finds best, those of the weeks around *article* first."""
    limit = _CANDIDATES + own
    trees = [tree]
    if article.published:
        first, last = article.published.days
        trees.insert(0, And((tree, Dates(first - _WEEKS, last + _WEEKS))))
    matches = [engine.match(one, limit=limit, facets=()).hits for one in trees]
    return [hit.id for hits in matches for hit in hits]


def _vectors(
    words: list[Profile], rarity: Mapping[str, float]
) -> tuple[NDArray[np.float64], list[str]]:
    """A row for each article, and the terms of its columns: those that two articles share.

    A row is of length 1 but for what is left out, which adds to no likeness.
    """
    weights = [
        {term: weight * rarity[term] for term, weight in one.weights.items() if term in rarity}
        for one in words
    ]
    has = Counter(term for one in weights for term in one)
    terms = [term for term, articles in has.items() if articles > 1]
    place = {term: i for i, term in enumerate(terms)}
    vectors = np.zeros((len(words), len(terms)))
    for row, one in zip(vectors, weights, strict=True):
        shared = [term for term in one if term in place]
        row[[place[term] for term in shared]] = [one[term] for term in shared]
    lengths = np.array([math.hypot(*one.values()) for one in weights])
    return vectors / np.maximum(lengths, 1e-12)[:, None], terms


def _closeness(articles: list[Article]) -> NDArray[np.float64]:
    """What likeness is multiplied by for being apart in time; 1 where one is undated."""
    days = np.array([a.published.days[0].toordinal() if a.published else np.nan for a in articles])
    apart = np.nan_to_num(np.abs(days[:, None] - days[None, :]), nan=0.0)
    closeness: NDArray[np.float64] = 0.5 + 0.5 * 0.5 ** (apart / _HALF_LIFE)
    return closeness


def _days(one: Article, other: Article) -> int | None:
    if one.published is None or other.published is None:
        return None
    return (other.published.days[0] - one.published.days[0]).days


def _shared(
    product: NDArray[np.float64], terms: list[str], written: Mapping[str, str]
) -> tuple[str, ...]:
    """The words that make the most of a likeness, the most telling first."""
    best = np.argsort(-product, kind="stable")[:_SHARED].tolist()
    least = _WORTH_TELLING * product.max(initial=0)
    return tuple(written[terms[i]] for i in best if product[i] > least and terms[i] in written)
