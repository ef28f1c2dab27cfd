"""Adding feeds: looked for at an address, shown before they are taken; lists in and out.

A server outside is asked by POST alone, so that no link and no crawler makes this one ask.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from archive.access import Role
from archive.errors import FetchError, FormatError, IngestError, UsageError
from archive.identity import web_url
from archive.ingest import opml
from archive.ingest.addresses import names_itself_private
from archive.source import FullText, Kind, Source
from archive.store import Store
from web.access import open_store, today
from web.health import without_password
from web.intake import PATIENCE, intake
from web.permission import needs, takes
from web.present import shown_date
from web.sources import (
    LONGEST_NAME,
    begun,
    full_text_in_form,
    name_in_form,
    topics_in_form,
)

if TYPE_CHECKING:
    from archive.ingest.discover import Found

blueprint = Blueprint("add_source", __name__)

_LONGEST_ADDRESS: Final = 2000
_ENTRIES: Final = 8
_OTHERS: Final = 20
_REFUSED: Final = 100


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a feed, as it is shown before the feed is taken."""

    headline: str
    date: str


@blueprint.get("/sources/add")
@needs(Role.WRITE)
def form() -> str:
    """Ask for the address of a site or a feed, or for a list of feeds."""
    return render_template("source_add.html", address="", wrong=None, hint=None)


@blueprint.post("/sources/look")
def look() -> str | tuple[str, int]:
    """Look for the feed at the address in the form, and show what it holds."""
    address = request.form.get("address", "").strip()
    try:
        found = _discovered(_asked(address))
    except UsageError as error:
        return _again(address, error.reason, error.hint, 400)
    except FormatError as error:
        return _again(address, error.reason, error.hint, 422)
    except FetchError as error:
        return _again(address, error.reason, error.hint or "Check the address.", 502)
    taken = found.taken
    known = _known(open_store(), taken.address)
    return render_template(
        "source_preview.html",
        taken=taken,
        shown=without_password(taken.address),
        entries=_entries(found),
        count=len(found.feed.entries),
        unusable=len(found.feed.refused),
        others=[
            (other, without_password(other.address))
            for other in found.others[:_OTHERS]
            if _refusal(other.address) is None
        ],
        known=known,
        longest=LONGEST_NAME,
        FullText=FullText,
    )


@blueprint.post("/sources/add")
@needs(Role.WRITE)
def add() -> AnyResponse | tuple[str, int]:
    """Add the feed in the form; the next update reads it, or one that begins now."""
    try:
        address = _asked(request.form.get("address", "").strip())
    except UsageError as error:
        return _again(request.form.get("address", ""), error.reason, error.hint, 400)
    name, topics, full_text = name_in_form(), topics_in_form(), full_text_in_form()
    store = open_store()
    with store.transaction():
        source, _ = store.add_source(Kind.FEED, address, name, topics)
        store.change_source(replace(source, full_text=full_text))
    run = begun(address) if request.form.get("now") == "yes" else None
    return redirect(url_for("sources.one", source_id=source.id, run=run), 303)


@blueprint.post("/sources/import")
@takes(opml.LARGEST + 1024 * 1024)
def import_() -> str | tuple[str, int]:
    """Add all feeds of an OPML list that are not here yet."""
    sent = request.files.get("list")
    if sent is None or not sent.filename:
        return _again("", "No file was chosen", "Choose an OPML list first.", 400, "list")
    try:
        with intake().readers() as readers:
            outlines, refused = readers.listed(
                sent.stream.read(opml.LARGEST + 1), sent.filename[:200]
            )
    except IngestError as error:
        return _again("", error.reason, error.hint, 422, "list")
    refused += [(o.address, why) for o in outlines if (why := _refusal(o.address))]
    outlines = [outline for outline in outlines if _refusal(outline.address) is None]
    store = open_store()
    with store.transaction():
        known = {source.address for source in store.sources()}
        new = [outline for outline in outlines if outline.address not in known]
        for outline in new:
            store.add_source(Kind.FEED, outline.address, outline.name, outline.topics)
    return render_template(
        "sources_imported.html",
        new=len(new),
        known=len(outlines) - len(new),
        refused=[(without_password(a)[:_LONGEST_ADDRESS], why) for a, why in refused[:_REFUSED]],
        more=max(0, len(refused) - _REFUSED),
    )


@blueprint.get("/sources.opml")
@needs(Role.WRITE)
def export() -> Response:
    """Give all feeds as an OPML list. Their addresses are whole, with passwords in them."""
    text = opml.write(open_store().sources(), current_app.config["TITLE"])
    response = Response(text, mimetype="text/x-opml")
    response.headers["Content-Disposition"] = 'attachment; filename="sources.opml"'
    return response


def _asked(address: str) -> str:
    """Return the address that was asked for, as a web address. Raises UsageError."""
    if not address:
        raise UsageError("An address is needed", hint="The site's ordinary address will do.")
    if len(address) > _LONGEST_ADDRESS:
        raise UsageError(f"An address has at most {_LONGEST_ADDRESS:,} characters here")
    whole = address if "://" in address else f"https://{address}"
    if web_url(whole) is None:
        raise UsageError(
            "This is not an http or https address",
            hint="Folders and files on the server are added with `morgue add`; "
            "files of yours can be uploaded.",
        )
    if reason := _refusal(whole):
        raise UsageError(
            f"This address {reason}",
            hint="If it is meant, whoever runs this archive allows its host: "
            "fetch.private_hosts in morgue.toml.",
        )
    return whole


def _refusal(address: str) -> str | None:
    """Return why an address is not added by a page, None for one that may be.

    On the command line a private address is taken for meant. Here it may come from
    somebody who has no business with the network that this server stands in.
    """
    host = (urlsplit(address).hostname or "").lower()
    allowed = {name.lower() for name in intake().settings.fetch.private_hosts}
    if names_itself_private(host) and host not in allowed:
        return "lies in this server’s own network"
    return None


def _discovered(address: str) -> "Found":
    from archive.ingest.compose import Composer
    from archive.ingest.discover import discover

    desk = intake()
    composer = Composer(Source(0, Kind.FEED, address), today())
    with desk.readers() as readers:
        return discover(desk.fetcher(), address, readers, patience=PATIENCE, composer=composer)


def _entries(found: "Found") -> list[Entry]:
    composed = (entry.article for entry in found.feed.entries[:_ENTRIES])
    return [
        Entry(article.headline or "without a headline", shown_date(article.published))
        for article in composed
        if article is not None
    ]


def _known(store: Store, address: str) -> Source | None:
    return next((source for source in store.sources() if source.address == address), None)


def _again(
    address: str, wrong: str, hint: str, status: int, at: str = "address"
) -> tuple[str, int]:
    page = render_template(
        "source_add.html", address=address[:_LONGEST_ADDRESS], wrong=wrong, hint=hint, at=at
    )
    return page, status
