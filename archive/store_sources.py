"""What the store knows of sources: how they went, and which of their items it has read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from archive.database import Database, from_json, to_json
from archive.source import Failure, FullText, Kind, Source


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

        Adding an address again changes its name and topics where given.
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
                # A new name or topic shows on articles only when they are read again.
                if name or topics:
                    self._run("UPDATE item SET stamp = '' WHERE source_id = ?", [known["id"]])
                    self._run(
                        "UPDATE source SET etag = NULL, last_modified = NULL WHERE id = ?",
                        [known["id"]],
                    )
                if name:
                    self._run("UPDATE source SET name = ? WHERE id = ?", [name, known["id"]])
                if topics:
                    self._run(
                        "UPDATE source SET topics = ? WHERE id = ?", [to_json(topics), known["id"]]
                    )
        source = next(s for s in self.sources() if s.address == address)
        return source, known is None

    def sources(self) -> list[Source]:
        """Return all sources in the order they were added, with counts and failures."""
        failures: dict[int, list[Failure]] = {}
        for row in self._rows("SELECT * FROM failure ORDER BY source_id, since, address"):
            failures.setdefault(row["source_id"], []).append(
                Failure(row["address"], row["reason"], row["since"], row["last"], row["stamp"])
            )
        counts: dict[int, int] = {
            row[0]: row[1]
            for row in self._rows(
                "SELECT source_id, count(*) FROM article WHERE state = 'kept' GROUP BY 1"
            )
        }
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
                due=row["due"],
                failing=row["failing"],
                retired=row["retired"],
            )
            for row in self._rows("SELECT * FROM source ORDER BY id")
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
    ) -> None:
        """Note that a source answered, with the validators for the next conditional request."""
        now = self._now()
        with self.transaction():
            self._run(
                "UPDATE source SET checked = ?, succeeded = ?, title = coalesce(?, title),"
                " etag = ?, last_modified = ? WHERE id = ?",
                [now, now, title, etag, last_modified, source_id],
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
            self._run("DELETE FROM failure WHERE source_id = ?", [source_id])
            self._run_many(
                "INSERT OR REPLACE INTO failure VALUES (?, ?, ?, ?, ?, ?)",
                [
                    (source_id, where, why, since.get(where, now), now, stamped.get(where))
                    for where, why in reasons
                ],
            )

    def items(self, source_id: int) -> dict[str, KnownItem]:
        """Return what is remembered of a source's entries or files, by key."""
        rows = self._rows(
            "SELECT key, stamp, article_id FROM item WHERE source_id = ?", [source_id]
        )
        return {row["key"]: KnownItem(row["stamp"], row["article_id"]) for row in rows}

    def remember_item(self, source_id: int, key: str, stamp: str, article_id: str) -> None:
        """Remember that this entry or file, in this state, was read into this article."""
        with self.transaction():
            self._run(
                "INSERT OR REPLACE INTO item (source_id, key, stamp, article_id)"
                " VALUES (?, ?, ?, ?)",
                [source_id, key, stamp, article_id],
            )
