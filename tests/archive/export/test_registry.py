"""The formats, and what the docs say of them."""

from pathlib import Path

from archive.export.registry import BY_ENDING, BY_NAME, FORMATS

DOCS = Path(__file__).parents[3] / "docs" / "exports.md"


def test_every_format_stands_in_the_docs_by_its_ending_and_name() -> None:
    text = DOCS.read_text("utf-8")
    for form in FORMATS:
        endings = ", ".join(f"`.{ending}`" for ending, one in BY_ENDING.items() if one is form)
        assert f"| {endings} | `{form.name}` |" in text


def test_names_and_endings_are_unique() -> None:
    assert len(BY_NAME) == len(FORMATS) == len(BY_ENDING) - len({"csl.json"})


def test_text_says_how_it_is_encoded_but_json_which_is_utf_8() -> None:
    types = {form.name: form.content_type for form in FORMATS}
    assert types["csv"] == "text/csv; charset=utf-8"
    assert types["json"] == "application/json"
