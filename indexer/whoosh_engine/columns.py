"""What facets and sorting need of every document, read once per immutable segment."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from whoosh.reading import IndexReader

from indexer.engine import UNDATED
from indexer.whoosh_engine import schema


@dataclass(frozen=True, slots=True)
class Columns:
    """Values by document number within a segment.

    *months* is empty for the undated, *languages* where none is known; *stories*
    for an article without copies, and all of it where no article has any.
    *lengths* counts the words of each part.
    """

    ids: list[str]
    sources: list[str]
    topics: list[tuple[str, ...]]
    languages: list[str]
    stories: list[str]
    months: list[str]
    moments: Sequence[float]
    lengths: dict[str, Sequence[int]]


def read(reader: IndexReader) -> Columns:
    """Read the columns of a segment (or of an index without any).

    Raises FileNotFoundError for a column that is gone: Whoosh would read it as empty.
    """
    count = reader.doc_count_all()

    def texts(name: str) -> list[str]:
        if not count:
            return []
        if not reader.has_column(name):
            raise FileNotFoundError(f"the column “{name}” of a segment is missing")
        column = reader.column_reader(name, translate=False)
        # Values repeat: each is decoded once and shared.
        known: dict[bytes, str] = {}
        return [known.setdefault(raw, raw.decode()) for raw in (column[i] for i in range(count))]

    def numbers(name: str, *, expected: bool) -> Any:
        # Without any document that has a value, there is no column.
        if count and reader.has_column(name):
            return reader.column_reader(name, translate=False).load()
        if expected:
            raise FileNotFoundError(f"the column “{name}” of a segment is missing")
        return [reader.schema[name].column_type.default_value()] * count

    topics: dict[str, tuple[str, ...]] = {"": ()}
    months = texts(schema.MONTH)
    stories = texts(schema.STORY)
    worded = set(reader.indexed_field_names()) if count else set()
    return Columns(
        ids=texts(schema.ID),
        sources=texts(schema.FACET_SOURCE),
        topics=[
            topics.setdefault(joined, tuple(joined.split(schema.SEPARATOR)))
            for joined in texts(schema.TOPICS)
        ],
        languages=texts(schema.FACET_LANGUAGE),
        stories=stories if any(stories) else [],
        months=months,
        moments=numbers(schema.MOMENT, expected=any(months)),
        lengths={
            part: numbers(schema.length_of(part), expected=part in worded) for part in schema.PARTS
        },
    )


def hidden_copies(found: Iterable[tuple[Columns, list[int]]]) -> frozenset[str]:
    """Return the ids of those that are not shown, for an earlier member of their story matched."""
    shown: dict[str, tuple[float, str]] = {}
    hidden: set[str] = set()
    for columns, documents in found:
        if not columns.stories:
            continue
        for i in documents:
            story = columns.stories[i]
            if story:
                key = earliest_first(columns.moments[i]), columns.ids[i]
                best = shown.setdefault(story, key)
                if key != best:
                    hidden.add(max(key, best)[1])
                    shown[story] = min(key, best)
    return frozenset(hidden)


def earliest_first(moment: float) -> float:
    """Return what sorts the earliest first and the undated last."""
    return moment if moment != schema.UNDATED_MOMENT else -schema.UNDATED_MOMENT


def count_facets(found: Iterable[tuple[Columns, list[int]]]) -> dict[str, dict[str, int]]:
    """Count the facets over the documents of several segments, the most frequent first."""
    sources: Counter[str] = Counter()
    topic_sets: Counter[tuple[str, ...]] = Counter()
    languages: Counter[str] = Counter()
    months: Counter[str] = Counter()
    for columns, documents in found:
        sources.update([columns.sources[i] for i in documents])
        topic_sets.update([columns.topics[i] for i in documents])
        languages.update([columns.languages[i] for i in documents])
        months.update([columns.months[i] for i in documents])
    topics: Counter[str] = Counter()
    for names, count in topic_sets.items():
        for name in names:
            topics[name] += count
    languages.pop("", None)
    return {
        "source": _ranked(sources),
        "topic": _ranked(topics),
        "language": _ranked(languages),
        "date": _dates(months),
    }


def _ranked(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0].casefold())))


def _dates(months: Counter[str]) -> dict[str, int]:
    undated = months.pop("", 0)
    dates: Counter[str] = Counter()
    for month, count in months.items():
        dates[month[:4]] += count
        dates[month] += count
    facet = dict(sorted(dates.items()))
    return facet | {UNDATED: undated} if undated else facet
