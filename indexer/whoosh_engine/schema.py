"""What the index holds of an article, and the fields that Whoosh knows it by.

To Whoosh each searchable part is two fields: its terms (stems, with positions, for
words and phrases) and its forms (no positions, for prefixes). How many
words each part has is a column, exact. The text itself stays in the store.
"""

import sys
from array import array
from collections.abc import Iterator
from typing import Any, Final

from whoosh import analysis, columns, fields, formats

from archive.article import Article
from indexer.engine import Checkpoint
from indexer.tree import OUTSIDE, Field

# Raised when the layout below changes in a way that an old index does not follow.
FORMAT: Final = "arrays-4"
ID: Final = "id"
FIRST_DAY: Final = "first_day"
LAST_DAY: Final = "last_day"
DATED: Final = "dated"
FACET_SOURCE: Final = "facet_source"
FACET_TOPIC: Final = "facet_topic"
FACET_LANGUAGE: Final = "facet_language"
STORY: Final = "story"
TOPICS: Final = "topics"
MONTH: Final = "month"
MOMENT: Final = "moment"
SEPARATOR: Final = "\x1f"
UNDATED_MOMENT: Final = float("-inf")

PARTS: Final = (
    *("headline", "body", "byline", "source", "topic", "place"),
    *("agency", "section", "language", "url", "credit"),
)
SEARCHED_IN: Final[dict[Field, tuple[str, ...]]] = {
    Field.ANY: ("headline", "body", "byline"),
    Field.TITLE: ("headline",),
    Field.BY: ("byline",),
    Field.SOURCE: ("source",),
    Field.TOPIC: ("topic",),
    Field.PLACE: ("place",),
    Field.AGENCY: ("agency",),
    Field.SECTION: ("section",),
    Field.LANGUAGE: ("language",),
    Field.URL: ("url",),
    Field.CREDIT: ("credit",),
    Field.LEDE: ("headline", "lede"),
}
OUTSIDE_PARTS: Final = frozenset(part for field in OUTSIDE for part in SEARCHED_IN[field])
"""What is said of an article from outside is read by the site's language, all else by its own."""


class ArticleSchema(fields.Schema):  # type: ignore[misc]
    """A Whoosh schema that carries the checkpoint.

    Whoosh writes the schema into the table of contents of each commit, so the
    checkpoint is part of the very commit that it describes.
    """

    checkpoint: Checkpoint | None = None


class TermsField(fields.FieldType):  # type: ignore[misc]
    """A field of ready tokens with positions: its value is a list of (text, position).

    Whoosh keeps no lengths for it, for they are columns of our own.
    """

    def __init__(self) -> None:
        super().__init__(formats.Positions(), analysis.IDAnalyzer())

    def index(self, value: Any, **_: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        """Yield (term, frequency, weight, encoded positions) for Whoosh's writer."""
        places: dict[str, list[int]] = {}
        for text, position in value:
            places.setdefault(text, []).append(position)
        for text, positions in places.items():
            yield (
                text.encode(),
                len(positions),
                float(len(positions)),
                self.format.encode(positions),
            )


class NumberColumn(columns.NumericColumn):  # type: ignore[misc]
    """A column of numbers that is loaded at once instead of one by one."""

    class Reader(columns.NumericColumn.Reader):  # type: ignore[misc]
        """Reads the numbers of one segment."""

        def load(self) -> "array[Any]":
            """Return the numbers of all documents."""
            numbers: array[Any] = array(self._typecode)
            numbers.frombytes(self._dbfile.get(self._basepos, self._count * self._fixedlen))
            if sys.byteorder == "little":
                numbers.byteswap()
            numbers.extend([self._default] * (self._doccount - len(numbers)))
            return numbers


class FormsField(fields.FieldType):  # type: ignore[misc]
    """A field of exact strings, without frequency: its value is any iterable of them."""

    def __init__(self) -> None:
        super().__init__(formats.Existence(), analysis.IDAnalyzer())

    def index(self, value: Any, **_: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        """Yield each distinct string once, for Whoosh's writer."""
        for text in set(value):
            yield text.encode(), 1, 1.0, b""


def forms_of(part: str) -> str:
    """Return the name of the field with the exact forms of *part*."""
    return f"{part}_forms"


def length_of(part: str) -> str:
    """Return the name of the column that says how many words *part* has."""
    return f"{part}_length"


def schema() -> ArticleSchema:
    """Return the schema of a new index."""
    layout: dict[str, fields.FieldType] = {
        ID: fields.ID(unique=True, sortable=columns.VarBytesColumn()),
        # As ISO days, which sort as text: Whoosh 2.7.4 ignores a numeric upper bound alone.
        FIRST_DAY: fields.ID(),
        LAST_DAY: fields.ID(),
        DATED: fields.ID(),
        FACET_SOURCE: fields.ID(sortable=columns.RefBytesColumn()),
        FACET_TOPIC: FormsField(),
        FACET_LANGUAGE: fields.ID(sortable=columns.RefBytesColumn()),
        STORY: fields.COLUMN(columns.RefBytesColumn()),
        TOPICS: fields.COLUMN(columns.VarBytesColumn()),
        MONTH: fields.COLUMN(columns.RefBytesColumn()),
        MOMENT: fields.COLUMN(NumberColumn("d", default=UNDATED_MOMENT)),
    }
    for part in PARTS:
        layout[part] = TermsField()
        layout[forms_of(part)] = FormsField()
        layout[length_of(part)] = fields.COLUMN(NumberColumn("I"))
    return ArticleSchema(**layout)


def pieces(article: Article) -> dict[str, tuple[str, ...]]:
    """Return the texts of each part; no phrase reaches from one into the next."""
    return {
        "headline": (article.headline,),
        "body": (article.text, article.caption or "", article.credits or ""),
        "byline": article.byline,
        "source": (article.source,),
        "topic": article.topics,
        "place": (article.dateline or "",),
        "agency": (article.agency or "",),
        "section": (article.section or "",),
        "language": (article.language or "",),
        "url": (article.url, article.link or ""),
        "credit": (article.credits or "",),
    }
