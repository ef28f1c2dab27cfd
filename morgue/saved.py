"""Commands about saved searches: saved, saved add, saved remove, saved alert."""

import click

from archive.errors import UsageError
from archive.saved_search import SavedSearch
from archive.store import Store
from archive.wording import counted
from indexer.saved import follow, kept
from morgue.narrowing import narrowed, narrowing
from morgue.output import QueryCommand, common, json_option, print_json, say
from morgue.output import site as this_site
from morgue.site import Site


@click.group(
    invoke_without_command=True,
    short_help="List saved searches and what is new in each; add, remove.",
    epilog="Example: morgue saved --json",
)
@json_option
@common
@click.pass_context
def saved(context: click.Context, as_json: bool) -> None:
    """List the saved searches, how many articles each has found, and how many are new."""
    if context.invoked_subcommand:
        return
    with this_site().open() as store:
        known = store.saved_searches()
    if as_json:
        print_json({"saved": [_as_json(one) for one in known]})
        return
    for one in known:
        told = f"{one.new:,} new of {counted(one.matches, 'article')}"
        say(f"{one.name}: {told}{', alert' if one.alert else ''}")
    if not known:
        say("No saved searches yet: `morgue saved add NAME WORDS`, or Save on a page of results.")


@saved.command(
    cls=QueryCommand,
    short_help="Save a search under a name.",
    epilog="Example: morgue saved add Bridges 'bridge OR ferry' --topic transport --alert",
)
@click.argument("name")
@narrowing
@click.option("--alert", is_flag=True, help="Its new articles belong in `morgue alerts`.")
@json_option
@common
def add(name: str, alert: bool, as_json: bool, **options: object) -> None:
    """Save a search. What it finds now is known; what comes later is new."""
    query = options["query"]
    site = this_site()
    asked = kept(narrowed(query if isinstance(query, tuple) else (), options))
    with site.open() as store:
        one = store.save_search(name, asked, alert=alert)
        _take_stock(site, store)
        one = store.saved_search(one.id) or one
    if as_json:
        print_json(_as_json(one))
    else:
        say(f"Saved {one.name}: {counted(one.matches, 'article')} so far.")


@saved.command(short_help="Delete a saved search.", epilog="Example: morgue saved remove Bridges")
@click.argument("name")
@json_option
@common
def remove(name: str, as_json: bool) -> None:
    """Delete a saved search; articles stay."""
    with this_site().open() as store:
        one = _named(store, name)
        store.forget_saved(one.id)
    if as_json:
        print_json({"removed": _as_json(one)})
    else:
        say(f"Deleted the saved search {one.name}.")


@saved.command(
    short_help="Whether its new articles belong in digests.",
    epilog="Example: morgue saved alert Bridges no",
)
@click.argument("name")
@click.argument("wanted", type=click.Choice(["yes", "no"]))
@json_option
@common
def alert(name: str, wanted: str, as_json: bool) -> None:
    """Say whether new articles of a saved search belong in the digests of `morgue alerts`."""
    with this_site().open() as store:
        one = _named(store, name)
        store.change_saved(one.id, alert=wanted == "yes")
        one = _named(store, name)
    if as_json:
        print_json(_as_json(one))
    else:
        say(f"{one.name}: {'an alert' if one.alert else 'no alert'} from now on.")


def _take_stock(site: Site, store: Store) -> None:
    """Note what saved searches find already; without an index the next update does."""
    if site.index.exists():
        with site.engine(store) as engine:
            follow(store, engine, site.settings.search.groups, site.settings.today())


def _named(store: Store, name: str) -> SavedSearch:
    for one in store.saved_searches():
        if one.name == " ".join(name.split()):
            return one
    raise UsageError("is no saved search here", f"“{name}”", "`morgue saved` lists them")


def _as_json(one: SavedSearch) -> dict[str, object]:
    return {
        "id": one.id,
        "name": one.name,
        "new": one.new,
        "articles": one.matches,
        "latest": one.latest,
        "alert": one.alert,
        "made": one.made,
    }
