"""What the store knows of topics: the matches of the user's rules, and who named what."""

from collections import Counter
from collections.abc import Mapping, Set
from dataclasses import dataclass

import msgspec

from archive.article import Evidence
from archive.store.database import from_json
from archive.store.every import EveryStore
from archive.store.sources import SourceStore


@dataclass(frozen=True, slots=True)
class KnownRule:
    """A rule as it last ran: its stamp, and up to which place in the sequence."""

    name: str
    stamp: str
    seq: int


@dataclass(frozen=True, slots=True)
class RuleRun:
    """What a rule matched just now. *settled* is False when its query asks for topics.

    Such a rule runs once more after topics changed, for what it asks for may have too.
    """

    stamp: str
    ids: Set[str]
    settled: bool = True


@dataclass(frozen=True, slots=True)
class TopicCount:
    """How many articles have a topic, in all and by the origin's family (``feed``, ``rule``)."""

    topic: str
    articles: int
    origins: Mapping[str, int]


class TopicStore(SourceStore, EveryStore):
    """The store's tables of topic rules and their matches."""

    def topic_rules(self) -> dict[str, KnownRule]:
        """Return the rules that have run, by name."""
        rows = self._rows("SELECT name, stamp, seq FROM topic_rule ORDER BY name")
        return {row["name"]: KnownRule(**row) for row in rows}

    def rule_counts(self) -> dict[str, int]:
        """Return how many of the articles shown each rule matched when it last ran."""
        rows = self._rows(
            "SELECT r.name, count(a.id) AS matches FROM topic_rule r"
            " LEFT JOIN topic_match m ON m.rule = r.name"
            " LEFT JOIN article a ON a.id = m.article_id AND a.state = 'kept'"
            " GROUP BY r.name ORDER BY r.name"
        )
        return {row["name"]: row["matches"] for row in rows}

    def rule_matches(self, name: str) -> set[str]:
        """Return the ids of the articles that a rule matched when it last ran."""
        rows = self._rows("SELECT article_id FROM topic_match WHERE rule = ?", [name])
        return {row["article_id"] for row in rows}

    def keep_rule_runs(self, runs: Mapping[str, RuleRun], names: Set[str], seq: int) -> int:
        """Keep what *runs* matched at *seq*, forget all rules but *names*; in one transaction.

        Each article whose rules changed moves to the end of the sequence of
        changes, once. Returns how many did.
        """
        changed: set[str] = set()
        with self.transaction():
            for name in self.topic_rules().keys() - names:
                changed |= self.rule_matches(name)
                self._run("DELETE FROM topic_rule WHERE name = ?", [name])
            for name, run in runs.items():
                changed |= self._keep_matches(name, run, seq)
            for article_id in sorted(changed):
                self._run(
                    "UPDATE article SET seq = ? WHERE id = ?", [self._next_seq(), article_id]
                )
            reached = seq + len(changed)
            for name in names:
                if name not in runs or runs[name].settled:
                    self._run("UPDATE topic_rule SET seq = ? WHERE name = ?", [reached, name])
        return len(changed)

    def _keep_matches(self, name: str, run: RuleRun, seq: int) -> set[str]:
        before = self.rule_matches(name)
        self._run(
            "INSERT INTO topic_rule VALUES (?, ?, ?)"
            " ON CONFLICT (name) DO UPDATE SET stamp = excluded.stamp, seq = excluded.seq",
            [name, run.stamp, seq],
        )
        gone, new = before - run.ids, run.ids - before
        self._run_many(
            "DELETE FROM topic_match WHERE article_id = ? AND rule = ?",
            [(article_id, name) for article_id in gone],
        )
        self._run_many(
            "INSERT INTO topic_match (article_id, rule) VALUES (?, ?)",
            [(article_id, name) for article_id in new],
        )
        return gone | new

    def topic_counts(self) -> list[TopicCount]:
        """Return every topic of the articles shown, the most frequent first."""
        origins: dict[str, Counter[str]] = {}
        totals: Counter[str] = Counter()
        for row in self._every_row():
            named = {(rule, "rule") for rule in from_json(row["rules"])} | {
                (e.value, e.origin.partition(":")[0])
                for e in msgspec.json.decode(row["evidence"], type=tuple[Evidence, ...])
                if e.field == "topics"
            }
            totals.update({topic for topic, _ in named})
            for topic, family in named:
                origins.setdefault(topic, Counter())[family] += 1
        ranked = sorted(totals, key=lambda topic: (-totals[topic], topic))
        return [TopicCount(topic, totals[topic], origins[topic]) for topic in ranked]
