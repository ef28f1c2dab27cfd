"""What holds for the whole of a run, whatever source is at work."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from archive.ingest.readers.reading import Here, Readers
from archive.ingest.topics import vocabulary
from archive.ingest.topics.inference import Infer


@dataclass(frozen=True, slots=True)
class Run:
    """*today* bounds which dates are believable; *readers* read what was fetched and found.

    *infer* suggests topics where a source names none; *columns* are the user's
    names of columns in tables: field → column.
    """

    today: date
    readers: Readers = field(default_factory=Here)
    infer: Infer = vocabulary.infer
    columns: Mapping[str, str] = field(default_factory=dict)
