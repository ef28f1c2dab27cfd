"""Archives of articles in several languages: each is read by its own."""

from datetime import date
from pathlib import Path

import pytest

from archive.store import Change, Position
from indexer import snippet
from indexer.analysis import Analyzer
from indexer.engine import Engine
from indexer.engines import create_engine
from indexer.marking import Marker
from indexer.query import parse
from indexer.question import missing
from indexer.search import Request, all_ids
from indexer.tree import Words
from indexer.whoosh_engine.evaluate import terms_of
from tests.contract.oracle import MemoryEngine
from tests.indexer.conftest import make_article
from tests.indexer.views import ranked, view_of

TOPIC = {"topics": ("Elections",)}
ARTICLES = [
    make_article(name, headline, text, language=language, **facts)
    for name, language, headline, text, facts in (
        ("de", "de", "Häuser am Kai", "Die Länder wählen. Es kostet 1.200 Mark.", {}),
        ("at", "de-AT", "Ein Haus", "Der Wirt sperrt zu.", TOPIC),
        ("fr", "fr", "Les économies", "L’arrêt des chantiers navals gêne la ville.", {}),
        ("es", "es", "Las elecciones", "Usa barcos de papel y habla rápidamente.", {}),
        (
            "en",
            "en",
            "Houses burn",
            "The harbour slept; 1,200 left.",
            TOPIC,
        ),
        ("none", None, "Houses stand", "Länder, said the sign.", {}),
        ("zh", "zh", "Houses sink", "房子", {}),
    )
]
CHANGES = [Change(number, article.id, article) for number, article in enumerate(ARTICLES)]


@pytest.fixture(scope="module", params=("whoosh", "memory"))
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    folder = tmp_path_factory.mktemp("languages") / "index"
    engine: Engine = (
        create_engine(folder, "english") if request.param == "whoosh" else MemoryEngine()
    )
    engine.apply(CHANGES, Position("here", len(CHANGES)))
    return engine


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("Haus", "at de"),
        ("Häuser", "at de"),
        ("haeuser", "at de"),
        ("house", "en none zh"),
        ("Land Haus", "de"),
        ("Länder", "de none"),
        ("économie", "fr"),
        ("arrêts", "fr"),
        ("chantier naval", "fr"),
        ("elección", "es"),
        ("barco", "es"),
        ("rápida", ""),
        ("1200", "de en"),
        ("1.200", "de"),
        ("Häuse*", "de"),
        ('"ein Haus"', "at"),
        ('"l’arrêt"', "fr"),
        ("H?user", "de"),
        ("title:Haus", "at de"),
        ("Kai W/3 Haus", "de"),
        ("topic:election", "at en"),
        ("Haus -Kai", "at"),
        ("USA", "es"),
    ],
)
def test_an_article_is_found_by_the_word_forms_of_its_own_language(
    engine: Engine, asked: str, found: str
) -> None:
    assert " ".join(sorted(all_ids(Request(asked), engine))) == found


@pytest.mark.parametrize(
    ("name", "asked", "marked"),
    [
        ("de", "haus land", ["Häuser", "Länder"]),
        ("de", "house", []),
        ("fr", "arrêts économie", ["économies", "L’arrêt"]),
        ("es", "elección", ["elecciones"]),
        ("at", "topic:election", ["Elections"]),
        ("en", "house", ["Houses"]),
        ("none", "house Land", ["Houses"]),
    ],
)
def test_marks_are_those_of_the_article_s_own_language(
    english: Analyzer, name: str, asked: str, marked: list[str]
) -> None:
    article = next(article for article in ARTICLES if article.id == name)
    marker = Marker(parse(asked, date(2024, 7, 1)).tree, english)
    title = snippet.headline(article, marker)
    shown = snippet.snippets(article, marker, title)
    assert [one.text[a:b] for one in shown for a, b in one.marks] == marked


def test_what_is_missing_is_read_in_the_article_s_own_language(english: Analyzer) -> None:
    words = {word: word for word in map(Words, ("Haus", "Land", "houses"))}
    assert missing(words, ARTICLES[0], english) == ("houses",)
    assert missing(words, ARTICLES[4], english) == ("Haus", "Land")


def test_an_archive_in_the_language_of_its_site_asks_for_one_stem_a_word(
    english: Analyzer,
) -> None:
    own = view_of([[c for c in CHANGES if c.id in {"en", "none", "zh"}]], english)
    (term,) = terms_of(Words("houses"), own.analyzer)
    assert (term.text, term.others) == ("hous", ())


def test_a_language_counts_while_an_article_in_it_lives(english: Analyzer) -> None:
    gone = [Change(9, change.id, None) for change in CHANGES if change.id in {"fr", "es"}]
    view = view_of([CHANGES, gone], english)
    assert [other.language for other in view.analyzer.others] == ["german"]


def test_an_article_moves_with_its_language(tmp_path: Path) -> None:
    engine = create_engine(tmp_path / "index", "english")
    article = make_article("a", "Häuser", "Am Kai.")
    for language, asked in ((None, "Häuser"), ("de", "Haus"), ("en", "Häuser")):
        known = make_article("a", article.headline, article.text, language=language)
        engine.apply([Change(1, "a", known)], Position("here", 1))
        assert list(all_ids(Request("Haus"), engine)) == (["a"] if asked == "Haus" else [])
        assert list(all_ids(Request("Häuser"), engine)) == ["a"]
    engine.close()


def test_words_that_are_one_in_some_language_make_no_pair(english: Analyzer) -> None:
    view = view_of([CHANGES], english)
    both, one = (
        {hit.id: hit.score for hit in ranked(view, parse(asked, date(2024, 7, 1)).tree)}
        for asked in ("Haus Häuser", "Haus")
    )
    assert both["at"] == pytest.approx(2 * one["at"], rel=0.2)


def test_a_site_in_another_language_reads_english_articles_as_english(tmp_path: Path) -> None:
    engine = create_engine(tmp_path / "index", "german")
    engine.apply(CHANGES, Position("here", len(CHANGES)))
    assert sorted(all_ids(Request("houses"), engine)) == ["en", "none", "zh"]
    assert sorted(all_ids(Request("Haus"), engine)) == ["at", "de"]
    engine.close()
