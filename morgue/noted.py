"""An update is noted when it ends, however it ends: in the store, and in the log."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC

from archive import log
from archive.errors import StoreError
from archive.ingest.decide import Outcome
from archive.ingest.report import SourceReport
from archive.store import Store
from archive.store.runs import UpdateRun

_log = logging.getLogger(__name__)
_STOPPED = 130
_UNUSABLE = 1


@dataclass
class Running:
    """What is known of an update so far."""

    code: int = 0
    new: int = 0
    revised: int = 0
    failed: int = 0
    sources: int = 0
    applied: int | None = None
    rebuilt: str | None = None

    def count(self, done: SourceReport) -> None:
        """Count how a source went, and log it."""
        new, revised = done.outcomes[Outcome.NEW], done.outcomes[Outcome.REVISED]
        self.sources += 1
        self.new += new
        self.revised += revised
        self.failed += len(done.failures)
        for address, reason in done.failures:
            log.event(_log, logging.INFO, "update.failure", address=address, reason=reason)
        log.event(
            _log,
            logging.INFO,
            "update.source",
            address=done.source.address,
            status="ok" if done.ok else "failed",
            new=new,
            revised=revised,
            unchanged=done.outcomes[Outcome.UNCHANGED],
            failed=len(done.failures),
            looked_again=done.looked,
        )


@contextmanager
def noted(store: Store, *, whole: bool) -> Iterator[Running]:
    """Give what an update is counted in, and note how it ended; *whole*: of all sources."""
    began = store.now().astimezone(UTC).isoformat(timespec="seconds")
    started = time.monotonic()
    running = Running()
    log.event(_log, logging.INFO, "update.begun", whole=whole)
    try:
        yield running
    except BaseException as error:
        stopped = isinstance(error, KeyboardInterrupt)
        code = _STOPPED if stopped else getattr(error, "exit_code", _UNUSABLE)
        reason = "stopped" if stopped else str(error) or type(error).__name__
        _note(store, running, began, time.monotonic() - started, whole, code, reason)
        raise
    _note(store, running, began, time.monotonic() - started, whole, running.code)


def _note(
    store: Store,
    running: Running,
    began: str,
    took: float,
    whole: bool,
    code: int,
    reason: str | None = None,
) -> None:
    log.event(
        _log,
        logging.INFO,
        "update.done" if reason is None else "update.cut_off",
        code=code,
        reason=reason,
        sources=running.sources,
        new=running.new,
        revised=running.revised,
        failed=running.failed,
        indexed=running.applied,
        rebuilt=running.rebuilt,
        took_s=round(took, 3),
    )
    # A store that cannot be written to is why this run ended; that is told already.
    with suppress(StoreError):
        store.note_update(
            UpdateRun(
                began, took, code, reason, whole, running.new, running.revised, running.failed
            )
        )
