"""How well the best articles come first: questions with judged answers, from two collections.

The text is taken as the collection has it, a title as the headline. An answer is
the whole of what a search lists, page after page.
"""

import re
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import log2
from pathlib import Path
from typing import Final

import msgspec

from archive.article import Article
from archive.store import Change, Position
from archive.store.kept import Kept
from archive.store.stories import Copy
from bench import corpora
from bench.quality import plain_ranking
from bench.quality.scores import Score
from indexer.engine import Engine
from indexer.engines import create_engine
from indexer.request import Request
from indexer.search import ranking

BEST: Final = 10
_REACH: Final = {
    ("time", "MAP"): 0.705,
    ("time", "nDCG@10"): 0.762,
    ("cranfield", "MAP"): 0.315,
    ("cranfield", "nDCG@10"): 0.367,
    ("time", "MAP, related words"): 0.73,
    ("time", "nDCG@10, related words"): 0.775,
    ("cranfield", "MAP, related words"): 0.335,
    ("cranfield", "nDCG@10, related words"): 0.385,
}


class _Document(msgspec.Struct):
    id: str
    body: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """A collection: its documents, its questions by number, and the grades of the answers.

    *grades* maps a question's number to document → grade; 0 and what is not there is irrelevant.
    """

    name: str
    documents: Sequence[Article]
    questions: Mapping[str, str]
    grades: Mapping[str, Mapping[str, int]]


def measure(peers: bool) -> Iterator[Score]:
    """Score the order of what is found; *peers* adds plain BM25 and stock Whoosh."""
    for name in ("time", "cranfield"):
        judged = read(name)
        plain: dict[str, dict[str, float]] = {}
        if peers:
            for peer, ranker in plain_ranking.RANKERS.items():
                answers = ranker(judged.documents, judged.questions)
                plain[peer] = averages(judged, answers)
        for manner, answers in _ours(judged).items():
            for what, value in averages(judged, answers).items():
                yield Score(
                    name,
                    f"{what}{manner}",
                    value,
                    len(judged.questions),
                    plain={peer: figures[what] for peer, figures in plain.items()},
                    reach=_REACH.get((name, f"{what}{manner}")),
                )


def read(name: str) -> Judged:
    """Return the collection of that *name*. Raises NoCorpora without it."""
    folder = f"relevance/{name}"
    questions = dict(
        line.split("\t", 1)
        for line in corpora.path(f"{folder}/queries.tsv").read_text("utf-8").splitlines()
    )
    grades: dict[str, dict[str, int]] = {number: {} for number in questions}
    for line in corpora.path(f"{folder}/qrels.txt").read_text("utf-8").splitlines():
        number, _, document, grade = line.split()
        grades[number][document] = int(grade)
    documents = [
        Article(d.id, f"file:///{d.id}", name, d.title, d.body)
        for d in corpora.records(f"{folder}/docs.jsonl.xz", _Document)
    ]
    return Judged(name, documents, questions, grades)


def averages(judged: Judged, answers: Mapping[str, Sequence[str]]) -> dict[str, float]:
    """Return MAP and nDCG@10 over all questions; *answers* are document ids, the best first."""
    precisions = [average_precision(answers[q], judged.grades[q]) for q in judged.questions]
    gains = [ndcg(answers[q], judged.grades[q]) for q in judged.questions]
    return {"MAP": sum(precisions) / len(precisions), "nDCG@10": sum(gains) / len(gains)}


def average_precision(ranked: Sequence[str], grades: Mapping[str, int]) -> float:
    """Return the mean, over all relevant documents, of the precision where each stands.

    One that was not found counts 0.
    """
    relevant = sum(grade > 0 for grade in grades.values())
    found, total = 0, 0.0
    for place, document in enumerate(ranked, start=1):
        if grades.get(document, 0) > 0:
            found += 1
            total += found / place
    return total / relevant if relevant else 0.0


def ndcg(ranked: Sequence[str], grades: Mapping[str, int]) -> float:
    """Return the gain of the ten best against the most there could be.

    A document gains its grade, divided by the binary logarithm of its place plus one
    (Järvelin and Kekäläinen, 2002).
    """
    best = sorted(grades.values(), reverse=True)[:BEST]
    most = _gain(best)
    return _gain([grades.get(document, 0) for document in ranked[:BEST]]) / most if most else 0.0


def _gain(grades: Sequence[int]) -> float:
    return sum(grade / log2(place + 1) for place, grade in enumerate(grades, start=1))


def plain(text: str) -> str:
    """Return a question as the words that it is: none of its signs was meant as an operator."""
    words = re.sub(r"[^\w\s.'-]", " ", text).split()
    return " ".join(word.lstrip("-") for word in words)


class _Shelf:
    """The documents as `search` asks for articles: none has copies."""

    def __init__(self, documents: Sequence[Article]) -> None:
        self._kept = {d.id: Kept(d, None, "", 1, "", "") for d in documents}

    def copies(self, ids: Collection[str]) -> Mapping[str, tuple[Copy, ...]]:
        del ids
        return {}

    def get_many(self, ids: Collection[str]) -> Mapping[str, Kept]:
        return {key: self._kept[key] for key in ids}


def _ours(judged: Judged) -> dict[str, dict[str, list[str]]]:
    """What Morgue answers, by how it was asked."""
    with tempfile.TemporaryDirectory() as folder:
        engine: Engine = create_engine(Path(folder) / "index", "english")
        changes = [Change(i, d.id, d) for i, d in enumerate(judged.documents, start=1)]
        engine.apply(changes, Position("collection", len(changes)))
        shelf = _Shelf(judged.documents)
        answers = {
            manner: {
                number: [
                    hit.id for hit in ranking(replace(asked, text=plain(text)), engine, shelf)
                ]
                for number, text in judged.questions.items()
            }
            for manner, asked in _MANNERS.items()
        }
        engine.close()
        return answers


_MANNERS: Final = {"": Request(), ", related words": Request(related=True)}
"""How a question is put, by what the scores are called."""
