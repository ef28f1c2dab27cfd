"""Sources: where articles come from, how each of them is, and what is wanted of it."""

from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from archive.access import Role
from archive.errors import UsageError
from archive.ingest import schedule
from archive.settings import LONGEST_TOPIC
from archive.source import FullText, Kind, Plan, Source
from archive.store import Store
from indexer import location, projection
from web import address as addresses
from web.access import open_store
from web.health import (
    LABELS,
    Health,
    State,
    found,
    health,
    moment,
    shown_address,
    shown_failure,
)
from web.intake import intake
from web.permission import may_write, needs

blueprint = Blueprint("sources", __name__)

LONGEST_NAME: Final = 200
MOST_TOPICS: Final = 20
_PER_PAGE: Final = 100
_SAMPLE: Final = 20
_FAILURES: Final = 50


@dataclass(frozen=True, slots=True)
class Row:
    """A source as the list shows it; *search* leads to its articles where they have one name."""

    source: Source
    health: Health
    label: str
    address: str
    search: str | None


@blueprint.get("/sources")
def sources() -> str:
    """List the sources; ``find`` narrows by words, ``show`` by how they are."""
    store = open_store()
    known = store.sources()
    forbidden = store.pages_not_allowed()
    now = store.now()
    how = {source.id: health(source, now, forbidden.get(source.id, 0)) for source in known}
    find = " ".join(request.args.get("find", "")[:200].split())
    show = _shown(request.args.get("show", ""))
    by_words = found(known, find)
    counts = {state: sum(how[s.id].state is state for s in by_words) for state in State}
    chosen = [s for s in by_words if show is None or how[s.id].state is show]
    chosen.sort(key=lambda source: label(source).casefold())
    pages = max(1, -(-len(chosen) // _PER_PAGE))
    page = min(addresses.number(request.args, "page", 1), pages)
    shown = chosen[(page - 1) * _PER_PAGE : page * _PER_PAGE]
    return render_template(
        "sources.html",
        rows=[_row(store, source, how[source.id]) for source in shown],
        known=len(known),
        total=len(chosen),
        by_words=len(by_words),
        find=find,
        show=show,
        counts=counts,
        labels=LABELS,
        state_url=_state_url,
        page=page,
        pages=pages,
        moment=moment,
        lag=projection.lag(store, current_app.config["SITE"] / location.FOLDER),
    )


@blueprint.get("/sources/<int:source_id>")
def one(source_id: int) -> str:
    """Show how a source is, and the forms that change it."""
    store = open_store()
    source = known_source(store, source_id)
    forbidden = store.pages_not_allowed().get(source.id, 0)
    failures = [
        (shown_failure(source, failure, whole=may_write()), failure)
        for failure in source.failures[:_FAILURES]
    ]
    return render_template(
        "source.html",
        source=source,
        address=shown_address(source, whole=may_write()),
        health=health(source, store.now(), forbidden),
        failures=failures,
        more=len(source.failures) - len(failures),
        credited=[(name, search_url(name)) for name in store.credited(source.id, 1000)],
        label=label(source),
        moment=moment,
        State=State,
        Kind=Kind,
        FullText=FullText,
        every=schedule.written(source.interval) if source.interval else "",
        usual=schedule.written(schedule.INTERVAL),
        longest=LONGEST_NAME,
        run=request.args.get("run", ""),
    )


@blueprint.post("/sources/<int:source_id>")
def change(source_id: int) -> Response:
    """Change what a source is called, and how it is read."""
    store = open_store()
    form = request.form
    with store.transaction():
        source = known_source(store, source_id)
        changed = replace(source, name=name_in_form(), topics=topics_in_form())
        if source.kind is Kind.FEED:
            changed = replace(
                changed,
                full_text=full_text_in_form(),
                interval=schedule.wished(form.get("interval", "").strip() or "auto"),
                revisit=form.get("revisit") == "yes",
            )
        store.change_source(changed)
    return redirect(url_for(".one", source_id=source_id), 303)


@blueprint.post("/sources/<int:source_id>/pause")
def pause(source_id: int) -> Response:
    """Leave a source alone, or have it read again; a feed then is due at once."""
    store = open_store()
    with store.transaction():
        source = known_source(store, source_id)
        paused = request.form.get("to") == "pause"
        store.pause_source(source.id, paused=paused)
        if not paused and source.kind is Kind.FEED:
            store.schedule(source.id, Plan())
            store.wake_host(urlsplit(source.address).hostname or "")
    return redirect(url_for(".one", source_id=source_id), 303)


@blueprint.post("/sources/<int:source_id>/read")
def read(source_id: int) -> Response:
    """Begin an update of one source, in a process of its own."""
    source = known_source(open_store(), source_id)
    return redirect(url_for(".one", source_id=source_id, run=begun(source.address)), 303)


@blueprint.get("/sources/<int:source_id>/remove")
@needs(Role.WRITE)
def ask_to_remove(source_id: int) -> str:
    """Ask whether a source is really to go."""
    source = known_source(open_store(), source_id)
    return render_template("source_remove.html", source=source, label=label(source))


@blueprint.post("/sources/<int:source_id>/remove")
@needs(Role.WRITE)
def remove(source_id: int) -> Response:
    """Read a source no more; its articles stay."""
    store = open_store()
    with store.transaction():
        store.remove_source(known_source(store, source_id).address)
    return redirect(url_for(".sources"), 303)


def known_source(store: Store, source_id: int) -> Source:
    """Return the source with this number, or end in a page that says there is none."""
    # Numbers beyond what SQLite holds are nobody's.
    source = store.source_numbered(source_id) if source_id < 2**63 else None
    if source is None:
        abort(404)
    return source


def begun(address: str) -> str:
    """Begin an update of the source at *address*; return the word for whether it was."""
    return "begun" if intake().start(address) else "later"


def label(source: Source) -> str:
    """Return what a source is called on a page: never with a password, of a path the end."""
    return source.name or source.title or shown_address(source, whole=False)


def search_url(name: str) -> str:
    """Return the address of the search for all that is credited to *name*."""
    return f"{url_for('search.search')}?{urlencode({'source': name})}"


def name_in_form() -> str | None:
    """Return the name in the form, None for an empty one. Raises UsageError for a long one."""
    name = " ".join(request.form.get("name", "").split())
    if len(name) > LONGEST_NAME:
        raise UsageError(f"a name has at most {LONGEST_NAME} characters", f"“{name[:40]}…”")
    return name or None


def topics_in_form() -> tuple[str, ...]:
    """Return the topics in the form, which commas part. Raises UsageError for what is none."""
    parts = (" ".join(part.split()) for part in request.form.get("topics", "").split(","))
    topics = tuple(dict.fromkeys(part for part in parts if part))
    if len(topics) > MOST_TOPICS:
        raise UsageError(f"a source has at most {MOST_TOPICS} topics of its own")
    for topic in topics:
        if len(topic) > LONGEST_TOPIC:
            reason = f"a topic has at most {LONGEST_TOPIC} characters"
            raise UsageError(reason, f"“{topic[:40]}…”", "commas part topics")
    return topics


def full_text_in_form() -> FullText:
    """Return how the form wants entries followed. Raises UsageError for what is no choice."""
    said = request.form.get("full_text", "auto")
    if said not in list(FullText):
        raise UsageError("is no choice for full text", f"“{said[:40]}”")
    return FullText(said)


def _shown(name: str) -> State | None:
    if name and name not in list(State):
        raise UsageError("is no state of a source", f"“{name[:40]}”")
    return State(name) if name else None


def _state_url(find: str, show: State | None, page: int = 1) -> str:
    return url_for(
        ".sources", find=find or None, show=show and str(show), page=page if page > 1 else None
    )


def _row(store: Store, source: Source, how: Health) -> Row:
    names = store.credited(source.id, _SAMPLE) if source.articles else []
    search = search_url(names[0]) if len(names) == 1 else None
    return Row(source, how, label(source), shown_address(source, whole=may_write()), search)
