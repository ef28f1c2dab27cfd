"""Entries to export: hand-made ones, and any that hypothesis can think of."""

from datetime import UTC, datetime

from hypothesis import strategies as st

from archive.article import Article, Published
from archive.export.entry import About, Entry
from archive.store.kept import Kept

ABOUT = About(
    archive="Morgue",
    store_id="0" * 32,
    query="bridge; source: Meridian",
    made=datetime(2026, 11, 28, 19, 20, tzinfo=UTC),
    found=1,
    address="/search?q=bridge&source=Meridian",
    own="/search.atom?q=bridge&source=Meridian",
    base="https://news.example",
)


def entry(article: Article) -> Entry:
    """An article as it is kept, in its second state."""
    return Entry(Kept(article, 1, "2026-11-27T08:00:00+00:00", 2, "kept", "", 1))


STRIKE = Article(
    id="mfzw6zthmvxq",
    url="https://gazette.example/strike",
    source="The Harbour Gazette",
    headline="Harbour strike ends after 12 weeks",
    text="The strike is over.\n\nDockers went back to work.",
    agency="Meridian",
    byline=("Tobias Renck", "Judith Marsh-Avery"),
    dateline="PORT ELLIS",
    published=Published("2024-06-20T14:05:00+02:00"),
    updated=Published("2024-06-21T09:00:00+02:00"),
    language="en",
    section="Harbour",
    topics=("labour", "conflict, war and peace"),
    caption="The quay on Thursday.",
    credits="Editing by Stellan Okafor",
)
BARE = Article("n5bpsfqtynxn", "file:///a.txt", "Meridian", "Untold", "Nothing is known.")

# Any text, and often what one of the formats gives a meaning to.
texts = st.one_of(
    st.text(max_size=60),
    st.text(alphabet="{}\\%$&#_~^@\"',;=+-<>]*/ \n\tAé\u2028＝中", max_size=40),
    st.sampled_from(["=1+1", "'=1", "-5 °C", "TY  - NEWS", "</script><!--", "a and b", "ER  - "]),
)
_published = st.sampled_from(
    [None, "2024-06", "2024-06-20", "2024-06-20T14:05", "2024-06-20T14:05:00+02:00"]
)


@st.composite
def articles(draw: st.DrawFn) -> Article:
    """Any article, however hostile what it says."""
    some = st.none() | texts
    published = draw(_published)
    return Article(
        id="mfzw6zthmvxq",
        url=draw(st.sampled_from(["https://a.example/b?c={d}&e=%7B|\\~^", "file:///a b.txt"])),
        source=draw(texts),
        headline=draw(texts),
        text=draw(texts),
        agency=draw(some),
        byline=tuple(draw(st.lists(texts, max_size=3))),
        dateline=draw(some),
        published=Published(published) if published else None,
        language=draw(st.sampled_from([None, "en", "de"])),
        section=draw(some),
        topics=tuple(draw(st.lists(texts, max_size=3))),
        caption=draw(some),
        credits=draw(some),
    )
