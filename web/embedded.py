"""What an article's page says of it to programs: meta elements, and JSON-LD.

Zotero's translator of embedded metadata takes its item type from ``z:itemType``, else
from ``DC.type``, before all that it guesses; so the page is a newspaper article to it.
There is no ``citation_journal_title``: by it others would take the page for a journal's.
"""

from collections.abc import Iterator

import msgspec
from markupsafe import Markup

from archive.article import Article
from archive.export.entry import lede, line
from archive.export.names import authors

Meta = tuple[str, str]
_TYPE = "newspaperArticle"
# Within a script element only these can end it, or begin a comment (HTML, script data states).
_ESCAPED = str.maketrans({mark: f"\\u{ord(mark):04x}" for mark in "<>&\u2028\u2029"})


def meta(article: Article, original: str | None) -> list[Meta]:
    """Return names and contents of meta elements: Highwire's, Dublin Core's, and the type."""
    return [(name, line(text)) for name, text in _meta(article, original) if text and line(text)]


def _meta(article: Article, original: str | None) -> Iterator[tuple[str, str | None]]:
    published = article.published
    yield "z:itemType", _TYPE
    yield "citation_title", article.headline
    for name in authors(article):
        yield "citation_author", name.filed
    # The day, for that is as exact as such a date may be; a month where no more is known.
    yield "citation_publication_date", published.iso[:10].replace("-", "/") if published else None
    yield "citation_language", article.language
    yield "citation_public_url", original
    yield "citation_keywords", "; ".join(article.topics)
    yield "DC.type", _TYPE
    yield "DC.title", article.headline
    for byline in article.byline:
        yield "DC.creator", byline
    yield "DC.source", article.source
    yield "DC.date", published.iso[:10] if published else None
    yield "DC.language", article.language
    for topic in article.topics:
        yield "DC.subject", topic
    yield "DC.identifier", original or article.id
    yield "description", lede(article)


def linked_data(article: Article, page: str, original: str | None) -> Markup:
    """Return the article as a ``NewsArticle`` of schema.org, in JSON-LD, safe within a script.

    It is data and never run, so a policy that forbids scripts leaves it in the page.
    """
    published, updated = article.published, article.updated
    known = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": article.headline,
        "author": [
            {"@type": "Organization" if name.whole else "Person", "name": name.read}
            for name in authors(article)
        ],
        "publisher": {"@type": "NewsMediaOrganization", "name": article.source},
        "datePublished": published.iso if published else None,
        "dateModified": updated.iso if updated else None,
        "dateline": article.dateline,
        "articleSection": article.section,
        "keywords": list(article.topics),
        "inLanguage": article.language,
        "description": lede(article),
        "url": original or page,
        "mainEntityOfPage": page,
        "identifier": article.id,
    }
    text = msgspec.json.encode({name: value for name, value in known.items() if value}).decode()
    return Markup(text.translate(_ESCAPED))  # noqa: S704 - no mark of HTML is left
