"""Sites in every state that a screen can show: full, new, guarded, without index, broken."""

import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from flask import Flask
from werkzeug.serving import make_server

from archive.article import Article
from archive.store import FILE, Store
from indexer.request import Request
from indexer.saved import kept
from tests.command_line import run_morgue
from tests.web.conftest import client_of, csrf_in
from web import create_app

_ARABIC: Final = (
    "افتتاح جسر جديد في الميناء\n\nافتتح مجلس المدينة يوم الثلاثاء جسرا جديدا "
    "يربط ضفتي النهر بعد عشر سنوات من العمل.\n"
)
_REVISED: Final = (
    "Bridge toll to rise\n\nThe bridge toll rises to {} crowns in May.\n\nNobody spoke.\n"
)
_LONG: Final = (
    "Lowmoor " + "Rhabarberbarbarabarbarbarenbartbarbier" * 4 + "\n\nA long word in a bridge.\n"
)


@dataclass(frozen=True, slots=True)
class House:
    """A site that is served at *base*; *names* stand for what addresses need."""

    app: Flask
    base: str
    names: Mapping[str, str] = field(default_factory=dict)


@contextmanager
def serving_houses(sample: Path, guarded: Path, room: Path) -> Iterator[dict[str, House]]:
    """Build every house in the folder *room* and serve each on a port of its own."""
    with ExitStack() as stack:
        houses = {}
        for name, build in _HOUSES.items():
            site = room / name
            names = build(sample, guarded, site, stack)
            app = create_app(site)
            app.config["PATIENCE"] = 0.1
            houses[name] = House(app, stack.enter_context(served(app)), names)
        yield houses


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Serve *app* on a free port of this machine; give its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    server.log_startup = lambda: None  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=[0.01])
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()
    app.extensions["live_index"].close()


def _full(sample: Path, _: Path, site: Path, __: ExitStack) -> dict[str, str]:
    """The sample with saved searches, what is new in one, revisions, other scripts, tombs."""
    shutil.copytree(sample, site)
    clippings = site / "clippings"
    clippings.mkdir()
    texts = {"toll.txt": _REVISED.format(4), "arabic.txt": _ARABIC, "long.txt": _LONG}
    texts["bare.txt"] = "a bridge was seen by nobody at all, said a letter. It had no name.\n"
    for name, text in texts.items():
        (clippings / name).write_text(text, "utf-8")
    with Store(site / FILE) as store:
        store.save_search("Bridges", kept(Request(text="bridge")), alert=True)
        store.save_search("Zeppelins over the harbour", kept(Request(text="zeppelin")))
    assert run_morgue("add", str(clippings), site=site).returncode == 0
    assert run_morgue("update", site=site).returncode == 0
    (clippings / "toll.txt").write_text(_REVISED.format(5), "utf-8")
    (clippings / "late.txt").write_text("Bridge closed\n\nThe bridge is closed.\n", "utf-8")
    assert run_morgue("update", site=site).returncode == 0
    with Store(site / FILE) as store:
        found = {Path(one.url).name: one for one in store.articles()}
        gone = [found["tanners-relegated.txt"], found["eel-pie-saturday.md"]]
        store.withdraw(gone[0].id)
        store.withdraw(gone[1].id, purge=True)
        named = {
            "article": _with_most(list(found.values())),
            "revised": found["toll.txt"],
            "arabic": found["arabic.txt"],
            "bare": found["bare.txt"],
            "withdrawn": gone[0],
            "purged": gone[1],
        }
    assert run_morgue("update", site=site).returncode == 0
    return {name: article.id for name, article in named.items()}


def _with_most(articles: list[Article]) -> Article:
    """The article about the bridge of which most is known."""
    about = [one for one in articles if "bridge" in one.headline.lower()]
    return max(about, key=lambda one: (len(one.evidence), one.id))


def _new(_: Path, __: Path, site: Path, ___: ExitStack) -> dict[str, str]:
    site.mkdir()
    Store(site / FILE).close()
    return {}


def _waiting(_: Path, __: Path, site: Path, ___: ExitStack) -> dict[str, str]:
    site.mkdir()
    with Store(site / FILE) as store:
        store.add_source("feed", "https://example.org/feed.xml")
    return {}


def _unindexed(sample: Path, _: Path, site: Path, __: ExitStack) -> dict[str, str]:
    shutil.copytree(sample, site, ignore=shutil.ignore_patterns("index"))
    return {}


def _lagging(sample: Path, _: Path, site: Path, __: ExitStack) -> dict[str, str]:
    shutil.copytree(sample, site)
    with Store(site / FILE) as store:
        first = next(iter(store.articles()))
        store.put(replace(first, text=f"{first.text}\n\nThe bridge is open again.\n"))
    return {}


def _away(_: Path, __: Path, site: Path, ___: ExitStack) -> dict[str, str]:
    site.mkdir()
    return {}


def _damaged(_: Path, __: Path, site: Path, ___: ExitStack) -> dict[str, str]:
    site.mkdir()
    (site / FILE).write_bytes(b"no database at all" * 100)
    return {}


def _busy(sample: Path, _: Path, site: Path, stack: ExitStack) -> dict[str, str]:
    shutil.copytree(sample, site)
    held = stack.enter_context(closing(sqlite3.connect(site / FILE, isolation_level=None)))
    held.execute("BEGIN IMMEDIATE")
    return {}


def _guarded(_: Path, guarded: Path, site: Path, __: ExitStack) -> dict[str, str]:
    shutil.copytree(guarded, site)
    return {}


def _barred(_: Path, guarded: Path, site: Path, __: ExitStack) -> dict[str, str]:
    shutil.copytree(guarded, site)
    with client_of(site) as client:
        for _attempt in range(50):
            form = {"name": "ben", "password": "wrong", "csrf": csrf_in(client.get("/login").text)}
            if client.post("/login", data=form).status_code == 429:
                return {}
    raise AssertionError("nobody was ever barred")


_HOUSES: Final[dict[str, Callable[[Path, Path, Path, ExitStack], dict[str, str]]]] = {
    "full": _full,
    "new": _new,
    "waiting": _waiting,
    "unindexed": _unindexed,
    "lagging": _lagging,
    "away": _away,
    "damaged": _damaged,
    "busy": _busy,
    "guarded": _guarded,
    "barred": _barred,
}
