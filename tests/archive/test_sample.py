"""The sample archive is read as its truth in tests/data/sample.jsonl says."""

import json
from pathlib import Path
from typing import Any

import pytest

from archive.article import Article
from archive.ingest import files
from archive.ingest.topics import given, vocabulary
from tests.archive.conftest import composed

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "morgue" / "sample"
LINES = (ROOT / "tests" / "data" / "sample.jsonl").read_text(encoding="utf-8").splitlines()
TRUTHS = [json.loads(line) for line in LINES]


def folded(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture(scope="module", params=TRUTHS, ids=lambda truth: truth["path"])
def pair(request: pytest.FixtureRequest) -> tuple[Article, dict[str, Any]]:
    truth = request.param
    (item,) = files.read(SAMPLE / truth["path"])
    return composed(item), truth


def test_every_file_of_the_sample_has_its_truth() -> None:
    paths = {p.relative_to(SAMPLE).as_posix() for p in SAMPLE.rglob("*") if p.is_file()}
    readable = {path for path in paths if Path(path).suffix in files.ENDINGS}
    assert readable == {truth["path"] for truth in TRUTHS}


def test_the_headline_is_exact_or_marked_as_derived(pair: tuple[Article, Any]) -> None:
    article, truth = pair
    assert article.headline_is_derived == (truth["headline"] is None)
    assert article.headline == (truth["headline"] or article.headline)


@pytest.mark.parametrize("field", ["source", "agency", "dateline", "caption", "credits"])
def test_a_fact_is_exact_or_unknown(pair: tuple[Article, Any], field: str) -> None:
    article, truth = pair
    assert getattr(article, field) == truth[field]


def test_the_byline_names_the_persons_only(pair: tuple[Article, Any]) -> None:
    article, truth = pair
    assert list(article.byline) == truth["byline"]


def test_the_date_and_its_precision_are_the_sources_own(pair: tuple[Article, Any]) -> None:
    article, truth = pair
    assert (article.published and article.published.iso) == truth["published"]
    assert str(article.precision) == truth["precision"]


def test_a_language_is_never_wrong(pair: tuple[Article, Any]) -> None:
    article, truth = pair
    assert article.language in (truth["language"], None)


def test_topics_are_those_stated_else_ones_that_fit(pair: tuple[Article, Any]) -> None:
    article, truth = pair
    # Labels that name one of the 17 IPTC topics are kept under that name; names are no topics.
    not_used = {e.value for e in article.evidence if e.field == given.NOT_USED}
    stated = [topic for topic, label in given.given(truth["topics"]) if label not in not_used]
    assert list(article.topics[: len(stated)]) == stated
    if set(stated) & set(vocabulary.names()):
        assert list(article.topics) == stated
    elif not stated:
        assert set(article.topics) & set(truth["fits"])


def test_the_text_is_whole_and_nothing_but_the_article(pair: tuple[Article, Any]) -> None:
    article, truth = pair
    text = folded(article.text)
    assert text.startswith(folded(truth["text_starts"]))
    assert text.endswith(folded(truth["text_ends"]))
    assert [part for part in truth["absent"] if folded(part) in text] == []
