import json

import pytest

from archive.article import Article
from archive.errors import FormatError
from archive.ingest import pages
from tests.archive.conftest import composed

PARAGRAPHS = [
    "Norland opened talks on smuggling with its neighbours on Thursday, and the ministers who "
    "had come by ferry said that they would stay until something had been agreed upon.",
    "The quay at Port Ellis was closed for the day. A brass band from Lowmoor played until the "
    "rain came, and then it played on under the roof of the fish market, to some applause.",
    "Nobody could say how many boats had crossed the Sound by night. The harbour master thought "
    "ninety, the coastguard eleven, and the landlady of the Drovers would not be drawn.",
]
LD = {
    "@type": "NewsArticle",
    "headline": "Norland opens talks on smuggling",
    "author": [{"@type": "Person", "name": "Ada Moor"}, {"name": "Ben Tull"}],
    "datePublished": "2024-06-20T14:05:00+02:00",
    "articleSection": "Harbour",
    "keywords": "smuggling, police",
    "publisher": {"name": "The Gannet"},
    "inLanguage": "en-GB",
}


def page(
    head: str = "", top: str = "", paragraphs: list[str] = PARAGRAPHS, end: str = ""
) -> bytes:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return (
        f"<!doctype html><html><head>{head}</head><body><nav><a href=/>Home</a></nav>"
        f"<article>{top}{body}</article>{end}</body></html>"
    ).encode()


def article(data: bytes) -> Article:
    return composed(pages.read(data, "/Gannet/a.html", "file:///Gannet/a.html"))


def ld(data: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(data)}</script>'


def test_the_text_is_the_articles_paragraphs() -> None:
    assert article(page()).text == "\n\n".join(PARAGRAPHS)


@pytest.mark.parametrize(
    "data",
    [LD, [LD], {"@graph": [{"@type": "WebPage"}, LD]}, {"@type": "WebPage", "mainEntity": LD}],
    ids=["alone", "list", "graph", "main entity"],
)
def test_json_ld_brings_the_facts(data: object) -> None:
    read = article(page(ld(data)))
    assert read.headline == "Norland opens talks on smuggling"
    assert read.byline == ("Ada Moor", "Ben Tull")
    assert read.published is not None
    assert read.published.iso == "2024-06-20T14:05:00+02:00"
    assert (read.source, read.section, read.language) == ("The Gannet", "Harbour", "en")
    assert read.topics == ("Harbour", "smuggling", "crime, law and justice")


@pytest.mark.parametrize(
    "data",
    ["{", "[" * 2000, "null", '{"@type": "NewsArticle", "author": 7, "headline": {"a": 1}}'],
    ids=["cut off", "nested", "null", "wrong kinds"],
)
def test_broken_json_ld_is_passed_over(data: str) -> None:
    read = article(page(f'<script type="application/ld+json">{data}</script>', "<h1>Talks</h1>"))
    assert read.headline == "Talks"


@pytest.mark.parametrize(
    ("head", "top", "headline"),
    [
        ("<title>Talks open | The Gannet</title>", "<h1>Talks open</h1>", "Talks open"),
        ("<title>Talks open</title>", "<h1>Talks open</h1><h1>Other</h1>", "Talks open"),
        ("<meta property=og:title content='Talks open'>", "", "Talks open"),
        ("<title>Talks open - Gannet</title><meta property=og:site_name content=Gannet>", "",
         "Talks open"),
        ("<title>Talks open - again</title>", "", "Talks open - again"),
        ("<title>The Gannet</title>", "<h1>Talks open</h1>", "Talks open"),
        ("<title>Talks open</title>", "<h1><a href=/><svg><title>Gannet</title></svg></a></h1>",
         "Talks open"),
        ("<title>Talks open</title>", "<h1><a href='https://gannet.example/'>Gannet</a></h1>",
         "Talks open"),
        ("<title>x</title>", "<h1><em>The Drover</em>’s last song</h1>", "The Drover’s last song"),
        ("<meta property=og:title value='Talks open'>", "", "Talks open"),
    ],
    ids=["h1 in title", "confirmed h1", "og", "site name cut", "own dash kept", "only h1",
         "drawn logo", "front page", "emphasis", "value for content"],
)  # fmt: skip
def test_the_headline_is_the_newsrooms(head: str, top: str, headline: str) -> None:
    assert article(page(head, top)).headline == headline


def test_open_graph_brings_source_date_section_and_tags() -> None:
    read = article(
        page(
            "<meta property=og:site_name content='The Gannet'>"
            "<meta property=article:published_time content=2024-06-20>"
            "<meta property=article:section content=Harbour>"
            "<meta property=article:tag content=police>"
            "<meta name=author content='Ada Moor'>"
        )
    )
    assert read.source == "The Gannet"
    assert read.published is not None
    assert read.published.iso == "2024-06-20"
    assert read.topics == ("Harbour", "crime, law and justice")
    assert read.byline == ("Ada Moor",)


def test_headline_byline_and_caption_are_apart_from_the_text() -> None:
    read = article(
        page(
            "<title>Talks open in Port Ellis</title>",
            "<h1>Talks open in Port Ellis</h1><p>By Ada Moor | 20 June 2024</p>"
            "<figure><img src=a.jpg><figcaption>The quay at dawn</figcaption></figure>",
        )
    )
    assert read.byline == ("Ada Moor",)
    assert read.caption == "The quay at dawn"
    assert read.text == "\n\n".join(PARAGRAPHS)


def test_a_byline_in_an_aside_is_not_the_articles() -> None:
    assert article(page(top="<aside><p>By Ben Tull</p></aside>")).byline == ()


def test_a_page_without_a_date_is_undated() -> None:
    assert article(page()).published is None


def test_furniture_is_no_text() -> None:
    read = article(page(end="<p>Leave a comment</p><footer>© The Gannet 2024</footer>"))
    assert read.text == "\n\n".join(PARAGRAPHS)


@pytest.mark.parametrize("depth", [400, 3000])
def test_a_page_nested_deeper_than_parsers_like_is_still_read(depth: int) -> None:
    nested = "<div>" * depth + "".join(f"<p>{p}</p>" for p in PARAGRAPHS) + "</div>" * depth
    data = f"<html><body>{nested}</body></html>".encode()
    assert article(data).text == "\n\n".join(PARAGRAPHS)


def test_a_pages_own_encoding_is_kept() -> None:
    data = page("<meta charset=iso-8859-1><title>Gespräche</title>", "<h1>Gespräche</h1>")
    assert article(data.decode().encode("latin-1")).headline == "Gespräche"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "binary"),
        (b"<html><body><script>1</script></body></html>", "no article text"),
        (b"<html><body><p>Leave a comment</p></body></html>", "no article text"),
        (b"x" * (pages.LARGEST + 1), "larger than"),
    ],
    ids=["empty", "blank", "binary", "no text", "furniture only", "too large"],
)
def test_what_is_no_page_is_refused_with_the_reason(data: bytes, reason: str) -> None:
    with pytest.raises(FormatError, match=reason) as caught:
        article(data)
    assert caught.value.where == "/Gannet/a.html"


BODY = "".join(
    f"<p>The quay was closed for the {n}th day, the harbour master said.</p>" for n in range(9)
)


@pytest.mark.parametrize(
    "elsewhere",
    [
        '<aside><time datetime="2011-02-03">3 February 2011</time> An older story</aside>',
        "<footer><p>Last updated: 2020-05-06</p></footer>",
        '<meta property="article:modified_time" content="2019-07-08T10:00:00Z">',
    ],
    ids=["related", "footer", "modified"],
)
def test_a_date_from_elsewhere_on_the_page_is_not_when_it_was_published(elsewhere: str) -> None:
    html = f"<html><head>{elsewhere if 'meta' in elsewhere else ''}<title>Quay</title></head>"
    html += f"<body><article><h1>Quay closed</h1>{BODY}</article>{elsewhere}</body></html>"
    item = pages.read(html.encode(), "page.html", "file:///page.html")
    assert [c.value for c in item.claims if c.field == "published"] == []


def test_a_headline_says_that_it_was_the_heading() -> None:
    html = "<html><head><title>Quay closed at night - Gannet</title></head>"
    html += f"<body><h1>Quay closed at night</h1>{BODY}"
    # The folder that the page lies in is called Gannet.
    read = article(html.encode())
    assert read.headline == "Quay closed at night"
    evidence = [(e.value, e.origin, e.chosen) for e in read.evidence if e.field == "headline"]
    assert evidence == [
        ("Quay closed at night", "heading: the only h1, page: title", True),
    ]


@pytest.mark.parametrize(
    ("top", "names"),
    [
        ("<p class=byline>By <a rel=author href=/a>Ada Moor</a>, Writer</p>", ("Ada Moor",)),
        ('<span itemprop=author><b itemprop=name>Ada Moor</b> Editor</span>', ("Ada Moor",)),
        ('<div class="vcard"><a class="fn">Ada Moor</a></div>', ("Ada Moor",)),
        ("<p class=byline>Von Ada Moor und Ben Tull</p>", ("Ada Moor", "Ben Tull")),
        ("<p class=autor>Por Ada Moor | 3 de mayo</p>", ("Ada Moor",)),
        ("<p class=byline>By Ada Moor Published 20 June 2024</p>", ("Ada Moor",)),
        ("<p class=byline>Ada Moor a.moor@gannet.example</p>", ("Ada Moor",)),
        ("<p>20.06.2024 | 13:10 Uhr | Ada Moor</p>", ("Ada Moor",)),
        ("<p>Ein Artikel von Ada Moor</p>", ("Ada Moor",)),
        ("<p>20.06.2024 | 13:10 Uhr | Aus dem Hafen</p>", ()),
    ],
    ids=["rel", "itemprop", "vcard", "German", "Spanish", "date after", "e-mail", "beside a date",
         "an article by", "a phrase beside a date"],
)  # fmt: skip
def test_the_authors_shown_are_parted_from_what_stands_with_them(
    top: str, names: tuple[str, ...]
) -> None:
    assert article(page("", f"<h1>Quay closed</h1>{top}")).byline == names


@pytest.mark.parametrize(
    ("head", "top", "iso"),
    [
        ("", "<time datetime=2024-06-20T14:05:00Z>Thursday</time>", "2024-06-20T14:05:00+00:00"),
        ("", "<span itemprop=datePublished content=2024-06-20>today</span>", "2024-06-20"),
        ("", "<p class=date>20. Juni 2024, 14:05 Uhr</p>", "2024-06-20T14:05:00"),
        ("", "<p><b>Datum: </b>20.06.2024</p>", "2024-06-20"),
        ("", "<p class=date>June 20, 2024 at 2:05 pm EDT</p>", "2024-06-20T14:05:00-04:00"),
        ('<script>var page = {"publishedAt": "2024-06-20"}</script>', "", "2024-06-20"),
    ],
    ids=["time", "itemprop", "German", "label before", "half of the day", "script"],
)  # fmt: skip
def test_a_page_that_shows_its_date_is_dated(head: str, top: str, iso: str) -> None:
    read = article(page(head, f"<h1>Quay closed</h1>{top}"))
    assert read.published is not None
    assert read.published.iso == iso


def test_a_labelled_card_names_the_author() -> None:
    cards = (
        "<meta name=twitter:label1 content=Lesezeit><meta name=twitter:data1 content='2 Minuten'>"
        "<meta name=twitter:label2 content='Verfasst von'>"
        "<meta name=twitter:data2 content='Ada Moor'>"
    )
    assert article(page(cards, "<h1>Quay closed</h1>")).byline == ("Ada Moor",)


def test_an_author_given_by_reference_is_looked_up() -> None:
    graph = [
        {"@type": "Person", "@id": "#ada", "name": "Ada Moor"},
        {"@type": "NewsArticle", "headline": "Quay closed", "author": {"@id": "#ada"}},
    ]
    assert article(page(ld({"@graph": graph}))).byline == ("Ada Moor",)


def test_the_day_in_the_head_of_the_page_is_not_the_articles() -> None:
    data = page("", "<h1>Quay closed</h1><p class=date>20 June 2024</p>")
    menu = f"<div><b class=date>28 June 2024</b>{'<a href=/>Harbour news</a>' * 60}</div>"
    shown = article(data.replace(b"<article>", menu.encode() + b"<article>"))
    assert shown.published is not None
    assert shown.published.iso == "2024-06-20"


def test_a_date_just_above_the_headline_is_the_articles() -> None:
    shown = article(page("", "<p class=date>20 June 2024</p><h1>Quay closed</h1>"))
    assert shown.published is not None
    assert shown.published.iso == "2024-06-20"


def test_a_clock_is_not_read_on_into_the_next_element() -> None:
    top = "<h1>Quay</h1><div class=date><span>June 20, 2024 2:05 pm</span><a>Share</a></div>"
    read = article(page("", top))
    assert read.published is not None
    assert read.published.iso == "2024-06-20T14:05:00"


def test_a_change_is_kept_apart_from_publication() -> None:
    top = "<h1>Quay</h1><p class=date>Published 20 June 2024. Updated 22 June 2024</p>"
    data = {**LD, "dateModified": "2024-06-22T09:00:00+02:00"}
    read = article(page(ld(data), top))
    assert read.published is not None
    assert read.updated is not None
    assert read.published.iso == "2024-06-20T14:05:00+02:00"
    assert read.updated.iso == "2024-06-22T09:00:00+02:00"


def test_a_change_at_the_time_of_publication_is_none() -> None:
    assert article(page(ld({**LD, "dateModified": LD["datePublished"]}))).updated is None


def test_comments_that_never_close_cost_little() -> None:
    with pytest.raises(FormatError, match="holds no article text"):
        pages.read(b"<html><body>" + b"<!-- " * 200_000, "page.html", "file:///page.html")


@pytest.mark.parametrize("kicker", ["Harbour", "HARBOUR", "Smuggling"])
def test_a_section_or_topic_above_the_headline_is_no_part_of_the_text(kicker: str) -> None:
    head = f"<script type='application/ld+json'>{json.dumps(LD)}</script>"
    top = f"<p class=kicker>{kicker}</p><h1>{LD['headline']}</h1>"
    assert article(page(head, top)).text == "\n\n".join(PARAGRAPHS)


@pytest.mark.parametrize(
    "above",
    [
        "<p>Updated: 12 March 2024 09:00 | Published: 11 March 2024 23:30</p>",
        "<p>Last updated on 12 March 2024</p>",
        "<p>Stand: 12.03.2024, 14:33 Uhr</p>",
        "<p>Listen to this article</p><p>5 minutes</p>",
        "<a rel=author href=/newsroom>Gannet Newsroom</a>",
    ],
)
def test_what_stands_between_headline_and_text_is_no_part_of_the_text(above: str) -> None:
    assert article(page(top=f"<h1>Talks on smuggling</h1>{above}")).text == "\n\n".join(PARAGRAPHS)


def test_a_kicker_that_is_no_section_is_known_by_its_name() -> None:
    top = "<span class=topline>Port Ellis</span><h1>Talks on smuggling</h1>"
    assert article(page(top=top)).text == "\n\n".join(PARAGRAPHS)


def test_a_line_that_says_both_dates_gives_both() -> None:
    said = "Updated: 12 March 2024 09:00 | Published: 11 March 2024 23:30"
    read = article(page(top=f"<h1>Talks on smuggling</h1><p>{said}</p>"))
    assert read.published is not None
    assert read.updated is not None
    assert read.published.iso == "2024-03-11T23:30:00"
    assert read.updated.iso == "2024-03-12T09:00:00"


@pytest.mark.parametrize(
    ("lang", "shown", "day"),
    [
        ("", "03/04/2024", None),
        ("en", "03/04/2024", None),
        ("en-US", "03/04/2024", "2024-03-04"),
        ("en-GB", "03/04/2024", "2024-04-03"),
        ("", "25/04/2024", "2024-04-25"),
        ("", "03/04/2024</p><p><a href='/news/2024/apr/03/talks'>Here</a>", "2024-04-03"),
    ],
)
def test_a_day_in_figures_that_may_mean_another_is_not_guessed(
    lang: str, shown: str, day: str | None
) -> None:
    data = page(top=f"<h1>Talks on smuggling</h1><p class=meta>{shown}</p>")
    read = article(data.replace(b"<html>", f"<html lang='{lang}'>".encode()))
    assert (read.published.iso if read.published else None) == day
