"""What holds for the whole of a run, whatever source is at work."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from archive.article import Evidence
from archive.ingest.compose import Composer
from archive.ingest.decide import Outcome
from archive.ingest.readers.reading import Here, Readers
from archive.ingest.topics import vocabulary
from archive.ingest.topics.inference import Infer
from archive.source import Source


@dataclass(frozen=True, slots=True)
class Run:
    """*today* bounds which dates are believable; *readers* read what was fetched and found.

    *infer* suggests topics where a source names none; *columns* are the user's
    names of columns in tables: field → column. *hears* is told of each article that
    was decided upon: its item's key, its id, and what became of it.
    """

    today: date
    readers: Readers = field(default_factory=Here)
    infer: Infer = vocabulary.infer
    columns: Mapping[str, str] = field(default_factory=dict)
    hears: Callable[[str, str, Outcome], None] = lambda _key, _article, _outcome: None

    @property
    def composes_where_it_reads(self) -> bool:
        """Whether readers are asked to compose, too: not where a trained model infers topics.

        It has some megabytes, too many to be sent with each piece of work.
        """
        return self.infer is vocabulary.infer

    def composer(self, source: Source, said: tuple[Evidence, ...] = ()) -> Composer:
        """What composes articles of *source*, of which its folder has *said* something."""
        return Composer(replace(source, failures=()), self.today, said)
