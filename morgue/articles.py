"""Commands about articles: search, article, withdraw."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import click

from archive.article import Article, Revision
from archive.errors import Busy, UsageError
from archive.export.jsons import record
from archive.identity import canonical_url
from archive.store import Store
from archive.store.kept import Kept
from archive.store.stories import Copy
from archive.web_archives import capture_at
from indexer import projection
from indexer.coverage import coverage_of
from indexer.engine import Sort
from indexer.request import NARROWING
from indexer.search import analyzer_of, values_of
from indexer.search import search as search_articles
from morgue.coverage import show_coverage
from morgue.differences import show_beside, show_changes
from morgue.narrowing import narrowed, narrowing
from morgue.output import QueryCommand, common, json_option, print_json, say, site
from morgue.results import show, show_values
from morgue.site import WAIT_FOR_LOCK


@click.command(
    cls=QueryCommand,
    epilog="Example: morgue search '\"money laundering\" place:beijing' --from 2024",
)
@narrowing
@click.option(
    "--sort",
    type=click.Choice([str(sort) for sort in Sort]),
    default=str(Sort.RELEVANCE),
    show_default=True,
)
@click.option("--limit", metavar="N", type=int, default=10, show_default=True, help="Per page.")
@click.option("--page", metavar="N", type=int, default=1, show_default=True)
@click.option("--all", "every", is_flag=True, help="All words must match, of a question too.")
@click.option("--related", is_flag=True, help="Rank by words that the best articles have, too.")
@click.option(
    "--newer/--no-newer",
    default=None,
    help="Of near-equals the newer first; search.newer in morgue.toml unless said.",
)
@click.option("--explain", is_flag=True, help="Say why each hit stands where it does.")
@click.option("--copies", is_flag=True, help="List every copy of a story, not one for all.")
@click.option("--telling", is_flag=True, help="Words more frequent in the result than elsewhere.")
@click.option("--timeline", is_flag=True, help="How many articles each year, month or day has.")
@click.option(
    "--facet",
    type=click.Choice(list(NARROWING)),
    help="List all values of a facet and how many articles have each, and no articles.",
)
@json_option
@common
def search(
    query: tuple[str, ...],
    sort: str,
    limit: int,
    page: int,
    copies: bool,
    telling: bool,
    timeline: bool,
    facet: str | None,
    every: bool,
    related: bool,
    newer: bool | None,
    explain: bool,
    as_json: bool,
    **options: Any,
) -> None:
    """Search the archive. Without words it lists the newest articles.

    A story that several outlets ran is one result: the earliest copy that
    matches. --copies lists them all. Options that narrow may be repeated: of
    one kind any may be true, --not-source and its like none.

    All words must match; of more than three, some do, and the articles with the
    best of them come first. Where few have all words, those that lack one follow
    and say which. "quotes" make phrases; OR, NOT, -word, (groups);
    title: by: source: topic: place: after: before: narrow; word* colo?r word~
    match alike; W/5 PRE/3 /s /p tell words near each other. What was understood
    is shown. All of it is in docs/search.md, and in the web app behind ?.
    """
    here = site()
    request = replace(
        narrowed(query, options),
        today=here.settings.today(),
        copies=copies,
        telling=telling,
        timeline=timeline,
        every=every,
        related=related,
        newer=here.settings.search.newer if newer is None else newer,
        explain=explain,
        sort=Sort(sort),
        limit=limit,
        page=page,
    )
    known = here.settings.search.groups
    with here.open() as store, here.engine(store) as engine:
        if facet:
            show_values(facet, values_of(facet, request, engine, store, known), as_json)
            return
        results = search_articles(request, engine, store, known)
    if as_json:
        print_json(results.as_json())
    else:
        show(results)


@click.command(
    short_help="Show one article, its revisions and where its facts come from.",
    epilog="Example: morgue article mfzw6zthmvxq --json",
)
@click.argument("article_id", metavar="ID|URL")
@click.option("--revision", metavar="N", type=int, help="An earlier state; the latest unless set.")
@click.option("--changes", is_flag=True, help="What the revision changed in the one before it.")
@click.option("--related", "as_related", is_flag=True, help="Other coverage of it, and why.")
@click.option("--beside", metavar="ID|URL", help="What differs between it and another copy.")
@json_option
@common
def article(
    article_id: str,
    revision: int | None,
    changes: bool,
    as_related: bool,
    beside: str | None,
    as_json: bool,
) -> None:
    """Show one article; with --json everything known of it, and where each fact came from.

    It is named by its id, or by any address that it was seen under.
    --changes shows removed words as [-so-] and added ones as {+so+}. --related
    lists its copies, the same story as others told it, and what is similar. --beside
    shows what another copy leaves out and adds, wherever its paragraphs begin.
    """
    if beside is not None:
        with site().open() as store:
            one, other = (_named(store, name) for name in (article_id, beside))
        for kept in (one, other):
            if kept.state != "kept":
                raise UsageError(f"was {kept.state}", kept.article.id)
        show_beside(one.article, other.article, as_json)
        return
    if as_related:
        here = site()
        with here.open() as store, here.engine(store) as engine:
            named = _named(store, article_id).article
            show_coverage(coverage_of(named, engine, store, analyzer_of(engine)), as_json)
        return
    with site().open() as store:
        kept = _named(store, article_id)
        revisions = {r.number: r for r in store.revisions(kept.article.id)}
        addresses = store.addresses(kept.article.id)
        copies = store.copies([kept.article.id]).get(kept.article.id, ())
    number = kept.revision if revision is None else revision
    if number not in revisions:
        raise UsageError(f"has no revision {number}", article_id, f"it has {len(revisions)}")
    found = revisions[number].article
    if changes:
        if number == 1:
            raise UsageError("the first revision changed nothing", article_id)
        show_changes(revisions[number - 1], revisions[number], as_json)
        return
    if as_json:
        print_json(_everything(found, number, kept, revisions.values(), addresses, copies))
        return
    if kept.state != "kept":
        say(f"This article was {kept.state}.")
    say(found.headline)
    facts = [found.published.iso if found.published else "undated", found.source]
    facts += [f for f in (found.agency, found.dateline, ", ".join(found.byline)) if f]
    say(" · ".join(facts))
    say(found.link or found.url)
    if found.updated:
        say(f"Updated: {found.updated.iso}")
    for address in addresses[1:]:
        say(f"Also at {address}")
    if capture := capture_at(found.link or found.url):
        day = f", captured on {capture.captured}" if capture.captured else ""
        say(f"That is a copy in a web archive{day}: {capture.original or 'of what, is not told'}")
    if found.topics:
        say(f"Topics: {'; '.join(found.topics)}")
    if found.caption:
        say(f"Caption: {found.caption}")
    say()
    say(found.text)
    if found.credits:
        say()
        say(f"({found.credits})")
    if copies:
        say()
        say("Also published by:")
    for copy in copies:
        day = copy.published.iso[:10] if copy.published else "undated"
        say(" · ".join(f for f in (f"    {day}", copy.source, copy.id, copy.address) if f))


def _named(store: Store, name: str) -> Kept:
    """Return the article of an id or an address. Raises UsageError where there is none."""
    kept = store.kept(name)
    if kept is not None:
        return kept
    if "://" not in name:
        raise UsageError("no article has this id", name, "`morgue search` shows ids")
    ids = store.ids_at(canonical_url(name))
    kept = store.kept(ids[0]) if ids else None
    if kept is None:
        raise UsageError(
            "no article was seen at this address", name, "`morgue search` finds words"
        )
    return kept


def _everything(
    shown: Article,
    number: int,
    kept: Kept,
    revisions: Iterable[Revision],
    addresses: list[str],
    copies: Iterable[Copy],
) -> dict[str, object]:
    return {
        **record(shown, copies),
        "section": shown.section,
        "link": shown.link,
        "addresses": addresses,
        "headline_derived": shown.headline_is_derived,
        "lede": shown.lede,
        "state": kept.state,
        "first_seen": kept.first_seen,
        "revision": number,
        "edits": kept.edits,
        "revisions": [
            {"number": r.number, "seen": r.seen, "headline": r.article.headline} for r in revisions
        ],
    }


@click.command(epilog="Example: morgue withdraw mfzw6zthmvxq --purge")
@click.argument("article_id", metavar="ID")
@click.option("--purge", is_flag=True, help="Also remove the text and all revisions, for ever.")
@json_option
@common
def withdraw(article_id: str, purge: bool, as_json: bool) -> None:
    """Take an article out of search. Its place stays taken: it does not come back.

    The text stays in the store unless --purge removes it too.
    """
    here = site()
    with here.open() as store:
        changed = store.withdraw(article_id, purge=purge)
        try:
            with here.lock(WAIT_FOR_LOCK):
                if purge:
                    # An index keeps what was removed from it until its segments merge.
                    projection.rebuild(store, here.index, here.settings.language, forget=True)
                    store.overwrite()
                else:
                    projection.catch_up(store, here.index, here.settings.language)
        except Busy as error:
            raise Busy(
                f"{'purged' if purge else 'withdrawn'} from the store; another run is at work",
                article_id,
                "run the same command again when it is done, to clear the disk"
                if purge
                else "the index follows with it",
            ) from error
    state = "purged" if purge else "withdrawn"
    if as_json:
        print_json({"id": article_id, "state": state, "changed": changed})
    else:
        say(f"{article_id} is {state}." if changed else f"{article_id} was {state} before.")
