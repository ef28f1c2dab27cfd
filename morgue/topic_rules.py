"""The user's topic rules: saved searches run over the index, their matches kept in the store.

Here alone the floors meet: the rule comes from the settings, the engine finds,
the store keeps, and the index takes in what changed. A rule may ask for the
topic of another (``topic:``); it sees what the index holds, that is the other's
matches as the run before left them, and so settles one run later.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, TypeGuard

from archive.errors import SettingsError
from archive.identity import digest
from archive.progress import Progress
from archive.settings import Settings, TopicRule
from archive.store import Store
from archive.store.topics import RuleRun
from indexer import projection, query
from indexer.engine import Engine
from indexer.engines import built_for
from indexer.live import LiveIndex
from indexer.normal import leaves
from indexer.request import Request
from indexer.search import all_ids
from indexer.tree import EVERYTHING, Field, Node, Placed
from indexer.widening import Equivalents

_SOME_DAY: Final = date(2000, 1, 1)


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
                    _stamp(rules[name], settings),
                    matches(rules[name].query, engine, settings.search.groups),
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
        or known[name].stamp != _stamp(rule, settings)
    ]


def matches(text: str, engine: Engine, equivalents: Equivalents) -> set[str]:
    """Return the ids of all articles that the query *text* finds."""
    return set(all_ids(Request(text, every=True), engine, equivalents))


def check(rules: Mapping[str, TopicRule], where: str) -> None:
    """Raise SettingsError for a rule that finds everything, moves with time, or needs itself."""
    for name, rule in rules.items():
        parsed = query.parse(rule.query)
        if query.parse(rule.query, _SOME_DAY) != parsed:
            raise SettingsError(
                f"topics.{name}: “today”, “last week” or “7d” would mean other days tomorrow",
                where,
                "name the days themselves, such as after:2024-06",
            )
        if parsed.tree == EVERYTHING:
            raise SettingsError(
                f"topics.{name}: the query “{rule.query}” holds nothing to search for", where
            )
        asked = {leaf.text.casefold() for leaf in leaves(parsed.tree) if _is_topic(leaf)}
        if name.casefold() in asked:
            raise SettingsError(
                f"topics.{name} asks for its own topic",
                where,
                f"leave topic:{name} out of its query",
            )


def _stamp(rule: TopicRule, settings: Settings) -> str:
    parts = [built_for(settings.language), rule.query, *map(repr, settings.search.groups)]
    return digest("\n".join(parts).encode())


def _asks_topics(rule: TopicRule) -> bool:
    return any(map(_is_topic, leaves(query.parse(rule.query).tree)))


def _is_topic(leaf: Node) -> TypeGuard[Placed]:
    return isinstance(leaf, Placed) and leaf.field is Field.TOPIC
