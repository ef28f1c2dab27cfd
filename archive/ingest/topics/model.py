"""A model of topics, learnt from labelled articles of the archive itself.

It weighs the words of headline and text (tf-idf, each of unit length, the
headline's at half weight) by one linear function per topic. Learning is in
`training`; using it needs numpy alone. The file is ``.npz`` without pickles, so
that reading one runs no code.
"""

import re
import zipfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from archive.errors import TopicModelError
from archive.ingest.topics.vocabulary import Inferred

_WORD: Final = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_HEADLINE: Final = "^"
_HEADLINE_WEIGHT: Final = 0.5
_MOST_REASONS: Final = 12
_LEAST_SHARE: Final = 0.2
_FORMAT: Final = 1

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class TopicScore:
    """How well a topic is told on articles that were not learnt from.

    Of the articles that got the topic *precision* have it; of the *examples*
    that have it *recall* got it. *used* says whether it is part of the model.
    """

    topic: str
    examples: int
    precision: float
    recall: float
    f1: float
    used: bool


@dataclass(frozen=True, slots=True)
class About:
    """What a model was learnt from, when (ISO 8601, UTC), and how well it does.

    *precision*, *recall* and *f1* are over all decisions on the topics in use.
    """

    trained: str
    articles: int
    precision: float
    recall: float
    f1: float
    scores: tuple[TopicScore, ...]


@dataclass(frozen=True)
class Model:
    """A linear model: *weights* has a row per word and a column per topic.

    The best topic needs a score of *first*, every other one *further*.
    """

    topics: tuple[str, ...]
    words: tuple[str, ...]
    rarity: Floats
    weights: Floats
    bias: Floats
    first: float
    further: float
    about: About

    @cached_property
    def _features(self) -> "Features":
        return Features(self.words, self.rarity)

    def infer(self, headline: str, text: str) -> list[Inferred]:
        """Return the topics of an article, the best first, with the words that spoke for each."""
        at, values = self._features.vector(headline, text)
        rows = self.weights[at]
        scores = values @ rows + self.bias
        return [
            Inferred(self.topics[j], self._reasons(at, values * rows[:, j]), "model")
            for j in chosen(scores, self.first, self.further)
        ]

    def _reasons(self, at: NDArray[np.int64], points: Floats) -> tuple[str, ...]:
        reasons: dict[str, None] = {}
        best = max(0.0, float(points.max(initial=0.0)))
        for i in np.argsort(-points, kind="stable"):
            if points[i] <= _LEAST_SHARE * best or len(reasons) >= _MOST_REASONS:
                break
            reasons[self.words[at[i]].removeprefix(_HEADLINE)] = None
        return tuple(reasons)

    def save(self, path: Path) -> None:
        """Write the model to *path*, which is replaced in one step."""
        head = {
            "format": _FORMAT,
            "topics": self.topics,
            "first": self.first,
            "further": self.further,
            "about": self.about,
        }
        aside = path.with_name(f"{path.name}.new")
        with aside.open("wb") as file:
            np.savez_compressed(
                file,
                head=_bytes(msgspec.json.encode(head)),
                words=_bytes("\n".join(self.words).encode()),
                rarity=self.rarity,
                weights=self.weights,
                bias=self.bias,
            )
        aside.replace(path)


class _Head(msgspec.Struct):
    format: int
    topics: tuple[str, ...]
    first: float
    further: float
    about: About


def load(path: Path) -> Model | None:
    """Return the model in *path*, or None where there is none. Raises TopicModelError."""
    if not path.exists():
        return None
    hint = "`morgue topics train --use` makes a new one, `morgue topics forget` does without"
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as parts:
            head = msgspec.json.decode(parts["head"].tobytes(), type=_Head)
            words = tuple(parts["words"].tobytes().decode("utf-8").split("\n"))
            rarity, weights, bias = parts["rarity"], parts["weights"], parts["bias"]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise TopicModelError(f"cannot be read: {error}", str(path), hint) from error
    shapes = (rarity.shape, weights.shape, bias.shape)
    wanted = ((len(words),), (len(words), len(head.topics)), (len(head.topics),))
    if head.format != _FORMAT or shapes != wanted:
        raise TopicModelError("is of another format", str(path), hint)
    return Model(head.topics, words, rarity, weights, bias, head.first, head.further, head.about)


class Features:
    """The words that a model knows, and how an article becomes a vector of them."""

    def __init__(self, words: Sequence[str], rarity: Floats) -> None:
        self._at = {word: at for at, word in enumerate(words)}
        self._rarity = rarity

    def vector(self, headline: str, text: str) -> tuple[NDArray[np.int64], Floats]:
        """Return the places of an article's words, and the value of each."""
        title = words_of(headline)
        whole = self._part(Counter(title + words_of(text)), 1.0)
        marked = Counter(_HEADLINE + word for word in title)
        alone = self._part(marked, _HEADLINE_WEIGHT)
        return (
            np.concatenate((whole[0], alone[0])),
            np.concatenate((whole[1], alone[1])),
        )

    def _part(self, counts: Counter[str], length: float) -> tuple[NDArray[np.int64], Floats]:
        """Words as places and values, the values as a vector of this *length*."""
        known = [(self._at[word], count) for word, count in counts.items() if word in self._at]
        at = np.array([place for place, _ in known], dtype=np.int64)
        often = np.array([count for _, count in known], dtype=np.float32)
        values = (1 + np.log(often)) * self._rarity[at]
        norm = float(np.linalg.norm(values)) or 1.0
        return at, (values * (length / norm)).astype(np.float32)


def words_of(text: str) -> list[str]:
    """Return the words of *text* in lower case, without numbers."""
    return _WORD.findall(text.casefold().replace("’", "'"))


def features_of(headline: str, text: str) -> set[str]:
    """Return the names of an article's features: its words, and those of the headline apart."""
    title = words_of(headline)
    return {*title, *words_of(text), *(_HEADLINE + word for word in title)}


def chosen(scores: Floats, first: float, further: float) -> list[int]:
    """Return which topics these *scores* give an article, the best first."""
    ranked = np.argsort(-scores, kind="stable")
    return [int(j) for place, j in enumerate(ranked) if scores[j] > (further if place else first)]


def _bytes(data: bytes) -> NDArray[np.uint8]:
    return np.frombuffer(data, dtype=np.uint8)
