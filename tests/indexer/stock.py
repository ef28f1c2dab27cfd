"""Articles as stock Whoosh's writer takes them, for an index that ours is compared with."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from archive.article import Article
from indexer.analysis import Analyzer, Token
from indexer.whoosh_engine import schema

# So far apart that no phrase reaches from one piece of a part into the next.
_GAP: Final = 1000


def document(article: Article, story: str | None, analyzer: Analyzer) -> dict[str, Any]:
    """Return the values of *article*, a member of *story*, for Whoosh's ``add_document``."""
    values: dict[str, Any] = {
        schema.ID: article.id,
        schema.DATED: "yes" if article.published else "no",
        schema.FACET_SOURCE: article.source,
        schema.FACET_TOPIC: article.topics,
        schema.FACET_LANGUAGE: article.language or "",
        schema.STORY: (story or "").encode(),
        schema.TOPICS: schema.SEPARATOR.join(dict.fromkeys(article.topics)).encode(),
        schema.MONTH: article.published.month.encode() if article.published else b"",
    }
    if article.published:
        first, last = article.published.days
        values |= {
            schema.FIRST_DAY: first.isoformat(),
            schema.LAST_DAY: last.isoformat(),
            schema.MOMENT: article.published.moment,
        }
    for part, texts in schema.pieces(article).items():
        own = analyzer if part in schema.OUTSIDE_PARTS else analyzer.of(article.language)
        tokens = list(_tokens(texts, own))
        if tokens:
            values[part] = [(token.term + own.mark, token.position) for token in tokens]
            values[schema.forms_of(part)] = [token.form for token in tokens]
            values[schema.length_of(part)] = len(tokens)
    return values


def _tokens(texts: Iterable[str], analyzer: Analyzer) -> Iterator[Token]:
    """The tokens of several texts in one run of positions, far apart from each other."""
    position = 0
    for text in texts:
        token = None
        for token in analyzer.tokens(text, position):
            yield token
        if token is not None:
            position = token.position + _GAP
