"""An article as the store keeps it, and its rows."""

import sqlite3
from dataclasses import dataclass

import msgspec

from archive.article import Article, Evidence, Published
from archive.database import from_json, to_json
from archive.store_topics import RULES_OF
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
SELECT_CURRENT = (
    "SELECT a.id, a.url, a.source_id, a.first_seen, a.revision, a.edits, a.state, a.seq,"  # noqa: S608 - our own names
    " a.story, r.fingerprint, "
    + ", ".join(f"r.{name}" for name in ARTICLE)
    + f", {RULES_OF} AS rules"
    + " FROM article a JOIN revision r ON r.article_id = a.id AND r.number = a.revision"
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
    """Return the article that a row of `SELECT_CURRENT` holds, with its rules' topics."""
    article = Article(
        id=row["id"],
        url=row["url"],
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
    return with_rules(article, from_json(row["rules"]))


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
