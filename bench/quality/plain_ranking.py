"""Rankings that any program could have: BM25 over Porter's stems, and Whoosh as it comes."""

import re
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from math import log
from typing import Final

import Stemmer
from whoosh import analysis, fields, index, qparser, scoring

from archive.article import Article

Answers = dict[str, list[str]]
"""A question's number → the ids of documents, the best first."""
Ranker = Callable[[Sequence[Article], Mapping[str, str]], Answers]
"""Ranks, for each question, all documents that have one of its words."""

_K1: Final = 1.2
_B: Final = 0.75


def porter_bm25(documents: Sequence[Article], questions: Mapping[str, str]) -> Answers:
    """Rank by BM25 (k1 1.2, b .75) over headline and text in one, in Porter's stems."""
    stem = Stemmer.Stemmer("porter").stemWords
    texts = [stem(re.findall(r"\w+", f"{d.headline}\n{d.text}".lower())) for d in documents]
    average = sum(map(len, texts)) / len(texts)
    postings: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for number, words in enumerate(texts):
        for word, count in Counter(words).items():
            postings[word].append((number, count))
    answers: Answers = {}
    for question, text in questions.items():
        scores: dict[int, float] = defaultdict(float)
        for word in stem(re.findall(r"\w+", text.lower())):
            having = len(postings[word])
            idf = log(1 + (len(texts) - having + 0.5) / (having + 0.5))
            for number, count in postings[word]:
                norm = _K1 * (1 - _B + _B * len(texts[number]) / average)
                scores[number] += idf * count * (_K1 + 1) / (count + norm)
        ranked = sorted(scores, key=lambda number: -scores[number])
        answers[question] = [documents[number].id for number in ranked]
    return answers


def stock_whoosh(documents: Sequence[Article], questions: Mapping[str, str]) -> Answers:
    """Rank by Whoosh's BM25F over its own stemming analysis, with any of the words."""
    text = fields.TEXT(analyzer=analysis.StemmingAnalyzer())
    schema = fields.Schema(id=fields.ID(stored=True), text=text)
    with tempfile.TemporaryDirectory() as folder:
        made = index.create_in(folder, schema)
        writer = made.writer()
        for document in documents:
            writer.add_document(id=document.id, text=f"{document.headline}\n{document.text}")
        writer.commit()
        # Words and nothing else: any of them.
        parser = qparser.QueryParser(
            "text", schema, plugins=[qparser.WhitespacePlugin()], group=qparser.OrGroup
        )
        with made.searcher(weighting=scoring.BM25F()) as searcher:
            return {
                number: [hit["id"] for hit in searcher.search(parser.parse(question), limit=None)]
                for number, question in questions.items()
            }


RANKERS: Final[dict[str, Ranker]] = {"Porter BM25": porter_bm25, "stock Whoosh": stock_whoosh}
