"""Related coverage: whether pages of one event lead to each other, on ECB+.

A pair of articles counts as told to be the same story when the page of one of
the two names the other, as a copy or as the same story. Beside it stands what is
usually done: the cosine of TF-IDF vectors, .20 or more.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import msgspec
import numpy as np

from archive.article import Article
from archive.identity import article_id
from archive.store import Store
from bench import corpora
from bench.quality.copies import put
from bench.quality.scores import Score
from indexer import projection
from indexer.analysis import Analyzer
from indexer.coverage import coverage_of
from indexer.live import LiveIndex
from indexer.search import analyzer_of

Pairs = set[frozenset[str]]
_PLAIN: Final = 0.20


class Clustered(msgspec.Struct):
    """A document of ECB+: *cluster* names the event that it reports."""

    id: str
    cluster: str
    sentences: list[str]


def measure(peers: bool) -> Iterator[Score]:
    """Score the pairs of ECB+ that tell of one event."""
    cluster: dict[str, str] = {}
    articles = []
    for document in corpora.records("clusters/ecbplus.jsonl.xz", Clustered):
        url = f"https://ecbplus.example/{document.id}"
        headline, text = document.sentences[0], " ".join(document.sentences[1:])
        articles.append(Article(article_id(url), url, "ECB+", headline, text))
        cluster[article_id(url)] = document.cluster
    truth = {
        frozenset(pair) for pair in combinations(cluster, 2) if len({*map(cluster.get, pair)}) == 1
    }
    told = _told(articles)
    headlines = {article.id: article.headline for article in articles}
    yield Score(
        "ecbplus related",
        "same-story pairs, F1",
        _f1(told, truth),
        len(truth),
        plain={"TF-IDF cosine": _f1(_plain(articles), truth)} if peers else {},
        reach=0.85,
        misses={
            "another story": [_line(pair, headlines) for pair in told - truth],
            "not named": [_line(pair, headlines) for pair in truth - told],
        },
    )


def _told(articles: list[Article]) -> Pairs:
    """The pairs of which one page names the other."""
    with TemporaryDirectory(prefix="morgue-bench-") as folder:
        root = Path(folder) / "index"
        with Store(Path(folder) / "a.db") as store:
            put(store, articles)
            projection.catch_up(store, root, "english")
            index = LiveIndex(root)
            engine = index.engine()
            pairs: Pairs = set()
            for article in articles:
                found = coverage_of(article, engine, store, analyzer_of(engine))
                others = [copy.id for copy in found.copies]
                others += [told.article.id for told in found.same]
                pairs |= {frozenset((article.id, other)) for other in others}
            index.close()
    return pairs


def _plain(articles: list[Article]) -> Pairs:
    """The pairs whose TF-IDF vectors have a cosine of at least .20."""
    analyzer = Analyzer("english")
    counts = [Counter(analyzer.terms(f"{a.headline}\n\n{a.text}")) for a in articles]
    has = Counter(term for count in counts for term in count)
    place = {term: i for i, term in enumerate(has)}
    vectors = np.zeros((len(articles), len(place)))
    for row, count in zip(vectors, counts, strict=True):
        for term, times in count.items():
            row[place[term]] = (1 + np.log(times)) * np.log(len(articles) / has[term])
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    alike = np.argwhere(np.triu(vectors @ vectors.T, 1) >= _PLAIN).tolist()
    return {frozenset((articles[i].id, articles[j].id)) for i, j in alike}


def _f1(found: Pairs, truth: Pairs) -> float:
    return 2 * len(found & truth) / max(1, len(found) + len(truth))


def _line(pair: frozenset[str], headlines: dict[str, str]) -> str:
    return " | ".join(sorted(headlines[one][:80] for one in pair))
