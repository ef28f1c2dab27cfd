"""What machines that watch over the archive ask: is it alive, is it ready, how is it.

``/healthz`` is answered to everybody and tells nothing but that this process answers;
``/readyz`` and ``/metrics`` are for whoever may read. All figures come from store, index
and disk as they are at this moment, so that every worker answers the same.
"""

import platform
import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from flask import Blueprint, Response, current_app, jsonify

from archive import store as stores
from archive.access import Role
from archive.errors import SearchIndexError
from archive.redaction import redacted
from archive.saved_search import DigestState
from archive.source import Source
from archive.store import Store
from archive.store.file import sqlite_version
from indexer import engines, location, projection
from indexer.engine import Checkpoint, Engine
from web.access import engine, open_store, tally
from web.health import State, health, shown_address
from web.intake import intake
from web.metrics import CONTENT_TYPE, Gauge, exposition, gauge, labelled
from web.permission import needs
from web.problems import Fault, problem

blueprint = Blueprint("watch", __name__)

MOST_SOURCES: Final = 500
"""So many sources have figures of their own, those added first."""
_SUCCEEDED: Final = (0, 3)
"""Exit codes of updates that came to their end."""


@blueprint.get("/healthz")
@needs(Role.NOTHING)
def healthz() -> Response:
    """Say that this process answers; neither store nor index is looked at."""
    return _fresh(Response("ok\n", content_type="text/plain; charset=utf-8"))


@blueprint.get("/readyz")
def readyz() -> Response:
    """Say whether readers can be answered: 200, or 503 with what is wrong.

    An index that waits to be rebuilt, or that lags, answers all the same: these are notes.
    """
    store = open_store()
    language = current_app.config["LANGUAGE"]
    try:
        checkpoint = engine().checkpoint()
    except SearchIndexError as error:
        faults = [Fault("index", error.reason)]
        answer = problem(503, "The archive is not ready", "", error.hint, errors=faults)
        answer.headers["Retry-After"] = "60"
        return _fresh(answer)
    answer = jsonify(
        {
            "ready": True,
            "index": {
                "lag": _lag(store, checkpoint),
                "rebuild": projection.misfit(store, checkpoint, language),
            },
        }
    )
    return _fresh(answer)


@blueprint.get("/metrics")
def metrics() -> Response:
    """Give the figures for Prometheus."""
    text = exposition(_gauges(open_store(), current_app.config["SITE"]))
    return _fresh(Response(text, content_type=CONTENT_TYPE))


def _fresh(answer: Response) -> Response:
    answer.headers.setdefault("Cache-Control", "no-store")
    return answer


def _gauges(store: Store, site: Path) -> Iterator[Gauge]:
    now = store.now()
    try:
        opened: Engine | None = engine()
    except SearchIndexError:
        opened = None
    checkpoint = opened.checkpoint() if opened else None
    yield _build(store, checkpoint)
    yield from _of_articles()
    yield from _of_sources(store.sources(counted=False), now)
    yield from _of_updates(store)
    yield from _of_index(store, site, opened, checkpoint, now)
    undelivered = store.digests(DigestState.WAITING, DigestState.SENDING)
    yield gauge("morgue_alerts_undelivered", "Digests that were not sent.", len(undelivered))
    yield gauge("morgue_store_bytes", "Size of articles.db with its log.", _store_size(site))
    disk = shutil.disk_usage(site)
    yield gauge("morgue_disk_free_bytes", "Free on the disk of the archive.", disk.free)
    yield gauge("morgue_disk_size_bytes", "Size of the disk of the archive.", disk.total)


def _build(store: Store, checkpoint: Checkpoint | None) -> Gauge:
    labels = {
        "version": intake().version,
        "python": platform.python_version(),
        "sqlite": sqlite_version(),
        "store_format": str(store.format),
        "index_format": checkpoint.built_for if checkpoint else "",
    }
    return labelled("morgue_build_info", "Versions and formats.", [(labels, 1)])


def _of_articles() -> Iterator[Gauge]:
    counts = tally()
    yield labelled(
        "morgue_articles",
        "Articles: kept, or withdrawn.",
        [({"state": "kept"}, counts.kept), ({"state": "withdrawn"}, counts.withdrawn)],
    )
    yield gauge("morgue_articles_undated", "Articles kept without a date.", counts.undated)
    yield gauge("morgue_revisions", "Revisions of all articles.", counts.revisions)


def _of_sources(sources: list[Source], now: datetime) -> Iterator[Gauge]:
    states = Counter(health(source, now).state for source in sources)
    yield labelled(
        "morgue_sources",
        "Sources by how they are.",
        [({"state": str(state)}, states[state]) for state in State],
    )
    named = [
        ({"source": str(source.id), "name": _name(source)}, source)
        for source in sources[:MOST_SOURCES]
    ]
    yield labelled(
        "morgue_source_checked_timestamp_seconds",
        "When a source was last tried.",
        [(labels, _seconds(source.checked)) for labels, source in named],
    )
    yield labelled(
        "morgue_source_succeeded_timestamp_seconds",
        "When a source was last read with success.",
        [(labels, _seconds(source.succeeded)) for labels, source in named],
    )
    yield labelled(
        "morgue_source_failures",
        "What could not be read of a source, itself or parts of it.",
        [(labels, len(source.failures)) for labels, source in named],
    )
    yield gauge(
        "morgue_sources_without_figures",
        f"Sources beyond the first {MOST_SOURCES}, which have no figures of their own.",
        max(0, len(sources) - MOST_SOURCES),
    )


def _name(source: Source) -> str:
    """Return what readers, too, may know of a source: of a folder no path."""
    return redacted(source.name or source.title or shown_address(source, whole=False))


def _of_updates(store: Store) -> Iterator[Gauge]:
    runs = store.updates()
    good = next((run for run in runs if run.code in _SUCCEEDED), None)
    yield gauge(
        "morgue_update_success_timestamp_seconds",
        "When the last update began that came to its end.",
        _seconds(good.began) if good else None,
    )
    if not runs:
        return
    last = runs[0]
    name = "morgue_update_last"
    yield gauge(f"{name}_timestamp_seconds", "When the last update began.", _seconds(last.began))
    yield gauge(f"{name}_duration_seconds", "How long the last update took.", last.took)
    yield gauge(f"{name}_exit_code", "How it ended: 0 well, 3 some sources failed.", last.code)
    yield gauge(f"{name}_new_articles", "Articles that it brought.", last.new)
    yield gauge(f"{name}_revised_articles", "Articles that it revised.", last.revised)
    yield gauge(f"{name}_failures", "What it could not read.", last.failed)


def _of_index(
    store: Store, site: Path, opened: Engine | None, checkpoint: Checkpoint | None, now: datetime
) -> Iterator[Gauge]:
    yield gauge("morgue_index_up", "Whether the index can be searched.", opened is not None)
    lag = _lag(store, checkpoint)
    yield gauge("morgue_index_lag_articles", "Articles that the index has yet to take in.", lag)
    yield gauge(
        "morgue_index_lag_seconds",
        "For how long the first of these waits.",
        _lag_seconds(store, checkpoint, now) if lag else 0,
    )
    if opened is not None:
        misfit = projection.misfit(store, checkpoint, current_app.config["LANGUAGE"])
        documents = opened.frequencies(()).articles
        yield gauge("morgue_index_rebuild_due", "Whether it will be rebuilt.", misfit is not None)
        yield gauge("morgue_index_documents", "Articles that can be searched.", documents)
    folder = location.current(site / location.FOLDER)
    if folder is not None:
        extent = engines.extent(folder)
        yield gauge("morgue_index_segments", "Segments of the index.", extent.segments)
        yield gauge("morgue_index_bytes", "Size of the index that serves.", extent.size)


def _lag(store: Store, checkpoint: Checkpoint | None) -> int:
    if checkpoint is None or checkpoint.position.store_id != store.position().store_id:
        return store.count_changes_since(0)
    return store.count_changes_since(checkpoint.position.seq)


def _lag_seconds(store: Store, checkpoint: Checkpoint | None, now: datetime) -> float | None:
    """For how long articles wait: what changed came after the last update that ended well."""
    since = [store.waits_since(checkpoint.position.seq if checkpoint else 0)]
    since += [run.began for run in store.updates(1) if run.code in _SUCCEEDED]
    newest = max((moment for moment in since if moment), default=None)
    if newest is None:
        return None
    return max(0.0, now.timestamp() - datetime.fromisoformat(newest).timestamp())


def _seconds(moment: str | None) -> float | None:
    return datetime.fromisoformat(moment).astimezone(UTC).timestamp() if moment else None


def _store_size(site: Path) -> int:
    size = 0
    for name in (stores.FILE, f"{stores.FILE}-wal"):
        try:
            size += (site / name).stat().st_size
        except OSError:
            continue
    return size
