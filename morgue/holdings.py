"""`morgue coverage`: what is in the archive and what is missing."""

from collections import Counter
from datetime import timedelta

import click

from archive.errors import UsageError
from archive.holdings import holdings
from archive.rhythm import gaps
from archive.wording import counted
from indexer.days import period
from morgue.output import common, json_option, print_json, say
from morgue.output import site as this_site


@click.command(
    short_help="Say what is missing: gaps, silent sources, doubtful dates and texts.",
    epilog="Example: morgue coverage --from 2024-03 --to 2024-06",
)
@click.option("--source", "sources", multiple=True, metavar="NAME", help="Only this source.")
@click.option("--from", "first", metavar="DAY", help="From this day, month or year on.")
@click.option("--to", "last", metavar="DAY", help="Up to this day, month or year.")
@json_option
@common
def coverage(sources: tuple[str, ...], first: str | None, last: str | None, as_json: bool) -> None:
    """Say what each source has, its gaps in the last 28 days or the days asked for.

    Also since when it is silent, and how many of its articles are undated, claimed a
    date that was not believed, or have a text that looks cut; --json lists these. Then
    what could not be fetched or read, why, and since when.
    """
    site = this_site()
    today = site.settings.today()
    ends = [period(text, today) if text else None for text in (first, last)]
    for text, days in zip((first, last), ends, strict=True):
        if text and days is None:
            raise UsageError("is no day, month or year", text, "write 2024-06-20")
    end = ends[1][1] if ends[1] else today
    begin = ends[0][0] if ends[0] else end - timedelta(27)
    if begin > end:
        raise UsageError("ends before it begins", f"{begin} to {end}")
    with site.open() as store:
        held = holdings(store.held())
        dates, texts = store.dates_not_used(), store.cut_texts()
        asked = store.sources()
    for name in sources:
        if name not in held:
            raise UsageError("is no source of an article here", name)
    chosen = [held[name] for name in sources] or list(held.values())
    names = {one.source for one in chosen}
    ids = {number for one in chosen for number in one.ids}
    # Without --source also those that never brought an article.
    failures = [
        (source, failure)
        for source in asked
        if not sources or source.id in ids
        for failure in source.failures
    ]
    missing = {one.source: sorted(gaps(sorted(one.days), begin, end, today)) for one in chosen}
    if as_json:
        print_json(
            {
                "from": begin.isoformat(),
                "to": end.isoformat(),
                "sources": [
                    {
                        "source": one.source,
                        "articles": one.articles,
                        "undated": one.undated,
                        "silent_since": one.silent_since(today),
                        "rhythm": str(one.rhythm) if one.rhythm else None,
                        "days": {
                            day.isoformat(): count
                            for day, count in sorted(one.days.items())
                            if begin <= day <= end
                        },
                        "gaps": [day.isoformat() for day in missing[one.source]],
                    }
                    for one in chosen
                ],
                "failures": [
                    {
                        "source": source.label,
                        "address": failure.address,
                        "reason": failure.reason,
                        "since": failure.since,
                    }
                    for source, failure in failures
                ],
                "dates_not_used": [d.as_json() for d in dates if d.source in names],
                "cut_texts": [d.as_json() for d in texts if d.source in names],
            }
        )
        return
    doubted = Counter(doubt.source for doubt in dates)
    cut = Counter(doubt.source for doubt in texts)
    say(f"{begin} to {end}")
    for one in chosen:
        told = [counted(sum(n for day, n in one.days.items() if begin <= day <= end), "article")]
        if since := one.silent_since(today):
            told.append(f"nothing since {since}; {one.rhythm}")
        if days_missing := missing[one.source]:
            some = counted(len(days_missing), "day")
            told.append(f"{some} missing, from {days_missing[0]} to {days_missing[-1]}")
        told += [f"{one.undated:,} undated"] if one.undated else []
        told += [f"{counted(doubted[one.source], 'date')} not believed"] * (one.source in doubted)
        told += [f"{counted(cut[one.source], 'text')} that may be cut"] * (one.source in cut)
        say(f"    {one.source}: {', '.join(told)}")
    for source, failure in failures:
        where = "" if failure.address == source.label else f" {failure.address}:"
        say(f"    {source.label}:{where} {failure.reason}, since {failure.since}")
