"""What the store knows of sources: how they went, and which of their items it has read."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import msgspec

from archive.errors import UsageError
from archive.redaction import redacted
from archive.source import Failure, FailureSpan, FullText, Kind, Plan, Source
from archive.store.database import Database, from_json, to_json
from archive.store.kept import COLUMNS, check

SHORTEST_SPAN: Final = timedelta(hours=12)
MOST_SPANS: Final = 100
"""So many failures of a source that are over are kept, each as long as `SHORTEST_SPAN`."""

# One source, or all of them without an address.
_THIS = "(:address IS NULL OR address = :address)"
_AMONG = "(:address IS NULL OR source_id IN (SELECT id FROM source WHERE address = :address))"


@dataclass(frozen=True, slots=True)
class KnownItem:
    """What the store remembers of a feed's entry or a folder's file."""

    stamp: str
    article_id: str


class SourceStore(Database):
    """The store's tables of sources, failures and items."""

    def add_source(
        self, kind: Kind, address: str, name: str | None = None, topics: Sequence[str] = ()
    ) -> tuple[Source, bool]:
        """Remember a source; return it and whether it is new.

        Adding an address again changes its name and topics where given, and resumes
        one that is retired, held back or paused.
        """
        with self.transaction():
            known = self._row("SELECT id FROM source WHERE address = ?", [address])
            if known is None:
                self._run(
                    "INSERT INTO source (kind, address, name, topics, added)"
                    " VALUES (?, ?, ?, ?, ?)",
                    [kind, address, name, to_json(topics), self._now()],
                )
            else:
                source = self.source(address)
                self.change_source(
                    replace(
                        source, name=name or source.name, topics=tuple(topics) or source.topics
                    )
                )
                self.schedule(source.id, Plan())
                self.pause_source(source.id, paused=False)
        return self.source(address), known is None

    def source(self, address: str) -> Source:
        """Return the source of this address. Raises UsageError for an unknown one."""
        for source in self._sources(address):
            return source
        raise UsageError("is no source of this archive", address, "`morgue sources` lists them")

    def source_numbered(self, source_id: int) -> Source | None:
        """Return the source with this number, if there is one."""
        row = self._row("SELECT address FROM source WHERE id = ?", [source_id])
        return self.source(row["address"]) if row else None

    def pause_source(self, source_id: int, *, paused: bool) -> None:
        """Leave a source alone from now on, or read it again; one that is paused stays so."""
        with self.transaction():
            self._run(
                "UPDATE source SET paused = CASE WHEN ? THEN coalesce(paused, ?) END WHERE id = ?",
                [paused, self._now(), source_id],
            )

    def credited(self, source_id: int, most: int) -> list[str]:
        """Return what articles of a source are credited to, as far as *most* of them tell."""
        rows = self._rows(
            f"SELECT {COLUMNS} FROM item i JOIN article a ON a.id = i.article_id"
            " JOIN revision r ON r.article_id = a.id AND r.number = a.revision"
            " WHERE i.source_id = ? AND a.state = 'kept' LIMIT ?",
            [source_id, most],
        )
        for row in rows:
            check(row)
        return sorted({row["source"] for row in rows})

    def change_source(self, changed: Source) -> None:
        """Keep what the user wants of a source: what it is called, and how it is read."""
        with self.transaction():
            before = self.source(changed.address)
            self._run(
                "UPDATE source SET name = ?, topics = ?, full_text = ?, interval = ?, revisit = ?"
                " WHERE id = ?",
                [
                    changed.name,
                    to_json(changed.topics),
                    changed.full_text,
                    changed.interval,
                    changed.revisit,
                    changed.id,
                ],
            )
            if (before.name, before.topics, before.full_text) != (
                changed.name,
                changed.topics,
                changed.full_text,
            ):
                # It shows on articles only when they are read again.
                self._run("UPDATE item SET stamp = '' WHERE source_id = ?", [changed.id])
                self._run(
                    "UPDATE source SET etag = NULL, last_modified = NULL, due = NULL WHERE id = ?",
                    [changed.id],
                )
            if before.interval != changed.interval:
                self._run("UPDATE source SET due = NULL WHERE id = ?", [changed.id])

    def move_source(self, source_id: int, address: str) -> bool:
        """Give a source another address. Returns False when that is a source already."""
        with self.transaction():
            return (
                self._run(
                    "UPDATE OR IGNORE source SET address = ? WHERE id = ?", [address, source_id]
                )
                > 0
            )

    def schedule(self, source_id: int, plan: Plan) -> None:
        """Note when a source is to be asked again."""
        with self.transaction():
            self._run(
                "UPDATE source SET due = ?, held = ?, failing = ?, retired = ? WHERE id = ?",
                [plan.due, plan.held, plan.failing, plan.retired, source_id],
            )

    def sources(self, *, counted: bool = True) -> list[Source]:
        """Return all sources in the order they were added, with failures.

        Unless *counted* they come without the number of their articles, which is quicker.
        """
        self._whole("source")
        if counted:
            self._whole("holding")
        return self._sources(counted=counted)

    def last_checked(self) -> str | None:
        """Return when a source was last read, whichever; None when none was."""
        self._whole("source")
        found: str | None = self._value("SELECT max(checked) FROM source")
        return found

    def _sources(self, address: str | None = None, *, counted: bool = True) -> list[Source]:
        """Return the source of this address, or all."""
        failures: dict[int, list[Failure]] = {}
        for row in self._rows(
            f"SELECT * FROM failure WHERE {_AMONG} ORDER BY source_id, since, address",
            {"address": address},
        ):
            failures.setdefault(row["source_id"], []).append(
                Failure(row["address"], row["reason"], row["since"], row["last"], row["stamp"])
            )
        counting = f"SELECT source_id, sum(articles) FROM holding WHERE {_AMONG} GROUP BY 1"
        counts: dict[int, int] = (
            {row[0]: row[1] for row in self._rows(counting, {"address": address})}
            if counted
            else {}
        )
        return [
            Source(
                id=row["id"],
                kind=Kind(row["kind"]),
                address=row["address"],
                name=row["name"],
                title=row["title"],
                topics=from_json(row["topics"]),
                added=row["added"],
                etag=row["etag"],
                last_modified=row["last_modified"],
                checked=row["checked"],
                succeeded=row["succeeded"],
                articles=counts.get(row["id"], 0),
                failures=tuple(failures.get(row["id"], ())),
                full_text=FullText(row["full_text"]),
                interval=row["interval"],
                period=row["period"],
                due=row["due"],
                held=row["held"],
                failing=row["failing"],
                retired=row["retired"],
                revisit=bool(row["revisit"]),
                skips=msgspec.json.decode(row["skips"], type=tuple[int, ...]),
                paused=row["paused"],
            )
            for row in self._rows(
                f"SELECT * FROM source WHERE {_THIS} ORDER BY id", {"address": address}
            )
        ]

    def remove_source(self, address: str) -> bool:
        """Forget a source; its articles stay. Returns False when it was not known."""
        with self.transaction():
            return self._run("DELETE FROM source WHERE address = ?", [address]) > 0

    def record_success(
        self,
        source_id: int,
        *,
        title: str | None = None,
        etag: str | None = None,
        last_modified: str | None = None,
        period: int | None = None,
        skips: Sequence[int] = (),
    ) -> None:
        """Note that a source answered, with the validators for the next conditional request.

        *period* is how many seconds lie between two changes by its own word, *skips*
        as in `Source`.
        """
        now = self._now()
        with self.transaction():
            self._run(
                "UPDATE source SET checked = ?, succeeded = ?, title = coalesce(?, title),"
                " etag = ?, last_modified = ?, period = ?, skips = ? WHERE id = ?",
                [now, now, title, etag, last_modified, period, to_json(skips), source_id],
            )

    def record_unchanged(
        self, source_id: int, etag: str | None, last_modified: str | None
    ) -> None:
        """Note that a source answered and is as it was; what it could not give it still cannot."""
        now = self._now()
        with self.transaction():
            self._run(
                "UPDATE source SET checked = ?, succeeded = ?, etag = ?, last_modified = ?"
                " WHERE id = ?",
                [now, now, etag, last_modified, source_id],
            )
            self._note_span(source_id, now)
            self._run(
                "DELETE FROM failure WHERE source_id = :source"
                " AND address = (SELECT address FROM source WHERE id = :source)",
                {"source": source_id},
            )

    def record_failures(
        self,
        source_id: int,
        reasons: Sequence[tuple[str, str]],
        stamps: Mapping[str, str] | None = None,
    ) -> None:
        """Replace the known failures of a source by these (address, reason) pairs.

        *stamps* tells, by address, in which state a file could not be read. A
        failure that was there before keeps its first date.
        """
        now = self._now()
        with self.transaction():
            self._run("UPDATE source SET checked = ? WHERE id = ?", [now, source_id])
            since = {
                row["address"]: row["since"]
                for row in self._rows(
                    "SELECT address, since FROM failure WHERE source_id = ?", [source_id]
                )
            }
            stamped = stamps or {}
            self._note_span(source_id, now, {where for where, _ in reasons})
            self._run("DELETE FROM failure WHERE source_id = ?", [source_id])
            self._run_many(
                "INSERT OR REPLACE INTO failure VALUES (?, ?, ?, ?, ?, ?)",
                [
                    (
                        source_id,
                        where,
                        redacted(why),
                        since.get(where, now),
                        now,
                        stamped.get(where),
                    )
                    for where, why in reasons
                ],
            )

    def _note_span(self, source_id: int, now: str, still: Collection[str] = ()) -> None:
        """Keep for how long a source as a whole failed, unless it is among what *still* fails."""
        row = self._row(
            "SELECT f.address, f.since, f.reason FROM failure f JOIN source s"
            " ON s.id = f.source_id AND s.address = f.address WHERE s.id = ?",
            [source_id],
        )
        if row is None or row["address"] in still:
            return
        # A failure of some hours explains no missing day.
        lasted = datetime.fromisoformat(now) - datetime.fromisoformat(row["since"])
        if lasted < SHORTEST_SPAN:
            return
        self._run(
            "INSERT OR REPLACE INTO failure_span VALUES (?, ?, ?, ?)",
            [source_id, row["since"], now, row["reason"]],
        )
        self._run(
            "DELETE FROM failure_span WHERE source_id = :source AND began NOT IN (SELECT began"
            " FROM failure_span WHERE source_id = :source ORDER BY began DESC LIMIT :most)",
            {"source": source_id, "most": MOST_SPANS},
        )

    def failure_spans(self) -> dict[int, list[FailureSpan]]:
        """Return, by id of the source, when sources failed that work again, oldest first."""
        spans: dict[int, list[FailureSpan]] = {}
        for row in self._rows("SELECT * FROM failure_span ORDER BY source_id, began"):
            span = FailureSpan(row["began"], row["ended"], row["reason"])
            spans.setdefault(row["source_id"], []).append(span)
        return spans

    def items(self, source_id: int) -> dict[str, KnownItem]:
        """Return what is remembered of a source's entries or files, by key."""
        rows = self._rows(
            "SELECT key, stamp, article_id FROM item WHERE source_id = ?", [source_id]
        )
        return {row["key"]: KnownItem(row["stamp"], row["article_id"]) for row in rows}

    def keys_of(self, source_id: int, article_id: str) -> dict[str, str]:
        """Return the stamps of a source's entries or files that are this article, by key."""
        rows = self._rows(
            "SELECT key, stamp FROM item WHERE source_id = ? AND article_id = ? ORDER BY key",
            [source_id, article_id],
        )
        return {row["key"]: row["stamp"] for row in rows}

    def remember_item(self, source_id: int, key: str, stamp: str, article_id: str) -> None:
        """Remember that this entry or file, in this state, was read into this article."""
        with self.transaction():
            self._run(
                "INSERT OR REPLACE INTO item (source_id, key, stamp, article_id)"
                " VALUES (?, ?, ?, ?)",
                [source_id, key, stamp, article_id],
            )
