"""Projection: the index brought in line with the store, which alone is the truth.

The index follows the store's sequence of changes through its checkpoint. What
cannot be followed (another store, an older one, another format or language, a
damaged index) is rebuilt aside and then switched to, while the old one serves.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from archive.errors import REBUILD, IndexDamaged, SearchIndexError, StoreDamaged, advice
from archive.progress import Progress
from archive.store import Change, Position, Store
from indexer import location
from indexer.engine import Checkpoint, Engine, Sort
from indexer.engines import built_for, create_engine, open_engine
from indexer.tree import EVERYTHING

OLDER: Final = "the store is older than the index"
ANOTHER_WAY: Final = "the store was older than the index, and went on another way"
"""What is wrong where the file of an older store was put in the place of a newer."""

_BATCH = 2_500
_MOST_TEXT = 12_000_000
"""How many changes, and characters, make a commit: all of it is in memory at once."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a projection did: changes applied, and why it rebuilt, if it did."""

    applied: int
    rebuilt: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a look at the whole index found.

    *articles* are in it, *lag* changes still to be taken in. *damages* says what is
    not as it was written; *missing* are ids of the store's that it should have,
    *surplus* those that it should not.
    """

    articles: int
    lag: int
    damages: list[str]
    missing: list[str]
    surplus: list[str]

    @property
    def ok(self) -> bool:
        """Whether nothing was found wrong; that it lags is no fault."""
        return not (self.damages or self.missing or self.surplus)


def lag(store: Store, root: Path) -> int:
    """Return how many changes the index in *root* still has to take in."""
    try:
        checkpoint = _checkpoint(root)
    except SearchIndexError:
        checkpoint = None
    return behind(store, checkpoint)


def behind(store: Store, checkpoint: Checkpoint | None) -> int:
    """Return how many changes an index that came as far as *checkpoint* still has to take in."""
    if checkpoint is None or out_of_step(store, checkpoint.position):
        return store.count_changes_since(0)
    return store.count_changes_since(checkpoint.position.seq)


def catch_up(
    store: Store,
    root: Path,
    language: str,
    progress: Progress = lambda _what, _done, _total: None,
) -> Report:
    """Bring the index in *root* up to date with *store*, rebuilding it where it must be.

    The caller holds the site's lock. Raises SearchIndexError when writing fails.
    """
    location.sweep(root)
    reason = why_rebuild(store, root, language)
    if reason is not None:
        return Report(rebuild(store, root, language, progress), reason)
    folder = location.current(root)
    if folder is None:
        raise SearchIndexError("the index went away", str(root), "run the command again")
    engine = open_engine(folder)
    try:
        checkpoint = engine.checkpoint()
        seq = checkpoint.position.seq if checkpoint else 0
        return Report(_follow(store, engine, seq, progress))
    except IndexDamaged as error:
        # Met only now, where what was there already is read to be merged.
        reason = f"the index {error.reason}"
    finally:
        engine.close()
    return Report(rebuild(store, root, language, progress), reason)


def rebuild(
    store: Store,
    root: Path,
    language: str,
    progress: Progress = lambda _what, _done, _total: None,
    *,
    forget: bool = False,
) -> int:
    """Build a new index aside from the whole store, then switch to it; return the changes.

    The caller holds the site's lock. With *forget* no other index is left behind,
    so that what was purged from the store is in no file of the index either.
    Raises SearchIndexError when it cannot be built: then the old one serves on.
    """
    folder = location.fresh(root)
    try:
        root.mkdir(parents=True, exist_ok=True)
        location.sweep(root)
        applied = _build(store, folder, language, progress)
        location.switch(root, folder, forget=forget)
    except BaseException as error:
        if location.current(root) != folder:
            location.remove(folder)
        if isinstance(error, OSError):
            raise SearchIndexError(
                f"cannot be built anew ({error.strerror or error})",
                str(root),
                advice(error.errno) or "mend that, and run the command again",
            ) from error
        raise
    return applied


def _build(store: Store, folder: Path, language: str, progress: Progress) -> int:
    engine = create_engine(folder, language)
    try:
        applied = _follow(store, engine, 0, progress)
        if engine.checkpoint() is None:
            # An empty store has an index too, so that a search can say "nothing yet".
            engine.apply([], store.position())
        engine.merge()
        verdict = _compared(store, engine)
        if verdict.missing or verdict.surplus:
            first = [*verdict.missing, *verdict.surplus][0]
            raise StoreDamaged(
                f"is damaged: article {first} does not stand where the sequence of changes has it",
                str(store.path),
            )
        return applied
    finally:
        engine.close()


def merge(root: Path) -> None:
    """Store the index that serves in *root* as compactly as it can be.

    The caller holds the site's lock. Raises SearchIndexError when it cannot be done.
    """
    folder = location.current(root)
    if folder is not None:
        engine = open_engine(folder)
        try:
            engine.merge()
        finally:
            engine.close()


def verify(store: Store, root: Path) -> Verdict:
    """Read the whole index in *root*; what is wrong is noted, so that it is rebuilt.

    The caller holds the site's lock. Raises SearchIndexError when there is no index.
    """
    folder = location.current(root)
    if folder is None:
        raise SearchIndexError("there is no index yet", str(root), "`morgue update` builds it")
    verdict = _verdict(store, folder)
    if not verdict.ok:
        found = [*verdict.damages, *verdict.missing, *verdict.surplus]
        reason = f"was found to be wrong by `morgue verify`: {found[0]}"
        location.note_damage(folder, IndexDamaged(reason))
    return verdict


def _verdict(store: Store, folder: Path) -> Verdict:
    try:
        engine = open_engine(folder)
    except SearchIndexError as error:
        return Verdict(0, 0, [f"{error.where}: {error.reason}"], [], [])
    try:
        damages = engine.damages()
        verdict = _compared(store, engine)
        return replace(verdict, damages=[*damages, *verdict.damages])
    finally:
        engine.close()


def _compared(store: Store, engine: Engine) -> Verdict:
    """Compare which articles there are in *engine* and in *store*."""
    checkpoint = engine.checkpoint()
    seq = checkpoint.position.seq if checkpoint else 0
    found = engine.match(EVERYTHING, sort=Sort.NEWEST, limit=None, copies=True, facets=())
    there = {hit.id for hit in found.hits}
    states = list(store.states())
    shown = {name for name, changed, kept in states if kept and changed <= seq}
    later = {name for name, changed, _ in states if changed > seq}
    reason = out_of_step(store, checkpoint.position) if checkpoint else None
    return Verdict(
        len(there),
        len(later),
        [] if reason is None else [reason],
        missing=sorted(shown - there),
        surplus=sorted(there - shown - later),
    )


def why_rebuild(store: Store, root: Path, language: str) -> str | None:
    """Return in plain words why the index in *root* cannot simply follow *store*, or None."""
    if location.current(root) is None:
        return "there was no index"
    try:
        checkpoint = _checkpoint(root)
    except SearchIndexError as error:
        return f"the index {error.reason}"
    return misfit(store, checkpoint, language)


def misfit(store: Store, checkpoint: Checkpoint | None, language: str) -> str | None:
    """Return why an index that has come so far cannot follow *store*, or None."""
    if checkpoint is None:
        return "the index was never finished"
    if checkpoint.built_for != built_for(language):
        return f"the index was built for “{checkpoint.built_for}”, not “{built_for(language)}”"
    return out_of_step(store, checkpoint.position)


def out_of_step(store: Store, reached: Position) -> str | None:
    """Return in plain words why an index that *reached* this place does not follow *store*.

    None where it does, however far behind. Whoever asks reads *reached* first: the store
    is always written before its index.
    """
    position = store.position()
    if reached.store_id != position.store_id:
        return "the index belongs to another store"
    if reached.seq > position.seq:
        return OLDER
    if reached.mark != store.mark_at(reached.seq):
        return ANOTHER_WAY
    return None


def check_step(store: Store, engine: Engine) -> None:
    """Raise SearchIndexError where what *engine* finds is not of this *store*'s past."""
    checkpoint = engine.checkpoint()
    reason = out_of_step(store, checkpoint.position) if checkpoint else None
    if reason is not None:
        raise SearchIndexError(f"cannot be used: {reason}", "index", REBUILD)


def _checkpoint(root: Path) -> Checkpoint | None:
    folder = location.current(root)
    if folder is None:
        return None
    damage = location.noted_damage(folder)
    if damage is not None:
        raise IndexDamaged(damage, str(folder))
    engine = open_engine(folder)
    try:
        return engine.checkpoint()
    finally:
        engine.close()


def _follow(store: Store, engine: Engine, seq: int, progress: Progress) -> int:
    """Apply all changes after *seq*, a commit per batch; return how many."""
    total = store.count_changes_since(seq)
    store_id = store.position().store_id
    done = 0
    for batch in _batches(store.changes_since(seq)):
        seq = batch[-1].seq
        engine.apply(batch, Position(store_id, seq, store.mark_at(seq)))
        done += len(batch)
        progress("index", done, max(total, done))
    return done


def _batches(changes: Iterable[Change]) -> Iterator[list[Change]]:
    batch: list[Change] = []
    text = 0
    for change in changes:
        batch.append(change)
        text += len(change.article.text) if change.article else 0
        if len(batch) >= _BATCH or text >= _MOST_TEXT:
            yield batch
            batch, text = [], 0
    if batch:
        yield batch
