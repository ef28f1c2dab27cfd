"""Topics: the 17 top-level IPTC Media Topics, and how an article comes by one.

What a source says goes first: its own categories, those with a name of the
vocabulary's under that name, all others as they are. Where it says nothing,
`infer` counts the words of ``topics.toml`` in headline and text, and tells
which ones it saw.
"""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Final

_ENOUGH: Final = 2.0
_SHARE_OF_BEST: Final = 0.45
_MOST: Final = 3
_LONGEST_LABEL: Final = 60
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class Inferred:
    """A topic that the words of an article suggest, and those words, the telling first."""

    topic: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    labels: dict[str, str]
    words: dict[str, list[str]]
    prefixes: dict[str, list[str]]


@cache
def _vocabulary() -> _Vocabulary:
    text = resources.files("archive.ingest").joinpath("topics.toml").read_text(encoding="utf-8")
    vocabulary = _Vocabulary({}, {}, {})
    for topic, entry in tomllib.loads(text).items():
        for label in (topic, f"medtop:{entry['medtop']}", *entry["labels"]):
            vocabulary.labels[label.casefold()] = topic
        for word in entry["words"]:
            table = vocabulary.prefixes if word.endswith("*") else vocabulary.words
            table.setdefault(word.rstrip("*"), []).append(topic)
    return vocabulary


def names() -> list[str]:
    """Return the 17 topics of the vocabulary."""
    return sorted(set(_vocabulary().labels.values()))


def given(labels: Iterable[str]) -> list[tuple[str, str]]:
    """Return (topic, label as the source wrote it) for each of a source's own *labels*.

    A label that names one of the 17 becomes it; any other stays as it is.
    """
    found: dict[str, tuple[str, str]] = {}
    for label in labels:
        label = " ".join(label.split()).strip(" ,;#")
        if not label or len(label) > _LONGEST_LABEL:
            continue
        topic = _vocabulary().labels.get(label.casefold(), label)
        found.setdefault(topic.casefold(), (topic, label))
    return list(found.values())


def infer(headline: str, text: str) -> list[Inferred]:
    """Return up to three topics that the words of headline and text suggest, the best first.

    A word counts once however often it occurs, and twice when the headline has
    it. A topic needs a score of 2 and at least about half of the best one's.
    """
    in_headline = set(_terms(headline))
    scores: dict[str, float] = {}
    reasons: dict[str, dict[str, None]] = {}
    for term in dict.fromkeys([*_terms(headline), *_terms(text)]):
        for topic in _topics_of(term):
            scores[topic] = scores.get(topic, 0.0) + (2.0 if term in in_headline else 1.0)
            reasons.setdefault(topic, {})[term] = None
    ranked = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    best = ranked[0][1] if ranked else 0.0
    return [
        Inferred(topic, tuple(reasons[topic]))
        for topic, score in ranked[:_MOST]
        if score >= max(_ENOUGH, _SHARE_OF_BEST * best)
    ]


def _terms(text: str) -> list[str]:
    """The words and pairs of neighbouring words of *text*, in lower case."""
    terms: list[str] = []
    before = ""
    for word in _WORD.findall(text.casefold().replace("’", "'").replace("-", " ")):
        terms.append(word)
        if before:
            terms.append(f"{before} {word}")
        before = word
    return terms


@lru_cache(maxsize=1 << 16)
def _topics_of(term: str) -> frozenset[str]:
    vocabulary = _vocabulary()
    topics = set(vocabulary.words.get(term, ()))
    # An ending goes on within a word: "wreck*" is not also "wrecks near".
    for length in range(max(3, term.find(" ") + 2), len(term) + 1):
        topics.update(vocabulary.prefixes.get(term[:length], ()))
    return frozenset(topics)
