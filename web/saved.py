"""Saved searches: the list, what each found, its feed, and the forms that change them.

To look at one changes nothing, so what is new stays new until somebody says that it was
seen. All that writes is a POST, and asks for the role *write* (see `web.permission`).
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final
from urllib.parse import parse_qsl

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from archive.errors import SearchIndexError, UsageError
from archive.export.registry import BY_NAME
from archive.saved_search import LONGEST_NAME, Match, SavedSearch
from archive.store import Store
from archive.store.kept import Kept
from indexer.export import in_words
from indexer.normal import LONGEST
from indexer.request import Request
from indexer.results import Hit
from indexer.saved import follow, kept, request_of
from indexer.snippet import Snippet
from web import address as addresses
from web.access import engine, equivalents, open_store, today
from web.address import Address
from web.export import about_export, own_path, streamed

blueprint = Blueprint("saved", __name__)

_PER_PAGE: Final = 20
_IN_FEED: Final = 100
_LEDE: Final = 280


@blueprint.get("/saved")
def saved() -> str:
    """List the saved searches with how many articles are new in each."""
    return render_template("saved.html", listed=listed(open_store()))


@blueprint.post("/saved")
def save() -> Response:
    """Save the search whose address is in the form, under a name."""
    form = request.form
    asked = kept(_asked(form.get("address", "")))
    store = open_store()
    one = store.save_search(form.get("name", ""), asked, alert=form.get("alert") == "yes")
    _take_stock(store)
    return redirect(url_for(".one", saved_id=one.id), 303)


@blueprint.get("/saved/<int:saved_id>")
def one(saved_id: int) -> str:
    """Show what a saved search found, the newest first; ``before`` leads to older ones."""
    store = open_store()
    found = _known(store, saved_id)
    before = addresses.number(request.args, "before", 0) or None
    matches = store.saved_matches(saved_id, limit=_PER_PAGE + 1, before=before)
    shown = matches[:_PER_PAGE]
    articles = store.get_many([match.article_id for match in shown])
    asked = _request(found)
    new = [match for match in shown if match.number > found.seen]
    return render_template(
        "saved_search.html",
        saved=found,
        words=_words(asked),
        text=asked.text,
        address=Address(asked),
        new=_hits(new, articles),
        old=_hits(shown[len(new) :], articles),
        newest=new[0].number if new else 0,
        before=before,
        older=shown[-1].number if len(matches) > _PER_PAGE else None,
        article_url=lambda found: Address(asked).url(
            url_for("article.article", article_id=found.id, slug=found.slug)
        ),
        longest=LONGEST_NAME,
    )


@blueprint.get("/saved/<int:saved_id>.atom")
def feed(saved_id: int) -> Response:
    """Give the newest matches as an Atom feed, each article one entry for ever."""
    store = open_store()
    found = _known(store, saved_id)
    ids = [match.article_id for match in store.saved_matches(saved_id, limit=_IN_FEED)]
    form = BY_NAME["atom"]
    about = about_export(
        form, found.name, found.matches, url_for(".one", saved_id=saved_id), own_path()
    )
    return streamed(form, about, ids, found.name)


@blueprint.post("/saved/<int:saved_id>")
def change(saved_id: int) -> Response:
    """Change the name, the words, or whether there is an alert."""
    store = open_store()
    found = _known(store, saved_id)
    form = request.form
    asked = replace(_request(found), text=form.get("q", "").strip()[: LONGEST + 1])
    store.change_saved(
        saved_id, name=form.get("name", ""), asked=kept(asked), alert=form.get("alert") == "yes"
    )
    _take_stock(store)
    return redirect(url_for(".one", saved_id=saved_id), 303)


@blueprint.post("/saved/<int:saved_id>/seen")
def seen(saved_id: int) -> Response:
    """Note that what was shown, up to the number in the form, is new no more."""
    store = open_store()
    _known(store, saved_id)
    number = addresses.number(request.form, "number", 0)
    store.note_seen(saved_id, number)
    return redirect(url_for(".saved"), 303)


@blueprint.post("/saved/<int:saved_id>/move")
def move(saved_id: int) -> Response:
    """Move a saved search one place up or down."""
    store = open_store()
    _known(store, saved_id)
    store.move_saved(saved_id, -1 if request.form.get("to") == "up" else 1)
    return redirect(url_for(".saved", _anchor=f"saved-{saved_id}"), 303)


@blueprint.get("/saved/<int:saved_id>/delete")
def ask_to_delete(saved_id: int) -> str:
    """Ask whether a saved search is really to go."""
    return render_template("saved_delete.html", saved=_known(open_store(), saved_id))


@blueprint.post("/saved/<int:saved_id>/delete")
def delete(saved_id: int) -> Response:
    """Delete a saved search; its articles stay."""
    store = open_store()
    _known(store, saved_id)
    store.forget_saved(saved_id)
    return redirect(url_for(".saved"), 303)


def listed(store: Store) -> list[tuple[SavedSearch, str]]:
    """Return the saved searches in their order, each with its query in words."""
    return [(one, _words(_request(one))) for one in store.saved_searches()]


def _known(store: Store, saved_id: int) -> SavedSearch:
    # Numbers beyond what SQLite holds are nobody's.
    found = store.saved_search(saved_id) if saved_id < 2**63 else None
    if found is None:
        abort(404)
    return found


def _request(found: SavedSearch) -> Request:
    try:
        return request_of(found)
    except UsageError:
        # One that cannot be read can still be looked at, renamed and deleted.
        return Request()


def _words(asked: Request) -> str:
    return in_words(asked) or "all articles"


def _asked(address: str) -> Request:
    pairs = parse_qsl(address.rpartition("?")[2], max_num_fields=1000)
    return addresses.read(MultiDict(pairs)).request


def _take_stock(store: Store) -> None:
    """Note what is in the archive already; without an index the next update does."""
    try:
        follow(store, engine(), equivalents(), today())
    except SearchIndexError:
        return


def _hits(matches: Iterable[Match], articles: dict[str, Kept]) -> list[Hit]:
    """Return *matches* as results, with the lede in the place of a passage."""
    return [
        Hit(
            kept=articles[match.article_id],
            score=0.0,
            headline=Snippet("headline", articles[match.article_id].article.headline),
            snippets=(Snippet("text", _lede(articles[match.article_id])),),
        )
        for match in matches
        if match.article_id in articles
    ]


def _lede(found: Kept) -> str:
    lede = " ".join(found.article.lede.split())
    return lede if len(lede) <= _LEDE else f"{lede[:_LEDE].rsplit(' ', 1)[0]} …"
