"""Commands about sources: add, sources, and what can be done with one."""

import os
import re
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit

import click

from archive.errors import FetchError, UsageError
from archive.identity import web_url
from archive.ingest import discover as discovery
from archive.ingest import files, opml, schedule
from archive.ingest.fetch import Fetcher
from archive.source import FullText, Kind, Plan, Source
from archive.wording import counted
from morgue import __version__
from morgue.output import common, complain, json_option, print_json, say, site
from morgue.site import WAIT_FOR_LOCK, Site

_MOST_OTHERS = 10


@click.command(epilog="Example: morgue add ~/clippings --source 'The Gazette' --topic politics")
@click.argument("address", metavar="URL|FOLDER|FILE")
@click.option("--source", metavar="NAME", help="The source's name, for all that comes from here.")
@click.option(
    "--topic", "topics", metavar="TOPIC", multiple=True, help="A topic for all of it; repeatable."
)
@click.option(
    "--as-is", is_flag=True, help="Take the address for a feed's own, without asking there."
)
@json_option
@common
def add(
    address: str, source: str | None, topics: tuple[str, ...], as_is: bool, as_json: bool
) -> None:
    """Add a feed, a folder or a file to the archive.

    A site's ordinary address will do: its feed is looked for there. No article
    is kept yet: `morgue update` reads all sources. Adding an address again changes
    its name and topics, and resumes a feed that was retired.
    """
    kind, address = _recognise(address)
    name = " ".join(source.split()) if source else None
    labels = [" ".join(topic.split()) for topic in topics if topic.strip()]
    here = site()
    found = None
    if kind is Kind.FEED and not as_is and not _is_known(here, address):
        found = discover(here, address)
        address = found.taken.address
    with here.open(create=True) as store, here.lock(WAIT_FOR_LOCK):
        added, new = store.add_source(kind, address, name or None, labels)
    if as_json:
        others = [other.as_json() for other in found.others] if found else []
        how = found.taken.how if found else None
        print_json({"added": new, "source": added.as_json(), "how": how, "others": others})
        return
    say(f"{'Added' if new else 'Already there'}: {_line(added)}")
    if found:
        title = f"“{found.taken.title}”, " if found.taken.title and not name else ""
        say(f"    {title}{found.taken.how}")
        for other in found.others[:_MOST_OTHERS]:
            say(f"    not taken: {other.address}{f' “{other.title}”' if other.title else ''}")
        if len(found.others) > _MOST_OTHERS:
            say(f"    and {len(found.others) - _MOST_OTHERS:,} more (--json lists them)")
        if found.others:
            say("    `morgue add` with one of these addresses adds it too.")
    say("`morgue update` reads it.")


def _is_known(here: Site, address: str) -> bool:
    if not here.exists:
        return False
    with here.open() as store:
        return any(known.address == address for known in store.sources())


def discover(here: Site, address: str) -> discovery.Found:
    """Look for the feed of a site. Raises an error that says what to do when there is none."""
    fetcher = Fetcher(here.settings.fetch, __version__)
    try:
        with here.readers() as readers:
            return discovery.discover(fetcher, address, readers)
    except FetchError as error:
        later = error.status is None or error.status in (429, *range(500, 600))
        hint = "check the address, and try again later" if later else "check the address"
        raise FetchError(
            error.reason,
            error.where,
            error.hint or f"{hint}; --as-is adds a feed's own address unasked",
        ) from error


def _recognise(address: str) -> tuple[Kind, str]:
    """Return what *address* is, and the address to keep. Raises UsageError for anything else."""
    address = re.sub(r"^feed:(//)?(?=https?:)", "", address, flags=re.IGNORECASE)
    if not address.strip():
        raise UsageError("an address is needed: a feed's, a site's, a folder's or a file's")
    if "://" in address:
        if address.lower().startswith("file://"):
            raise UsageError("is a file address", address, "give the path itself")
        if web_url(address) is None:
            raise UsageError("is not an http or https address", address)
        return Kind.FEED, address.strip()
    path = _path(address)
    if path.is_dir():
        return Kind.FOLDER, str(path)
    if not path.exists():
        is_path = "." not in address or address.startswith((".", "/", "~"))
        hint = "" if is_path else f"is it on the web? then write https://{address}"
        raise UsageError("there is no such file or folder", str(path), hint)
    if not files.accepts(path):
        raise UsageError(
            "has an ending that Morgue does not read" if path.suffix else "is in no known format",
            str(path),
            f"it reads {', '.join(files.ENDINGS)}",
        )
    return Kind.FILE, str(path)


def _path(address: str) -> Path:
    """Return the one spelling under which a file or folder is kept."""
    return Path(os.path.abspath(Path(address).expanduser()))


def spelled(address: str) -> str:
    """Return *address* as sources are kept: a path in its one spelling, a URL as it is."""
    return address.strip() if "://" in address else str(_path(address))


def _line(source: Source) -> str:
    called = source.name or source.title
    said = [f"“{called}”"] if called else []
    said += [f"topic {topic}" for topic in source.topics]
    if source.full_text is not FullText.AUTO:
        said.append(f"full text {source.full_text}")
    if not source.revisit:
        said.append("pages not looked at again")
    if source.interval:
        said.append(f"every {schedule.written(source.interval)}")
    return " · ".join([f"{source.kind} {source.address}", *said])


@click.group(invoke_without_command=True, epilog="Example: morgue sources --json")
@json_option
@common
@click.pass_context
def sources(context: click.Context, as_json: bool) -> None:
    """List where articles come from, and how each source last went."""
    if context.invoked_subcommand:
        return
    with site().open() as store:
        known = store.sources()
    if as_json:
        print_json({"sources": [source.as_json() for source in known]})
        return
    if not known:
        say("No sources yet: `morgue add FEED-URL-OR-FOLDER` adds one.")
    for source in known:
        say(_line(source))
        checked = f"last read {source.succeeded}" if source.succeeded else "never read"
        say(f"    {counted(source.articles, 'article')} · {checked}{_next(source)}")
        for failure in source.failures:
            say(f"    failing since {failure.since}: {failure.address}: {failure.reason}")


def _next(source: Source) -> str:
    """When a source is read again, as far as there is something to say."""
    if source.paused:
        return f" · paused {source.paused}: `morgue sources set {source.address} --resume`"
    if source.retired:
        return f" · retired {source.retired}: `morgue sources set {source.address} --resume`"
    if source.held:
        return f" · not to be asked before {source.held}, by its server's word"
    return f" · next not before {source.due}" if source.due else ""


@sources.command(
    "set",
    short_help="Change how a source is called and read; pause or resume it.",
    epilog="Example: morgue sources set https://example.org/feed.xml --interval 2h",
)
@click.argument("address", metavar="FEED-URL|FOLDER|FILE")
@click.option("--name", metavar="NAME", help="Its name; '' to call it again what it calls itself.")
@click.option(
    "--topic", "topics", metavar="TOPIC", multiple=True, help="Its topics from now on; repeatable."
)
@click.option("--no-topics", is_flag=True, help="No topics of yours from now on.")
@click.option(
    "--full-text",
    type=click.Choice([str(choice) for choice in FullText]),
    help="Follow entries to their pages: yes, no, or auto: those that are plainly teasers.",
)
@click.option(
    "--interval",
    metavar="15m|2h|1d|auto",
    help="The least time between two requests; auto is 15m, or what the feed asks for.",
)
@click.option(
    "--revisit",
    type=click.Choice(["yes", "no"]),
    help="Look at the pages of its articles again while they are young: yes, or no.",
)
@click.option("--pause", is_flag=True, help="Do not read it until it is resumed.")
@click.option(
    "--resume", is_flag=True, help="Read it again: it was paused, was retired, or is failing."
)
@json_option
@common
def set_(
    address: str,
    name: str | None,
    topics: tuple[str, ...],
    no_topics: bool,
    full_text: str | None,
    interval: str | None,
    revisit: str | None,
    pause: bool,
    resume: bool,
    as_json: bool,
) -> None:
    """Change what you want of a source; what is not named stays as it is.

    A new name, other topics or full text show on the articles that its feed or
    folder still holds after the next update.
    """
    if topics and no_topics:
        raise UsageError("--topic and --no-topics contradict each other")
    if pause and resume:
        raise UsageError("--pause and --resume contradict each other")
    wanted = full_text or interval or revisit
    if name is None and not (topics or no_topics or wanted or pause or resume):
        raise UsageError("nothing to set", address, "see `morgue sources set --help`")
    here = site()
    with here.open() as store, here.lock(WAIT_FOR_LOCK), store.transaction():
        before = store.source(spelled(address))
        if before.kind is not Kind.FEED and wanted:
            raise UsageError(
                "is no feed: only feeds have full text, intervals and pages to look at again",
                address,
            )
        labels = tuple(" ".join(topic.split()) for topic in topics if topic.strip())
        changed = replace(
            before,
            name=before.name if name is None else " ".join(name.split()) or None,
            topics=labels if topics or no_topics else before.topics,
            full_text=FullText(full_text) if full_text else before.full_text,
            interval=schedule.wished(interval, "--interval") if interval else before.interval,
            revisit=revisit == "yes" if revisit else before.revisit,
        )
        store.change_source(changed)
        if pause or resume:
            store.pause_source(before.id, paused=pause)
        if resume and before.kind is Kind.FEED:
            store.schedule(before.id, Plan())
            store.wake_host(urlsplit(before.address).hostname or "")
        after = store.source(before.address)
    if as_json:
        print_json({"source": after.as_json()})
    else:
        say(f"Set: {_line(after)}")


@sources.command("import", epilog="Example: morgue sources import feeds.opml")
@click.argument("file", type=click.File("rb"), metavar="FILE.opml")
@json_option
@common
def import_(file: BinaryIO, as_json: bool) -> None:
    """Add all feeds of an OPML list; its folders become their topics.

    Feeds that are there already keep what you said of them.
    """
    here = site()
    with here.readers() as readers:
        outlines, refused = readers.listed(file.read(opml.LARGEST + 1), file.name)
    # A list may be somebody else's: what it names is not taken for meant.
    fetcher = Fetcher(here.settings.fetch, __version__)
    wrong = {o.address: why for o in outlines if (why := fetcher.refusal(o.address))}
    refused += wrong.items()
    outlines = [outline for outline in outlines if outline.address not in wrong]
    with here.open(create=True) as store, here.lock(WAIT_FOR_LOCK):
        known = {source.address for source in store.sources()}
        new = [outline for outline in outlines if outline.address not in known]
        with store.transaction():
            for outline in new:
                store.add_source(Kind.FEED, outline.address, outline.name, outline.topics)
    for address, reason in refused:
        complain(f"{address}: {reason}")
    if as_json:
        print_json({"added": len(new), "known": len(outlines) - len(new), "refused": len(refused)})
    else:
        say(f"Added {counted(len(new), 'feed')}; {len(outlines) - len(new):,} were there already.")
        if new:
            say("`morgue update` reads them.")


@sources.command(
    "export",
    short_help="Print the feeds as an OPML list.",
    epilog="Example: morgue sources export > feeds.opml",
)
@click.option(
    "--json", "as_json", is_flag=True, help="The list as JSON, as `morgue sources --json`."
)
@common
def export_(as_json: bool) -> None:
    """Print the feeds as an OPML list, for another reader or another archive."""
    here = site()
    with here.open() as store:
        known = store.sources()
    if as_json:
        print_json({"sources": [source.as_json() for source in known]})
    else:
        click.echo(opml.write(known, here.settings.title), nl=False)


@sources.command(epilog="Example: morgue sources remove https://example.org/feed.xml")
@click.argument("address", metavar="FEED-URL|FOLDER|FILE")
@json_option
@common
def remove(address: str, as_json: bool) -> None:
    """Stop reading a source. Its articles stay in the archive."""
    here = site()
    with here.open() as store, here.lock(WAIT_FOR_LOCK):
        kept = spelled(address)
        if not store.remove_source(kept):
            raise UsageError(
                "is no source of this archive", address, "`morgue sources` lists them"
            )
    if as_json:
        print_json({"removed": kept})
    else:
        say(f"Removed: {kept}. Its articles stay.")
