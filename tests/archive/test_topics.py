import pytest
from hypothesis import given as sampled
from hypothesis import settings
from hypothesis import strategies as st

from archive.ingest.topics import given as categories
from archive.ingest.topics import vocabulary


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


@settings(max_examples=60, deadline=None)
@sampled(st.text(max_size=100), st.text(max_size=300))
def test_inference_is_bounded_and_within_the_vocabulary(headline: str, text: str) -> None:
    found = vocabulary.infer(headline, text)
    assert len(found) <= 3
    assert {guess.topic for guess in found} <= set(vocabulary.names())
    assert all(guess.words for guess in found)
