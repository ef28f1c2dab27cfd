import pytest
from hypothesis import given as sampled
from hypothesis import settings
from hypothesis import strategies as st

from archive.article import Article, Evidence
from archive.ingest.topics import given as categories
from archive.ingest.topics import vocabulary
from archive.ingest.topics.names import Setting
from tests.examples import examples


def test_the_vocabulary_is_the_17_media_topics() -> None:
    assert len(vocabulary.names()) == 17
    assert {"sport", "weather", "conflict, war and peace"} <= set(vocabulary.names())


@pytest.mark.parametrize(
    ("label", "topic"),
    [
        ("sport", "sport"),
        ("Sports", "sport"),
        (" FOOTBALL ", "sport"),
        ("medtop:15000000", "sport"),
        ("Crime, Law and Justice", "crime, law and justice"),
        ("#Harbour", "Harbour"),
        ("Aske  Mouth\nBridge", "Aske Mouth Bridge"),
    ],
)
def test_a_label_is_read_under_the_vocabularys_name_or_its_own(label: str, topic: str) -> None:
    assert [name for name, _ in categories.given([label])] == [topic]


def test_labels_keep_order_without_repeats_blanks_or_sentences() -> None:
    labels = ["Harbour", "", "harbour", "Football", "Sport", "x" * 61, "Pay"]
    assert [name for name, _ in categories.given(labels)] == ["Harbour", "sport", "Pay"]


@pytest.mark.parametrize("topic", vocabulary.names())
def test_every_topic_names_itself(topic: str) -> None:
    assert categories.given([topic]) == [(topic, topic)]


def test_a_topic_is_inferred_with_its_words() -> None:
    (first, *_) = vocabulary.infer(
        "Jury finds treasurer guilty", "The court in Valtor heard witnesses."
    )
    assert first.topic == "crime, law and justice"
    assert first.words == ("guilty", "jury", "court", "witnesses"), "the telling first"


def test_one_word_however_often_is_no_evidence() -> None:
    assert vocabulary.infer("", "court " * 50) == []


def test_an_ending_goes_on_within_its_word_only() -> None:
    (found,) = vocabulary.infer("", "Nine wrecks near Gannet Rock. The lifeboat came.")
    assert found.words == ("lifeboat", "wrecks")


def test_no_text_has_no_topic() -> None:
    assert vocabulary.infer("", "") == []


def test_a_hostile_text_takes_no_longer_than_its_length() -> None:
    assert vocabulary.infer("", "x" * 2_000_000) == []
    claims = [(f"Label {number}", "feed: category") for number in range(20_000)]
    assert len(evidence(*claims, text="in Valtor " * 20_000)) == 60


@settings(max_examples=examples(60), deadline=None)
@sampled(st.text(max_size=100), st.text(max_size=300))
def test_inference_is_bounded_and_within_the_vocabulary(headline: str, text: str) -> None:
    found = vocabulary.infer(headline, text)
    assert len(found) <= 3
    assert {guess.topic for guess in found} <= set(vocabulary.names())
    assert all(guess.words for guess in found)


def test_a_pair_counts_instead_of_its_words() -> None:
    (found, *rest) = vocabulary.infer("", "A video game. Video games and their gamers.")
    assert found.topic == "science and technology"
    assert "game" not in found.words
    assert rest == []


def test_a_long_text_needs_more_words_than_a_short_one() -> None:
    few = "The nurses left the hospital. "
    assert [found.topic for found in vocabulary.infer("", few)] == ["health"]
    assert vocabulary.infer("", few + "Nobody knew the way back to the old mill. " * 90) == []


@pytest.mark.parametrize(
    ("topic", "text"),
    [
        ("labour", "Die Gewerkschaft ruft zum Warnstreik auf, die Beschäftigten folgen ihr."),
        ("health", "Les médecins de l'hôpital ont vacciné leurs patients."),
        ("politics", "El gobierno y los diputados esperan las elecciones."),
    ],
)
def test_german_french_and_spanish_have_words_of_their_own(topic: str, text: str) -> None:
    assert vocabulary.infer("", text)[0].topic == topic


def evidence(*claims: tuple[str, str], text: str = "", dateline: str | None = None) -> list[str]:
    found = categories.weigh(
        [Evidence("topics", value, origin) for value, origin in claims],
        "",
        Setting(text, ("Ada Moor",), dateline),
        vocabulary.infer,
    )
    return [f"{e.field}: {e.value} ({e.origin})" for e in found]


def test_a_name_is_noted_and_is_no_topic() -> None:
    assert evidence(("France", "feed: category"), ("Harbours", "feed: category")) == [
        "topics: Harbours (feed: category)",
        "topic not used: France (feed: category: a place’s name)",
    ]


def test_what_the_user_says_is_a_topic_even_when_it_is_a_name() -> None:
    assert evidence(("France", "user: --topic")) == ["topics: France (user: --topic)"]


def test_a_label_that_says_nothing_is_noted_and_topics_are_inferred() -> None:
    text = "The jury found him guilty and the judge jailed him."
    used, noted = evidence(("Top Stories", "feed: category"), text=text)
    assert used.startswith("topics: crime, law and justice (vocabulary: ")
    assert noted == "topic not used: Top Stories (feed: category: says nothing of the content)"


def test_inferred_topics_join_where_the_source_names_none_of_the_17() -> None:
    text = "The jury found him guilty and the judge jailed him."
    assert len(evidence(("Harbours", "feed: category"), text=text)) == 2
    assert len(evidence(("Sport", "feed: category"), text=text)) == 1


def test_topics_are_inferred_anew_and_those_stated_stay() -> None:
    article = Article(
        "a",
        "https://gannet.example/a",
        "The Gannet",
        "Jury finds him guilty",
        "The judge jailed him.",
        topics=("weather", "harbours"),
        evidence=(
            Evidence("topics", "weather", "vocabulary: rain"),
            Evidence("topics", "harbours", "user: --topic"),
        ),
    )
    again = categories.reinfer(article, vocabulary.infer)
    assert again.topics == ("harbours", "crime, law and justice")
    assert categories.stated(again) == {"harbours"}
    assert categories.reinfer(again, lambda _headline, _text: []).topics == ("harbours",)
