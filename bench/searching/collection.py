"""The articles and queries of a run, and the indexes over them, in a folder that may be kept."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import click
import msgspec

from archive import store as stores
from archive.store import Store
from bench.articles import generated, queries, real
from bench.articles.kept import Held, hold
from bench.engines.ask import Ask
from bench.engines.remote import Remote
from bench.engines.side import OURS, missing
from bench.process import Failed
from bench.searching.options import Wanted
from indexer import projection

_FORMAT = 1
"""Raised when articles or peers' indexes are made otherwise, so that kept ones are left alone."""


class Built(msgspec.Struct, frozen=True):
    """What building an index took.

    *seconds* do not count reading the articles, *cpu* those of the processor do.
    *peak* resident bytes of that process, *size* bytes on disk.
    """

    articles: int
    seconds: float
    peak: int
    size: int
    cpu: float = 0.0

    @property
    def docs_per_s(self) -> float:
        """Articles a second, from their text to searchable and synced."""
        return round(self.articles / self.seconds, 1)


@dataclass(frozen=True)
class Collection:
    """Articles in a site's store below *folder*, the queries, and who takes part.

    *engines* begins with Morgue; *absent* says in words why others are not there.
    """

    folder: Path
    held: Held
    asks: tuple[Ask, ...]
    engines: tuple[str, ...]
    absent: tuple[str, ...]

    @property
    def site(self) -> Path:
        """The site's folder."""
        return self.folder / "site"

    def below(self, name: str) -> Path:
        """Return the folder that holds the index of an engine."""
        return self.site if name == OURS else self.folder / "peers"

    def remote(self, name: str) -> Remote:
        """Start the engine *name* in a new process."""
        return Remote(name, self.site, self.below(name))

    def build(self, name: str) -> Built:
        """Build the index of an engine anew, in a process of its own."""
        with self.remote(name) as remote:
            told = remote("build")
        built = Built(self.held.articles, told["seconds"], told["peak"], told["size"], told["cpu"])
        self._note(name).write_bytes(msgspec.json.encode(built))
        return built

    def built(self, name: str) -> Built:
        """Return what building took, building only where no index was kept that still serves."""
        note = self._note(name)
        if not note.exists():
            return self.build(name)
        if name == OURS:
            with Store(self.site / stores.FILE) as store:
                if projection.why_rebuild(store, self.below(name) / "index", "english"):
                    return self.build(name)
        return msgspec.json.decode(note.read_bytes(), type=Built)

    def _note(self, name: str) -> Path:
        return self.folder / f"{name}.json"


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except Failed as failed:
        raise click.ClickException(str(failed)) from failed


@contextmanager
def collection(wanted: Wanted) -> Iterator[Collection]:
    """Make or find articles and queries, in the folder to keep or for this run only.

    What fails meanwhile ends the command with its reason.
    """
    count, peers, path = wanted.articles, wanted.peers, wanted.corpus
    absent = {peer: reason for peer in peers if (reason := missing(peer))}
    with ExitStack() as stack:
        stack.enter_context(_told())
        root = wanted.keep or Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="morgue-bench-"))
        )
        of = path.stem.split(".")[0] if path else f"generated-{generated.SEED}"
        folder = root / f"{of}-{count}-{_FORMAT}"
        articles = real.articles(path, count) if path else generated.articles(count)
        held = hold(folder / "site", articles)
        yield Collection(
            folder,
            held,
            _asks(folder, wanted.each),
            (OURS, *(peer for peer in peers if peer not in absent)),
            tuple(absent.values()),
        )


def _asks(folder: Path, each: int) -> tuple[Ask, ...]:
    """The queries over the articles of a folder, which are drawn once."""
    kept = folder / f"queries-{each}.json"
    if not kept.exists():
        with Store(folder / "site" / stores.FILE) as store:
            kept.write_bytes(msgspec.json.encode(queries.draw(store.articles(), each)))
    return tuple(msgspec.json.decode(kept.read_bytes(), type=list[Ask]))
