from dataclasses import replace

import pytest

from archive.article import Article, Evidence
from archive.ingest.compose import compose
from archive.ingest.item import Item
from archive.source import Kind, Source
from tests.archive.conftest import TODAY

TEXT = "The bank cut its rate. Nobody knew why."


def article(
    *claims: tuple[str, str, str],
    text: str = TEXT,
    url: str = "file:///The%20Gannet/a.txt",
    kind: Kind = Kind.FOLDER,
    name: str | None = None,
    topics: tuple[str, ...] = (),
) -> Article:
    item = Item(
        "/The Gannet/a.txt",
        url,
        text,
        tuple(Evidence(*claim) for claim in claims),
        b"",
        "text/plain",
    )
    return compose(item, Source(1, kind, "/The Gannet", name, topics=topics), TODAY)


def origins(article: Article, field: str) -> list[str]:
    return [e.origin for e in article.evidence if e.field == field]


def test_claims_that_agree_win_and_all_their_origins_are_kept() -> None:
    read = article(
        ("headline", "Rates fall in Norland | The Gannet", "page: title"),
        ("headline", "A quiet day at the bank", "heading: h1"),
        ("headline", "Rates fall in Norland", "json-ld: headline"),
        ("headline", "Rates fall in Norland", "meta: og:title"),
    )
    assert read.headline == "Rates fall in Norland"
    # The folder is called The Gannet: its name at the end of the title is no part of it.
    (chosen,) = [e for e in read.evidence if e.field == "headline" and e.chosen]
    assert chosen.origin == "json-ld: headline, meta: og:title, page: title"


def test_what_was_not_chosen_is_kept_as_evidence() -> None:
    read = article(
        ("headline", "Rates fall", "json-ld: headline"), ("headline", "Home", "meta: title")
    )
    assert Evidence("headline", "Home", "meta: title", chosen=False) in read.evidence
    assert read.provenance()["headline"] == [
        {"value": "Rates fall", "from": "json-ld: headline", "chosen": True},
        {"value": "Home", "from": "meta: title", "chosen": False},
    ]


def test_evidence_that_was_not_chosen_stays_small() -> None:
    claims = [("headline", f"Title {n} " + "x" * 5000, f"meta: t{n}") for n in range(50)]
    read = article(("headline", "Rates fall", "json-ld: headline"), *claims)
    others = [e for e in read.evidence if not e.chosen]
    assert len(others) <= 6
    assert max(len(e.value) for e in others) < 300


def test_a_files_own_record_stands_against_all_agreement() -> None:
    read = article(
        ("headline", "Rates fall", "record: headline"),
        ("headline", "Other", "json-ld: headline"),
        ("headline", "Other", "meta: og:title"),
    )
    assert read.headline == "Rates fall"


def test_what_the_user_said_goes_before_everything() -> None:
    read = article(
        ("source", "Other", "front matter: source"), name="My Gannet", topics=("harbour",)
    )
    assert read.source == "My Gannet"
    assert read.topics[0] == "harbour"


def test_nothing_is_made_up() -> None:
    read = article()
    unknown = (read.agency, read.dateline, read.published, read.language, read.section)
    assert unknown == (None,) * 5
    assert (read.caption, read.credits, read.link, read.byline) == (None, None, None, ())


def test_a_headline_is_derived_only_where_none_is_claimed() -> None:
    assert article().headline == "The bank cut its rate"
    assert article().headline_is_derived
    assert not article(("headline", "Rates", "wire: headline")).headline_is_derived


@pytest.mark.parametrize(
    ("claims", "kind", "source"),
    [
        ((), Kind.FOLDER, "The Gannet"),
        ((), Kind.FILE, "The Gannet"),
        ((), Kind.FEED, "/The Gannet"),
        ((("source", "Title", "feed: the feed's title"),), Kind.FEED, "Title"),
        ((("agency", "Meridian", "wire: dateline"),), Kind.FOLDER, "Meridian"),
        ((("agency", "Meridian", "credited: in the text"),), Kind.FOLDER, "The Gannet"),
        ((("agency", "Meridian", "wire: dateline"), ("source", "G", "meta: og:site_name")),
         Kind.FOLDER, "G"),
    ],
    ids=["folder", "file", "feed", "feed's title", "wire", "only credited", "page's own name"],
)  # fmt: skip
def test_the_source_is_the_closest_to_the_reader(
    claims: tuple[tuple[str, str, str], ...], kind: Kind, source: str
) -> None:
    assert article(*claims, kind=kind).source == source


def test_authors_come_from_one_reading_unless_two_others_agree() -> None:
    desk = [("byline", "Ada Moor", "json-ld: author"), ("byline", "Ben Tull", "json-ld: author")]
    read = article(*desk, ("byline", "Web Team", "meta: author"))
    assert read.byline == ("Ada Moor", "Ben Tull")
    overruled = article(
        ("byline", "Web Team", "json-ld: author"),
        ("byline", "Ada Moor", "meta: author"),
        ("byline", "Ada Moor", "page: rel=author"),
    )
    assert overruled.byline == ("Ada Moor",)


def test_the_site_or_an_account_is_an_author_only_where_nobody_else_is_named() -> None:
    site = ("source", "The Gannet", "meta: og:site_name")
    account = ("byline", "admin", "json-ld: author")
    gannet = ("byline", "The Gannet", "json-ld: author")
    assert article(site, gannet, ("byline", "Ada Moor", "page: byline")).byline == ("Ada Moor",)
    assert article(site, gannet).byline == ("The Gannet",)
    assert article(site, account, ("byline", "Ada Moor", "page: byline")).byline == ("Ada Moor",)
    assert article(site, account).byline == ("admin",)


@pytest.mark.parametrize(
    ("claims", "iso"),
    [
        ([("2024-06-20", "json-ld: datePublished"),
          ("2024-06-20T14:05:00+02:00", "page: time element")], "2024-06-20T14:05:00+02:00"),
        ([("2024-06-20T23:30:00Z", "json-ld: datePublished"),
          ("2024-06-21T01:30:00+02:00", "page: time element")], "2024-06-21T01:30:00+02:00"),
        ([("2024-06-20T23:30:00Z", "json-ld: datePublished"), ("2024-06-21", "address: day")],
         "2024-06-21"),
        ([("2024-06-20T14:05:00+02:00", "json-ld: datePublished"), ("2024-06-23", "address: day")],
         "2024-06-20T14:05:00+02:00"),
        ([("2024-01-01", "json-ld: datePublished"), ("2024-06-20", "meta: date"),
          ("2024-06-20", "address: day")], "2024-06-20"),
    ],
    ids=["most exact", "own zone", "own day", "heavier", "two agree"],
)  # fmt: skip
def test_dates_are_a_vote_of_all_that_is_claimed(claims: list[tuple[str, str]], iso: str) -> None:
    read = article(*(("published", value, origin) for value, origin in claims))
    assert read.published is not None
    assert read.published.iso == iso


@pytest.mark.parametrize(
    "unbelievable", ["2031-01-01", "0001-01-01", "1066-10-14", "2024-02-31", "soon", "June 12"]
)
def test_an_unbelievable_date_is_noted_and_not_used(unbelievable: str) -> None:
    read = article(
        ("published", unbelievable, "meta: date"), ("published", "2024-06", "page: htmldate")
    )
    assert read.published is not None
    assert read.published.iso == "2024-06"
    noted = Evidence("date not used", unbelievable, "claimed by meta: date", chosen=False)
    assert noted in read.evidence
    assert article(("published", unbelievable, "meta: date")).published is None


def test_a_sources_topics_stand_alone_and_keep_its_words_as_origin() -> None:
    read = article(
        ("topics", "Business", "feed: category"),
        ("topics", "BUSINESS", "feed: category"),
        ("topics", "Harbour", "feed: category"),
        text="The police arrested a man. The court tried him. The jury found him guilty.",
    )
    assert read.topics == ("economy, business and finance", "Harbour")
    assert origins(read, "topics")[0] == "feed: category “Business”"


def test_topics_are_inferred_where_none_is_stated_and_say_by_which_words() -> None:
    read = article(
        text="The police arrested a man. The court tried him. The jury found him guilty."
    )
    assert read.topics == ("crime, law and justice",)
    (origin,) = origins(read, "topics")
    assert origin.startswith("vocabulary: ")
    assert "police" in origin


@pytest.mark.parametrize(
    ("stated", "code"),
    [("en-GB", "en"), ("de_AT", "de"), ("FR", "fr"), ("x-default", None), ("English", None)],
)
def test_a_language_is_a_short_code_or_unknown(stated: str, code: str | None) -> None:
    assert article(("language", stated, "page: lang")).language == code


def test_a_file_keeps_the_web_address_it_came_from_and_a_web_article_has_its_own() -> None:
    claim = ("link", "https://gannet.example/a", "page: canonical link")
    assert article(claim).link == "https://gannet.example/a"
    assert article(("link", "javascript:alert(1)", "page: canonical link")).link is None
    assert article(claim, url="https://gannet.example/b", kind=Kind.FEED).link is None


def test_slug_lines_and_notices_are_kept_as_evidence() -> None:
    read = article(("slug", "RATES/", "wire: slug line"), ("notice", "Corrects", "wire: notice"))
    assert [e.field for e in read.evidence[-2:]] == ["slug", "notice"]


@pytest.mark.parametrize(
    ("name", "iso"),
    [
        ("2024-06-20-quay-closed.txt", "2024-06-20"),
        ("20240620_quay.pdf", "2024-06-20"),
        ("2024.06.20 quay.html", "2024-06-20"),
        ("2024-13-45-quay.txt", None),
        ("202406201530.txt", None),
        ("quay-2024.txt", None),
    ],
)
def test_a_files_name_may_date_it_where_nothing_else_does(name: str, iso: str | None) -> None:
    source = Source(1, Kind.FOLDER, "/The Gannet")
    item = Item(f"/The Gannet/{name}", "file:///a", TEXT, (), b"", "text/plain")
    named = compose(item, source, TODAY).published
    assert (named.iso if named else None) == iso
    said = replace(item, claims=(Evidence("published", "June 12, 2024", "wire: date line"),))
    known = compose(said, source, TODAY).published
    assert known is not None
    assert known.iso == "2024-06-12"


def test_of_a_heap_of_combining_marks_thirty_are_left() -> None:
    # To normalise them all would take hours.
    heap = "e" + "\u0301\u0327" * 1_000_000
    item = Item("k", "https://gannet.example/k", f"{heap} अनुच्छेद", (), b"", "text/plain")
    made = compose(item, Source(1, Kind.FEED, "https://gannet.example/feed"), TODAY)
    assert made.text == "e" + "\u0301\u0327" * 15 + " अनुच्छेद"
