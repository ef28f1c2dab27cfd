"""An article as the store keeps it, and its rows, each compared with its seal as it is read."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from archive.article import Article, Evidence, Published
from archive.errors import StoreDamaged
from archive.store.database import from_json, to_json
from archive.store.seal import seal
from archive.topic_rules import with_rules, without_rules


@dataclass(frozen=True, slots=True)
class Kept:
    """An article's standing in the store.

    *edits* counts the revisions that changed what it says; the others only had it
    more fully.
    """

    article: Article
    source_id: int | None
    first_seen: str
    revision: int
    state: str
    fingerprint: str
    edits: int = 0


RULES_OF = (
    "(SELECT json_group_array(rule) FROM"
    " (SELECT rule FROM topic_match WHERE article_id = a.id ORDER BY rule))"
)
"""SQL for the names of the rules that match article ``a``, as a JSON array."""

ARTICLE = (
    "source",
    "headline",
    "text",
    "agency",
    "byline",
    "dateline",
    "published",
    "updated",
    "language",
    "section",
    "topics",
    "caption",
    "credits",
    "link",
    "evidence",
)
REVISION = ("article_id", "number", "seen", "fingerprint", *ARTICLE, "media_type", "original")
# What the seals are made of, as `0014_seals.sql` has it.
SEALED = ("id", "url", "source_id", "first_seen", "revision", "state", "seq", "edits", "story")
SEALED_REVISION = (
    *("article_id", "number", "seen", "fingerprint", "source", "headline", "text", "agency"),
    *("byline", "dateline", "published", "updated", "language", "section", "topics", "caption"),
    *("credits", "link", "evidence", "media_type"),
)
COLUMNS = ", ".join(
    (
        *(f"a.{name}" for name in SEALED),
        *(f"r.{name}" for name in SEALED_REVISION),
        f"{RULES_OF} AS rules",
        "(SELECT value FROM seal WHERE (article_id, number) = (a.id, 0)) AS seal",
        "(SELECT value FROM seal WHERE (article_id, number) = (a.id, r.number)) AS revision_seal",
    )
)
"""Of an article ``a`` and a revision ``r`` of it: all that `article_of` reads and compares."""

ORIGINAL_SEAL = (
    "(SELECT value FROM seal WHERE (article_id, number) = (r.article_id, -r.number))"
    " AS original_seal"
)
"""What the original of a revision ``r`` is known by."""

# Where a revision is missing, its article still comes, and is told as damaged.
SELECT_CURRENT = (
    f"SELECT {COLUMNS} FROM article a"
    " LEFT JOIN revision r ON r.article_id = a.id AND r.number = a.revision"
)


def article_values(article: Article) -> list[str | None]:
    """The columns of `ARTICLE`, in their order; what rules say of it is kept apart."""
    article = without_rules(article)
    return [
        article.source,
        article.headline,
        article.text,
        article.agency,
        to_json(article.byline),
        article.dateline,
        article.published.iso if article.published else None,
        article.updated.iso if article.updated else None,
        article.language,
        article.section,
        to_json(article.topics),
        article.caption,
        article.credits,
        article.link,
        to_json(article.evidence),
    ]


def article_of(row: sqlite3.Row) -> Article:
    """Return the article that a row of `COLUMNS` holds, with its rules' topics.

    Raises StoreDamaged where the row is not what was written.
    """
    check(row)
    return with_rules(article_from(dict(row)), from_json(row["rules"]))


def article_from(row: Mapping[str, Any]) -> Article:
    """Return what the columns of a revision say, compared with nothing.

    Raises ValueError where they say nothing of the kind.
    """
    return Article(
        id=row.get("id", row["article_id"]),
        url=row.get("url", ""),
        source=row["source"],
        headline=row["headline"],
        text=row["text"],
        agency=row["agency"],
        byline=from_json(row["byline"]),
        dateline=row["dateline"],
        published=Published(row["published"]) if row["published"] else None,
        updated=Published(row["updated"]) if row["updated"] else None,
        language=row["language"],
        section=row["section"],
        topics=from_json(row["topics"]),
        caption=row["caption"],
        credits=row["credits"],
        link=row["link"],
        evidence=msgspec.json.decode(row["evidence"], type=tuple[Evidence, ...]),
    )


def check(row: sqlite3.Row) -> None:
    """Compare a row of `COLUMNS` with its seals. Raises StoreDamaged where it is another."""
    own, revision = map(row.__getitem__, SEALED), map(row.__getitem__, SEALED_REVISION)
    if seal(*own, row["rules"]) != row["seal"]:
        raise damaged(row["id"])
    if seal(*revision) != row["revision_seal"]:
        raise damaged(row["id"], row["number"] or row["revision"])


def damaged(article_id: object, number: object = None) -> StoreDamaged:
    """Return the error that tells of a damaged article, or of its revision *number*."""
    which = "" if number is None else f", revision {number},"
    return StoreDamaged(
        f"is damaged: article {article_id}{which} is not what was written", "articles.db"
    )


def kept_of(row: sqlite3.Row) -> Kept:
    """Return a row of `SELECT_CURRENT` as an article that is kept."""
    return Kept(
        article=article_of(row),
        source_id=row["source_id"],
        first_seen=row["first_seen"],
        revision=row["revision"],
        state=row["state"],
        fingerprint=row["fingerprint"],
        edits=row["edits"],
    )
