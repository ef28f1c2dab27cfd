"""The vocabulary: the 17 top-level IPTC Media Topics, their other names, their words.

`infer` counts the words of ``vocabulary.toml`` in headline and text, in one
pass, and tells which ones it saw.
"""

import math
import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

_ENOUGH: Final = 3.0
_WORDS_PER_POINT: Final = 120.0
_FEWEST_WORDS: Final = 2
_FEWEST_SUPPORTING: Final = 3
_SHARE_OF_BEST: Final = 0.45
_MOST: Final = 3
_IN_HEADLINE: Final = 2.0
_SHORTEST_STEM: Final = 3
_MOST_MET: Final = 1 << 17
_TELLING: Final = 2.0
_WEIGHTS: Final = {
    "telling": _TELLING,
    "words": 1.0,
    **dict.fromkeys(("german", "french", "spanish"), _TELLING),
}
_WORD = re.compile(r"\w+(?:'\w+)?")


@dataclass(frozen=True, slots=True)
class Inferred:
    """A topic that the words of an article suggest, and those words, the telling first.

    *by* says what read them: ``vocabulary`` or ``model``.
    """

    topic: str
    words: tuple[str, ...]
    by: str = "vocabulary"


class _Entries(dict[str, dict[str, float]]):
    """What each word says: topic → weight. A word that is met for the first time is worked out."""

    def __init__(self) -> None:
        super().__init__()
        self._whole: dict[str, dict[str, float]] = {}
        self._begun: dict[str, dict[str, float]] = {}
        self.silent: set[str] = set()
        """Words met so far that say nothing."""

    def add(self, word: str, topic: str, weight: float) -> None:
        """Add *word* of the vocabulary; with a trailing * for any ending."""
        table = self._begun if word.endswith("*") else self._whole
        table.setdefault(word.rstrip("*"), {})[topic] = weight

    def __missing__(self, word: str) -> dict[str, float]:
        found = dict(self._whole.get(word, ()))
        for length in range(_SHORTEST_STEM, len(word) + 1):
            for topic, weight in self._begun.get(word[:length], {}).items():
                found[topic] = max(weight, found.get(topic, 0.0))
        if len(self) < _MOST_MET:
            self[word] = found
            if not found:
                self.silent.add(word)
        return found


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    labels: dict[str, str]
    single: _Entries
    pairs: dict[str, _Entries]
    """The second words of pairs, by the first."""


@cache
def _vocabulary() -> _Vocabulary:
    text = (
        resources.files("archive.ingest.topics")
        .joinpath("vocabulary.toml")
        .read_text(encoding="utf-8")
    )
    vocabulary = _Vocabulary({}, _Entries(), {})
    for topic, entry in tomllib.loads(text).items():
        for label in (topic, f"medtop:{entry['medtop']}", *entry["labels"]):
            vocabulary.labels[label.casefold()] = topic
        for kind, weight in _WEIGHTS.items():
            for word in entry.get(kind, ()):
                first, _, second = word.casefold().partition(" ")
                if second:
                    pairs = vocabulary.pairs.setdefault(first, _Entries())
                    pairs.add(second, topic, weight)
                else:
                    vocabulary.single.add(first, topic, weight)
    return vocabulary


def names() -> list[str]:
    """Return the 17 topics of the vocabulary."""
    return sorted(set(_vocabulary().labels.values()))


def named(label: str) -> str | None:
    """Return the topic of the vocabulary that *label* is a name of, or None."""
    return _vocabulary().labels.get(label.casefold())


def infer(headline: str, text: str) -> list[Inferred]:
    """Return up to three topics that the words of headline and text suggest, the best first.

    A telling word counts twice as much as a supporting one, a word of the
    headline twice as much as one of the text, and one that comes again a
    little more each time. A topic needs two words, one of them telling, or three;
    a score of 3, and more the longer the text; and about half of the best one's.
    """
    counts: dict[str, float] = {}
    says: dict[str, dict[str, float]] = {}
    length = _count(headline, _IN_HEADLINE, counts, says)
    length += _count(text, 1.0, counts, says)
    scores: dict[str, float] = {}
    reasons: dict[str, list[tuple[float, str]]] = {}
    told: set[str] = set()
    for word, times in counts.items():
        for topic, weight in says[word].items():
            points = weight * (1.0 + math.log(times))
            scores[topic] = scores.get(topic, 0.0) + points
            reasons.setdefault(topic, []).append((-points, word))
            if weight == _TELLING:
                told.add(topic)
    ranked = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    best = ranked[0][1] if ranked else 0.0
    enough = max(_ENOUGH, length / _WORDS_PER_POINT, _SHARE_OF_BEST * best)
    return [
        Inferred(topic, tuple(word for _, word in sorted(reasons[topic])))
        for topic, score in ranked[:_MOST]
        if score >= enough
        and len(reasons[topic]) >= (_FEWEST_WORDS if topic in told else _FEWEST_SUPPORTING)
    ]


def _count(
    text: str, times: float, counts: dict[str, float], says: dict[str, dict[str, float]]
) -> int:
    """Add the vocabulary's words in *text* to *counts*, and to *says* what they speak for.

    Returns how many words the text has.
    """
    single, pairs = _vocabulary().single, _vocabulary().pairs
    words = _WORD.findall(text.casefold().replace("’", "'"))
    times_of = Counter(words)
    for at in [at for at, word in enumerate(words[:-1]) if word in pairs]:
        first, second = words[at : at + 2]
        if topics := pairs[first][second]:
            pair = f"{first} {second}"
            counts[pair] = counts.get(pair, 0.0) + times
            says[pair] = topics
            times_of[first] -= 1
            times_of[second] -= 1
    # Most words say nothing, and are passed over at the speed of a set.
    for word in [word for word in times_of if word not in single.silent]:
        found = times_of[word]
        if found > 0 and (topics := single[word]):
            counts[word] = counts.get(word, 0.0) + times * found
            says[word] = topics
    return len(words)
