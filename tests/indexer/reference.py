"""Stock Whoosh as the reference: its own index, its own matchers, its own BM25 formula.

Only what Whoosh counts loosely is given exactly: lengths of documents, and how
many living ones there are. Filters are the oracle's.
"""

from collections.abc import Sequence
from math import log
from pathlib import Path
from typing import Any

from whoosh import analysis, fields, formats, matching, scoring
from whoosh import query as wq
from whoosh.filedb.filestore import FileStorage

from archive.article import Article
from archive.store import Change
from indexer.analysis import Analyzer, fold
from indexer.tree import And, Near, Node, Not, Or, Prefix, Words
from indexer.whoosh_engine.schema import PARTS, SEARCHED_IN, pieces
from tests.contract.oracle import MemoryEngine

_BOOST = {"headline": 2.0}
_FAR = 1000


class _Terms(fields.FieldType):  # type: ignore[misc]
    """Ready tokens: a value is a list of (term, position)."""

    def __init__(self) -> None:
        super().__init__(formats.Positions(), analysis.IDAnalyzer())

    def index(self, value: Any, **_: Any) -> Any:
        places: dict[str, list[int]] = {}
        for text, position in value:
            places.setdefault(text, []).append(position)
        for text, at in places.items():
            yield text.encode(), len(at), float(len(at)), self.format.encode(at)


class Reference:
    """What Whoosh finds in an archive, and how it scores that."""

    def __init__(
        self, folder: Path, batches: Sequence[Sequence[Change]], oracle: MemoryEngine
    ) -> None:
        """Index *batches* in *folder* as they came, a segment each; *oracle* has them too."""
        self._oracle = oracle
        self._analyzer = Analyzer("english")
        layout = {part: _Terms() for part in (*PARTS, *map(_forms, PARTS))}
        self._index = FileStorage(str(folder)).create_index(
            fields.Schema(id=fields.ID(stored=True, unique=True), **layout)
        )
        for batch in batches:
            writer = self._index.writer()
            for change in {change.id: change for change in batch}.values():
                writer.delete_by_term("id", change.id)
                if change.article:
                    writer.add_document(id=change.id, **self._document(change.article))
            writer.commit(merge=False)

    def scores(self, tree: Node) -> dict[str, float]:
        """Return what matches *tree*, each with its score."""
        found = {}
        with self._index.searcher(weighting=_Weighting()) as searcher:
            query = self._query(tree)
            for leaf, _ in searcher.leaf_searchers():
                matcher = query.matcher(leaf, None)
                while matcher.is_active():
                    name = leaf.stored_fields(matcher.id())["id"]
                    found[name] = float(matcher.score())
                    matcher.next()
        return found

    def _document(self, article: Article) -> dict[str, list[tuple[str, int]]]:
        document = {}
        for part, texts in pieces(article).items():
            position, terms, forms = 0, [], []
            for text in texts:
                for token in self._analyzer.tokens(text, position):
                    terms.append((token.term, token.position))
                    forms.append((token.form, token.position))
                    position = token.position
                position += _FAR
            if terms:
                document |= {part: terms, _forms(part): forms}
        return document

    def _query(self, node: Node) -> wq.Query:
        match node:
            case Words(text, field):
                return wq.Or([self._side_by_side(part, text) for part in SEARCHED_IN[field]])
            case Near((Words(first), Words(second)), within, True, field):
                text = f"{first} {second}"
                return wq.Or([self._side_by_side(p, text, within) for p in SEARCHED_IN[field]])
            case Prefix(text, field):
                return wq.Or(
                    [
                        wq.ConstantScoreQuery(wq.Prefix(_forms(p), fold(text)), _BOOST.get(p, 1.0))
                        for p in SEARCHED_IN[field]
                    ]
                )
            case And(parts):
                query = self._everything()
                for part in parts:
                    if isinstance(part, Not):
                        query = _Without(query, self._query(part.part))
                    else:
                        query = wq.And([query, self._query(part)])
                return query
            case Or(parts):
                return wq.Or([self._query(part) for part in parts])
            case Not(part):
                return _Without(self._everything(), self._query(part))
            case _:
                ids = [hit.id for hit in self._oracle.match(node, limit=None, copies=True).hits]
                return _unscored(wq.Or([wq.Term("id", key) for key in ids]))

    def _everything(self) -> wq.Query:
        return _unscored(wq.Every())

    def _side_by_side(self, part: str, text: str, within: int = 1) -> wq.Query:
        terms = self._analyzer.terms(text)
        boost = _BOOST.get(part, 1.0)
        if len(terms) == 1:
            return wq.Term(part, terms[0], boost=boost)
        return wq.Phrase(part, list(terms), slop=within, boost=boost)


class _Without(wq.AndNot):  # type: ignore[misc]
    """Whoosh's own matcher for this lets the first match pass unchecked."""

    def matcher(self, searcher: Any, context: Any = None) -> matching.Matcher:
        unwanted = frozenset(self.b.matcher(searcher, searcher.boolean_context()).all_ids())
        return matching.FilterMatcher(self.a.matcher(searcher, context), unwanted, exclude=True)


class _Weighting(scoring.WeightingModel):  # type: ignore[misc]
    """Whoosh's BM25 with exact figures."""

    def scorer(self, searcher: Any, fieldname: str, text: bytes, qf: float = 1) -> Any:
        del qf
        return _Scorer(searcher, fieldname, text) if fieldname in PARTS else _One()


class _One(scoring.BaseScorer):  # type: ignore[misc]
    def score(self, matcher: matching.Matcher) -> float:
        del matcher
        return 1e-9


class _Scorer(scoring.BaseScorer):  # type: ignore[misc]
    """Counts what BM25 asks in the plainest way, at each score anew."""

    def __init__(self, searcher: Any, part: str, term: bytes) -> None:
        self._searcher, self._part, self._term = searcher, part, term

    def score(self, matcher: matching.Matcher) -> float:
        lengths: list[int] = []
        having = 0
        for leaf, _ in self._searcher.get_parent().leaf_searchers():
            reader = leaf.reader()
            lengths += _lengths(reader, self._part).values()
            if (self._part, self._term) in reader:
                having += len(list(reader.postings(self._part, self._term).all_ids()))
        living = self._searcher.get_parent().doc_count()
        average = sum(lengths) / (living or 1) or 1.0
        length = _lengths(self._searcher.reader(), self._part)[matcher.id()]
        idf = log((living or 1) / (having + 1)) + 1
        return float(scoring.bm25(idf, matcher.weight(), length, average, 0.75, 1.2))


def _lengths(reader: Any, part: str) -> dict[int, int]:
    """How many words each living document has."""
    lengths: dict[int, int] = {}
    for term in reader.lexicon(part):
        postings = reader.postings(part, term)
        while postings.is_active():
            lengths[postings.id()] = lengths.get(postings.id(), 0) + int(postings.weight())
            postings.next()
    return lengths


def _forms(part: str) -> str:
    return f"{part}_forms"


def _unscored(query: wq.Query) -> wq.Query:
    # Whoosh takes a score of exactly 0 for none given, and makes it 1.
    return wq.ConstantScoreQuery(query, 1e-9)
