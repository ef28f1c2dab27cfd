"""What the store holds and what it lacks: articles by source and day, doubtful dates and texts."""

import sqlite3
from dataclasses import dataclass
from typing import NamedTuple

import msgspec

from archive.article import Evidence
from archive.cut import TAIL, looks_cut
from archive.errors import StoreDamaged
from archive.store.database import Database
from archive.store.kept import COLUMNS, SELECT_CURRENT, article_of, check


class Held(NamedTuple):
    """How many articles one source has by day: ``2024-06-20``, ``2024-06``, empty for undated.

    *source* is its name on articles, *source_id* the feed, folder or file they came from.
    """

    source: str
    source_id: int | None
    days: dict[str, int]


_DAYS = msgspec.json.Decoder(dict[str, int])


@dataclass(frozen=True, slots=True)
class Doubt:
    """An article of which something looks wrong, and *why*."""

    id: str
    source: str
    headline: str
    published: str | None
    why: str

    def as_json(self) -> dict[str, object]:
        """The doubt as ``morgue coverage --json`` prints it."""
        return {
            "id": self.id,
            "source": self.source,
            "headline": self.headline,
            "published": self.published,
            "why": self.why,
        }


@dataclass(frozen=True, slots=True)
class Counts:
    """How much the store holds. *earliest* and *latest* are dates of publication, ISO 8601."""

    articles: int
    revisions: int
    withdrawn: int
    undated: int
    earliest: str | None
    latest: str | None


class HoldingsStore(Database):
    """The store's answers about its own completeness. Withdrawn articles are in none."""

    def held(self) -> list[Held]:
        """Return how many articles there are by source and day, in the order of sources."""
        self._whole("holding")
        # A year of 300 sources is 60,000 rows, and each costs more to fetch than to write down.
        rows = self._rows(
            "SELECT source, source_id, json_group_object(day, articles) FROM holding"
            " GROUP BY source, source_id"
        )
        return [Held(source, number or None, _DAYS.decode(days)) for source, number, days in rows]

    def counts(self) -> Counts:
        """Return how much the store holds."""
        with self.steady():
            return self._counts()

    def _counts(self) -> Counts:
        self._whole("holding")
        row = self._rows(
            "SELECT coalesce(sum(articles), 0) AS articles,"
            " coalesce(sum(articles) FILTER (WHERE day = ''), 0) AS undated,"
            " (SELECT count(*) FROM revision) AS revisions,"
            " (SELECT count(*) FROM article) AS every,"
            " (SELECT count(*) FROM seal WHERE number > 0) AS revision_seals,"
            " (SELECT count(*) FROM seal WHERE number = 0) AS seals,"
            " min(nullif(day, '')) AS first, max(day) AS last FROM holding"
        )[0]
        if (row["every"], row["revisions"]) != (row["seals"], row["revision_seals"]):
            raise StoreDamaged("is damaged: not all its articles can be counted", "articles.db")
        return Counts(
            row["articles"],
            row["revisions"],
            row["every"] - row["articles"],
            row["undated"],
            self._end("min", row["first"]),
            self._end("max", row["last"]),
        )

    def _end(self, which: str, day: str | None) -> str | None:
        """The date of the earliest or latest article, which is of the *day* that is counted."""
        if not day:
            return None
        row = self._row(
            f"{SELECT_CURRENT} WHERE a.state = 'kept' AND r.published IS NOT NULL"
            f" ORDER BY r.published {'DESC' if which == 'max' else ''} LIMIT 1"
        )
        found = article_of(row).published if row else None
        if found is None or found.iso[:10] != day:
            raise StoreDamaged("is damaged: dates are not those that were counted", "articles.db")
        return found.iso

    def dates_not_used(self) -> list[Doubt]:
        """Return the articles that claimed a date nobody could believe, by source and id."""
        rows = self._rows(
            f"SELECT {COLUMNS} FROM revision r INDEXED BY revision_date_not_used"
            " JOIN article a ON a.id = r.article_id AND a.revision = r.number"
            " WHERE a.state = 'kept' AND instr(r.evidence, '\"date not used\"') > 0"
            " ORDER BY r.source, a.id"
        )
        return [_doubt(row, _not_used(row["evidence"])) for row in rows]

    def cut_texts(self) -> list[Doubt]:
        """Return the articles whose text looks cut or is a teaser's, by source and id."""
        self._whole("cut_text")
        rows = self._rows(
            f"SELECT {COLUMNS}, c.why FROM cut_text c JOIN article a ON a.id = c.article_id"
            " JOIN revision r ON r.article_id = a.id AND r.number = a.revision"
            " WHERE a.state = 'kept'"
        )
        found = {row["id"]: _doubt(row, row["why"]) for row in rows}
        for row in self._rows(
            f"SELECT {COLUMNS}, f.reason AS why FROM frontier f"
            " JOIN item i ON i.source_id = f.source_id AND i.key = f.key"
            " JOIN article a ON a.id = i.article_id"
            " JOIN revision r ON r.article_id = a.id AND r.number = a.revision"
            " WHERE f.reason IS NOT NULL AND f.kind = 'page' AND f.state <> 'done'"
            " AND a.state = 'kept'"
        ):
            found[row["id"]] = _doubt(row, f"a teaser: its page was not had: {row['why']}")
        return sorted(found.values(), key=lambda doubt: (doubt.source, doubt.id))

    def _judge_text(self, article_id: str, text: str) -> None:
        """Note whether the text that an article has now looks cut."""
        self._run("DELETE FROM cut_text WHERE article_id = ?", [article_id])
        if why := looks_cut(text[-TAIL:]):
            self._run("INSERT INTO cut_text VALUES (?, ?)", [article_id, why])


def _not_used(evidence: str) -> str:
    claims = msgspec.json.decode(evidence, type=tuple[Evidence, ...])
    return "; ".join(
        f"{claim.value}, {claim.origin}" for claim in claims if claim.field == "date not used"
    )


def _doubt(row: sqlite3.Row, why: str) -> Doubt:
    check(row)
    return Doubt(row["id"], row["source"], row["headline"], row["published"], why)
