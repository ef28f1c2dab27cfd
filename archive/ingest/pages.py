"""Web pages: the article's text by trafilatura, its facts by what the page states.

Claims come from JSON-LD (schema.org ``NewsArticle``), meta elements (Open
Graph, Dublin Core and the like), and what the page shows.
"""

import re
from collections.abc import Iterator
from typing import Any

import msgspec
import trafilatura
from bs4 import BeautifulSoup
from lxml.html import HtmlElement

from archive.article import Evidence
from archive.errors import FormatError
from archive.identity import web_url
from archive.ingest import dates, wire
from archive.ingest.furniture import without_furniture
from archive.ingest.item import Item, claim
from archive.ingest.markup import soup_text

LARGEST = 10 * 1024 * 1024
_DATE_SEARCH = {"extensive_search": False, "original_date": True}
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
_TOPIC_META = ("article:section", "article:tag", "news_keywords", "keywords")
_LISTS = {"news_keywords", "keywords"}
_MOST_TOPICS = 12
_CHANGED_META = ("article:modified_time", "og:updated_time", "datemodified", "last-modified")
_CHANGED_LINE = re.compile(
    r"(?:page\s+)?(?:last\s+)?(?:updated|modified|changed|reviewed)(?:\s+on)?\s*:?\s*(?P<date>.+?)\.?$",
    re.IGNORECASE,
)
_COMMENT = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)
_BESIDE = frozenset({"aside", "nav", "footer"})
_LONGEST_LINE = 300


def read(data: bytes, key: str, url: str) -> Item:
    """Read a page. Raises FormatError for one too large, not HTML, or without any text."""
    if len(data) > LARGEST:
        raise FormatError(f"is larger than {LARGEST // 1024 // 1024} MiB", key)
    if not data.strip():
        raise FormatError("is empty", key)
    if b"\0" in data[:4096] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise FormatError("is not HTML: it holds binary data", key)
    tree = trafilatura.load_html(data)
    if tree is None:
        raise FormatError("is not HTML", key)
    metas = _metas(tree)
    claims = [*_json_ld(tree), *_meta_claims(metas), *_shown(tree)]
    claims = [*_headline(tree, claims, metas), *claims]
    shown = _byline(tree)
    text, origin, found = _text(tree, data, url, _days_of_change(tree, metas))
    copy = wire.read_body(_without_repeats(without_furniture(text), claims))
    if not copy.text:
        raise FormatError("holds no article text", key)
    # What trafilatura made out goes before a byline that is merely shown.
    claims = [*claims, *found, *shown, *copy.claims, *origin]
    return Item(key, url, copy.text, tuple(claims), data, "text/html")


def _without_repeats(text: str, claims: list[Evidence]) -> str:
    """Return *text* without paragraphs that only repeat the headline or the caption."""
    repeated = {_fold(c.value) for c in claims if c.field in ("headline", "caption")}
    paragraphs = text.split("\n\n")
    kept = [paragraph for paragraph in paragraphs if _fold(paragraph) not in repeated]
    return "\n\n".join(kept) if kept else text


def _text(
    tree: HtmlElement, data: bytes, url: str, changed: set[str]
) -> tuple[str, list[Evidence], list[Evidence]]:
    """Return the article's text, who found it, and what else trafilatura made out.

    A date that htmldate finds is none of publication when it is one of *changed*.
    """
    document = trafilatura.bare_extraction(
        tree,
        url=url if web_url(url) else None,
        include_comments=False,
        date_extraction_params=_DATE_SEARCH,
        with_metadata=True,
    )
    found: list[Evidence] = []
    if document is not None and not isinstance(document, dict):
        for name in wire.person_names((document.author or "").replace(";", ",")):
            found += claim("byline", name, "page: trafilatura")
        if document.date not in changed:
            found += claim("published", document.date, "page: htmldate")
        if document.text:
            text = re.sub(r"\n+", "\n\n", document.text.strip())
            return text, claim("text", f"{len(text)} characters", "page: trafilatura"), found
    # Comments first: thousands that never close would take Python's parser minutes.
    soup = BeautifulSoup(_COMMENT.sub(b"", data), "html.parser")
    root = soup.find("article") or soup.find("main") or soup.body or soup
    for part in root.find_all(["nav", "header", "footer", "aside"]):
        part.decompose()
    text = soup_text(root)
    origin = "page: BeautifulSoup, where trafilatura found nothing"
    return text, claim("text", f"{len(text)} characters", origin), found


def _metas(tree: HtmlElement) -> dict[str, list[str]]:
    metas: dict[str, list[str]] = {}
    for element in tree.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop")
        content = " ".join((element.get("content") or "").split())
        if name and content:
            metas.setdefault(name.lower(), []).append(content)
    return metas


def _meta_claims(metas: dict[str, list[str]]) -> Iterator[Evidence]:
    for content in metas.get("og:site_name", ())[:1]:
        yield from claim("source", content, "meta: og:site_name")
    for name in ("author", "article:author", "dc.creator", "byl", "parsely-author"):
        for content in metas.get(name, ()):
            if not web_url(content):
                for person in wire.person_names(content):
                    yield from claim("byline", person, f"meta: {name}")
    for name in _PUBLISHED_META:
        for content in metas.get(name, ())[:1]:
            yield from claim("published", content, f"meta: {name}")
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


def _json_ld(tree: HtmlElement) -> Iterator[Evidence]:
    for script in tree.iter("script"):
        if (script.get("type") or "").strip().lower() != "application/ld+json":
            continue
        try:
            data = msgspec.json.decode(script.text_content().strip())
        except (msgspec.DecodeError, RecursionError):
            continue
        for node in _articles(data):
            yield from _article_claims(node)
            return


def _articles(data: object, depth: int = 0) -> Iterator[dict[str, Any]]:
    """Yield the nodes of JSON-LD *data* that are some schema.org article."""
    if depth > 8:
        return
    if isinstance(data, list):
        for part in data:
            yield from _articles(part, depth + 1)
    elif isinstance(data, dict):
        kinds = data.get("@type")
        kinds = kinds if isinstance(kinds, list) else [kinds]
        if any(re.search(r"Article|BlogPosting|Report", str(kind)) for kind in kinds):
            yield data
        for key in ("@graph", "mainEntity"):
            yield from _articles(data.get(key), depth + 1)


def _article_claims(node: dict[str, Any]) -> Iterator[Evidence]:
    yield from claim("headline", _string(node.get("headline")), "json-ld: headline")
    for name in _names(node.get("author")):
        for person in wire.person_names(name) or (name,):
            yield from claim("byline", person, "json-ld: author")
    yield from claim("published", _string(node.get("datePublished")), "json-ld: datePublished")
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


def _shown(tree: HtmlElement) -> Iterator[Evidence]:
    """What the page itself shows: caption, time, language, canonical link."""
    for line in _lines(tree, "figcaption"):
        yield from claim("caption", line, "page: figcaption")
        break
    times = [t.get("datetime") for t in tree.xpath("//article//time[@datetime]") if not _beside(t)]
    if times and dates.read(times[0]):
        yield from claim("published", times[0], "page: time element")
    yield from claim("language", tree.get("lang"), "page: lang")
    for link in tree.iter("link"):
        if "canonical" in (link.get("rel") or "").lower().split():
            yield from claim("link", link.get("href"), "page: canonical link")
            return


def _byline(tree: HtmlElement) -> list[Evidence]:
    """The persons in the first line of the article that reads as a byline."""
    for line in _lines(tree, "p", "div", "span", "address"):
        if names := wire.byline_names(line):
            return [e for name in names for e in claim("byline", name, "page: byline")]
    return []


def _lines(tree: HtmlElement, *names: str) -> Iterator[str]:
    """The short texts of the article's elements *names*, not those of asides and comments."""
    articles = tree.xpath("//article") or tree.xpath("//main")
    for element in articles[0].iter(*names) if articles else ():
        if _beside(element):
            continue
        line = " ".join(element.text_content().split())
        if 0 < len(line) <= _LONGEST_LINE:
            yield line


def _headline(
    tree: HtmlElement, claims: list[Evidence], metas: dict[str, list[str]]
) -> Iterator[Evidence]:
    """The headline that shown heading and stated titles agree on, else the best stated.

    A page's ``h1`` that a stated title repeats or contains is the headline as
    the newsroom set it, without the site's name.
    """
    title = " ".join((tree.findtext(".//title") or "").split())
    stated = [c for c in claims if c.field == "headline"]
    for name in ("og:title", "twitter:title", "dc.title", "headline"):
        stated += [
            e for v in metas.get(name, ())[:1] for e in claim("headline", v, f"meta: {name}")
        ]
    stated += claim("headline", title, "page: title")
    headings = [" ".join(h.text_content().split()) for h in tree.iter("h1")]
    headings = [h for h in headings if h]
    folded = [_fold(e.value) for e in stated]
    for agrees in (_fold_equals, _fold_within):
        for heading in headings:
            if agrees(_fold(heading), folded):
                yield from claim("headline", heading, "heading: h1 that a stated title confirms")
                return
    in_article = [" ".join(h.text_content().split()) for h in tree.xpath("//article//h1")]
    if len(in_article) == 1 and in_article[0]:
        yield from claim("headline", in_article[0], "heading: the article's only h1")
    sites = [c.value for c in claims if c.field == "source"]
    for evidence in stated:
        yield Evidence("headline", _without_site(evidence.value, sites), evidence.origin)


def _beside(element: HtmlElement) -> bool:
    """Whether *element* stands beside the article: in an aside, a menu, the page's foot."""
    return any(above.tag in _BESIDE for above in element.iterancestors())


def _days_of_change(tree: HtmlElement, metas: dict[str, list[str]]) -> set[str]:
    """The days on which the page says it was changed, or that stand beside the article.

    None of them is when it was published, though a search for dates may find them.
    """
    stated = [value for name in _CHANGED_META for value in metas.get(name, ())]
    stated += [t.get("datetime") for t in tree.iter("time") if t.get("datetime") and _beside(t)]
    for element in tree.iter("p", "div", "span", "small", "li"):
        match = _CHANGED_LINE.match(" ".join((element.text or "").split())[:80])
        if match:
            stated.append(match["date"])
    found = [dates.read(value) for value in stated]
    return {published.iso[:10] for published in found if published}


def _fold(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _fold_equals(heading: str, stated: list[str]) -> bool:
    return heading in stated


def _fold_within(heading: str, stated: list[str]) -> bool:
    return len(heading.split()) >= 3 and any(heading in title for title in stated)


def _without_site(title: str, sites: list[str]) -> str:
    """Return *title* without a site's name at its end: ``Rates fall | The Gazette``."""
    parts = re.split(r"\s+[|–—·»-]\s+", title)
    folded = {_fold(site) for site in sites}
    if len(parts) > 1 and _fold(parts[-1]) in folded:
        return title[: title.rindex(parts[-1])].rstrip(" |–—·»-")
    return title
