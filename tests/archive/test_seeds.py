"""The two real articles of the first issue: a wire story and a web copy of another."""

import os
from pathlib import Path

import pytest

from archive.article import Article, Precision
from archive.ingest import files
from tests.archive.conftest import composed

CORPORA = os.environ.get("MORGUE_CORPORA")
pytestmark = pytest.mark.skipif(
    not CORPORA, reason="MORGUE_CORPORA is not set: the real samples are not part of the project"
)
FITTING = {"crime, law and justice", "politics"}


def seed(name: str) -> Article:
    (item,) = files.read(Path(CORPORA or "", "seeds", name))
    return composed(item)


@pytest.fixture(scope="module")
def wire_story() -> Article:
    return seed("000_80bb06e8cfc13056.txt")


@pytest.fixture(scope="module")
def web_copy() -> Article:
    return seed("002_50175cd7d3ed8e62.txt")


def test_the_wire_story_brings_its_facts(wire_story: Article) -> None:
    expected = "US, China hold high-level talks on anti-narcotics cooperation"
    assert wire_story.headline == expected
    assert not wire_story.headline_is_derived
    assert wire_story.byline == ("Antoni Slodkowski",)
    assert (wire_story.agency, wire_story.source) == ("Reuters", "Reuters")
    assert wire_story.dateline == "BEIJING"


def test_the_wire_storys_text_is_parted_from_caption_and_credits(wire_story: Article) -> None:
    assert wire_story.caption is not None
    assert wire_story.caption.startswith("Dr. Rahul Gupta, head of")
    assert wire_story.caption not in wire_story.text
    assert wire_story.credits is not None
    for name in ("Antoni Slodkowski", "Michael Perry", "Shinjini Ganguli"):
        assert name in wire_story.credits
        assert name not in wire_story.text
    assert wire_story.text.startswith("The United States and China held")


def test_the_web_copys_headline_is_derived_from_its_first_sentence(web_copy: Article) -> None:
    assert web_copy.headline_is_derived
    assert web_copy.text.startswith(web_copy.headline.rstrip("…"))


def test_the_web_copy_is_free_of_furniture(web_copy: Article) -> None:
    everything = [web_copy.text, web_copy.headline, *(e.value for e in web_copy.evidence)]
    assert not any("Leave a comment" in value for value in everything)


def test_the_web_copy_names_its_agency_but_comes_from_its_folder(web_copy: Article) -> None:
    assert web_copy.agency == "Xinhua"
    assert any(e.field == "agency" and e.origin.startswith("credited") for e in web_copy.evidence)
    assert web_copy.source == "seeds"


@pytest.mark.parametrize("article", ["wire_story", "web_copy"])
def test_a_seed_is_undated_and_has_a_fitting_topic(
    article: str, request: pytest.FixtureRequest
) -> None:
    read: Article = request.getfixturevalue(article)
    assert read.published is None
    assert read.precision is Precision.UNKNOWN
    assert set(read.topics) & FITTING
