"""Keeping: every article that was read is composed, decided upon, and written to the store."""

import logging
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urljoin

from archive.article import Article
from archive.errors import unforeseen
from archive.identity import canonical_url, may_be_canonical
from archive.ingest.compose import compose
from archive.ingest.decide import Outcome, decide
from archive.ingest.item import Item
from archive.ingest.report import SourceReport
from archive.ingest.run import Run
from archive.source import Source
from archive.store import Store
from archive.store.kept import Kept
from archive.store.sources import KnownItem
from archive.store.stories import telling
from archive.syndication import agree

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Read:
    """An entry or file that was read and is ready to be kept.

    *article* is what was composed of it under its own address, if that was done already.
    """

    item: Item
    stamp: str
    article: Article | None = None


def keep(
    store: Store,
    source: Source,
    read: Iterable[Read],
    known: dict[str, KnownItem],
    this: Run,
    report: SourceReport,
    there: Collection[str] = (),
) -> None:
    """Decide upon and keep what was *read*; note the outcomes in *report*, of *this* run.

    *known* are the source's items by key, *there* the keys that it has now.
    """
    for one in read:
        before = known.get(one.item.key)
        present = store.kept(before.article_id) if before else store.by_url(one.item.url)
        url = present.article.url if present else one.item.url
        try:
            if one.article is not None and one.article.url == url:
                article = one.article
            else:
                article = compose(one.item, source, this.today, url, this.infer)
        except Exception as error:
            # As in the pipeline, for one article: nothing of it has been written yet.
            _log.debug("defect in %s", one.item.key, exc_info=True)
            reason = unforeseen(error)
            report.failures.append((one.item.key, reason))
            continue
        elsewhere = one.item.url != url and (
            before is None or _has_another(before, one.item, known, there)
        )
        if present is None:
            present = _known_elsewhere(store, article, one.item)
            if present is not None:
                elsewhere = True
                article = replace(article, id=present.article.id, url=present.article.url)
        outcome = decide(article, present, source.id, elsewhere=elsewhere)
        if present is not None and present.source_id is None:
            store.adopt(article.id, source.id)
        if outcome is Outcome.RELABELLED:
            store.relabel(article)
        elif outcome in (Outcome.NEW, Outcome.REVISED, Outcome.COMPLETED):
            store.put(
                article,
                source_id=source.id,
                media_type=one.item.media_type,
                original=one.item.original,
                edit=outcome is Outcome.REVISED,
            )
        store.note_addresses(article.id, addresses_of(one.item))
        store.remember_item(source.id, one.item.key, one.stamp, article.id)
        known[one.item.key] = KnownItem(one.stamp, article.id)
        report.outcomes[outcome] += 1
        this.hears(one.item.key, article.id, outcome)


def _has_another(
    before: KnownItem, item: Item, known: Mapping[str, KnownItem], there: Collection[str]
) -> bool:
    """Whether the article of *item* is *there* under another key, too: as its AMP page, say.

    Where it is not, the article itself has moved.
    """
    same = (key for key, it in known.items() if it.article_id == before.article_id)
    return any(key != item.key and key in there for key in same)


def addresses_of(item: Item) -> list[str]:
    """Return the addresses that *item* was seen under: its own, and those it credibly claims."""
    claimed = [urljoin(item.url, c.value) for c in item.claims if c.field in ("link", "address")]
    credible = [canonical_url(link) for link in claimed if may_be_canonical(link, item.url)]
    return list(dict.fromkeys([item.url, *credible]))


def _known_elsewhere(store: Store, article: Article, item: Item) -> Kept | None:
    """Return the article that *item* is under another address, if the store has it.

    An address that it shares with an article which says something else is
    nobody's: some sites give one canonical link to all their pages.
    """
    told = telling(article)
    for address in addresses_of(item):
        for known_id in store.ids_at(address):
            known = store.kept(known_id)
            if known is None:
                continue
            if known.state == "purged":
                # Nothing is left to compare with: only its own address tells.
                if address == item.url:
                    return known
            elif agree(told, telling(known.article)):
                return known
            else:
                store.disown(address)
    return None
