from hypothesis import given, settings
from hypothesis import strategies as st

from archive.article import Article
from indexer import snippet
from indexer.analysis import Analyzer
from indexer.marking import Marker
from indexer.query import parse
from indexer.snippet import Snippet
from indexer.tree import Field
from tests.examples import examples
from tests.indexer.conftest import make_article

ENGLISH = Analyzer("english")
FILLER = "It rained and rained upon the quiet harbour all day long. " * 6


def marker(query: str) -> Marker:
    return Marker(parse(query).tree, ENGLISH)


def marked(query: str, text: str, field: Field = Field.ANY) -> list[str]:
    """The marked words, sliced by code points."""
    return [text[m.start : m.end] for m in marker(query).marks(text, field)]


def found(query: str, article: Article, most: int = 2) -> list[Snippet]:
    wanted = marker(query)
    return snippet.snippets(article, wanted, snippet.headline(article, wanted), most)


def words_of(shown: Snippet) -> list[str]:
    return [shown.text[start:end] for start, end in shown.marks]


def passages(query: str, text: str, most: int = 2) -> list[Snippet]:
    return snippet.best_passages(text, marker(query).marks(text), most)


def test_the_matched_words_are_marked_and_no_others() -> None:
    assert marked("bank rate", "Banks raised the rate; bankers paid.") == ["Banks", "rate"]
    assert marked("ferry", "Banks raised the rate.") == []
    assert marked("", "Banks raised the rate.") == []


def test_marks_count_code_points() -> None:
    text = "🐟🐟 Åsa’s cafe\u0301, 𝐁𝐚𝐧𝐤 and 東京"
    assert marked("asa café bank 東京", text) == ["Åsa’s", "cafe\u0301", "𝐁𝐚𝐧𝐤", "東京"]


def test_a_phrase_is_one_mark() -> None:
    text = "The central bank, a bank so central."
    assert marked('"central bank"', text) == ["central bank"]
    assert marked("anti-narcotics", "Anti-narcotics and anti narcotics; narcotics") == [
        "Anti-narcotics",
        "anti narcotics",
    ]


def test_a_phrase_is_not_marked_across_paragraphs() -> None:
    assert marked('"money laundering"', "Of money\n\nlaundering. Money laundering") == [
        "Money laundering"
    ]
    assert marked('"money laundering"', "Of money\nlaundering.") == ["money\nlaundering"]


def test_a_phrase_across_a_line_break_is_shown_in_its_passage() -> None:
    (passage,) = passages('"money laundering"', "Fog came.\n\nOf money\nlaundering.")
    assert (passage.text, words_of(passage)) == ("Of money\nlaundering.", ["money\nlaundering"])


def test_a_prefix_marks_whole_words() -> None:
    assert marked("minist*", "Ministers of the ministry administer") == ["Ministers", "ministry"]


def test_the_country_is_not_the_pronoun() -> None:
    assert marked("US", "US boats told us of U.S. quotas") == ["US", "U.S."]


def test_what_is_not_wanted_is_not_marked() -> None:
    assert marked("bank -rate NOT (fog bank*)", "bank rate fog bankers") == ["bank"]


def test_of_two_matches_that_overlap_the_longer_is_marked() -> None:
    assert marked('"new york" "york city council"', "The New York City Council met") == [
        "York City Council"
    ]
    assert marked('bank "bank rate"', "bank rate, bank") == ["bank rate", "bank"]


def test_a_part_for_one_field_marks_only_that_field() -> None:
    article = make_article(headline="Bank news", text="The bank spoke.", byline=("Ana Bank",))
    title, passage = found("title:bank", article)
    assert (title.field, words_of(title)) == ("headline", ["Bank"])
    assert (passage.field, words_of(passage)) == ("text", [])
    assert [(s.field, words_of(s)) for s in found("by:bank", article)] == [
        ("byline", ["Bank"]),
        ("text", []),
    ]


def test_plain_words_do_not_mark_sources_topics_and_places() -> None:
    article = make_article(source="Bank Post", topics=("bank",), dateline="BANK")
    assert [s.field for s in found("bank", article)] == ["text"]
    asked = found("source:bank topic:bank place:bank", article)
    assert [s.field for s in asked] == ["dateline", "source", "topics", "text"]


def test_where_the_text_has_no_match_the_field_that_has_one_is_named() -> None:
    article = make_article(caption="The ferry on the rocks", credits="Photo: Lars Holm")
    caption, credit, lede = found("ferry holm", article)
    assert (caption.field, words_of(caption)) == ("caption", ["ferry"])
    assert (credit.field, words_of(credit)) == ("credits", ["Holm"])
    assert lede == Snippet("text", "Nothing happened.")


def test_a_passage_is_made_of_whole_sentences() -> None:
    text = f"{FILLER}The bank raised rates. {FILLER}"
    (passage,) = passages("bank", text)
    assert passage.text.startswith("It rained and rained upon")
    assert passage.text.endswith("all day long. The bank raised rates.")
    assert len(passage.text) <= snippet.PASSAGE
    assert words_of(passage) == ["bank"]


def test_a_passage_stays_within_a_paragraph() -> None:
    (passage,) = passages("bank", "It rained.\n\nThe bank slept.\n\nFog came.")
    assert passage.text == "The bank slept."


def test_a_long_sentence_is_parted_at_words_and_shows_where() -> None:
    text = "the harbour and " * 40 + "a bank at last and " + "the fog and " * 40
    (passage,) = passages("bank", text)
    assert passage.text.startswith("… ")
    assert passage.text.endswith(" …")
    assert words_of(passage) == ["bank"]
    assert f" {passage.text[2:-2]} " in f" {text}"


def test_the_earliest_passage_wins_a_tie() -> None:
    text = f"Bank rates fell. {FILLER}\n\nBank rates rose."
    assert passages("bank rates", text)[0].text.startswith("Bank rates fell.")


def test_the_passage_with_most_parts_of_the_query_wins() -> None:
    text = f"The bank slept. The bank woke.\n\n{FILLER}\n\nThe bank saw fog."
    assert passages("bank fog", text)[0].text == "The bank saw fog."


def test_a_second_passage_shows_what_the_first_does_not() -> None:
    text = f"The bank slept.\n\n{FILLER}\n\nFog came.\n\nThe bank slept on."
    assert [p.text for p in passages("bank fog", text)] == ["The bank slept.", "Fog came."]
    assert [p.text for p in passages("bank fog", text, most=1)] == ["The bank slept."]


def test_a_passage_that_shows_nothing_new_is_not_given() -> None:
    assert [p.text for p in passages("bank", "The bank slept.\n\nThe bank woke.")] == [
        "The bank slept."
    ]


def test_without_a_match_the_lede_is_shown() -> None:
    assert found("", make_article(text="Rain fell.\n\nFog came.")) == [
        Snippet("text", "Rain fell.")
    ]


def test_an_article_without_text_has_no_passage() -> None:
    assert found("bank", make_article(headline="Fog", text="")) == []
    assert [s.field for s in found("fog", make_article(headline="Fog", text=""))] == ["headline"]


def test_the_headline_is_given_whole() -> None:
    title = snippet.headline(make_article(headline="A bank, a bank"), marker("bank"))
    assert title == Snippet("headline", "A bank, a bank", ((2, 6), (10, 14)))


TEXTS = st.lists(
    st.sampled_from(
        [
            *("bank", "Bank's", "rates", "anti-bank", "U.S.", "🐟", "cafe\u0301", "東京", "the"),
            *(". ", "? ", "\n\n", "\n", " ", " ", '." ', "…", " — ", "x" * 150, FILLER),
            *(" Bank rates. ", " “Fog?” ", "    ", "banking rates\t"),
        ]
    ),
    max_size=40,
).map("".join)
QUERIES = st.sampled_from(
    [
        "",
        "bank",
        "bank rates",
        '"bank rates" bank',
        "b* ba* -rates",
        "café 東京 us U.S.",
        "fog OR the",
    ]
)


@settings(deadline=None, max_examples=examples(200))
@given(text=TEXTS | st.text(max_size=200), query=QUERIES)
def test_a_passage_is_a_slice_of_the_text_and_its_marks_lie_within(text: str, query: str) -> None:
    wanted = marker(query)
    everywhere = [text[m.start : m.end] for m in wanted.marks(text)]
    for passage in passages(query, text):
        body = passage.text.removeprefix("… ").removesuffix(" …")
        assert body in text
        end = 0
        for start, stop in passage.marks:
            assert end <= start < stop <= len(passage.text)
            assert passage.text[start:stop] in everywhere
            end = stop


FAR = "Nothing of it was told in the harbour that day, nor on the next one. " * 3 + "\n\n"
LONG = FAR * 60


def test_a_word_far_down_in_a_long_text_is_shown() -> None:
    text = f"{LONG}Then the ferry sailed.\n\n{LONG}"
    (shown,) = found("ferry", make_article("a", "x", text))
    assert words_of(shown) == ["ferry"]


def test_a_long_text_is_read_as_far_as_a_passage_that_shows_every_part() -> None:
    text = f"{LONG}The ferry sailed.\n\n{LONG}The strike hit the ferry.\n\n{LONG}"
    passages = found("ferry strike", make_article("a", "x", text))
    assert any("strike hit the ferry" in one.text for one in passages)


@settings(deadline=None, max_examples=examples(40))
@given(
    blanks=st.lists(st.integers(0, 40), min_size=1, max_size=5),
    query=st.sampled_from(["ferry", "ferry strike", '"the ferry"', "ferry W/5 strike", "fer*"]),
)
def test_marks_of_a_long_text_are_those_of_the_whole_as_far_as_it_is_read(
    blanks: list[int], query: str
) -> None:
    text = "".join(FAR * blank + "The ferry strike goes on.\n\n" for blank in blanks)
    every = marker(query).marks(text)
    read = snippet.marks_for_passages(text, marker(query))
    assert read == every[: len(read)]
    assert read
