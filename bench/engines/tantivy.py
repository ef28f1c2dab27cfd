"""tantivy, by its Python package, as its documentation has it.

Words are read by the built-in ``en_stem`` (simple tokens, lower case, Snowball's
English) with positions; exact forms, for prefixes, by ``default``, as Morgue has
both. Facets are terms aggregations over fast fields, which hold several values
where there are several. The text is not stored: it comes from the site's store,
and `SnippetGenerator` marks it.
"""

import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import tantivy
from tantivy import Occur, Query

from archive import store as stores
from archive.article import Article
from archive.store import Change
from bench.articles.kept import TimedStore
from bench.engines.ask import SHOWN, UNDATED, Ask, How, Page
from bench.engines.texts import Texts, changed, read
from bench.process import size

_PARTS: Final = ("headline", "body", "byline")
_BOOSTS: Final = {"headline": 2.0}
_HEAP: Final = 128_000_000
_FACETS: Final = {
    name: {"terms": {"field": name, "size": 5000}} for name in ("source", "topic", "month")
}


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    for part in _PARTS:
        builder.add_text_field(part, tokenizer_name="en_stem", index_option="position")
        builder.add_text_field(f"{part}_forms", tokenizer_name="default", index_option="basic")
    for facet in ("source", "topic", "month"):
        builder.add_text_field(facet, fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("day", indexed=True, fast=True)
    builder.add_integer_field("moment", fast=True)
    return builder.build()


class Engine:
    """An index of tantivy's over the articles of a site."""

    can_near = True

    def __init__(self, site: Path, folder: Path) -> None:
        self._site = site
        self._folder = folder / "tantivy"

    def build(self) -> float:
        """Index with one thread, commit (which syncs), and wait for merges under way."""
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True)
        started = time.perf_counter()
        index = tantivy.Index(_schema(), str(self._folder))
        writer = index.writer(_HEAP, num_threads=1)
        with TimedStore(self._site / stores.FILE) as store:
            for article in read(store):
                writer.add_document(_document(article))
            writer.commit()
            writer.wait_merging_threads()
            return time.perf_counter() - started - store.seconds

    def open(self) -> None:
        """Open the index and a searcher."""
        self._index = tantivy.Index.open(str(self._folder))
        self._schema = self._index.schema
        self._searcher = self._index.searcher()
        self._texts = Texts(self._site)

    def close(self) -> None:
        """Close the store; the package closes the index itself."""
        self._texts.close()

    def page(self, ask: Ask) -> Page:
        """Search for the ten best, aggregate over all, mark the ten."""
        query = self._query(ask)
        if ask.newest:
            found = self._searcher.search(
                query, SHOWN, count=False, order_by_field="moment", offset=ask.offset
            )
        else:
            found = self._searcher.search(query, SHOWN, count=False, offset=ask.offset)
        counted = self._searcher.aggregate(query, _FACETS)
        facets = {
            name: {bucket["key"]: int(bucket["doc_count"]) for bucket in counts["buckets"]}
            for name, counts in counted.items()
        }
        ids = tuple(self._searcher.doc(address)["id"][0] for _, address in found.hits)
        # Every article has one source, so this is the count, and the search need not count too.
        return Page(sum(facets["source"].values()), ids, self._snippets(query, ids), facets)

    def _snippets(self, query: Query, ids: tuple[str, ...]) -> tuple[str, ...]:
        generators = [
            (part, tantivy.SnippetGenerator.create(self._searcher, query, self._schema, part))
            for part in ("headline", "body")
        ]
        for _, generator in generators:
            generator.set_max_num_chars(280)
        texts = self._texts.get(ids)
        shown = []
        for key in ids:
            headline, body = texts[key]
            document = tantivy.Document(headline=headline, body=body)
            shown += [g.snippet_from_doc(document).to_html() for _, g in generators]
        return tuple(shown)

    def _query(self, ask: Ask) -> Query:
        parts = []
        if ask.how is not How.EVERYTHING:
            parts.append(self._words(ask))
        if ask.first or ask.last:
            first = _day(ask.first) if ask.first else None
            last = _day(ask.last) if ask.last else None
            kind = tantivy.FieldType.Integer
            parts.append(_filter(Query.range_query(self._schema, "day", kind, first, last)))
        if ask.source:
            parts.append(_filter(Query.term_query(self._schema, "source", ask.source)))
        if ask.topic:
            parts.append(_filter(Query.term_query(self._schema, "topic", ask.topic)))
        if not parts:
            return Query.all_query()
        if len(parts) == 1:
            return parts[0]
        return Query.boolean_query([(Occur.Must, part) for part in parts])

    def _words(self, ask: Ask) -> Query:
        if ask.how is How.PREFIX:
            return Query.boolean_query(
                [
                    (Occur.Should, _boosted(part, self._prefix(f"{part}_forms", ask.words[0])))
                    for part in _PARTS
                ]
            )
        one, other = ask.words[0], ask.words[-1]
        text = {
            How.ALL: " ".join(ask.words),
            How.ANY: " OR ".join(ask.words),
            How.PHRASE: f'"{" ".join(ask.words)}"',
            # Slop counts from the order as written; both orders make it unordered.
            How.NEAR: f'"{one} {other}"~{ask.within - 1} OR "{other} {one}"~{ask.within - 1}',
        }[ask.how]
        return self._index.parse_query(
            text,
            list(_PARTS),
            field_boosts=_BOOSTS,
            conjunction_by_default=ask.how is How.ALL,
        )

    def _prefix(self, field: str, start: str) -> Query:
        # Faster than a regular expression; a phrase prefix stops at fifty words.
        return Query.fuzzy_term_query(self._schema, field, start, distance=0, prefix=True)

    def upsert(self, changes: Sequence[Change]) -> None:
        """Delete by id, add, commit, reload: the documented way, as there is no update."""
        writer = self._index.writer(_HEAP, num_threads=1)
        for article in changed(changes):
            writer.delete_documents_by_term("id", article.id)
            writer.add_document(_document(article))
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        self._searcher = self._index.searcher()

    def merge(self) -> bool:
        """Nothing: the Python package merges by its own policy only."""
        return False

    def index(self) -> Path:
        """Return its folder."""
        return self._folder

    def size(self) -> int:
        """Return the size of its files."""
        return size(self._folder)


def _boosted(part: str, query: Query) -> Query:
    return Query.boost_query(query, _BOOSTS[part]) if part in _BOOSTS else query


def _filter(query: Query) -> Query:
    return Query.const_score_query(query, 0.0)


def _day(iso: str) -> int:
    return int(iso[:10].replace("-", ""))


def _document(article: Article) -> tantivy.Document:
    values: dict[str, Any] = {
        "id": article.id,
        "headline": article.headline,
        "body": article.text,
        "headline_forms": article.headline,
        "body_forms": article.text,
        "source": article.source,
        "topic": list(article.topics),
        "month": article.published.month if article.published else UNDATED,
    }
    if article.byline:
        values |= {"byline": list(article.byline), "byline_forms": list(article.byline)}
    if article.published:
        values |= {"day": _day(article.published.iso), "moment": int(article.published.moment)}
    return tantivy.Document(**values)
