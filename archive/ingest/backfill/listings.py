"""Listings: a feed's older pages and sitemaps, asked one by one for what they lead to.

A feed's page gives articles at once, and teasers whose pages are to be visited; a
sitemap gives addresses. Both lead on to further listings. All of it goes into the
store's frontier in the same transaction that notes the listing as done.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from urllib.parse import urljoin, urlsplit

from archive.article import Published
from archive.errors import FormatError
from archive.identity import canonical_url, digest, same_site
from archive.ingest import dates, page_run
from archive.ingest.backfill import feed_pages, sitemaps
from archive.ingest.backfill.bounds import Bounds
from archive.ingest.backfill.sitemaps import Listed
from archive.ingest.feeds import Feed
from archive.ingest.fetch import LARGEST_FEED, Answer
from archive.ingest.keep import Read, keep
from archive.ingest.report import SourceReport
from archive.ingest.run import Run
from archive.ingest.visit import Failed, Had, Left, Visitor
from archive.source import Source
from archive.store import Store
from archive.store.frontier import FROM_SITEMAP, Sort, Wanted, Way

START, NEXT, PAGED, NAMED, GUESSED = "start", "next", "paged", "named", "guessed"
"""How a listing was found: the feed itself, a link to its older part, WordPress's paging,
robots.txt or another sitemap, and the place where sitemaps usually lie."""
_DEEPEST = 3
_FIRST_WAIT = 3600.0
_FEEDS = "application/atom+xml, application/rss+xml, application/xml;q=0.9, */*;q=0.5"
_SITEMAPS = "application/xml, text/xml;q=0.9, text/plain;q=0.7, */*;q=0.5"


@dataclass
class Found:
    """What a source's backfill brought in one run.

    *kept* hears of articles and of what failed; *visited* counts pages, *already*
    addresses that were known, *passed_over* those that are no articles, lie on
    another site or outside the days asked for, *teasers* the failed pages for which
    their feed's text is kept, *fruitless* how many listings in a row led to nothing new,
    *seen* the entries of those that were read.
    """

    kept: SourceReport
    visited: int = 0
    already: int = 0
    passed_over: int = 0
    teasers: int = 0
    fruitless: int = 0
    seen: set[str] = field(default_factory=set)
    failed: list[tuple[str, str]] = field(default_factory=list)

    @property
    def source(self) -> Source:
        """Whose backfill it is."""
        return self.kept.source


def roots(source: Source, visitor: Visitor) -> list[Wanted]:
    """Return where the backfill of a feed begins."""
    start = _listing(source.id, source.address, Sort.FEED, START)
    return [start, *_sitemaps_of(source.id, source.address, visitor, source.address)]


def _sitemaps_of(source_id: int, address: str, visitor: Visitor, meant: str) -> list[Wanted]:
    """Return the sitemaps of a site, as its robots.txt names them, else where they usually lie.

    *meant* is the source's own address, as for a fetch.
    """
    named = visitor.robots.of(address, meant).sitemaps
    if named:
        whole = [urljoin(address, one) for one in named if sitemaps.lists_articles(one)]
        return [_listing(source_id, one, Sort.SITEMAP, NAMED) for one in whole]
    return [_listing(source_id, urljoin(address, "/sitemap.xml"), Sort.SITEMAP, GUESSED)]


def _listing(
    source_id: int, address: str, kind: Sort, key: str, stamp: str = "", day: str | None = None
) -> Wanted:
    host = urlsplit(address).hostname or ""
    return Wanted(source_id, address, host, Way.BACKFILL, kind, key, stamp, day=day)


@dataclass(frozen=True)
class Listings:
    """Reads the listings of one source, within *bounds*; what they brought is noted in *found*."""

    store: Store
    visitor: Visitor
    found: Found
    bounds: Bounds
    this: Run

    def read(self, row: Wanted) -> None:
        """Ask for one listing and take in what it leads to."""
        is_feed = row.kind is Sort.FEED
        largest = LARGEST_FEED if is_feed else sitemaps.LARGEST
        accept, meant = _FEEDS if is_feed else _SITEMAPS, self.found.source.address
        match self.visitor.ask(row.address, largest, accept, meant=meant):
            case Had(_, answer):
                try:
                    with self.store.transaction():
                        came = self._feed(row, answer) if is_feed else self._sitemap(row, answer)
                        self.store.finish(row, came)
                except FormatError as error:
                    self._failed(row, Failed(row.address, error.reason, lasting=True))
            case Failed() as failed:
                self._failed(row, failed)
            case Left(_, reason, wait):
                self.store.postpone(row, reason, wait or 0.0, tried=False)

    def _failed(self, row: Wanted, failed: Failed) -> None:
        if failed.lasting and row.key == PAGED:
            # Behind the last page there is none: so WordPress says it.
            self.store.finish(row, "the feed ends before it")
            return
        if failed.lasting and row.key == GUESSED:
            self.store.finish(row, failed.reason)
            return
        self.found.failed.append((row.address, failed.reason))
        if failed.lasting or row.tries + 1 >= page_run.MOST_TRIES:
            self.store.give_up(row, failed.reason)
        else:
            wait = max(failed.wait or 0.0, _FIRST_WAIT)
            self.store.postpone(row, failed.reason, wait, tried=True)

    # -- feeds -------------------------------------------------------------

    def _feed(self, row: Wanted, answer: Answer) -> str:
        """Keep a feed's entries and want its older part; return what came of it."""
        source = self.found.source
        feed = self.this.readers.feed(answer.body or b"", answer.url, answer.content_type)
        about = feed_pages.about(feed)
        titled = replace(source, title=feed.title or source.title)
        if row.key == START and feed.title and not source.title:
            self.store.name_source(source.id, feed.title)
            self.found.kept.source = titled
        known = self.store.items(source.id)
        changed = []
        for entry in feed.entries:
            if not self.bounds.admits(_published(page_run.day_of(entry.item))):
                self.found.passed_over += 1
            elif entry.key in known:
                self.found.already += 1
            else:
                changed.append(entry)
        whole = page_run.set_aside(self.store, titled, feed.entries, changed, known, Way.BACKFILL)
        reads = [Read(entry.item, entry.stamp) for entry in whole]
        keep(self.store, titled, reads, known, self.this, self.found.kept)
        self.found.failed.extend(feed.refused)
        rows = list(self._older(row, feed, about))
        if row.key == START and about.home and not _one_host(about.home, source.address):
            rows += _sitemaps_of(source.id, about.home, self.visitor, source.address)
        self.store.want(rows)
        keys = {entry.key for entry in changed}
        self._note_fruit(len(keys - self.found.seen))
        self.found.seen |= keys
        return f"{len(feed.entries)} entries, {_leads_on(row, about, rows)}"

    def _older(self, row: Wanted, feed: Feed, about: feed_pages.About) -> Iterator[Wanted]:
        """Yield the listing behind this one, if there is one and it may hold what is asked for."""
        seen = digest("\n".join(sorted(e.key for e in feed.entries)).encode("utf-8", "replace"))
        if not feed.entries or seen == row.stamp:
            return
        days = [_published(page_run.day_of(entry.item)) for entry in feed.entries]
        # Feeds give the newest first: behind a part that is wholly too old, all is.
        if all(day is not None and self.bounds.ends_before(day.days[1]) for day in days):
            return
        if about.older:
            yield _listing(row.source_id, about.older, Sort.FEED, NEXT, seen)
        elif about.wordpress:
            address = feed_pages.paged(row.address, feed_pages.page_number(row.address) + 1)
            yield _listing(row.source_id, address, Sort.FEED, PAGED, seen)

    # -- sitemaps ----------------------------------------------------------

    def _sitemap(self, row: Wanted, answer: Answer) -> str:
        """Want what a sitemap lists; return what came of it."""
        sitemap = sitemaps.read(answer.body or b"", answer.url)
        depth = int(row.stamp or 0)
        children = [
            _listing(
                row.source_id,
                child.address,
                Sort.SITEMAP,
                NAMED,
                str(depth + 1),
                child.changed.iso if child.changed else None,
            )
            for child in sitemap.sitemaps
            if depth < _DEEPEST and self._may_hold(child) and _at_home(child, row.address)
        ]
        self.store.want(children)
        added = self.store.want(self._pages(sitemap.pages, row.address))
        self._note_fruit(added)
        cut = f", cut after {sitemaps.MOST:,} addresses" if sitemap.cut else ""
        return (
            f"{len(sitemap.pages)} addresses, {added} of them to be visited, "
            f"{len(children)} of {len(sitemap.sitemaps)} further sitemaps{cut}"
        )

    def _note_fruit(self, new: int) -> None:
        self.found.fruitless = 0 if new else self.found.fruitless + 1

    def _may_hold(self, child: Listed) -> bool:
        return sitemaps.lists_articles(child.address) and not self._is_too_old(child)

    def _is_too_old(self, listed: Listed) -> bool:
        """Whether it was last changed before the days asked for, so also published before."""
        return listed.changed is not None and self.bounds.ends_before(listed.changed.days[1])

    def _pages(self, listed: Iterable[Listed], where: str) -> Iterator[Wanted]:
        source = self.found.source
        for one in listed:
            address = canonical_url(one.address)
            at_home = _at_home(one, where) or same_site(address, source.address)
            within = self.bounds.admits(one.published) and not self._is_too_old(one)
            if sitemaps.is_listing(address) or not at_home or not within:
                self.found.passed_over += 1
            elif self.store.has_url(address):
                self.found.already += 1
            else:
                day = one.published or one.changed
                yield page(source.id, address, FROM_SITEMAP, self.bounds, day)


def page(
    source_id: int, address: str, stamp: str, bounds: Bounds, day: Published | None = None
) -> Wanted:
    """Return the frontier's row for a page that a listing or the user named."""
    return Wanted(
        source_id,
        address,
        urlsplit(address).hostname or "",
        Way.BACKFILL,
        Sort.PAGE,
        address,
        stamp,
        day=day.iso if day else None,
        after=bounds.after.isoformat() if bounds.after else None,
        before=bounds.before.isoformat() if bounds.before else None,
    )


def _leads_on(row: Wanted, about: feed_pages.About, rows: list[Wanted]) -> str:
    if any(one.kind is Sort.FEED for one in rows):
        return "and an older part"
    if row.key == START and not about.older and not about.wordpress:
        return "no link to an older part, and not written by WordPress"
    return "nothing older asked for"


def _published(iso: str | None) -> Published | None:
    return dates.read(iso) if iso else None


def _at_home(listed: Listed, where: str) -> bool:
    return same_site(listed.address, where)


def _one_host(one: str, other: str) -> bool:
    return urlsplit(one).netloc.lower() == urlsplit(other).netloc.lower()
