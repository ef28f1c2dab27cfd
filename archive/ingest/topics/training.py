"""Training: a model learnt from labelled articles, and how well it does on unseen ones.

A linear support vector machine per topic, as in Joachims, "Text Categorization
with Support Vector Machines" (1998). Every article is scored once by a model
that did not see it (five-fold cross-validation); the two thresholds that
decide are those with the best F1 on these scores. The same articles always
give the same model. Needs scikit-learn, an optional extra.
"""

from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from archive.errors import UsageError
from archive.ingest.topics.model import About, Features, Floats, Model, TopicScore, features_of

FEWEST: Final = 20
"""Labelled articles that a topic needs to be learnt."""
LOWEST_F1: Final = 0.5
"""The F1 that a learnt topic needs to be used."""
MOST_ARTICLES: Final = 50_000
_MOST_WORDS: Final = 60_000
_FOLDS: Final = 5
_COST: Final = 2.0
_THRESHOLDS: Final = np.arange(-0.9, 0.3, 0.05)

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Labelled:
    """An article's words, and the topics that somebody who knows gave it.

    *classified* says that a source or the user did: such an article has not the
    topics that it was not given. One that only a rule met tells of that rule's alone.
    """

    headline: str
    text: str
    topics: Set[str]
    classified: bool = True


def train(
    articles: Sequence[Labelled],
    trained: str,
    *,
    fewest: int = FEWEST,
    lowest_f1: float = LOWEST_F1,
) -> Model:
    """Learn from *articles*, at the moment *trained* (ISO 8601); see the model's ``about``.

    Raises UsageError without scikit-learn, or when fewer than two topics have
    *fewest* articles each.
    """
    learner = _learner()
    topics = _enough(articles, fewest)
    labels = np.array([[t in one.topics for t in topics] for one in articles], dtype=bool)
    told = _told(articles, topics, labels)
    words, rarity = _words(articles)
    vectors = _matrix(articles, Features(words, rarity), len(words))
    unseen = _scores_unseen(learner, vectors, labels, told)
    first, further = _thresholds(unseen, labels, told)
    given = _decide(unseen, first, further) & told
    scores = tuple(
        _score(topic, given[:, j], labels[:, j], lowest_f1) for j, topic in enumerate(topics)
    )
    used = [j for j, score in enumerate(scores) if score.used]
    if not used:
        raise UsageError(
            "no topic can be told from the others by its words",
            f"{len(articles):,} labelled articles",
            "the vocabulary goes on inferring topics",
        )
    fitted = [learner.fit(vectors[told[:, j]], labels[told[:, j], j]) for j in used]
    return Model(
        topics=tuple(topics[j] for j in used),
        words=words,
        rarity=rarity,
        weights=np.stack([weights for weights, _ in fitted], axis=1),
        bias=np.array([bias for _, bias in fitted], dtype=np.float32),
        first=first,
        further=further,
        about=About(
            trained,
            len(articles),
            *_quality(given[:, used], labels[:, used]),
            scores=tuple(sorted(scores, key=lambda score: (-score.examples, score.topic))),
        ),
    )


def _learner() -> "_Learner":
    try:
        return _Learner()
    except ImportError as error:
        raise UsageError(
            "scikit-learn is not installed, and learning needs it",
            "morgue topics train",
            "pip install 'morgue[train]'",
        ) from error


class _Learner:
    """scikit-learn, loaded only when somebody trains."""

    def __init__(self) -> None:
        from scipy.sparse import csr_matrix
        from sklearn.svm import LinearSVC

        self.matrix: Any = csr_matrix
        self._machine: Any = LinearSVC

    def fit(self, vectors: Any, wanted: Flags) -> tuple[Floats, float]:
        """Return the weights and the bias that tell *wanted* from the others."""
        machine = self._machine(C=_COST, random_state=0).fit(vectors, wanted)
        return machine.coef_[0].astype(np.float32), float(machine.intercept_[0])


def _enough(articles: Sequence[Labelled], fewest: int) -> list[str]:
    counts = Counter(topic for one in articles for topic in one.topics)
    # A topic that all articles have cannot be told from anything.
    topics = sorted(t for t, n in counts.items() if n >= fewest and len(articles) - n >= fewest)
    if len(topics) < 2:
        best = ", ".join(f"{topic} {count:,}" for topic, count in counts.most_common(5))
        raise UsageError(
            f"too few labels to learn from: two topics need {fewest} articles each, "
            f"{len(topics)} of them {'has' if len(topics) == 1 else 'have'} so many",
            f"{len(articles):,} labelled articles" + (f" ({best})" if best else ""),
            "labels come from sources, from --topic and from the rules in morgue.toml",
        )
    return topics


def _told(articles: Sequence[Labelled], topics: Sequence[str], labels: Flags) -> Flags:
    """Return of which articles (rows) it is known whether they have which topic (columns)."""
    classified = np.array([one.classified for one in articles], dtype=bool)
    named = {topic for one in articles if one.classified for topic in one.topics}
    by_rules_alone = np.array([topic not in named for topic in topics], dtype=bool)
    told: Flags = labels | classified[:, None] | by_rules_alone[None, :]
    return told


def _words(articles: Sequence[Labelled]) -> tuple[tuple[str, ...], Floats]:
    """Return the words that two articles have at least, and how rare each is (idf)."""
    counts: Counter[str] = Counter()
    for one in articles:
        counts.update(features_of(one.headline, one.text))
    frequent = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:_MOST_WORDS]
    kept = [(word, count) for word, count in frequent if count > 1]
    often = np.array([count for _, count in kept], dtype=np.float32)
    rarity = np.log((1 + len(articles)) / (1 + often)) + 1
    return tuple(word for word, _ in kept), rarity.astype(np.float32)


def _matrix(articles: Sequence[Labelled], features: Features, width: int) -> Any:
    vectors = [features.vector(one.headline, one.text) for one in articles]
    ends = np.cumsum([0, *(len(at) for at, _ in vectors)])
    parts = (np.concatenate([v for _, v in vectors]), np.concatenate([at for at, _ in vectors]))
    return _learner().matrix((*parts, ends), shape=(len(articles), width))


def _scores_unseen(learner: _Learner, vectors: Any, labels: Flags, told: Flags) -> Floats:
    """Score each article and topic by a model that was learnt without the article."""
    fold = np.random.default_rng(0).permutation(len(labels)) % _FOLDS
    scores = np.full(labels.shape, _THRESHOLDS[0] - 1, dtype=np.float32)
    for number in range(_FOLDS):
        rest = fold == number
        for j in range(labels.shape[1]):
            seen = ~rest & told[:, j]
            if labels[seen, j].any() and not labels[seen, j].all():
                weights, bias = learner.fit(vectors[seen], labels[seen, j])
                scores[rest, j] = vectors[rest] @ weights + bias
    return scores


def _decide(scores: Floats, first: float, further: float) -> Flags:
    """As `model.chosen`, for many articles at once."""
    given: Flags = scores > further
    best = scores.argmax(axis=1)
    rows = np.arange(len(scores))
    given[rows, best] = scores[rows, best] > first
    return given


def _thresholds(scores: Floats, labels: Flags, told: Flags) -> tuple[float, float]:
    pairs = [(a, b) for a in _THRESHOLDS for b in _THRESHOLDS if a <= b]
    best = max(pairs, key=lambda pair: _quality(_decide(scores, *pair) & told, labels)[2])
    return float(best[0]), float(best[1])


def _quality(given: Flags, labels: Flags) -> tuple[float, float, float]:
    """Precision, recall and F1 over all decisions."""
    right, got, wanted = int((given & labels).sum()), int(given.sum()), int(labels.sum())
    return right / max(got, 1), right / max(wanted, 1), 2 * right / max(got + wanted, 1)


def _score(topic: str, given: Flags, wanted: Flags, lowest_f1: float) -> TopicScore:
    precision, recall, f1 = _quality(given, wanted)
    return TopicScore(topic, int(wanted.sum()), precision, recall, f1, f1 >= lowest_f1)
