"""Quality: what the archive made of the files, against what they state."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from archive.article import Article, Precision
from archive.store import Store
from bench.clippings import Truth


@dataclass(frozen=True, slots=True)
class Wrong:
    """A field of a file that was read wrongly; "" stands for nothing."""

    file: str
    expected: str
    found: str


@dataclass
class Score:
    """How one field was read in one corpus.

    Of *stated* values, *right* were found, *missing* were not and *wrong* are
    others; *invented* were found where the file states none.
    """

    corpus: str
    name: str
    stated: int = 0
    right: int = 0
    wrong: int = 0
    missing: int = 0
    invented: int = 0
    unstated: int = 0
    examples: list[Wrong] = field(default_factory=list)

    @property
    def share(self) -> float:
        """The share of stated values found right."""
        return self.right / self.stated if self.stated else 0.0

    def note(self, path: Path, expected: str, found: str, most: int) -> None:
        """Count one reading; keep up to *most* examples of each kind of error."""
        if expected:
            self.stated += 1
            self.right += found == expected
            self.missing += not found
            self.wrong += bool(found) and found != expected
        else:
            self.unstated += 1
            self.invented += bool(found)
        if found != expected:
            kind = (bool(expected), bool(found))
            alike = sum((bool(e.expected), bool(e.found)) == kind for e in self.examples)
            if alike < most:
                self.examples.append(Wrong(path.name, expected, found))


def score(store: Store, truths: Iterable[Truth], examples: int) -> list[Score]:
    """Compare every file's article with its truth; keep up to *examples* of each kind of error.

    A file that is not in the archive misses all its fields.
    """
    scores: dict[tuple[str, str], Score] = {}
    for truth in truths:
        kept = store.by_url(truth.path.as_uri())
        found = dict(_found(kept.article)) if kept else {}
        stated = {"headline": truth.headline, "day": truth.day, "place": truth.place}
        for name, expected in stated.items():
            if expected is not None:
                one = scores.setdefault((truth.corpus, name), Score(truth.corpus, name))
                one.note(truth.path, expected, found.get(name, ""), examples)
    return [one for one in scores.values() if one.stated]


def _found(article: Article) -> Iterator[tuple[str, str]]:
    """The fields as the truth has them. A headline that Morgue had to derive is none."""
    if not article.headline_is_derived:
        yield "headline", " ".join(article.headline.split())
    if article.published and article.precision is not Precision.MONTH:
        yield "day", article.published.iso[:10]
    if article.dateline:
        yield "place", article.dateline.split(",")[0].casefold().strip()
