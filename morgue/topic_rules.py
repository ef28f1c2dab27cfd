"""The user's topic rules: saved searches run over the index, their matches kept in the store.

Here alone the floors meet: the rule comes from the settings, the engine finds,
the store keeps, and the index takes in what changed. A rule may ask for the
topic of another (``topic:``); it sees what the index holds, that is the other's
matches as the run before left them, and so settles one run later.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from archive.errors import SettingsError
from archive.identity import digest
from archive.progress import Progress
from archive.settings import Settings, TopicRule
from archive.store import Store
from archive.store_topics import RuleRun
from indexer import projection, query
from indexer.engine import Engine
from indexer.engines import built_for
from indexer.live import LiveIndex
from indexer.request import Request
from indexer.search import all_ids
from indexer.tree import EVERYTHING, And, Field, Node, Not, Or, Prefix, Words


@dataclass(frozen=True, slots=True)
class Followed:
    """What the rules did: how many ran, and how many articles changed their topics."""

    ran: int = 0
    changed: int = 0


def catch_up(
    store: Store, root: Path, settings: Settings, progress: Progress
) -> tuple[projection.Report, Followed]:
    """Bring the index in *root* up to date, then the rules' matches, and the index with them.

    Before that, articles that were never compared are, so that their stories come along.

    The caller holds the site's lock. Raises SearchIndexError when writing fails.
    """
    store.compare_pending(progress)
    done = projection.catch_up(store, root, settings.language, progress)
    followed = follow(store, root, settings)
    if followed.changed:
        projection.catch_up(store, root, settings.language, progress)
    return done, followed


def follow(store: Store, root: Path, settings: Settings) -> Followed:
    """Run the rules that may match anything else than before; the index is up to date.

    A rule that is as it was, over an archive that is as it was, is not run.
    """
    rules = settings.topics
    names = due(store, settings)
    if not names and store.topic_rules().keys() == rules.keys():
        return Followed()
    seq = store.position().seq
    runs: dict[str, RuleRun] = {}
    if names:
        live = LiveIndex(root)
        try:
            engine = live.engine()
            for name in names:
                runs[name] = RuleRun(
                    _stamp(rules[name], settings.language),
                    matches(rules[name].query, engine),
                    not _asks_topics(rules[name]),
                )
        finally:
            live.close()
    return Followed(len(names), store.keep_rule_runs(runs, rules.keys(), seq))


def due(store: Store, settings: Settings) -> list[str]:
    """Return the names of the rules that may match anything else than when they last ran."""
    known = store.topic_rules()
    seq = store.position().seq
    return [
        name
        for name, rule in settings.topics.items()
        if name not in known
        or known[name].seq != seq
        or known[name].stamp != _stamp(rule, settings.language)
    ]


def matches(text: str, engine: Engine) -> set[str]:
    """Return the ids of all articles that the query *text* finds."""
    return set(all_ids(Request(text, every=True), engine))


def check(rules: Mapping[str, TopicRule], where: str) -> None:
    """Raise SettingsError for a rule whose query would find everything, or asks for itself."""
    for name, rule in rules.items():
        parsed = query.parse(rule.query)
        if parsed.tree == EVERYTHING:
            raise SettingsError(
                f"topics.{name}: the query “{rule.query}” holds nothing to search for", where
            )
        asked = {leaf.text.casefold() for leaf in _leaves(parsed.tree) if _is_topic(leaf)}
        if name.casefold() in asked:
            raise SettingsError(
                f"topics.{name} asks for its own topic",
                where,
                f"leave topic:{name} out of its query",
            )


def _stamp(rule: TopicRule, language: str) -> str:
    return digest(f"{built_for(language)}\n{rule.query}".encode())


def _asks_topics(rule: TopicRule) -> bool:
    return any(_is_topic(leaf) for leaf in _leaves(query.parse(rule.query).tree))


def _is_topic(leaf: Words | Prefix) -> bool:
    return leaf.field is Field.TOPIC


def _leaves(tree: Node) -> Iterator[Words | Prefix]:
    """Yield all words and prefixes of a tree, those behind NOT too."""
    if isinstance(tree, Words | Prefix):
        yield tree
    elif isinstance(tree, Not):
        yield from _leaves(tree.part)
    elif isinstance(tree, And | Or):
        for part in tree.parts:
            yield from _leaves(part)
