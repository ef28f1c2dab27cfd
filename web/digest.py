"""The mail that tells what saved searches found: one message, as plain text and as HTML."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Final
from urllib.parse import urlsplit

from markupsafe import Markup

from archive.article import Article
from archive.saved_search import Digest
from archive.store import Store
from archive.wording import counted
from web.present import original_address, shown_date

_SHOWN: Final = 100
"""How many articles of one saved search a digest names; its page has all."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An article of a digest, and the other sources that have its story there, too."""

    article: Article
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """What one saved search found: its entries in the order they were found, and how many more."""

    saved_id: int
    name: str
    articles: int
    entries: tuple[Entry, ...]
    left: int


def sections(digest: Digest, store: Store) -> list[Section]:
    """Return what *digest* tells: copies of one story as one entry, nothing withdrawn."""
    found = []
    for part in digest.parts:
        kept = store.get_many(part.article_ids)
        copies = store.copies(part.article_ids)
        told: set[str] = set()
        entries = []
        for article_id in part.article_ids:
            if article_id in told or article_id not in kept:
                continue
            others = [copy for copy in copies.get(article_id, ()) if copy.id in kept]
            told |= {article_id, *(copy.id for copy in others)}
            article = kept[article_id].article
            also = dict.fromkeys(c.source for c in others if c.source != article.source)
            entries.append(Entry(article, tuple(also)))
        if entries:
            shown, left = entries[:_SHOWN], entries[_SHOWN:]
            found.append(Section(part.saved_id, part.name, len(kept), tuple(shown), len(left)))
    return found


def message(
    digest: Digest,
    told: Sequence[Section],
    *,
    title: str,
    address: str,
    sender: str,
    to: Sequence[str],
) -> EmailMessage:
    """Return the mail. *title* is the archive's name, *address* where it is served.

    The Message-ID (RFC 5322) is the digest's own, so that the same digest is always
    the same message.
    """
    articles = sum(section.articles for section in told)
    mail = EmailMessage()
    mail["Subject"] = _line(f"{title}: {counted(articles, 'new article')} in {_names(told)}")
    mail["From"] = sender
    if to:
        mail["To"] = ", ".join(to)
    made = datetime.fromisoformat(digest.made)
    mail["Date"] = format_datetime(made)
    host = urlsplit(address).hostname or "localhost"
    mail["Message-ID"] = f"<morgue-digest-{digest.id}-{made:%Y%m%dT%H%M%S}@{host}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday notes in answer.
    base = address.rstrip("/")
    mail.set_content(_as_text(told, base))
    mail.add_alternative(_as_html(told, base, title), subtype="html")
    return mail


def _names(told: Sequence[Section]) -> str:
    names = [section.name for section in told]
    return (
        ", ".join(names)
        if len(names) <= 3
        else f"{', '.join(names[:2])} and {len(names) - 2} more"
    )


def _line(text: str) -> str:
    """Return *text* as one line, for what comes from strangers must not become a header."""
    return " ".join(text.split())


def _facts(entry: Entry) -> str:
    article = entry.article
    facts = [shown_date(article.published), article.source]
    if article.byline:
        facts.append(", ".join(article.byline))
    if entry.also:
        facts.append(f"also in {', '.join(entry.also)}")
    return _line(" · ".join(facts))


def _links(article: Article, base: str) -> Mapping[str, str]:
    links = {"here": f"{base}/article/{article.id}/{article.slug}"}
    if original := original_address(article):
        links["original"] = original
    return links


def _as_text(told: Sequence[Section], base: str) -> str:
    lines: list[str] = []
    for section in told:
        heading = f"{section.name}: {counted(section.articles, 'new article')}"
        lines += [heading, "=" * len(heading), ""]
        for entry in section.entries:
            links = _links(entry.article, base)
            lines += [_line(entry.article.headline), f"  {_facts(entry)}", f"  {links['here']}"]
            if "original" in links:
                lines.append(f"  {links['original']}")
            lines.append("")
        if section.left:
            lines += [f"{counted(section.left, 'more result')}:"]
        lines += [f"All of it: {base}/saved/{section.saved_id}", ""]
    return "\n".join(lines)


def _as_html(told: Sequence[Section], base: str, title: str) -> str:
    parts = [
        Markup('<!doctype html><html lang="en"><meta charset="utf-8"><title>{}</title>').format(
            title
        )
    ]
    for section in told:
        parts.append(
            Markup("<h2>{}: {}</h2><ul>").format(
                section.name, counted(section.articles, "new article")
            )
        )
        for entry in section.entries:
            links = _links(entry.article, base)
            parts.append(
                Markup('<li><p><a href="{}" dir="auto">{}</a><br><small dir="auto">{}').format(
                    links["here"], _line(entry.article.headline), _facts(entry)
                )
            )
            if "original" in links:
                parts.append(Markup(' · <a href="{}">original</a>').format(links["original"]))
            parts.append(Markup("</small></p></li>"))
        parts.append(Markup("</ul>"))
        more = f"{counted(section.left, 'more result')}: " if section.left else ""
        parts.append(
            Markup('<p>{}<a href="{}/saved/{}">all of it</a></p>').format(
                more, base, section.saved_id
            )
        )
    parts.append(Markup("</html>"))
    return str(Markup("").join(parts))
