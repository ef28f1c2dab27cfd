"""Revisits: young pages looked at again, for what a newsroom corrects only there.

A page that is as it was costs its site an answer without a body, where it gives
validators. What was kept stays, whatever a page shows later: one that is gone or
hides its article is noted, and no revision.
"""

import logging
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from archive.article import Published
from archive.errors import IngestError, unforeseen
from archive.identity import canonical_url
from archive.ingest import dates, schedule
from archive.ingest.addresses import meant_by
from archive.ingest.decide import Outcome
from archive.ingest.fetch import Answer
from archive.ingest.item import Item
from archive.ingest.keep import Read, keep
from archive.ingest.merged import (
    LESS_THAN_FEED,
    LESS_THAN_KEPT,
    decoded,
    encoded,
    hides,
    merged,
    page_now,
    said_of,
    shows_less,
    without_original,
)
from archive.ingest.report import SourceReport
from archive.ingest.run import Run
from archive.ingest.visit import Failed, Had, Left, Validators, Visited, Visitor
from archive.progress import Progress
from archive.source import Source
from archive.store import Store
from archive.store.frontier import FROM_LIST, Wanted, Way
from archive.store.kept import Kept
from archive.store.pages import SeenPage
from archive.store.sources import KnownItem

_SHOWN = 120
_LONGEST_WAIT = 7 * 86400.0

_log = logging.getLogger(__name__)


def remember(store: Store, row: Wanted, answer: Answer, said: Item | None, kept: Kept) -> None:
    """Remember the page at which an article was just had, and when to look at it again.

    A page that a backfill found and nothing dates is taken for an old one.
    """
    now = store.now()
    _note(store, row.address, kept, None)
    known = store.seen_page(row.source_id, row.address)
    published = kept.article.published or _published(row.day)
    since = schedule.young_since(published, now)
    if known:
        since = min(datetime.fromisoformat(known.since), now)
    found = row.way is Way.BACKFILL and row.stamp != FROM_LIST and known is None
    due = None if found and published is None else schedule.next_look(since, now)
    store.note_page(
        SeenPage(
            source_id=row.source_id,
            address=row.address,
            key=row.key,
            since=_iso(since),
            looked=_iso(now),
            due=_iso(due) if due else None,
            etag=answer.etag,
            last_modified=answer.last_modified,
            said=encoded(without_original(said)) if said else None,
        )
    )


@dataclass(frozen=True, slots=True)
class Wish:
    """Which pages a run looks at again: at most *most* of a source and of a host.

    *at_once* are also those that are young, but not due yet.
    """

    most: int
    at_once: bool = False


USUAL = Wish(50)
"""What an update does unless told otherwise."""


class Choice:
    """Chooses the pages that a run looks at again, source by source."""

    def __init__(self, store: Store, wish: Wish) -> None:
        now = store.now()
        apart = timedelta(seconds=schedule.APART)
        self._store, self._most = store, wish.most
        self._until = _iso(now + schedule.SLACK)
        self._looked_before = _iso(now - apart + schedule.SLACK) if wish.at_once else None
        self._hosts: Counter[str] = Counter()
        self.sources = (
            store.sources_with_pages_due(self._until, self._looked_before)
            if wish.most > 0
            else set[int]()
        )

    def of(self, source: Source) -> list[SeenPage]:
        """Return the pages of *source* to look at again, the longest due first."""
        if source.id not in self.sources:
            return []
        chosen: list[SeenPage] = []
        for page in self._store.pages_due(source.id, self._until, self._looked_before):
            host = urlsplit(page.address).hostname or ""
            if len(chosen) < self._most and self._hosts[host] < self._most:
                self._hosts[host] += 1
                chosen.append(page)
        return chosen


def follow(
    store: Store,
    visitor: Visitor,
    pages: Sequence[SeenPage],
    held: Mapping[int, SourceReport],
    this: Run,
    progress: Progress,
) -> Iterator[SourceReport]:
    """Look at *pages* again; yield each source's report after its last page.

    *held* are the reports by source. Each page's outcome is kept in a transaction of its own.
    """
    open_pages = Counter(page.source_id for page in pages)
    turns = {number: _Turn(store, held[number], this) for number in open_pages}
    by_address: dict[str, list[SeenPage]] = {}
    for page in pages:
        by_address.setdefault(page.address, []).append(page)
    validators = {page.address: Validators(page.etag, page.last_modified) for page in pages}
    meant = {
        address: meant_by((held[page.source_id].source.address for page in its), address)
        for address, its in by_address.items()
    }
    done = 0
    try:
        for visited in visitor.visit(by_address, validators, meant):
            for page in by_address[visited.address]:
                with store.transaction():
                    turns[page.source_id].settle(page, visited)
                done += 1
                progress("pages again", done, len(pages))
                open_pages[page.source_id] -= 1
                if not open_pages[page.source_id]:
                    yield held[page.source_id]
    finally:
        store.rest_hosts(visitor.resting)


class _Turn:
    """One source's pages that a run looks at again."""

    def __init__(self, store: Store, report: SourceReport, this: Run) -> None:
        self._store, self._report, self._this = store, report, this
        self._known = store.items(report.source.id)

    def settle(self, page: SeenPage, visited: Visited) -> None:
        known = self._known.get(page.key)
        kept = self._store.kept(known.article_id) if known else None
        if known is None or kept is None or not self._is_its_article(kept):
            # Its feed gives all of it now, or another source does, or it was withdrawn.
            self._store.note_page(replace(page, due=None))
            return
        if isinstance(visited, Left):
            if visited.wait:
                self._store.note_page(replace(page, due=self._after(visited.wait)))
            return
        self._report.looked += 1
        if isinstance(visited, Failed):
            self._failed(page, kept, visited)
        elif visited.answer.body is None:
            self._seen(page, kept, visited.answer)
        else:
            self._had(page, known, kept, visited)

    def _is_its_article(self, kept: Kept) -> bool:
        mine = kept.source_id == self._report.source.id and kept.state == "kept"
        return mine and kept.article.is_from_page

    def _had(self, page: SeenPage, known: KnownItem, kept: Kept, had: Had) -> None:
        said = decoded(page.said) or said_of(kept.article)
        answer = had.answer
        source = self._report.source
        try:
            item = self._this.readers.page(answer.body or b"", page.key, canonical_url(answer.url))
        except IngestError as error:
            self._failed(page, kept, Failed(page.address, error.reason))
            return
        except Exception as error:
            # As in the pipeline: parsers meet hostile input here, and nothing is written yet.
            _log.debug("defect in %s", page.address, exc_info=True)
            reason = unforeseen(error)
            self._failed(page, kept, Failed(page.address, reason))
            return
        if hides(item, kept.article) or shows_less(item, said):
            why = LESS_THAN_KEPT if hides(item, kept.article) else LESS_THAN_FEED
            # Without its validators: the next look must see the article, not the notice.
            self._failed(page, kept, Failed(page.address, why), _quoted(why, item))
            return
        heard = SourceReport(source)
        whole = merged(item, said, source)
        keep(self._store, source, [Read(whole, known.stamp)], self._known, self._this, heard)
        self._report.failures += heard.failures
        for outcome in (Outcome.REVISED, Outcome.COMPLETED):
            self._report.outcomes[outcome] += heard.outcomes[outcome]
        self._report.looked_changed += heard.outcomes[Outcome.REVISED]
        self._seen(page, self._store.kept(kept.article.id) or kept, answer)

    def _seen(self, page: SeenPage, kept: Kept, answer: Answer) -> None:
        """Note that a page still shows its article."""
        _note(self._store, page.address, kept, None)
        self._store.note_page(
            replace(
                self._looked(page),
                etag=answer.etag,
                last_modified=answer.last_modified,
                reason=None,
                gone=None,
            )
        )

    def _failed(
        self, page: SeenPage, kept: Kept, failed: Failed, shows: str | None = None
    ) -> None:
        """Note why nothing came of a look; the article stays as it was kept."""
        self._report.missed.append((page.address, failed.reason))
        looked = replace(self._looked(page), reason=failed.reason)
        if failed.gone:
            shows = failed.reason
            looked = replace(looked, due=None, gone=looked.looked)
        elif failed.wait and looked.due:
            looked = replace(looked, due=max(looked.due, self._after(failed.wait)))
        if shows:
            _note(self._store, page.address, kept, shows)
        self._store.note_page(looked)

    def _after(self, seconds: float) -> str:
        # A site may ask for centuries; the clock has none.
        return _iso(self._store.now() + timedelta(seconds=min(seconds, _LONGEST_WAIT)))

    def _looked(self, page: SeenPage) -> SeenPage:
        now = self._store.now()
        # What is young since a time to come was noted by a clock that was set back since.
        since = min(datetime.fromisoformat(page.since), now)
        due = schedule.next_look(since, now)
        return replace(page, since=_iso(since), looked=_iso(now), due=_iso(due) if due else None)


def _note(store: Store, address: str, kept: Kept, shows: str | None) -> None:
    """Note with an article what its page shows instead, or with None that it is back."""
    noted = page_now(kept.article, address, shows, store.now().date().isoformat())
    if noted.evidence != kept.article.evidence:
        store.relabel(noted)


def _quoted(why: str, page: Item) -> str:
    words = " ".join(page.text.split())
    return f"{why}: “{words[:_SHOWN]}{'…' if len(words) > _SHOWN else ''}”" if words else why


def _published(iso: str | None) -> Published | None:
    return dates.read(iso) if iso else None


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
