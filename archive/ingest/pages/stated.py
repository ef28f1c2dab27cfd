"""What a page states of itself: JSON-LD (schema.org) and meta elements."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec
from lxml.html import HtmlElement

from archive.article import Evidence
from archive.identity import web_url
from archive.ingest import persons
from archive.ingest.item import claim

_PUBLISHED_META = (
    "article:published_time",
    "og:article:published_time",
    "datepublished",
    "date",
    "dc.date",
    "dc.date.issued",
    "dcterms.created",
    "dcterms.date",
    "parsely-pub-date",
    "pubdate",
    "publish-date",
    "publishdate",
    "sailthru.date",
    "citation_publication_date",
)
_PAGES = frozenset({"WebPage", "ItemPage", "VideoObject", "CreativeWork", "Recipe"})
_TOPIC_META = ("article:section", "article:tag", "news_keywords", "keywords")
_LISTS = {"news_keywords", "keywords"}
_MOST_TOPICS = 12
_AUTHOR_LABEL = re.compile(
    r"(?:(?:written|posted|verfasst|geschrieben|écrit|rédigé|publié|escrito|scritto|geschreven)\s+)?"
    r"(?:by|von|par|por|da|door)|author|autor(?:in)?|auteur|autore",
    re.IGNORECASE,
)
_CHANGED_META = (
    "article:modified_time",
    "og:updated_time",
    "datemodified",
    "last-modified",
    "dcterms.modified",
    "dc.date.modified",
)


def metas_of(tree: HtmlElement) -> dict[str, list[str]]:
    """Return the contents of the page's meta elements by name, in lower case."""
    metas: dict[str, list[str]] = {}
    for element in tree.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop")
        # Some pages write "value" where HTML has "content".
        content = " ".join((element.get("content") or element.get("value") or "").split())
        if name and content:
            # Several names may stand in one attribute (RDFa), and "dc:date" means "DC.date".
            for one in name.lower().split():
                key = one.replace("dc:", "dc.").replace("dcterms:", "dcterms.")
                metas.setdefault(key, []).append(content)
    return metas


def meta_claims(metas: dict[str, list[str]]) -> Iterator[Evidence]:
    """Yield what the meta elements claim."""
    for content in metas.get("og:site_name", ())[:1]:
        yield from claim("source", content, "meta: og:site_name")
    for name in (
        "author",
        "article:author",
        "dc.creator",
        "dcterms.creator",
        "byl",
        "parsely-author",
        "sailthru.author",
        "cxenseparse:author",
        "lp.article:author",
    ):
        for content in metas.get(name, ()):
            if not web_url(content):
                for person in persons.person_names(content):
                    yield from claim("byline", person, f"meta: {name}")
    yield from _labelled_author(metas)
    for name in _PUBLISHED_META:
        for content in metas.get(name, ())[:1]:
            yield from claim("published", content, f"meta: {name}")
    for name in _CHANGED_META:
        for content in metas.get(name, ())[:1]:
            yield from claim("updated", content, f"meta: {name}")
    for content in metas.get("article:section", ())[:1]:
        yield from claim("section", content, "meta: article:section")
    for name in _TOPIC_META:
        labels = [
            label
            for content in metas.get(name, ())
            for label in (content.split(",") if name in _LISTS else [content])
        ]
        for label in labels[:_MOST_TOPICS]:
            yield from claim("topics", label, f"meta: {name}")
    for content in metas.get("og:url", ())[:1]:
        yield from claim("link", content, "meta: og:url")


def _labelled_author(metas: dict[str, list[str]]) -> Iterator[Evidence]:
    """The author among the labelled values that content systems give for cards of Twitter."""
    for number in ("1", "2"):
        label, value = (
            metas.get(f"twitter:{part}{number}", [""])[0] for part in ("label", "data")
        )
        if _AUTHOR_LABEL.fullmatch(label):
            for person in persons.person_names(value):
                yield from claim("byline", person, "meta: twitter:data")


def json_ld(tree: HtmlElement) -> Iterator[Evidence]:
    """Yield what the first schema.org article in the JSON-LD claims."""
    for script in tree.iter("script"):
        if (script.get("type") or "").strip().lower() != "application/ld+json":
            continue
        try:
            data = msgspec.json.decode(script.text_content().strip())
        except (msgspec.DecodeError, RecursionError):
            continue
        for node in _articles(data):
            yield from _article_claims({**node, "author": _meant(node.get("author"), data)})
            return
        for node in _nodes(data):
            if any(kind in _PAGES for kind in _kinds(node)):
                when = _string(node.get("datePublished")) or _string(node.get("uploadDate"))
                yield from claim("published", when, "json-ld: of the page")
                yield from claim(
                    "updated", _string(node.get("dateModified")), "json-ld: of the page"
                )
                break


def _meant(value: object, data: object) -> object:
    """*value*, or the node of *data* that it refers to by its id."""
    if isinstance(value, dict) and "name" not in value and "@id" in value:
        return next(
            (n for n in _nodes(data) if n.get("@id") == value["@id"] and "name" in n), None
        )
    return value


def _articles(data: object) -> Iterator[dict[str, Any]]:
    """Yield the nodes of JSON-LD *data* that are some schema.org article."""
    for node in _nodes(data):
        if any(re.search(r"Article|BlogPosting|Report", kind) for kind in _kinds(node)):
            yield node


def _kinds(node: dict[str, Any]) -> list[str]:
    kinds = node.get("@type")
    return [str(kind) for kind in (kinds if isinstance(kinds, list) else [kinds])]


def _nodes(data: object, depth: int = 0) -> Iterator[dict[str, Any]]:
    """Yield the nodes of JSON-LD *data*, those above before those below."""
    if depth > 8:
        return
    if isinstance(data, list):
        for part in data:
            yield from _nodes(part, depth + 1)
    elif isinstance(data, dict):
        yield data
        for key in ("@graph", "mainEntity"):
            yield from _nodes(data.get(key), depth + 1)


def _article_claims(node: dict[str, Any]) -> Iterator[Evidence]:
    yield from claim("headline", _string(node.get("headline")), "json-ld: headline")
    for name in _names(node.get("author")):
        for person in persons.person_names(name) or (name,):
            yield from claim("byline", person, "json-ld: author")
    yield from claim("published", _string(node.get("datePublished")), "json-ld: datePublished")
    yield from claim("published", _string(node.get("dateCreated")), "json-ld: dateCreated")
    yield from claim("updated", _string(node.get("dateModified")), "json-ld: dateModified")
    for name in _names(node.get("publisher"))[:1]:
        yield from claim("source", name, "json-ld: publisher")
    sections = _strings(node.get("articleSection"))
    for section in sections[:1]:
        yield from claim("section", section, "json-ld: articleSection")
    for section in sections:
        yield from claim("topics", section, "json-ld: articleSection")
    keywords = node.get("keywords")
    labels = keywords.split(",") if isinstance(keywords, str) else _strings(keywords)
    for label in labels[:_MOST_TOPICS]:
        yield from claim("topics", label, "json-ld: keywords")
    yield from claim("language", _string(node.get("inLanguage")), "json-ld: inLanguage")


def _string(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _strings(value: object) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [v for v in values if isinstance(v, str)]


def _names(value: object) -> list[str]:
    """The names in a schema.org person, organisation, or list of them."""
    values = value if isinstance(value, list) else [value]
    names = [v.get("name") if isinstance(v, dict) else v for v in values]
    return [name for name in names if isinstance(name, str) and not web_url(name)]
