"""The article page: the text, what matched in it, and all that is known of it."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Final
from urllib.parse import urlencode

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from archive.article import Article, Revision
from archive.difference import Summary, in_short
from archive.errors import SearchIndexError, StoreDamaged, UsageError
from archive.export.registry import FORMATS
from archive.identity import canonical_url, web_url
from archive.store import Store
from archive.store.kept import Kept
from archive.store.stories import Copy
from archive.web_archives import Capture, capture_at, look_up
from indexer import query
from indexer.coverage import Coverage
from indexer.coverages import Coverages
from indexer.marking import Marker
from indexer.search import analyzer_of, marker_over
from web import address, cite, embedded, present
from web.access import engine, equivalents, open_store, today
from web.reading import reading

blueprint = Blueprint("article", __name__)

TOLD: Final = 20
"""Of so many revisions, the newest, the list says what they changed."""
COMPARED: Final = 20
"""So many copies, the earliest, are compared with the article on its page."""

_log = logging.getLogger(__name__)


@blueprint.get("/article")
def at_address() -> Response:
    """Lead to the article that was seen at an address (``?url=…``), one of several maybe."""
    store = open_store()
    ids = store.ids_at(canonical_url(request.args.get("url", "")))
    if not ids:
        abort(404)
    return redirect(url_for(".article", article_id=ids[0]))


@blueprint.get("/article/<article_id>")
@blueprint.get("/article/<article_id>/<slug>")
def article(article_id: str, slug: str = "") -> str | Response | tuple[str, int]:
    """Show an article with the marks of the search that led here (``?q=…``)."""
    store = open_store()
    kept = store.kept(article_id)
    if kept is None:
        abort(404)
    if kept.state != "kept":
        return render_template("withdrawn.html", kept=kept), 410
    found = kept.article
    text = request.args.get("q", "").strip()
    if slug != found.slug:
        # One address at a time: old links and cut ones lead to it. A headline may change back.
        target = url_for(".article", article_id=found.id, slug=found.slug)
        return redirect(f"{target}?{urlencode(list(request.args.items(multi=True)))}".rstrip("?"))
    revisions = store.revisions(found.id)
    shown = _revision(revisions)
    if shown is None:
        return _no_revision(kept, revisions)
    captures, elsewhere = _captures([shown.article.link or "", *store.addresses(found.id)])
    original = present.original_address(shown.article)
    page = url_for(".article", article_id=found.id, slug=found.slug, _external=True)
    related = _related(kept.article, store)
    return render_template(
        "article.html",
        kept=kept,
        article=shown.article,
        shown=shown,
        history=_history(revisions),
        q=text,
        back=_back(),
        reading=reading(shown.article, _marker(query.parse(text, today()))),
        original=original,
        citations=cite.citations(shown.article),
        metadata=embedded.meta(shown.article, original),
        linked_data=embedded.linked_data(shown.article, page, original),
        formats=FORMATS,
        addresses=[url for url in elsewhere if url not in (shown.article.url, original)],
        captures=captures,
        look_up=None if captures else _look_up(shown.article, kept.first_seen),
        copies=_copies(kept.article, store),
        related=None if isinstance(related, StoreDamaged) else related,
        unrelated=related if isinstance(related, StoreDamaged) else None,
        permanent=url_for(
            ".article",
            article_id=found.id,
            slug=found.slug,
            revision=request.args.get("revision"),
            _external=True,
        ),
        today=today(),
    )


def _revision(revisions: list[Revision]) -> Revision | None:
    """Return the revision that is asked for (``?revision=2``), else the latest."""
    asked = request.args.get("revision", "")
    known = {str(revision.number): revision for revision in revisions}
    return known.get(asked) if asked else revisions[-1]


def _no_revision(kept: Kept, revisions: list[Revision]) -> tuple[str, int]:
    found = kept.article
    has = "one revision" if len(revisions) == 1 else f"{len(revisions)} revisions"
    return render_template(
        "error.html",
        title="There is no such revision",
        text=f"This article has {has}.",
        way=(url_for(".article", article_id=found.id, slug=found.slug), "Read the latest"),
    ), 404


@dataclass(frozen=True, slots=True)
class Seen:
    """A revision in the list of them; *changed* what it changed in short, None if untold."""

    number: int
    seen: str
    changed: Summary | None = None


def _history(revisions: list[Revision]) -> list[Seen]:
    """Return the revisions, the newest first; what changed is told of the newest ones."""
    told = {
        after.number: in_short(before.article, after.article)
        for before, after in pairwise(revisions[-TOLD - 1 :])
    }
    return [Seen(one.number, one.seen, told.get(one.number)) for one in reversed(revisions)]


def _captures(addresses: Iterable[str]) -> tuple[list[Capture], list[str]]:
    """Part the web addresses of an article into copies in web archives, and others."""
    captures: dict[str, Capture] = {}
    others: list[str] = []
    for url in filter(web_url, addresses):
        if capture := capture_at(url):
            captures.setdefault(url, capture)
        else:
            others.append(url)
    return list(captures.values()), list(dict.fromkeys(others))


def _look_up(found: Article, first_seen: str) -> str | None:
    original = present.original_address(found)
    day = found.published.iso if found.published else first_seen
    return look_up(original, day) if original else None


def _copies(found: Article, store: Store) -> list[tuple[Copy, bool]]:
    """Return the copies of an article's story, and whether each says the same word for word."""
    copies = store.copies([found.id]).get(found.id, ())
    texts = store.get_many([copy.id for copy in copies[:COMPARED]])
    return [
        (copy, copy.id in texts and texts[copy.id].article.text == found.text) for copy in copies
    ]


def _back() -> str | None:
    """Return the address of the search that led here, or None for a reader who came otherwise."""
    try:
        searched = request.args.keys() - {"revision"}
        return address.read(request.args).url() if searched else None
    except UsageError:
        return None


def _marker(parsed: query.Query) -> Marker | None:
    """Return what marks the query's matches; reading goes on where there is no index."""
    if not parsed.ranks:
        return None
    try:
        return marker_over(engine(), parsed.tree, equivalents())
    except SearchIndexError:
        return None


def _related(found: Article, store: Store) -> Coverage | StoreDamaged | None:
    """Return other coverage of an article, or why it cannot be shown.

    Reading goes on where there is no index, and where another article is damaged.
    """
    try:
        index = engine()
        coverages: Coverages = current_app.extensions["coverages"]
        return coverages.of(found, index, store, analyzer_of(index))
    except SearchIndexError:
        return None
    except StoreDamaged as damage:
        _log.error("%s", damage)
        return damage
