"""The counts that the store keeps of its holdings equal a plain recount, whatever happens."""

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from archive.article import Article, Published
from archive.cut import looks_cut
from archive.source import Kind
from archive.store import FILE, Store
from tests.examples import examples

IDS = st.sampled_from(["a1", "a2", "a3", "a4"])
SOURCES = st.sampled_from(["Gazette", "Herald"])
DATES = st.sampled_from([None, "2024-06", "2024-06-01", "2024-06-02T10:00+02:00", "2024-06-02"])
TEXTS = st.sampled_from(["All of it.", "It was said that …", "A list,", ""])
FEEDS = st.sampled_from(["https://one.example/feed", "https://two.example/feed"])


def _article(article_id: str, source: str, published: str | None, text: str) -> Article:
    return Article(
        id=article_id,
        url=f"https://example.org/{article_id}",
        source=source,
        headline="Harbour",
        text=text,
        published=Published(published) if published else None,
    )


class Counting(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.store = Store(Path(self.folder.name) / FILE)

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()

    @rule(article=st.builds(_article, IDS, SOURCES, DATES, TEXTS), feed=st.none() | FEEDS)
    def put(self, article: Article, feed: str | None) -> None:
        source_id = self.store.add_source(Kind.FEED, feed)[0].id if feed else None
        self.store.put(article, source_id=source_id)

    @rule(article=st.builds(_article, IDS, SOURCES, DATES, TEXTS))
    def relabel(self, article: Article) -> None:
        if self.store.kept(article.id):
            self.store.relabel(article)

    @rule(article_id=IDS, purge=st.booleans())
    def withdraw(self, article_id: str, purge: bool) -> None:
        if self.store.kept(article_id):
            self.store.withdraw(article_id, purge=purge)

    @rule(article_id=IDS, feed=FEEDS)
    def adopt(self, article_id: str, feed: str) -> None:
        self.store.adopt(article_id, self.store.add_source(Kind.FEED, feed)[0].id)

    @rule(feed=FEEDS)
    def remove_source(self, feed: str) -> None:
        self.store.remove_source(feed)

    @rule(article_id=IDS, feed=FEEDS)
    def undone(self, article_id: str, feed: str) -> None:
        try:
            with self.store.transaction():
                self.put(_article(article_id, "Herald", None, "A list,"), feed)
                raise KeyError
        except KeyError:
            pass

    @invariant()
    def counts_are_a_recount(self) -> None:
        every = list(self.store.every())
        counted = Counter(
            (
                kept.article.source,
                kept.source_id,
                kept.article.published.iso[:10] if kept.article.published else "",
            )
            for kept in every
        )
        held = self.store.held()
        assert counted == {
            (one.source, one.source_id, day): articles
            for one in held
            for day, articles in one.days.items()
        }
        assert len({(one.source, one.source_id) for one in held}) == len(held)

    @invariant()
    def cut_texts_are_those_that_look_cut(self) -> None:
        told = {doubt.id: doubt.why for doubt in self.store.cut_texts()}
        assert told == {
            kept.article.id: why
            for kept in self.store.every()
            if (why := looks_cut(kept.article.text))
        }


Counting.TestCase.settings = settings(
    max_examples=examples(40), stateful_step_count=20, deadline=None
)
TestCounting = Counting.TestCase
