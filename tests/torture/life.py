"""The life of a small archive, step by step: what is done, what is kept after it, and a hard look.

Every version of an article has a word that no other has, so that what is kept of it, in the
store and in the index, can be told.
"""

import os
import shutil
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from archive.store import FILE, Store
from indexer import location, projection
from indexer.engines import open_engine
from indexer.query import parse
from tests.command_line import run_morgue
from tests.torture.faults import Fault, Step, Warm

Kept = dict[str, str]
"""What is kept: headline → the word of its version."""

_FILES: Final = {
    "Ferry": "2026-03-01-ferry.txt",
    "Bank": "2026-03-02-bank.txt",
    "Eels": "2026-03-03-eels.txt",
    "Market": "2026-03-04-market.txt",
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
        "upload", {}, (("upload", "2026-03-05-quay.txt", f"Quay\n\n{text_of('Quay', 'fir')}"),), _ALL
    ),
    Stage("update after it", {}, (("update", "--json"),), _ALL),
    Stage("withdraw --purge", {}, (("withdraw", "=Eels", "--purge", "--json"),), _LEFT),
    Stage("reindex", {}, (("reindex", "--json"),), _LEFT),
)


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
        return [*writes, *(tuple(map(self._meant, step)) for step in stage.steps)]

    def _meant(self, word: str) -> str:
        if word.startswith("="):
            with Store(self.site / FILE) as store:
                return next(a.id for a in store.articles() if a.headline == word[1:])
        return str(self._clippings) if word == "IN" else word

    def set_back(self, stage: Stage) -> list[Step]:
        """Set disk and folder back to the beginning of *stage*; return its steps."""
        number = STAGES.index(stage)
        shutil.rmtree(self.disk)
        shutil.copytree(self._before / str(number), self.disk)
        self.clear()
        for earlier in STAGES[:number]:
            for step in self.steps_of_writing(earlier):
                Path(step[1]).write_text(step[2], encoding="utf-8")
        return self.steps(stage)

    def clear(self) -> None:
        """Empty the folder of clippings."""
        shutil.rmtree(self._clippings)
        self._clippings.mkdir()

    def steps_of_writing(self, stage: Stage) -> list[Step]:
        """Return the steps in which clippings come to lie in the folder."""
        return [step for step in self.steps(Stage("", stage.come, (), {})) if step[0] == "write"]

    def heal(self, stage: Stage) -> list[str]:
        """Do *stage* again without faults; return what is wrong then."""
        wrong = []
        for name, *arguments in self.steps(stage):
            if name not in ("write", "upload"):
                done = run_morgue(name, *arguments, site=self.site)
                if done.returncode:
                    wrong.append(f"{name} again: {done.returncode} {done.stderr}")
        return wrong


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
        held = store.held()
        assert {(one.source, one.source_id, one.day): one.articles for one in held} == counted
    return found


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
        found = {hit.id for hit in engine.match(parse(word).tree).hits}
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
        for folder in named:
            if (root / folder).exists():
                names = os.listdir(root / folder)
                tables = [name for name in names if name.endswith(".toc")]
                left += tables[1:]
                left += [name for name in names if name.endswith(".unfinished")]
    return left


def after_a_kill(life: Life, stage: Stage, fault: Fault, *, finished: bool) -> list[str]:
    """Return what is wrong with an archive whose *stage* was ended by *fault*, and then healed.

    *finished* says whether the stage had reported its end.
    """
    wrong = []
    try:
        there = kept(life.site)
        first, last = before(stage), stage.after
        allowed = {headline: {k.get(headline) for k in (first, last)} for headline in first | last}
        if finished and there != last:
            wrong.append(f"reported, but lost: {there}, not {last}")
        for headline in allowed.keys() | there.keys():
            if there.get(headline) not in allowed.get(headline, {}):
                wrong.append(f"{headline} is {there.get(headline)}")
        wrong += life.heal(stage)
        if stage.name != "add":
            wrong += updated(life, stage)
    except (AssertionError, Exception) as error:
        wrong.append(f"{type(error).__name__}: {error}")
    return [f"{stage.name}, {fault}: {what}" for what in wrong]


def updated(life: Life, stage: Stage) -> list[str]:
    """Update the archive, and return what is wrong then."""
    done = run_morgue("update", "--json", site=life.site)
    wrong = [f"update: {done.returncode} {done.stderr}"] if done.returncode else []
    there = kept(life.site)
    # What was not answered may be kept or not.
    fine = [stage.after, before(stage)] if stage.name == "upload" else [stage.after]
    wrong += [f"after an update {there}"] if there not in fine else []
    wrong += index_faults(life.site)
    return wrong + [f"left over: {name}" for name in leftovers(life.site)]
