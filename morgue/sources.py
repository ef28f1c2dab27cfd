"""Commands about sources: add, sources, sources remove."""

import os
from pathlib import Path
from typing import BinaryIO

import click

from archive.errors import UsageError
from archive.identity import web_url
from archive.ingest import files, opml
from archive.source import Kind, Source
from morgue.output import common, complain, counted, json_option, print_json, say, site
from morgue.site import WAIT_FOR_LOCK


@click.command(epilog="Example: morgue add ~/clippings --source 'The Gazette' --topic politics")
@click.argument("address", metavar="FEED-URL|FOLDER|FILE")
@click.option("--source", metavar="NAME", help="The source's name, for all that comes from here.")
@click.option(
    "--topic", "topics", metavar="TOPIC", multiple=True, help="A topic for all of it; repeatable."
)
@json_option
@common
def add(address: str, source: str | None, topics: tuple[str, ...], as_json: bool) -> None:
    """Add a feed, a folder or a file to the archive.

    Nothing is fetched yet: `morgue update` reads all sources. Adding an address
    again changes its name and topics.
    """
    kind, address = _recognise(address)
    name = " ".join(source.split()) if source else None
    labels = [" ".join(topic.split()) for topic in topics if topic.strip()]
    here = site()
    with here.open(create=True) as store, here.lock(WAIT_FOR_LOCK):
        added, new = store.add_source(kind, address, name or None, labels)
    if as_json:
        print_json({"added": new, "source": added.as_json()})
    else:
        say(f"{'Added' if new else 'Already there'}: {_line(added)}")
        say("`morgue update` reads it.")


def _recognise(address: str) -> tuple[Kind, str]:
    """Return what *address* is, and the address to keep. Raises UsageError for anything else."""
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
        hint = f"is it a feed? then write https://{address}" if "." in address else ""
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


def _line(source: Source) -> str:
    said = [f"“{source.name}”"] if source.name else []
    said += [f"topic {topic}" for topic in source.topics]
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
        say(f"    {counted(source.articles, 'article')} · {checked}")
        for failure in source.failures:
            say(f"    failing since {failure.since}: {failure.address}: {failure.reason}")


@sources.command("import", epilog="Example: morgue sources import feeds.opml")
@click.argument("file", type=click.File("rb"), metavar="FILE.opml")
@json_option
@common
def import_(file: BinaryIO, as_json: bool) -> None:
    """Add all feeds of an OPML list; its folders become their topics.

    Feeds that are there already keep what you said of them.
    """
    outlines, refused = opml.read(file.read(opml.LARGEST + 1), file.name)
    here = site()
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
        say("`morgue update` reads them.")


@sources.command("export", epilog="Example: morgue sources export > feeds.opml")
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
        kept = address if "://" in address else str(_path(address))
        if not store.remove_source(kept):
            raise UsageError(
                "is no source of this archive", address, "`morgue sources` lists them"
            )
    if as_json:
        print_json({"removed": kept})
    else:
        say(f"Removed: {kept}. Its articles stay.")
