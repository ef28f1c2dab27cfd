"""The life of a small archive, step by step: what is done, what is kept after it, and a hard look.

Every version of an article has a word that no other has, so that what is kept of it, in the
store and in the index, can be told.
"""

import os
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from archive.store import FILE, Store
from indexer import location, projection
from indexer.engines import open_engine
from indexer.query import parse
from tests.torture.faults import Step, Warm

Kept = dict[str, str]
"""What is kept: headline → the word of its version."""

_FILES: Final = {
    "Ferry": "2026-03-01-ferry.txt",
    "Bank": "2026-03-02-bank.txt",
    "Eels": "2026-03-03-eels.txt",
    "Market": "2026-03-04-market.txt",
    "Later": "2026-03-06-later.txt",
}


def text_of(headline: str, word: str) -> str:
    """Return what the version *word* of an article says."""
    return "\n\n".join(
        [f"{headline} and {word}: the council of the harbour town met on Tuesday evening."]
        + [f"They spoke about the {headline.lower()} for {n} hours at least." for n in range(9)]
    )


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of the life: versions that come to lie in the folder, what is run, and what then is.

    *steps* may name the folder of clippings as ``IN``, and an article's id by its headline as
    ``=Eels``.
    """

    name: str
    come: Kept
    steps: tuple[Step, ...]
    after: Kept


_FIRST: Final = {"Ferry": "alder", "Bank": "birch", "Eels": "cedar"}
_SECOND: Final = {"Bank": "dogwood", "Market": "elm"}
_ALL: Final = _FIRST | _SECOND | {"Quay": "fir"}
_LEFT: Final = {headline: word for headline, word in _ALL.items() if headline != "Eels"}

STAGES: Final = (
    Stage("add", _FIRST, (("add", "IN", "--json"),), {}),
    Stage("update", {}, (("update", "--json"),), _FIRST),
    Stage("update --merge", _SECOND, (("update", "--merge", "--json"),), _FIRST | _SECOND),
    Stage(
        "upload",
        {},
        (("upload", "2026-03-05-quay.txt", f"Quay\n\n{text_of('Quay', 'fir')}"),),
        _ALL,
    ),
    Stage("update after it", {}, (("update", "--json"),), _ALL),
    Stage("withdraw --purge", {}, (("withdraw", "=Eels", "--purge", "--json"),), _LEFT),
    Stage("reindex", {}, (("reindex", "--json"),), _LEFT),
)
_LATER: Final = Stage("later", {"Later": "ginkgo"}, (), {})
"""What comes after a fault, so that there is something to do."""


class Life:
    """One archive in *folder*, which can be set back to the beginning of any of its stages."""

    def __init__(self, folder: Path, warm: Warm) -> None:
        self.disk = folder / "disk"
        self.site = self.disk / "site"
        self.warm = warm
        self._clippings = folder / "clippings"
        self._before = folder / "before"
        self.disk.mkdir()
        self._clippings.mkdir()
        for number, stage in enumerate(STAGES):
            shutil.copytree(self.disk, self._before / str(number))
            ran = warm.run(self.disk, self.steps(stage))
            assert all(done.returncode == 0 for done in ran.said), ran
            assert kept(self.site) == stage.after

    def steps(self, stage: Stage) -> list[Step]:
        """Return the steps of *stage*, with paths and ids."""
        writes = [
            ("write", str(self._clippings / _FILES[name]), f"{name}\n\n{text_of(name, word)}")
            for name, word in stage.come.items()
        ]
        return [*writes, *self.meant(stage.steps)]

    def meant(self, steps: Iterable[Step]) -> list[Step]:
        """Return *steps* with the folder of clippings in place of ``IN``."""
        folder = str(self._clippings)
        return [tuple(folder if word == "IN" else word for word in step) for step in steps]

    def set_back(self, stage: Stage) -> list[Step]:
        """Set disk and folder back to the beginning of *stage*; return its steps."""
        number = STAGES.index(stage)
        shutil.rmtree(self.disk)
        shutil.copytree(self._before / str(number), self.disk)
        self.clip(STAGES[:number])
        return self.steps(stage)

    def clip(self, stages: Iterable[Stage]) -> None:
        """Have in the folder of clippings what came to lie there in *stages*."""
        shutil.rmtree(self._clippings)
        self._clippings.mkdir()
        for stage in stages:
            for name, *arguments in self.steps(stage):
                if name == "write":
                    Path(arguments[0]).write_text(arguments[1], encoding="utf-8")

    def run_again(self, stage: Stage) -> list[str]:
        """Do *stage* again without faults, then read one more; return what did not work."""
        again = [step for step in self.steps(stage) if step[0] not in ("write", "upload")]
        if stage.name != "add":
            again += [*self.steps(_LATER), ("update", "--json")]
        ran = self.warm.run(self.disk, again)
        return [
            f"{step[0]} again: {done.returncode} {done.stderr}"
            for step, done in zip(again, ran.said, strict=True)
            if done.returncode
        ]


def before(stage: Stage) -> Kept:
    """Return what is kept when *stage* begins."""
    number = STAGES.index(stage)
    return STAGES[number - 1].after if number else {}


def kept(site: Path) -> Kept:
    """Return what the store of *site* holds; whatever is not whole makes it an AssertionError."""
    if not (site / FILE).exists():
        return {}
    with closing(sqlite3.connect(site / FILE)) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    found: Kept = {}
    with Store(site / FILE) as store:
        for one in store.every():
            article = one.article
            (word,) = {w for w in article.text.split(":")[0].split() if w.islower()} - {"and"}
            assert article.text == text_of(article.headline, word)
            assert article.headline not in found
            found[article.headline] = word
            revisions = store.revisions(article.id)
            assert [r.number for r in revisions] == list(range(1, len(revisions) + 1))
            assert len({r.article.text for r in revisions}) == len(revisions)
        counted = Counter(
            (
                one.article.source,
                one.source_id,
                one.article.published.iso[:10] if one.article.published else None,
            )
            for one in store.every()
        )
        held = {
            (one.source, one.source_id, day or None): count
            for one in store.held()
            for day, count in one.days.items()
        }
        assert held == counted
    return found


def unnoticed(site: Path) -> list[str]:
    """Return what is wrong with the index of *site* that it does not say itself.

    It may lag; where it must be built anew, it says so.
    """
    if not (site / FILE).exists():
        return []
    with Store(site / FILE) as store:
        if projection.why_rebuild(store, site / location.FOLDER, "english"):
            return []
        verdict = projection.verify(store, site / location.FOLDER)
    return [] if verdict.ok else [f"unnoticed: {verdict}"]


def index_faults(site: Path) -> list[str]:
    """Return what is wrong with the index of *site*, which should be up to date with the store."""
    with Store(site / FILE) as store:
        wrong = [] if projection.lag(store, site / location.FOLDER) == 0 else ["it lags"]
        verdict = projection.verify(store, site / location.FOLDER)
        wrong += [str(verdict)] if not verdict.ok else []
        ids = {article.headline: article.id for article in store.articles()}
    folder = location.current(site / location.FOLDER)
    assert folder is not None
    holds = kept(site)
    engine = open_engine(folder)
    for word in {*_FIRST.values(), *_ALL.values()}:
        found = {hit.id for hit in engine.match(parse(word).tree, limit=None, copies=True).hits}
        should = {ids[headline] for headline, its in holds.items() if its == word}
        wrong += [f"{word} finds {found}, not {should}"] if found != should else []
    engine.close()
    return wrong


def leftovers(site: Path) -> list[str]:
    """Return what lies in *site* that nobody needs: unfinished files, indexes, uploads."""
    known = {FILE, f"{FILE}-wal", f"{FILE}-shm", "index", "uploads", "morgue.lock"}
    left = [name for name in os.listdir(site) if name not in known]
    uploads = site / "uploads"
    if uploads.exists():
        left += [path.name for path in uploads.iterdir() if path.name.startswith(".")]
        left += [path.name for path in uploads.glob("*/.morgue.toml.*")]
    root = site / location.FOLDER
    if root.exists():
        named = (root / "CURRENT").read_text().split() if (root / "CURRENT").exists() else []
        left += [name for name in os.listdir(root) if name not in [*named, "CURRENT"]]
        # The one that served before is removed as a whole, an hour later.
        for folder in named[:1]:
            if (root / folder).exists():
                names = os.listdir(root / folder)
                tables = [name for name in names if name.endswith(".toc")]
                left += tables[1:]
                left += [name for name in names if name.endswith(".unfinished")]
    return left


def lost_or_half(site: Path, stage: Stage, *, reported: bool) -> list[str]:
    """Return what of *site* is lost or half, where *stage* was begun, and *reported* as done."""
    try:
        there = kept(site)
    except Exception as error:
        return [f"half: {type(error).__name__}: {error}"]
    first, last = before(stage), stage.after
    if reported:
        return [] if there == last else [f"lost: there is {there}, reported was {last}"]
    return [
        f"lost: {headline} is {there.get(headline)}"
        for headline in first | last | there
        if there.get(headline) not in (first.get(headline), last.get(headline))
    ]


def unhealed(life: Life, stage: Stage) -> list[str]:
    """Do *stage* again and update; return what is wrong then."""
    wrong = life.run_again(stage)
    try:
        return wrong + after_an_update(life.site, stage)
    except Exception as error:
        return [*wrong, f"{type(error).__name__}: {error}"]


def after_an_update(site: Path, stage: Stage) -> list[str]:
    """Return what is wrong with *site* after *stage* was done again and an update was run."""
    there = kept(site)
    # What was not answered may be kept or not.
    fine = [stage.after, before(stage)] if stage.name == "upload" else [stage.after]
    fine = [one | _LATER.come for one in fine] if stage.name != "add" else fine
    wrong = [f"after an update {there}"] if there not in fine else []
    wrong += index_faults(site) if stage.name != "add" else []
    return wrong + [f"left over: {name}" for name in leftovers(site)]
