"""Whoosh's face over a segment: its readers of terms and documents.

With these and `matcher`, any query of Whoosh works on the arrays, posting by posting
as Whoosh does: slow, but for every query, and the measure for what is evaluated otherwise.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, Final

from whoosh import columns, formats
from whoosh.codec import base
from whoosh.reading import TermInfo, TermNotFound
from whoosh.scoring import BaseScorer

from indexer.whoosh_engine import schema
from indexer.whoosh_engine.lexicon import FIELDS, Lexicon, Listing, lexicon
from indexer.whoosh_engine.matcher import Matcher, Term
from indexer.whoosh_engine.segment import Segment


class Terms(base.TermsReader):  # type: ignore[misc]
    """The terms of a segment. For one thread, as all of Whoosh's readers."""

    def __init__(self, segment: Segment) -> None:
        self._segment = segment
        self._lexicons: dict[str, Lexicon] = {}

    def _lexicon(self, field: str) -> Lexicon:
        known = self._lexicons.get(field)
        if known is None:
            known = self._lexicons[field] = lexicon(self._segment, field)
        return known

    def _listing(self, field: str, text: bytes) -> Listing | None:
        return self._lexicon(field).listing(text) if field in FIELDS else None

    def __contains__(self, term: Term) -> bool:
        return self._listing(*term) is not None

    def indexed_field_names(self) -> Sequence[str]:
        """Return the names of the fields that have terms."""
        return [name for name in FIELDS if any(True for _ in self._lexicon(name).terms_from(b""))]

    def terms(self) -> Iterator[Term]:
        """Yield all terms in their order."""
        return self.terms_from("", b"")

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[Term]:
        """Yield the terms that are not below this one, those of later fields too."""
        for name in FIELDS[bisect_left(FIELDS, fieldname) :]:
            first = prefix if name == fieldname else b""
            for text in self._lexicon(name).terms_from(first):
                yield name, text

    def items(self) -> Iterator[tuple[Term, TermInfo]]:
        """Yield all terms with what is known of them."""
        return self.items_from("", b"")

    def items_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[Term, TermInfo]]:
        """Yield terms as `terms_from` does, with what is known of them."""
        for term in self.terms_from(fieldname, prefix):
            yield term, self.term_info(*term)

    def term_info(self, fieldname: str, text: bytes) -> TermInfo:
        """Return how often, where and in how long documents a term is. Raises TermNotFound."""
        found = self._found(fieldname, text)
        return TermInfo(
            weight=float(found.frequencies.sum()),
            df=len(found.documents),
            minlength=int(found.lengths.min()),
            maxlength=int(found.lengths.max()),
            maxweight=float(found.frequencies.max()),
            minid=int(found.documents[0]),
            maxid=int(found.documents[-1]),
        )

    def _found(self, field: str, text: bytes) -> Listing:
        found = self._listing(field, text)
        if found is None:
            raise TermNotFound(f"no term {field}:{text!r}")
        return found

    def frequency(self, fieldname: str, text: bytes) -> float:
        """Return how often a term is in all documents, deleted ones too."""
        found = self._listing(fieldname, text)
        return 0.0 if found is None else float(found.frequencies.sum())

    def doc_frequency(self, fieldname: str, text: bytes) -> int:
        """Return how many documents have a term, deleted ones too."""
        found = self._listing(fieldname, text)
        return 0 if found is None else len(found.documents)

    def matcher(
        self,
        fieldname: str,
        text: bytes,
        format_: formats.Format,
        scorer: BaseScorer | None = None,
    ) -> Matcher:
        """Return the postings of a term. Raises TermNotFound."""
        return Matcher((fieldname, text), self._found(fieldname, text), format_, scorer)

    def cursor(self, fieldname: str, fieldobj: Any) -> "Cursor":
        """Return a walk over the terms of a field."""
        return Cursor(self, fieldname, fieldobj)


class Cursor(base.FieldCursor):  # type: ignore[misc]
    """A walk over the terms of a field, as text."""

    def __init__(self, terms: Terms, fieldname: str, fieldobj: Any) -> None:
        self._terms = terms
        self._name = fieldname
        self._field = fieldobj
        self.first()

    def first(self) -> str | None:
        """Go to the first term; return it, or None where there is none."""
        return self.find(b"")

    def find(self, string: str | bytes) -> str | None:
        """Go to the first term not below *string*."""
        start = string if isinstance(string, bytes) else self._field.to_bytes(string)
        self._rest = self._terms.terms_from(self._name, start)
        return self.next()

    def next(self) -> str | None:
        """Go to the next term."""
        name, self._bytes = next(self._rest, ("", b""))
        self._text = self._field.from_bytes(self._bytes) if name == self._name else None
        return self._text

    def text(self) -> str | None:
        """Return the term, or None behind the last."""
        return self._text

    # Whoosh asks for it by either name.
    term = text

    def term_info(self) -> TermInfo | None:
        """Return what is known of the term."""
        return self._terms.term_info(self._name, self._bytes) if self.is_valid() else None

    def is_valid(self) -> bool:
        """Whether there is a term here."""
        return self._text is not None


class Documents(base.PerDocumentReader):  # type: ignore[misc]
    """The documents of a segment, *known_as* Whoosh knows it with what is deleted."""

    def __init__(self, segment: Segment, known_as: base.Segment) -> None:
        self._segment = segment
        self._known_as = known_as

    def doc_count(self) -> int:
        """Return how many documents live."""
        return self.doc_count_all() - int(self._known_as.deleted_count())

    def doc_count_all(self) -> int:
        """Return how many documents there are."""
        return self._segment.count

    def has_deletions(self) -> bool:
        """Whether any document is deleted."""
        return bool(self._known_as.has_deletions())

    def is_deleted(self, docnum: int) -> bool:
        """Whether a document is deleted."""
        return bool(self._known_as.is_deleted(docnum))

    def deleted_docs(self) -> Iterator[int]:
        """Return the deleted documents."""
        return iter(self._known_as.deleted_docs())

    def supports_columns(self) -> bool:
        """Whether there are columns."""
        return True

    def has_column(self, fieldname: str) -> bool:
        """Whether there is a column of that name."""
        return fieldname in _COLUMNS

    def list_columns(self) -> Sequence[str]:
        """Return the names of the columns."""
        return list(_COLUMNS)

    def column_reader(self, fieldname: str, column: columns.Column) -> "Column":
        """Return the values of a column. Raises KeyError for one that is not."""
        del column
        return Column(_COLUMNS[fieldname](self._segment))

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        """Return how many words a part of a document has; *default* where that is not counted."""
        part = self._segment.parts.get(fieldname)
        return default if part is None else int(part.lengths[docnum])

    def field_length(self, fieldname: str) -> int:
        """Return how many words a part has in all documents."""
        return sum(self._lengths(fieldname))

    def min_field_length(self, fieldname: str) -> int:
        """Return how many words a part has where it is shortest."""
        return min(self._lengths(fieldname), default=0)

    def max_field_length(self, fieldname: str) -> int:
        """Return how many words a part has where it is longest."""
        return max(self._lengths(fieldname), default=0)

    def _lengths(self, field: str) -> list[int]:
        return _lengths(self._segment, field) if field in self._segment.parts else []

    def stored_fields(self, docnum: int) -> dict[str, Any]:
        """Return what is stored: nothing, for articles are in the store."""
        del docnum
        return {}


class Column(columns.ColumnReader):  # type: ignore[misc]
    """The values of all documents, bytes or numbers."""

    def __init__(self, values: list[Any]) -> None:
        self._values = values
        self._reverse = False

    def __len__(self) -> int:
        return len(self._values)

    def __getitem__(self, docnum: int) -> Any:
        return self._values[docnum]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._values)

    def load(self) -> list[Any]:
        """Return all values."""
        return self._values

    def sort_key(self, docnum: int) -> Any:
        """Return what documents are sorted by."""
        return -self._values[docnum] if self._reverse else self._values[docnum]

    def set_reverse(self) -> None:
        """Turn the order round, of numbers: Whoosh asks for it of no others."""
        self._reverse = True


def _joined(segment: Segment, keyword: str) -> list[bytes]:
    """The strings of each document as one."""
    sets = [schema.SEPARATOR.join(some).encode() for some in segment.keywords[keyword].sets()]
    return [sets[code] for code in segment.keywords[keyword].codes.tolist()]


def _lengths(segment: Segment, part: str) -> list[int]:
    lengths: list[int] = segment.parts[part].lengths.tolist()
    return lengths


def _months(segment: Segment) -> list[bytes]:
    return [
        b"%04d-%02d" % (month // 12, month % 12 + 1) if month >= 0 else b""
        for month in segment.months.tolist()
    ]


_COLUMNS: Final[dict[str, Callable[[Segment], list[Any]]]] = {
    schema.ID: lambda segment: segment.ids.tolist(),
    schema.FACET_SOURCE: lambda segment: _joined(segment, "source"),
    schema.FACET_LANGUAGE: lambda segment: _joined(segment, "language"),
    schema.STORY: lambda segment: _joined(segment, "story"),
    schema.TOPICS: lambda segment: _joined(segment, "topic"),
    schema.MONTH: _months,
    schema.MOMENT: lambda segment: segment.moments.tolist(),
    **{schema.length_of(part): partial(_lengths, part=part) for part in schema.PARTS},
}
