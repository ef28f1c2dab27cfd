"""What a format holds is read back by a parser that is not ours, whatever an article says."""

import csv
import io
import json
import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import bibtexparser
import rispy
from bibtexparser.middlewares import SeparateCoAuthors
from hypothesis import given

from archive.article import Article
from archive.export import bibtex, csl, feeds, jsons, ris, tables
from archive.export.bibtex import escaped
from archive.export.entry import clean, line
from archive.export.names import authors
from archive.export.registry import FORMATS, Format
from archive.export.tables import COLUMNS, guarded, unguarded
from tests.archive.export.samples import ABOUT, BARE, STRIKE, articles, entry, texts

WITH_TEXT = replace(ABOUT, text=True)
_COMMANDS = {
    "textbackslash{}": "\\", "textbraceleft{}": "{", "textbraceright{}": "}",
    "textasciitilde{}": "~", "textasciicircum{}": "^",
}  # fmt: skip


def unescaped(latex: str) -> str:
    """What LaTeX would show."""
    pattern = r"\\(text[a-z]+\{\}|[$&#_%])"
    return re.sub(pattern, lambda found: _COMMANDS.get(found[1], found[1]), latex)


def written(form: Any, *of: Article, about: Any = WITH_TEXT) -> str:
    return "".join(form(about, map(entry, of)))


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


@given(texts)
def test_no_cell_is_a_formula_and_none_is_lost(cell: str) -> None:
    assert not re.match(r"\s*[=+\-@＝＋－＠\t\r\n]", guarded(cell))
    assert unguarded(guarded(cell)) == cell


@given(articles())
def test_csv_gives_every_cell_back(article: Article) -> None:
    text = written(tables.write, article)
    (row,) = rows(text)
    assert text.endswith("\r\n")
    assert unguarded(row["headline"]) == clean(article.headline)
    assert unguarded(row["text"]) == clean(article.text)
    assert unguarded(row["topics"]) == clean("; ".join(article.topics))
    assert row["export_query"] == ABOUT.query
    assert row["published"] == (article.published.iso if article.published else "")


@given(articles())
def test_ris_gives_every_field_back_on_one_line(article: Article) -> None:
    (record,) = rispy.loads(written(ris.write, article))
    assert record["type_of_reference"] == "NEWS"
    assert record["id"] == article.id
    assert record.get("title", "") == line(article.headline)
    assert record.get("secondary_title", "") == line(article.source)
    assert record.get("keywords", []) == [line(t) for t in article.topics if line(t)]
    assert record.get("authors", []) == [name.filed for name in authors(article)]
    assert ("year" in record) is (article.published is not None)


@given(articles())
def test_bibtex_gives_every_field_back(article: Article) -> None:
    library = bibtexparser.parse_string(written(bibtex.write, article))
    assert not library.failed_blocks
    (found,) = library.entries
    fields = {field.key: field.value for field in found.fields}
    assert found.key == f"morgue-{article.id}"
    # The outer braces are the field's, the inner ones keep the headline's capitals.
    assert unescaped(fields["title"][1:-1]) == line(article.headline)
    assert unescaped(fields["journal"]) == line(article.source)
    assert unescaped(fields.get("abstract", "")) == line(article.text)
    assert ("year" in fields) is (article.published is not None)


@given(articles())
def test_bibtex_parts_as_many_authors_as_there_are(article: Article) -> None:
    library = bibtexparser.parse_string(
        written(bibtex.write, article), append_middleware=[SeparateCoAuthors()]
    )
    found = library.entries[0].fields_dict.get("author")
    assert len(found.value if found else []) == len(authors(article))


@given(texts)
def test_latex_shows_what_was_escaped_and_its_braces_are_even(text: str) -> None:
    latex = escaped(text)
    assert unescaped(latex) == line(text)
    depth = 0
    for letter in latex:
        depth += {"{": 1, "}": -1}.get(letter, 0)
        assert depth >= 0
    assert depth == 0


@given(articles())
def test_json_is_json_and_a_line_is_a_line(article: Article) -> None:
    document = json.loads(written(jsons.write, article, article))
    assert document["export"]["query"] == ABOUT.query
    assert [one["text"] for one in document["articles"]] == [article.text] * 2
    lines = written(jsons.write_lines, article, article).split("\n")
    assert [json.loads(one)["headline"] for one in lines[:-1]] == [article.headline] * 2


@given(articles())
def test_csl_gives_every_field_back(article: Article) -> None:
    (item,) = json.loads(written(csl.write, article))
    assert item["type"] == "article-newspaper"
    assert item.get("title", "") == line(article.headline)
    dated = item.get("issued", {}).get("date-parts", [[]])[0]
    assert len(dated) == {"minute": 3, "day": 3, "month": 2, "unknown": 0}[article.precision]


@given(articles())
def test_feeds_are_xml_whose_text_is_the_articles_own(article: Article) -> None:
    for form in (feeds.atom, feeds.rss):
        root = ElementTree.fromstring(written(form, article))
        titles = [found.text or "" for found in root.iter() if found.tag.endswith("title")]
        # XML reads every end of a line as \n (XML 1.0 §2.11).
        said = clean(article.headline).replace("\r\n", "\n").replace("\r", "\n")
        assert said in titles


def test_without_a_request_for_it_no_format_holds_the_text() -> None:
    for form in FORMATS:
        assert "Dockers went back" not in written(form.write, STRIKE, about=ABOUT), form.name
        assert "Dockers went back" in written(form.write, STRIKE), form.name


def test_every_format_says_which_query_when_and_how_many() -> None:
    about = replace(ABOUT, found=4321)
    for form in FORMATS:
        text = written(form.write, STRIKE, about=about)
        assert "bridge; source: Meridian" in text, form.name
        assert "4321" in text, form.name
        assert "2026-11-28T19:20:00" in text or "28 Nov 2026 19:20:00" in text, form.name


def test_nothing_found_is_a_well_formed_file_in_every_format() -> None:
    for form in FORMATS:
        text = written(form.write)
        if "xml" in form.media_type:
            ElementTree.fromstring(text)
        elif form.ending in ("json", "csl"):
            json.loads(text)
    assert rows(written(tables.write)) == []


def test_what_is_not_known_is_nowhere_made_up() -> None:
    (item,) = json.loads(written(csl.write, BARE))
    assert not item.keys() & {"issued", "author", "section", "language"}
    (record,) = rispy.loads(written(ris.write, BARE))
    assert not record.keys() & {"year", "date", "authors"}
    (row,) = rows(written(tables.write, BARE))
    assert (row["published"], row["precision"]) == ("", "unknown")


def test_a_table_holds_every_column_that_it_names() -> None:
    (row,) = rows(written(tables.write, STRIKE))
    assert set(row) == {*COLUMNS, "text", "export_query", "export_made", "export_articles"}
    assert row["byline"] == "Tobias Renck; Judith Marsh-Avery"
    assert row["topics"] == "labour; conflict, war and peace"
    assert row["link"] == "https://gazette.example/strike"


def test_a_format_holds_one_article_at_a_time() -> None:
    """Its first article is written before the second is asked for."""
    for form in FORMATS:
        assert_lazy(form)


def assert_lazy(form: Format) -> None:
    asked = 0

    def two() -> Iterable[Any]:
        nonlocal asked
        for _ in range(2):
            asked += 1
            yield entry(STRIKE)

    for part in form.write(ABOUT, two()):
        if STRIKE.id in part:
            assert asked == 1, form.name
            return
    raise AssertionError(form.name)
