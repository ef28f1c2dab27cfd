"""Our syntax tree to Whoosh's queries.

Only words and prefixes score; everything else decides alone whether an article
matches.
"""

from typing import Any

from whoosh import matching
from whoosh import query as wq
from whoosh.searching import Searcher

from indexer.analysis import Analyzer, fold
from indexer.tree import And, Dates, Exactly, Field, Node, Not, Or, Prefix, Undated, Words
from indexer.whoosh_engine import schema

_BOOST = {"headline": 2.0}
_FACET_FIELDS = {
    "source": schema.FACET_SOURCE,
    "topic": schema.FACET_TOPIC,
    "language": schema.FACET_LANGUAGE,
}


def translate(node: Node, analyzer: Analyzer) -> wq.Query:
    """Return the Whoosh query that matches what *node* matches."""
    match node:
        case Words(text, field):
            return _words(analyzer.terms(text), field)
        case Prefix(text, field):
            # Whoosh would score by how many words of a segment begin so.
            return _either(
                wq.ConstantScoreQuery(
                    wq.Prefix(schema.forms_of(part), fold(text)), _BOOST.get(part, 1.0)
                )
                for part in schema.SEARCHED_IN[field]
            )
        case Dates():
            return _unscored(_dates(node))
        case Undated():
            return _unscored(wq.Term(schema.DATED, "no"))
        case Exactly(facet, values):
            return _unscored(_either(wq.Term(_FACET_FIELDS[facet], value) for value in values))
        case Or(parts):
            return wq.Or([translate(part, analyzer) for part in parts])
        case Not(part):
            return _but_not([_everything()], [translate(part, analyzer)])
        case And(parts):
            wanted = [translate(part, analyzer) for part in parts if not isinstance(part, Not)]
            unwanted = [translate(p.part, analyzer) for p in parts if isinstance(p, Not)]
            return _but_not(wanted or [_everything()], unwanted)


def _words(terms: tuple[str, ...], field: Field) -> wq.Query:
    parts = schema.SEARCHED_IN[field]
    if len(terms) == 1:
        return _either(wq.Term(part, terms[0], boost=_BOOST.get(part, 1.0)) for part in parts)
    return _either(wq.Phrase(part, list(terms), boost=_BOOST.get(part, 1.0)) for part in parts)


def _dates(dates: Dates) -> wq.Query:
    """An article's first and last possible day must meet the range."""
    bounds: list[wq.Query] = []
    if dates.last is not None:
        bounds.append(wq.TermRange(schema.FIRST_DAY, "", dates.last.isoformat()))
    if dates.first is not None:
        bounds.append(wq.TermRange(schema.LAST_DAY, dates.first.isoformat(), "~"))
    return wq.And(bounds) if bounds else wq.Term(schema.DATED, "yes")


def _either(queries: object) -> wq.Query:
    found = list(queries)  # type: ignore[call-overload]
    return found[0] if len(found) == 1 else wq.Or(found)


def _but_not(wanted: list[wq.Query], unwanted: list[wq.Query]) -> wq.Query:
    """Whoosh reads NOT inside OR as AND NOT, so each NOT is bound to what it limits."""
    base = wanted[0] if len(wanted) == 1 else wq.And(wanted)
    for query in unwanted:
        base = _Without(base, query)
    return base


class _Without(wq.AndNot):  # type: ignore[misc]
    """What the first query matches and the second does not.

    Whoosh's own matcher for this lets the first match pass unchecked, and fails
    when it is skipped to its end.
    """

    def matcher(self, searcher: Searcher, context: Any = None) -> matching.Matcher:
        unwanted = self.b.matcher(searcher, searcher.boolean_context()).all_ids()
        return matching.FilterMatcher(
            self.a.matcher(searcher, context), frozenset(unwanted), exclude=True
        )


def _everything() -> wq.Query:
    return _unscored(wq.Every())


def _unscored(query: wq.Query) -> wq.Query:
    # Whoosh takes a score of exactly 0 for none given, and makes it 1.
    return wq.ConstantScoreQuery(query, 1e-9)
