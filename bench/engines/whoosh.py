"""Stock Whoosh: its schema, its analyzer with Snowball's stems, its BM25F, groups and highlights.

As its documentation has it, but for two things without which it could not take
part: stems by its PyStemmer filter, because its own Porter stemmer is broken,
and segments that are not compound, which would be copied into memory.
"""

import os
import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from whoosh import analysis, fields, index, qparser, query, scoring, sorting

from archive import store as stores
from archive.article import Article
from archive.store import Change
from bench.articles.kept import TimedStore
from bench.engines.ask import SHOWN, UNDATED, Ask, How, Page
from bench.engines.texts import Texts, changed, read
from bench.process import size

_PARTS: Final = ("headline", "body", "byline")
_BOOSTS: Final = {"headline": 2.0}
_SEPARATOR: Final = "|"
# Keeps every moment above that of the undated, which is 0.
_FIRST: Final = 1 << 40


def _schema() -> fields.Schema:
    tokens = analysis.RegexTokenizer(r"\w+") | analysis.LowercaseFilter()
    stems = tokens | analysis.PyStemmerFilter("english")
    layout: dict[str, Any] = {"id": fields.ID(unique=True, stored=True)}
    for part in _PARTS:
        layout[part] = fields.TEXT(analyzer=stems, phrase=True)
        layout[f"{part}_forms"] = fields.TEXT(analyzer=tokens, phrase=False)
    layout |= {
        "source": fields.ID(sortable=True),
        "topic": fields.KEYWORD(analyzer=analysis.RegexTokenizer(r"[^|]+")),
        "month": fields.ID(sortable=True),
        "day": fields.NUMERIC(int, bits=32),
        "moment": fields.NUMERIC(int, bits=64, sortable=True, default=0),
    }
    return fields.Schema(**layout)


class _Near(query.SpanNear2):  # type: ignore[misc]
    """Words near each other: Whoosh 2.7.4 fails where it guesses how many documents have them."""

    def estimate_size(self, reader: Any) -> int:
        """Return how many documents have the rarest of the words."""
        return int(min(one.estimate_size(reader) for one in self.qs))

    def estimate_min_size(self, reader: Any) -> int:
        """Return 0: none may have them near each other."""
        del reader
        return 0


class Engine:
    """A Whoosh index over the articles of a site."""

    can_near = True

    def __init__(self, site: Path, folder: Path) -> None:
        self._site = site
        self._folder = folder / "whoosh"

    def build(self) -> float:
        """Add all with one writer and commit; Whoosh syncs nothing, so that is done for it."""
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True)
        started = time.perf_counter()
        made = index.create_in(str(self._folder), _schema())
        writer = made.writer(limitmb=256, compound=False)
        with TimedStore(self._site / stores.FILE) as store:
            for article in read(store):
                writer.add_document(**_document(article))
            writer.commit()
            self._sync()
            return time.perf_counter() - started - store.seconds

    def _sync(self) -> None:
        for path in (*self._folder.iterdir(), self._folder):
            handle = os.open(path, os.O_RDONLY)
            os.fsync(handle)
            os.close(handle)

    def open(self) -> None:
        """Open the index and a searcher."""
        self._index = index.open_dir(str(self._folder))
        self._searcher = self._index.searcher(weighting=scoring.BM25F())
        self._texts = Texts(self._site)
        parse = {"plugins": [qparser.PhrasePlugin()], "fieldboosts": _BOOSTS}
        self._parser = qparser.MultifieldParser(list(_PARTS), self._index.schema, **parse)

    def close(self) -> None:
        """Close searcher, index and store."""
        self._searcher.close()
        self._index.close()
        self._texts.close()

    def page(self, ask: Ask) -> Page:
        """Search with groups for the facets, then highlight the ten best."""
        groups = {
            "source": sorting.FieldFacet("source", maptype=sorting.Count),
            "topic": sorting.FieldFacet("topic", allow_overlap=True, maptype=sorting.Count),
            "month": sorting.FieldFacet("month", maptype=sorting.Count),
        }
        asked = self._query(ask)
        order = {"sortedby": "moment", "reverse": True} if ask.newest else {}
        found = self._searcher.search(
            asked, limit=ask.offset + SHOWN, groupedby=groups, terms=False, **order
        )
        # With groups it keeps every match, whatever the limit.
        hits = found[ask.offset : ask.offset + SHOWN]
        ids = tuple(hit["id"] for hit in hits)
        texts = self._texts.get(ids)
        shown = []
        for hit in hits:
            headline, body = texts[hit["id"]]
            shown.append(hit.highlights("headline", text=headline) or headline)
            shown.append(hit.highlights("body", text=body) or body[:280])
        facets = {name: dict(found.groups(name)) for name in groups}
        facets["topic"].pop(None, None)
        return Page(len(found), ids, tuple(shown), facets)

    def _query(self, ask: Ask) -> query.Query:
        parts: list[query.Query] = []
        if ask.how is How.EVERYTHING:
            parts.append(query.Every())
        else:
            parts.append(self._words(ask))
        if ask.first or ask.last:
            first = _day(ask.first) if ask.first else None
            last = _day(ask.last) if ask.last else None
            parts.append(query.ConstantScoreQuery(query.NumericRange("day", first, last), 0.0001))
        if ask.source:
            parts.append(query.ConstantScoreQuery(query.Term("source", ask.source), 0.0001))
        if ask.topic:
            parts.append(query.ConstantScoreQuery(query.Term("topic", ask.topic), 0.0001))
        return parts[0] if len(parts) == 1 else query.And(parts)

    def _words(self, ask: Ask) -> query.Query:
        if ask.how is How.PREFIX:
            return query.Or(
                [
                    query.Prefix(f"{part}_forms", ask.words[0], boost=_BOOSTS.get(part, 1.0))
                    for part in _PARTS
                ]
            )
        if ask.how is How.NEAR:
            return query.Or(
                [
                    _Near(
                        [query.Term(part, self._stem(word)) for word in ask.words],
                        slop=ask.within,
                        ordered=False,
                    )
                    for part in _PARTS
                ]
            )
        if ask.how is How.PHRASE:
            return self._parser.parse(f'"{" ".join(ask.words)}"')
        words = [self._parser.parse(word) for word in ask.words]
        return (query.Or if ask.how is How.ANY else query.And)(words)

    def _stem(self, word: str) -> str:
        analyzer = self._index.schema["body"].analyzer
        return str(next(token.text for token in analyzer(word)))

    def upsert(self, changes: Sequence[Change]) -> None:
        """Update by id, commit with its own policy, sync, and open a new searcher."""
        writer = self._index.writer(limitmb=256, compound=False)
        for article in changed(changes):
            writer.update_document(**_document(article))
        writer.commit()
        self._sync()
        self._searcher.close()
        self._searcher = self._index.searcher(weighting=scoring.BM25F())

    def merge(self) -> bool:
        """Optimize into one segment."""
        self._index.writer(compound=False).commit(optimize=True)
        self._searcher.close()
        self._searcher = self._index.searcher(weighting=scoring.BM25F())
        return True

    def index(self) -> Path:
        """Return its folder."""
        return self._folder

    def size(self) -> int:
        """Return the size of its files."""
        return size(self._folder)


def _day(iso: str) -> int:
    return int(iso[:10].replace("-", ""))


def _document(article: Article) -> dict[str, Any]:
    byline = ", ".join(article.byline)
    values: dict[str, Any] = {
        "id": article.id,
        "headline": article.headline,
        "headline_forms": article.headline,
        "body": article.text,
        "body_forms": article.text,
        "byline": byline,
        "byline_forms": byline,
        "source": article.source,
        "topic": _SEPARATOR.join(article.topics),
        "month": article.published.month if article.published else UNDATED,
    }
    if article.published:
        values["day"] = _day(article.published.iso)
        values["moment"] = int(article.published.moment) + _FIRST
    return values
