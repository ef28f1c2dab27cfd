"""Stories and addresses in the store: kept right whatever comes, changes or goes."""

from dataclasses import replace
from itertools import permutations
from pathlib import Path

import pytest

from archive.article import Article, Evidence, Published
from archive.identity import article_id
from archive.ingest import file_run
from archive.ingest.decide import Outcome
from archive.ingest.item import Item
from archive.ingest.keep import Read, keep
from archive.ingest.report import SourceReport
from archive.ingest.run import Run
from archive.source import Kind
from archive.store import Store
from archive.store.frontier import Sort, Wanted, Way
from tests.archive.conftest import TODAY
from tests.archive.test_syndication import HEADLINE, STORY

CUT = " ".join(STORY.split(" ")[:90])
OTHER = " ".join(f"Quite another tale, number {n}, of gulls{n}." for n in range(40))


def article(name: str, text: str = STORY, day: str = "2024-03-05") -> Article:
    url = f"https://{name}.example/ferry"
    return Article(article_id(url), url, name.title(), HEADLINE, text, published=Published(day))


def stories(store: Store) -> set[frozenset[str]]:
    """The stories that the sequence of changes tells of, as sets of sources."""
    found: dict[str, set[str]] = {}
    for change in store.changes_since(0):
        if change.story and change.article:
            found.setdefault(change.story, set()).add(change.article.source)
    return {frozenset(members) for members in found.values()}


def test_copies_make_a_story_in_whatever_order_they_come(tmp_path: Path) -> None:
    told = [article("a"), article("b", CUT), article("c"), article("d", OTHER)]
    labels = set()
    for number, order in enumerate(permutations(told)):
        with Store(tmp_path / f"{number}.db") as store:
            for one in order:
                store.put(one)
            assert stories(store) == {frozenset({"A", "B", "C"})}
            labels.add(frozenset((c.id, c.story) for c in store.changes_since(0)))
    assert len(labels) == 1


def test_members_whose_story_changed_come_again_in_the_sequence(store: Store) -> None:
    store.put(article("a"))
    before = store.position().seq
    store.put(article("b"))
    assert {c.id for c in store.changes_since(before)} == {article("a").id, article("b").id}
    before = store.position().seq
    store.put(article("d", OTHER))
    assert [c.id for c in store.changes_since(before)] == [article("d", OTHER).id]


def test_a_revision_leaves_a_story_or_joins_one(store: Store) -> None:
    store.put(article("a"))
    store.put(article("b", OTHER))
    assert stories(store) == set()
    store.put(article("b"))
    assert stories(store) == {frozenset({"A", "B"})}
    store.put(article("b", OTHER))
    assert stories(store) == set()


def test_what_is_withdrawn_leaves_its_story(store: Store) -> None:
    for name in "abc":
        store.put(article(name))
    store.withdraw(article("a").id, purge=True)
    assert stories(store) == {frozenset({"B", "C"})}
    assert [c.source for c in store.copies([article("b").id])[article("b").id]] == ["C"]
    store.withdraw(article("c").id)
    assert stories(store) == set()


def test_a_story_survives_each_of_its_members(tmp_path: Path) -> None:
    names = "abcdef"
    for gone in names:
        with Store(tmp_path / f"{gone}.db") as store:
            for name in names:
                store.put(article(name))
            store.withdraw(article(gone).id)
            assert stories(store) == {frozenset(names.upper()) - {gone.upper()}}


def test_a_revision_that_joins_two_stories_makes_them_one(store: Store) -> None:
    words = STORY.split(" ")
    start, end = " ".join(words[:70]), " ".join(words[len(words) - 85 :])
    for name, text in (("a", start), ("b", start), ("c", end), ("d", end)):
        store.put(article(name, text))
    assert stories(store) == {frozenset({"A", "B"}), frozenset({"C", "D"})}
    store.put(article("e"))
    assert stories(store) == {frozenset("ABCDE")}
    store.withdraw(article("e").id)
    assert stories(store) == {frozenset({"A", "B"}), frozenset({"C", "D"})}


def test_copies_are_told_the_earliest_first_and_the_undated_last(store: Store) -> None:
    store.put(article("a"))
    store.put(replace(article("b"), published=None))
    store.put(article("c", day="2024-03-07"))
    store.put(article("d", day="2024-03-04"))
    (copies,) = store.copies([article("a").id]).values()
    assert [c.source for c in copies] == ["D", "C", "B"]
    assert copies[0].as_json() == {
        "id": article("d").id,
        "source": "D",
        "headline": HEADLINE,
        "published": "2024-03-04",
        "link": "https://d.example/ferry",
    }
    assert store.copies([]) == {}


def test_an_archive_of_before_is_compared_once(store: Store) -> None:
    for name in "abc":
        store.put(article(name))
    assert store.compare_pending() == 0
    with store.transaction():
        store._run("UPDATE sketch SET method = 'of before'")
        store._run("UPDATE article SET story = NULL")
        store._run("DELETE FROM address")
    assert store.compare_pending() == 3
    assert stories(store) == {frozenset({"A", "B", "C"})}
    assert store.ids_at("http://www.a.example/ferry/") == [article("a").id]
    assert store.compare_pending() == 0


# -- addresses ---------------------------------------------------------------


def item(url: str, text: str = STORY, headline: str = HEADLINE, link: str = "") -> Item:
    claims = [Evidence("headline", headline, "feed: title")]
    if link:
        claims.append(Evidence("link", link, "page: canonical link"))
    return Item(url, url, text, tuple(claims), b"", "text/html")


def read(store: Store, *items: Item, feed: str = "https://gannet.example/feed") -> SourceReport:
    source, _ = store.add_source(Kind.FEED, feed)
    report = SourceReport(source)
    keep(store, source, [Read(i, "1") for i in items], store.items(source.id), Run(TODAY), report)
    return report


SAME = (
    "https://www.gannet.example/ferry?utm_source=x",
    "http://m.gannet.example/ferry/",
    "https://gannet.example/ferry?outputType=amp",
)


@pytest.mark.parametrize("other", SAME)
def test_another_address_of_an_article_is_a_copy_and_remembered(store: Store, other: str) -> None:
    report = read(store, item("https://gannet.example/ferry"), item(other))
    assert (report.outcomes[Outcome.NEW], report.outcomes[Outcome.COPY]) == (1, 1)
    kept = store.by_url("https://gannet.example/ferry")
    assert kept is not None
    assert store.addresses(kept.article.id) == ["https://gannet.example/ferry", other]
    for address in (*SAME, "https://amp.gannet.example/ferry"):
        assert store.ids_at(address) == [kept.article.id]


def test_a_canonical_link_leads_to_the_article(store: Store) -> None:
    canonical = "https://gannet.example/ferry"
    read(store, item("https://gannet.example/story/7", link=canonical))
    report = read(store, item("https://gannet.example/print?id=7", link=canonical))
    assert report.outcomes[Outcome.COPY] == 1
    assert len(store.ids_at(canonical)) == 1
    assert store.counts().articles == 1


@pytest.mark.parametrize(
    "link", ["https://gannet.example/", "https://gannet.example/news", "https://else.example/x"]
)
def test_a_canonical_link_that_is_wrong_merges_nothing(store: Store, link: str) -> None:
    texts = [OTHER, STORY, " ".join(f"The council met about road {n}." for n in range(40))]
    for n, text in enumerate(texts):
        read(store, item(f"https://gannet.example/{n}", text, f"Number {n} of them", link))
    assert store.counts().articles == 3
    assert store.ids_at(link) == []


def test_a_saved_page_of_an_article_that_is_there_is_a_copy(store: Store) -> None:
    read(store, item("https://gannet.example/ferry"))
    saved = item("file:///saved/ferry.html", link="https://www.gannet.example/ferry")
    report = read(store, saved, feed="https://other.example/feed")
    assert report.outcomes[Outcome.COPY] == 1
    assert store.counts().articles == 1


def test_what_was_withdrawn_does_not_come_back_under_another_address(store: Store) -> None:
    read(store, item("https://gannet.example/ferry"))
    store.withdraw(store.ids_at("https://gannet.example/ferry")[0], purge=True)
    report = read(store, item("https://m.gannet.example/ferry"))
    assert report.outcomes[Outcome.NEW] == 0
    assert store.counts().articles == 0


def test_a_source_may_move_to_another_scheme_and_revise_its_articles(store: Store) -> None:
    read(store, item("http://gannet.example/ferry"))
    moved = item("https://gannet.example/ferry")
    read(store, moved)
    report = read(store, replace(moved, text=f"{STORY}\n\nThe light will be built."))
    assert report.outcomes[Outcome.REVISED] == 1
    assert store.counts().articles == 1


def test_another_address_read_anew_revises_nothing_while_both_are_there(tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    link = "<link rel='canonical' href='https://gannet.example/ferry'>"
    page = "<!doctype html><html><head><title>{}</title>{}</head><body><article><h1>{}</h1>{}"
    said = "".join(f"<p>{sentence}.</p>" for sentence in STORY.split(". ") * 2)
    (pages / "a.html").write_text(page.format(HEADLINE, link, HEADLINE, said))
    (pages / "b.html").write_text(page.format(HEADLINE, link, HEADLINE, f"<p>{STORY}</p>"))
    with Store(tmp_path / "articles.db") as store:
        source, _ = store.add_source(Kind.FOLDER, str(pages))

        def run() -> dict[str, int]:
            report = file_run.run(store, source, Run(TODAY), lambda *_: None)
            return {str(outcome): count for outcome, count in report.outcomes.items() if count}

        assert run() == {"new": 1, "copy": 1}
        store._run("UPDATE item SET stamp = ''")
        assert run() == {"unchanged": 1, "copy": 1}, "as after the source was renamed"
        (pages / "a.html").unlink()
        store._run("UPDATE item SET stamp = ''")
        assert run() == {"revised": 1}, "now it is the article's own"


def test_a_sitemap_address_that_an_article_was_seen_under_is_known(store: Store) -> None:
    read(store, item("https://gannet.example/ferry"), item(SAME[0]))
    assert all(store.has_url(url) for url in ("https://gannet.example/ferry", SAME[0]))
    assert not store.has_url("https://gannet.example/ferries")


def test_what_is_withdrawn_waits_for_no_visit_under_any_address(store: Store) -> None:
    report = read(store, item("https://gannet.example/ferry"), item(SAME[0]))
    row = Wanted(report.source.id, SAME[0], "www.gannet.example", Way.UPDATE, Sort.PAGE, "k")
    store.want([replace(row, said="{}")])
    kept = store.by_url("https://gannet.example/ferry")
    assert kept is not None
    store.withdraw(kept.article.id, purge=True)
    assert store.wanted(report.source.id, Way.UPDATE) == []
