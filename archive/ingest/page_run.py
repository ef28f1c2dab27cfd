"""Pages' turn in a run: teasers set aside, pages visited, read and kept.

What is to be visited lies in the store's frontier, so that a run that is cut off,
or has had its share, is gone on with later. A page that cannot be had is tried
again a few times, each time after a longer while; meanwhile its teaser is kept.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import urlsplit

from archive.article import Article
from archive.errors import IngestError, unforeseen
from archive.identity import canonical_url
from archive.ingest import dates, revisits
from archive.ingest.addresses import meant_by
from archive.ingest.compose import compose
from archive.ingest.feeds import Entry
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
    shows_less,
    without_page,
)
from archive.ingest.report import SourceReport
from archive.ingest.run import Run
from archive.ingest.teaser import teasers
from archive.ingest.visit import Failed, Had, Left, Visited, Visitor
from archive.progress import Progress
from archive.source import FullText, Source
from archive.store import Store
from archive.store.frontier import Sort, Wanted, Way
from archive.store.kept import Kept
from archive.store.sources import KnownItem

MOST_TRIES = 5
_FIRST_WAIT = 3600.0
_LONGER = 4

_log = logging.getLogger(__name__)


def set_aside(
    store: Store,
    source: Source,
    entries: Sequence[Entry],
    changed: Sequence[Entry],
    known: Mapping[str, KnownItem],
    way: Way = Way.UPDATE,
) -> list[Entry]:
    """Put the teasers among the *changed* entries of a feed into the frontier.

    *entries* are all of the feed's, for they show what kind of feed it is. What came
    from a page is followed again, or left as it is. Returns the others, which are
    articles as they are.
    """
    if not changed:
        return []
    judged = teasers([entry.item for entry in entries], source.full_text)
    led_on = {entry.key for entry, is_teaser in zip(entries, judged, strict=True) if is_teaser}
    whole: list[Entry] = []
    rows: list[Entry] = []
    for entry in changed:
        before = known.get(entry.key)
        present = store.kept(before.article_id) if before else store.by_url(entry.item.url)
        if present is None:
            (rows if entry.key in led_on else whole).append(entry)
        elif present.source_id not in (None, source.id):
            # Another source brought it first: a copy, whatever its page says.
            whole.append(entry)
        elif entry.key in led_on or _is_fuller(present.article, entry.item):
            by_backfill = before is None and present.article.is_from_page
            if by_backfill or present.state != "kept" or source.full_text is FullText.NO:
                store.remember_item(source.id, entry.key, entry.stamp, present.article.id)
            else:
                rows.append(entry)
        else:
            whole.append(entry)
    store.want([_row(source, entry, way) for entry in rows], renew=True)
    return whole


def _is_fuller(article: Article, entry: Item) -> bool:
    """Whether an article was had from its page, and says more than its entry does now."""
    return article.is_from_page and len(article.text) > len(entry.text)


def _row(source: Source, entry: Entry, way: Way) -> Wanted:
    address = entry.item.url
    return Wanted(
        source.id,
        address,
        urlsplit(address).hostname or "",
        way,
        Sort.PAGE,
        entry.key,
        entry.stamp,
        day=day_of(entry.item),
        said=encoded(entry.item),
    )


def day_of(item: Item) -> str | None:
    """Return when an entry says that it was published (ISO 8601), if it can be read."""
    said = (dates.read(e.value) for e in item.claims if e.field == "published")
    return next((published.iso for published in said if published), None)


def choose(store: Store, report: SourceReport, most: int, this: Run) -> list[Wanted]:
    """Return the pages of a feed that this run visits, the newest *most* of them.

    The teasers of the others are kept as they are, until a later run comes to them.
    """
    source = report.source
    waiting = store.wanted(source.id, Way.UPDATE)
    unwanted = source.full_text is FullText.NO
    chosen = [] if unwanted else waiting[:most]
    if len(chosen) < len(waiting):
        turn = _Turn(store, source, report, this, store.items(source.id))
        with store.transaction():
            for row in waiting[len(chosen) :]:
                turn.keep_teaser(row, "not visited yet: this run had its share of pages")
                if unwanted:
                    store.finish(row)
    return chosen


class Stays(StrEnum):
    """What stands in the archive where a page was not had."""

    TEASER = "its feed's text is kept"
    ARTICLE = "its article stays as it was"


@dataclass(frozen=True)
class Settled:
    """A page that was dealt with: *reason* is why it was not had, *left* that it was not asked.

    *stays* is what the archive has of it all the same.
    """

    row: Wanted
    reason: str | None = None
    left: bool = False
    stays: Stays | None = None


def follow(
    store: Store,
    visitor: Visitor,
    rows: Sequence[Wanted],
    held: Mapping[int, SourceReport],
    this: Run,
    progress: Progress,
) -> Iterator[SourceReport]:
    """Visit the pages that an update chose; yield each source's report after its last page.

    *held* are the reports by source. What could not be had is noted as unread: the
    source itself is well.
    """
    open_rows: dict[int, int] = {}
    for row in rows:
        open_rows[row.source_id] = open_rows.get(row.source_id, 0) + 1
    for done, settled in enumerate(visit(store, visitor, rows, held, this), start=1):
        progress("pages", done, len(rows))
        number = settled.row.source_id
        if settled.reason and not settled.left:
            held[number].unread.append((settled.row.address, settled.reason))
        open_rows[number] -= 1
        if not open_rows[number]:
            yield held[number]


def visit(
    store: Store,
    visitor: Visitor,
    rows: Iterable[Wanted],
    reports: Mapping[int, SourceReport],
    this: Run,
    admits: Callable[[Wanted, Article], bool] | None = None,
) -> Iterator[Settled]:
    """Visit pages and keep what they hold, each in a transaction of its own, as they come.

    *reports* are by source, and hear what became of each article. An article that
    *admits* does not want is passed over.
    """
    by_address: dict[str, list[Wanted]] = {}
    for row in rows:
        by_address.setdefault(row.address, []).append(row)
    meant = {
        address: meant_by((reports[row.source_id].source.address for row in its), address)
        for address, its in by_address.items()
    }
    turns: dict[int, _Turn] = {}
    try:
        for visited in visitor.visit(by_address, meant=meant):
            for row in by_address[visited.address]:
                report = reports[row.source_id]
                if row.source_id not in turns:
                    known = store.items(row.source_id)
                    turns[row.source_id] = _Turn(
                        store, report.source, report, this, known, admits or (lambda *_: True)
                    )
                with store.transaction():
                    settled = turns[row.source_id].settle(row, visited)
                yield settled
    finally:
        store.rest_hosts(visitor.resting)


@dataclass
class _Turn:
    """One source's pages in a run: what is needed to keep them."""

    store: Store
    source: Source
    report: SourceReport
    this: Run
    known: dict[str, KnownItem]
    admits: Callable[[Wanted, Article], bool] = field(default=lambda *_: True)

    def settle(self, row: Wanted, visited: Visited) -> Settled:
        match visited:
            case Had(_, answer):
                return self._had(row, answer)
            case Failed(_, reason, wait):
                return self._failed(row, reason, wait or 0.0, lasting=visited.lasting)
            case Left(_, reason, wait):
                self.keep_teaser(row, reason)
                if wait:
                    self.store.postpone(row, reason, wait, tried=False)
                return Settled(row, reason, left=True)

    def _had(self, row: Wanted, answer: Answer) -> Settled:
        said = decoded(row.said)
        try:
            page = self.this.readers.page(answer.body or b"", row.key, canonical_url(answer.url))
            if shows_less(page, said):
                return self._failed(row, LESS_THAN_FEED)
            present = self._present(row)
            if present is not None and hides(page, present.article):
                return self._failed(row, LESS_THAN_KEPT)
            item = merged(page, said, self.source)
            article = compose(item, self.source, self.this.today, infer=self.this.infer)
        except IngestError as error:
            return self._failed(row, error.reason, lasting=True)
        except Exception as error:
            # As in the pipeline: parsers meet hostile input here, and nothing is written yet.
            _log.debug("defect in %s", row.address, exc_info=True)
            return self._failed(row, unforeseen(error))
        if not self.admits(row, article):
            self.store.finish(row, "published outside the days asked for")
            return Settled(row)
        keep(
            self.store,
            self.source,
            [Read(item, row.stamp)],
            self.known,
            self.this,
            self.report,
        )
        self.store.finish(row)
        kept = self.store.kept(self.known[row.key].article_id) if row.key in self.known else None
        if kept and kept.source_id == self.source.id and kept.article.is_from_page:
            revisits.remember(self.store, row, answer, said, kept)
        return Settled(row)

    def _failed(
        self, row: Wanted, reason: str, wait: float = 0.0, *, lasting: bool = False
    ) -> Settled:
        stays = self.keep_teaser(row, reason)
        lasting = lasting and row.way is Way.BACKFILL
        if lasting or row.tries + 1 >= MOST_TRIES:
            self.store.give_up(row, reason)
        else:
            longer = _FIRST_WAIT * _LONGER**row.tries
            self.store.postpone(row, reason, max(wait, longer), tried=True)
        return Settled(row, reason, stays=stays)

    def _present(self, row: Wanted) -> Kept | None:
        """Return the article that a page is of, if the store has it."""
        before = self.known.get(row.key)
        return self.store.kept(before.article_id) if before else self.store.by_url(row.address)

    def keep_teaser(self, row: Wanted, reason: str) -> Stays | None:
        """Keep what the feed said, unless a fuller text is there or it is kept already."""
        said = decoded(row.said)
        before = self.known.get(row.key)
        present = self._present(row)
        fuller = present is not None and present.article.is_from_page
        if said is None:
            return Stays.ARTICLE if fuller else None
        # What a backfill asks for anew was kept before, and its feed may have changed since.
        if before is not None and (before.stamp == row.stamp or row.way is Way.BACKFILL):
            return Stays.ARTICLE if fuller else Stays.TEASER
        if present is not None and fuller:
            self.store.remember_item(self.source.id, row.key, row.stamp, present.article.id)
            self.known[row.key] = KnownItem(row.stamp, present.article.id)
            return Stays.ARTICLE
        item: Item = without_page(said, row.address, reason)
        keep(self.store, self.source, [Read(item, row.stamp)], self.known, self.this, self.report)
        return Stays.TEASER
