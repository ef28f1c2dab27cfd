"""A model of topics: learnt, measured, kept without pickles, and used by numpy alone."""

import random
import sys
from pathlib import Path

import numpy as np
import pytest

from archive.errors import TopicModelError, UsageError
from archive.ingest.topics import model as topic_model
from archive.ingest.topics.inference import inference
from archive.ingest.topics.model import Model
from archive.ingest.topics.training import Labelled, train

WORDS = {
    "harbours": ["quay", "pilot", "berth", "crane", "dredger", "mooring", "tide"],
    "bees": ["hive", "swarm", "honey", "drone", "pollen", "queen", "comb"],
    "clocks": ["dial", "pendulum", "escapement", "chime", "spring", "hour", "gear"],
}
PLAIN = ["the", "town", "people", "said", "morning", "year", "old", "new", "near", "again"]


def labelled(count: int, *topics: str) -> list[Labelled]:
    """Articles of words that tell their topic among words that do not."""
    draw = random.Random(1)
    made = []
    for number in range(count):
        topic = topics[number % len(topics)]
        words = draw.choices(WORDS[topic], k=4) + draw.choices(PLAIN, k=12)
        draw.shuffle(words)
        made.append(Labelled(" ".join(words[:4]), " ".join(words), frozenset((topic,))))
    return made


@pytest.fixture(scope="module")
def learnt() -> Model:
    return train(labelled(90, *WORDS), "2026-01-10T12:00:00+00:00")


def test_a_model_tells_its_topics_and_by_which_words(learnt: Model) -> None:
    (found,) = learnt.infer("Swarm settles in town", "A swarm took the old hive for its honey.")
    assert found.topic == "bees"
    assert found.by == "model"
    assert set(found.words) <= set(WORDS["bees"])


def test_it_is_measured_on_articles_that_it_has_not_seen(learnt: Model) -> None:
    assert [score.topic for score in learnt.about.scores] == ["bees", "clocks", "harbours"]
    assert all(score.examples == 30 and score.used for score in learnt.about.scores)
    assert learnt.about.f1 > 0.95


def test_labels_without_rhyme_or_reason_are_measured_as_such_and_not_used() -> None:
    articles = labelled(80, "bees")
    mixed = [
        Labelled(one.headline, one.text, frozenset(("odd" if number % 2 else "even",)))
        for number, one in enumerate(articles)
    ]
    with pytest.raises(UsageError, match="no topic can be told"):
        train(mixed, "", lowest_f1=0.9)


def test_the_same_articles_give_the_same_model(learnt: Model) -> None:
    again = train(labelled(90, *WORDS), "2026-01-10T12:00:00+00:00")
    assert again.about == learnt.about
    assert np.array_equal(again.weights, learnt.weights)


def test_a_model_is_kept_and_read_back(learnt: Model, tmp_path: Path) -> None:
    path = tmp_path / "topics.npz"
    assert topic_model.load(path) is None
    learnt.save(path)
    read = topic_model.load(path)
    assert read is not None
    assert read.about == learnt.about
    assert read.infer("Hive", "Honey and pollen.") == learnt.infer("Hive", "Honey and pollen.")
    assert [one.name for one in tmp_path.iterdir()] == ["topics.npz"]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 not a model", b"\x80\x04K\x01."])
def test_a_broken_model_is_refused_saying_what_to_do(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "topics.npz"
    path.write_bytes(content)
    with pytest.raises(TopicModelError, match="topics forget"):
        topic_model.load(path)


def test_a_pickle_in_a_model_is_not_run(tmp_path: Path) -> None:
    path = tmp_path / "topics.npz"
    with path.open("wb") as file:
        np.savez(file, head=np.array([object()], dtype=object))
    with pytest.raises(TopicModelError):
        topic_model.load(path)


def test_what_the_model_has_not_learnt_the_vocabulary_infers(learnt: Model) -> None:
    text = "The jury found the keeper of the hive guilty. The judge jailed him for his honey."
    found = {(guess.topic, guess.by) for guess in inference(learnt)("Swarm and hive", text)}
    assert found == {("bees", "model"), ("crime, law and justice", "vocabulary")}


def test_too_few_labels_are_refused_with_how_many_there_are() -> None:
    with pytest.raises(UsageError, match=r"two topics need 20 articles each") as caught:
        train(labelled(24, "bees", "clocks"), "")
    assert "24 labelled articles (bees 12, clocks 12)" in str(caught.value)


def test_no_labels_at_all_are_refused() -> None:
    with pytest.raises(UsageError, match="0 labelled articles"):
        train([], "")


def test_an_article_that_only_a_rule_met_says_nothing_of_other_topics() -> None:
    ruled = [
        Labelled(one.headline, one.text, frozenset(("ruled",)), classified=False)
        for one in labelled(40, "bees")
    ]
    told = {score.topic: score for score in train(labelled(90, *WORDS) + ruled, "").about.scores}
    assert told["bees"].precision > 0.95, "articles about bees that only a rule met are no misses"
    assert told["ruled"].examples == 40


def test_without_scikit_learn_the_line_that_installs_it_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.svm", None)
    with pytest.raises(UsageError, match=r"pip install 'morgue\[train\]'"):
        train(labelled(90, *WORDS), "")
