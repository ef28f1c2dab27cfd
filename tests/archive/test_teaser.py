import pytest

from archive.ingest.item import Item
from archive.ingest.teaser import teasers
from archive.source import FullText

SENTENCE = "The harbour board of Port Ellis met for three hours and agreed on nothing at all. "
LONG = SENTENCE * 30
SHORT = SENTENCE


def item(html: str, url: str = "https://gannet.example/a", text: str | None = None) -> Item:
    return Item("a", url, html if text is None else text, (), html.encode(), "text/html")


def alone(html: str, url: str = "https://gannet.example/a") -> bool:
    return teasers([item(html, url)])[0]


@pytest.mark.parametrize(
    "html",
    [
        "",
        SHORT,
        f"<p>{SENTENCE * 12} The chair said…</p>",
        f"<p>{SENTENCE * 12} The chair said [&hellip;]</p>",
        f"<p>{SENTENCE * 12} The chair said [...]</p>",
        f"<p>{SENTENCE * 12}</p> <a href='x'>Continue reading</a>",
        f"<p>{SENTENCE * 12} <a href='x'>Read more →</a></p>",
        f"<p>{SENTENCE * 12} <a href='x'>Read the full story</a></p>",
        f"<p>{SENTENCE * 12}</p><p><a href='x'>Weiterlesen auf der Seite</a></p>",
        f"<p>{SENTENCE * 12}</p><p>Lire la suite</p>",
        f"<p>{SENTENCE * 12} said […]</p><p>The post Board meets appeared first on Gannet.</p>",
    ],
)
def test_an_entry_that_is_empty_short_or_cut_off_is_a_teaser(html: str) -> None:
    assert alone(html)


@pytest.mark.parametrize(
    "html",
    [
        LONG,
        SENTENCE * 12,
        f"<p>{SENTENCE * 12}</p><p>The post Board meets appeared first on Gannet.</p>",
        f"<p>{SENTENCE * 12} Children ought to read more books.</p>",
        f"<p>{SENTENCE * 12} “We waited... and then it came.”</p>",
        f"<p>{SENTENCE * 80} And so on…</p>",
    ],
)
def test_what_may_be_whole_is_no_teaser(html: str) -> None:
    assert not alone(html)


def test_a_feed_of_long_entries_gives_whole_articles_and_its_briefs_are_briefs() -> None:
    briefs = [item(SHORT), item(f"{SHORT}Read more"), item("")]
    assert teasers([*[item(LONG)] * 4, *briefs]) == [False] * 7


def test_a_feed_of_long_entries_that_are_cut_off_gives_teasers() -> None:
    assert teasers([item(f"{LONG} …")] * 3) == [True] * 3


def test_a_remark_on_a_page_elsewhere_is_a_text_of_its_own() -> None:
    own = [item(f"{SHORT}{n}", f"https://gannet.example/{n}") for n in range(3)]
    elsewhere = item(SHORT, "https://tern.example/story")
    assert teasers([*own, elsewhere]) == [True, True, True, False]
    bare = item("", "https://tern.example/story")
    assert teasers([*own, bare])[-1], "a bare headline says nothing of itself"


@pytest.mark.parametrize("html", ["", SHORT, LONG])
def test_the_user_has_the_last_word(html: str) -> None:
    assert teasers([item(html)], FullText.YES) == [True]
    assert teasers([item(html)], FullText.NO) == [False]


@pytest.mark.parametrize("url", ["https://gannet.example/live#ab12", "file:///a", ""])
@pytest.mark.parametrize("said", FullText)
def test_an_entry_without_a_page_of_its_own_is_never_followed(url: str, said: FullText) -> None:
    assert teasers([item("", url)], said) == [False]


def test_a_feed_without_entries_has_no_teasers() -> None:
    assert teasers([]) == []
