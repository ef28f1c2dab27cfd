"""Exports: the address of a search or an article with another ending (``/search.ris?q=…``).

An answer is streamed from a store of its own, a batch of articles at a time, so that any
number of them takes the same memory. What can go wrong goes wrong before it begins.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

from flask import Blueprint, Response, abort, current_app, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from archive import store
from archive.article import Article
from archive.errors import UsageError
from archive.export.entry import About
from archive.export.registry import BY_ENDING, BY_NAME, FORMATS, NEWEST, Format
from archive.export.tables import BYTE_ORDER_MARK
from archive.store import Store
from archive.store.kept import Kept
from indexer.export import entries, found_ids, in_words
from web import address as addresses
from web import paths
from web.access import engine, equivalents, open_store, today
from web.permission import may_write

blueprint = Blueprint("export", __name__)

_PIECE = 32 * 1024
_CSL = ".csl"
Answer = AnyResponse | tuple[str, int]


@blueprint.get("/search.<ending>")
def search(ending: str) -> Answer:
    """Give all that a search finds, or of it the articles chosen (``id=…``), in a format."""
    form = BY_ENDING.get(ending)
    return answer(form) if form else _unknown(ending)


@blueprint.get("/article/<article_id>.<ending>")
@blueprint.get("/article/<article_id>/<slug>.<ending>")
def article(article_id: str, ending: str, slug: str = "") -> Answer:
    """Give one article in a format; the headline in the address may be an old one."""
    if ending == "json" and (slug or article_id).endswith(_CSL):
        # The headline or id takes all up to the last full stop.
        article_id, ending = article_id.removesuffix(_CSL), f"csl.{ending}"
    form = BY_ENDING.get(ending)
    if form is None:
        return _unknown(ending)
    kept = open_store().kept(article_id)
    if kept is None:
        abort(404)
    if kept.state != "kept":
        return render_template("withdrawn.html", kept=kept), 410
    own = f"/article/{article_id}"
    about = about_export(form, kept.article.headline, 1, own, f"{own}.{ending}")
    return streamed(form, about, [article_id], kept.article.slug)


@blueprint.get("/unapi")
def unapi() -> Answer:
    """Answer the unAPI protocol, by which Zotero saves what a page lists.

    Without a format it names the formats, with an article and a format it gives that
    (https://web.archive.org/web/2006/http://unapi.info/specs/).
    """
    known = [form for form in FORMATS if form.name in ("ris", "bibtex")]
    article_id, name = request.args.get("id", ""), request.args.get("format", "")
    if not name:
        return _formats(known, article_id)
    if name not in {form.name for form in known}:
        return _page(406, "There is no such format", f"unAPI gives {_listed(known, 'name')}.")
    return article(article_id, BY_NAME[name].ending)


def answer(form: Format) -> Answer:
    """Give what the request's search finds in *form*. Raises UsageError for a bad address."""
    # How many an export holds has nothing to do with the pages of a search.
    asked = replace(addresses.read(request.args).request, limit=addresses.PER_PAGE, page=1)
    chosen = tuple(dict.fromkeys(one for one in request.args.getlist("id") if one))
    opened = open_store()
    if chosen:
        shown = opened.get_many(chosen)
        ids = [one for one in chosen if one in shown]
        if not ids:
            return _none_left(opened.kept(chosen[0]))
    else:
        asked = replace(asked, today=today())
        ids = found_ids(asked, engine(), opened, equivalents())
    limit = addresses.number(request.args, "limit", NEWEST if form.feed else len(ids) or 1)
    address = addresses.Address(asked).url()
    query = in_words(asked, len(ids), len(chosen)) if chosen else in_words(asked)
    # A file says how many it holds, a feed how many there are of which it has the newest.
    found = len(ids) if form.feed else len(ids[:limit])
    response = streamed(
        form, about_export(form, query, found, address, own_path()), ids[:limit], query
    )
    if not form.feed:
        return response
    state = _state(opened)
    if request.if_none_match.contains_weak(state):
        response = Response(status=304)
    # Not by make_conditional, which would hold the whole answer to measure its length.
    response.set_etag(state, weak=True)
    return response


def about_export(form: Format, query: str, found: int, address: str, own: str) -> About:
    """Return what an export in *form* says of itself, by this request."""
    return About(
        archive=current_app.config["TITLE"],
        store_id=open_store().position().store_id,
        query=query,
        made=datetime.now(UTC),
        found=found,
        address=address,
        own=own,
        base=url_for("front.front", _external=True).rstrip("/"),
        text=said_yes("text", form.full),
    )


def streamed(form: Format, about: About, ids: Iterable[str], name: str) -> Response:
    """Return the articles *ids* in *form*, read while they are sent; *name* is for the file."""
    path = current_app.config["SITE"] / store.FILE
    whole = may_write()
    mark = BYTE_ORDER_MARK if form.name == "csv" and said_yes("bom", False) else ""

    def parts() -> Iterator[str]:
        # Not the request's own store: that is closed before the last article is read.
        # All articles are of one moment, like the index that found them.
        with Store(path, create=False) as own, own.steady():
            yield mark
            found = entries(own, ids)
            yield from form.write(about, found if whole else map(paths.pathless, found))

    response = Response(_pieces(parts()), content_type=form.content_type)
    if not form.feed:
        file = f"morgue-{_file_name(name)}{about.made:%Y-%m-%d}.{form.ending}"
        file += ".json" if form.name == "csl" else ""
        response.headers.set("Content-Disposition", "attachment", filename=file)
    return response


def _pieces(parts: Iterator[str]) -> Iterator[bytes]:
    """Join small *parts* to pieces that are worth sending."""
    waiting: list[str] = []
    size = 0
    for part in parts:
        waiting.append(part)
        size += len(part)
        if size >= _PIECE:
            yield "".join(waiting).encode("utf-8")
            waiting, size = [], 0
    yield "".join(waiting).encode("utf-8")


def _file_name(text: str) -> str:
    """Return *text* as a part of a file name that every system takes, and a hyphen after it."""
    slug = Article("", "", "", re.sub(r"\W+", " ", text), "").slug
    return "" if slug == "article" else f"{slug}-"


def said_yes(name: str, default: bool) -> bool:
    """Whether the parameter *name* says yes. Raises UsageError for what is neither yes nor no."""
    said = request.args.get(name, "")
    if said not in ("", "yes", "no"):
        raise UsageError("is neither yes nor no", f"{name} “{said[:40]}”")
    return said == "yes" if said else default


def own_path() -> str:
    """The address that was asked, as it was asked."""
    return request.full_path.rstrip("?")


def _state(opened: Store) -> str:
    """A mark of all that a feed's content depends on: address, day, store and index."""
    checkpoint = engine().checkpoint()
    said = (request.url, today(), opened.position(), checkpoint and checkpoint.position)
    return hashlib.sha256(repr(said).encode()).hexdigest()[:24]


def _formats(known: Iterable[Format], article_id: str) -> Answer:
    if article_id:
        kept = open_store().kept(article_id)
        if kept is None or kept.state != "kept":
            return _none_left(kept)
    text = render_template("unapi.xml", formats=known, article_id=article_id)
    # 300, for an article has several forms to choose from.
    return Response(text, 300 if article_id else 200, content_type="application/xml")


def _none_left(kept: Kept | None) -> Answer:
    if kept is None:
        abort(404)
    return render_template("withdrawn.html", kept=kept), 410


def _unknown(ending: str) -> Answer:
    known = _listed(FORMATS, "ending")
    return _page(404, f"There is no format .{ending[:20]}", f"An address may end in {known}.")


def _listed(formats: Iterable[Format], name: str) -> str:
    *names, last = (getattr(form, name) for form in formats)
    return f"{', '.join(names)} or {last}"


def _page(status: int, title: str, text: str) -> tuple[str, int]:
    return render_template("error.html", title=title, text=text), status
