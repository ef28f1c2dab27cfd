"""A small site to be damaged: what it answers, and the many ways in which it is damaged."""

import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from archive.article import Article, Evidence, Published
from archive.errors import MorgueError
from archive.identity import article_id
from archive.source import Kind
from archive.store import FILE, Store
from indexer import location, projection
from indexer.engine import Sort
from indexer.live import LiveIndex
from indexer.request import Request
from indexer.saved import kept
from indexer.search import search

PAGE = 4096
WORDS = ("harbour", "ferry", "council", "strike", "bridge", "quarry", "tide", "lantern", "ledger")
CITIES = ("Aske", "Hallam", "Kettle Bay", "Lowmoor")


def article(number: int, chance: random.Random) -> Article:
    """An invented article; every fourth has no date, every fifth an agency."""
    words = [chance.choice(WORDS) for _ in range(120)]
    text = "\n\n".join(" ".join(words[at : at + 30]).capitalize() + "." for at in (0, 30, 60, 90))
    url = f"https://{chance.choice(('gazette', 'herald'))}.example/{number}"
    topic = chance.choice(("labour", "environment"))
    return Article(
        id=article_id(url),
        url=url,
        source=chance.choice(("Harbour Gazette", "Valtor Chronicle", "Žurnál")),
        headline=f"{chance.choice(WORDS).capitalize()} of {chance.choice(CITIES)} {number}",
        text=text,
        byline=("Rosalind Teague",) if number % 3 else (),
        published=Published(f"2024-0{1 + number % 9}-1{number % 10}") if number % 4 else None,
        language="english",
        agency="Meridian" if not number % 5 else None,
        topics=(topic,),
        evidence=(Evidence("topics", topic, "feed: category"),),
    )


def make_site(folder: Path, articles: int = 60, seed: int = 7) -> Path:
    """Make a site with all that a store can hold: revisions, copies, the withdrawn, searches."""
    chance = random.Random(seed)
    folder.mkdir()
    with Store(folder / FILE) as store:
        source, _ = store.add_source(Kind.FEED, "https://gazette.example/feed", "Gazette")
        made = [article(number, chance) for number in range(articles)]
        for one in made:
            store.put(
                one, source_id=source.id, media_type="text/plain", original=one.text.encode()
            )
            store.remember_item(source.id, one.url, "1", one.id)
        for one in made[:6]:
            store.put(replace(one, text=one.text + "\n\nIt was corrected."), source_id=source.id)
        copy = replace(
            made[8], id=article_id("https://copy.example/8"), url="https://copy.example/8"
        )
        store.put(copy, source_id=source.id)
        store.withdraw(made[10].id)
        store.withdraw(made[11].id, purge=True)
        store.save_search("Ferries", kept(Request("ferry")), alert=True)
        projection.catch_up(store, folder / location.FOLDER, "english")
    return folder


Answers = dict[str, str]


def answers(site: Path, ids: list[str]) -> Answers:
    """What the site answers to each question; what it complains of begins with ``!``.

    Anything but an error of ours fails the test that asks.
    """
    found: Answers = {}

    def ask(name: str, question: Callable[[], object]) -> None:
        try:
            found[name] = repr(question())
        except MorgueError as error:
            found[name] = f"! {error}"

    try:
        store = Store(site / FILE, create=False, patience=0)
    except MorgueError as error:
        return {"store": f"! {error}"}
    with closing(store):
        for name, question in (
            ("counts", store.counts),
            ("held", lambda: sorted(store.held(), key=repr)),
            ("saved", store.saved_searches),
            ("topics", store.topic_counts),
            ("doubts", lambda: (store.cut_texts(), store.dates_not_used())),
            ("every", lambda: list(store.every())),
            ("sources", lambda: [(s.address, s.name, s.articles) for s in store.sources()]),
        ):
            ask(name, question)
        for one in ids:
            ask(f"article {one}", lambda one=one: (store.kept(one), store.revisions(one)))
            ask(f"copies {one}", lambda one=one: store.copies([one]))
            ask(f"original {one}", lambda one=one: store.original(one, 1))
        found |= searches(site, store)
    return found


def searches(site: Path, store: Store) -> Answers:
    """What searches of every kind find, to the last snippet."""
    found: Answers = {}
    try:
        behind = projection.lag(store, site / location.FOLDER)
        found["lag"] = f"! the index lags by {behind}" if behind else "none"
    except MorgueError as error:
        found["lag"] = f"! {error}"
    with closing(LiveIndex(site / location.FOLDER)) as live:
        for request in (
            Request("ferry"),
            Request('"bridge strike" OR quarry', sort=Sort.NEWEST, limit=30),
            Request("title:harbour council", copies=True, timeline=True),
            Request("lant* W/5 tide", limit=20),
            Request("", limit=20, page=2),
        ):
            try:
                engine = live.engine()
                projection.check_step(store, engine)
                found[f"search {request.text}"] = repr(
                    replace(search(request, engine, store), took_ms=0)
                )
            except MorgueError as error:
                found[f"search {request.text}"] = f"! {error}"
    return found


def silent(found: Answers, truth: Answers, *, whole: bool = False) -> list[str]:
    """The questions that were answered otherwise than they should be, and without a word.

    A *whole* other file is as it was written, so one word about the site is enough.
    """
    if "store" in found or (whole and any(said[:1] == "!" for said in found.values())):
        return []
    return [
        name for name in truth if not found[name].startswith("!") and found[name] != truth[name]
    ]


# -- ways to damage -------------------------------------------------------------


@dataclass(frozen=True)
class Mutation:
    """A way to damage a site: *what* it is called, and what does it to a copy.

    *whole* where that puts files which are whole in the place of others.
    """

    what: str
    damage: Callable[[Path], None]
    whole: bool = False


def _change(path: Path, change: Callable[[bytearray], object]) -> None:
    data = bytearray(path.read_bytes())
    change(data)
    path.write_bytes(data)


def flip(path: Path, chance: random.Random, bits: int = 1) -> None:
    """Flip so many bits of a file."""

    def change(data: bytearray) -> None:
        for _ in range(bits):
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)

    _change(path, change)


def zero_page(path: Path, chance: random.Random) -> None:
    """Fill a page with zeros, as some disks do with what they cannot read."""
    at = PAGE * chance.randrange(max(1, path.stat().st_size // PAGE))
    _change(
        path, lambda data: data.__setitem__(slice(at, at + PAGE), bytes(len(data[at : at + PAGE])))
    )


def swap_pages(path: Path, chance: random.Random) -> None:
    """Write two pages into each other's place."""
    pages = max(2, path.stat().st_size // PAGE)
    one, other = (PAGE * at for at in chance.sample(range(pages), 2))

    def change(data: bytearray) -> None:
        kept = data[one : one + PAGE]
        data[one : one + PAGE] = data[other : other + PAGE]
        data[other : other + PAGE] = kept

    _change(path, change)


def stale_page(path: Path, other: Path, chance: random.Random) -> None:
    """Bring a page back that an older or another store has in this place: a lost write."""
    old = other.read_bytes()
    at = PAGE * chance.randrange(1, min(len(old), path.stat().st_size) // PAGE)
    _change(path, lambda data: data.__setitem__(slice(at, at + PAGE), old[at : at + PAGE]))


def cut(path: Path, chance: random.Random) -> None:
    """Cut a file short."""
    _change(path, lambda data: data.__delitem__(slice(chance.randrange(len(data)), None)))


def noise(path: Path, chance: random.Random) -> None:
    """Overwrite a run of up to 600 bytes with others."""

    def change(data: bytearray) -> None:
        at = chance.randrange(len(data))
        run = min(len(data) - at, chance.randrange(1, 600))
        data[at : at + run] = chance.randbytes(run)

    _change(path, change)


def _to_file(
    name: str, way: Callable[[Path, random.Random], None], chance: random.Random
) -> Callable[[Path], None]:
    """Damage that file of a site."""
    return lambda site: way(site / name, chance)


def of_store(count: int, seed: int, older: Path, other: Path) -> Iterator[Mutation]:
    """So many ways to damage a store, and those with the files of an *older* or *other* site."""
    chance = random.Random(seed)
    ways: list[tuple[str, Callable[[Path, random.Random], None]]] = [
        ("a bit", flip),
        ("a bit", flip),
        ("three bits", lambda path, chance: flip(path, chance, 3)),
        ("noise", noise),
        ("a zeroed page", zero_page),
        ("two pages swapped", swap_pages),
        ("cut short", cut),
        ("a page of before", lambda path, chance: stale_page(path, older / FILE, chance)),
        ("a page of another store", lambda path, chance: stale_page(path, other / FILE, chance)),
    ]
    for number in range(count):
        what, way = ways[number % len(ways)]
        own = random.Random(chance.random())
        yield Mutation(
            f"store: {what} ({number})",
            _to_file(FILE, way, own),
        )
    yield Mutation("store: another site's", lambda site: _copy(other / FILE, site / FILE), True)
    yield Mutation("store: the one of before", lambda site: _copy(older / FILE, site / FILE), True)
    yield Mutation("store: missing", lambda site: (site / FILE).unlink())
    yield Mutation("store: empty", lambda site: (site / FILE).write_bytes(b"") and None)


def of_log(count: int, seed: int) -> Iterator[Mutation]:
    """So many ways to damage the log in which the latest changes still are."""
    chance = random.Random(seed)
    ways: list[tuple[str, Callable[[Path, random.Random], None]]] = [
        ("a bit", flip),
        ("noise", noise),
        ("cut short", cut),
        ("a zeroed page", zero_page),
    ]
    for number in range(count):
        what, way = ways[number % len(ways)]
        own = random.Random(chance.random())
        yield Mutation(
            f"log: {what} ({number})",
            _to_file(f"{FILE}-wal", way, own),
            True,
        )
    yield Mutation("log: missing", lambda site: (site / f"{FILE}-wal").unlink(), True)


def of_index(count: int, seed: int, older: Path, other: Path) -> Iterator[Mutation]:
    """So many ways to damage an index, and those with files of an *older* or *other* site's."""
    chance = random.Random(seed)
    ways: list[tuple[str, Callable[[Path, random.Random], None]]] = [
        ("a bit", flip),
        ("noise", noise),
        ("cut short", cut),
        ("a zeroed page", zero_page),
        ("missing", lambda path, _: path.unlink()),
    ]

    def strike(site: Path, way: Callable[[Path, random.Random], None], own: random.Random) -> None:
        way(own.choice(index_files(site)), own)

    for number in range(count):
        what, way = ways[number % len(ways)]
        own = random.Random(chance.random())
        yield Mutation(
            f"index: {what} ({number})",
            partial(strike, way=way, own=own),
        )
    for name, whose in (("older", older), ("other", other)):
        for ending in ("*.arr", "*.toc", "*.sums"):
            yield Mutation(
                f"index: {ending} of the {name} site",
                partial(_take, whose=whose, ending=ending),
            )
        yield Mutation(
            f"index: that of the {name} site",
            partial(_whole, whose=whose),
            True,
        )
    yield Mutation("index: table and segment swapped", _swap)
    yield Mutation("index: missing", lambda site: shutil.rmtree(site / location.FOLDER))


def index_files(site: Path) -> list[Path]:
    """The files of a site's index that are read, with the pointer."""
    folder = site / location.FOLDER
    return sorted(p for p in folder.rglob("*") if p.is_file() and p.stat().st_size)


def _copy(source: Path, target: Path) -> None:
    target.write_bytes(source.read_bytes())


def _take(site: Path, whose: Path, ending: str) -> None:
    (theirs,) = (whose / location.FOLDER).glob(f"*/{ending}")
    (ours,) = (site / location.FOLDER).glob(f"*/{ending}")
    _copy(theirs, ours)


def _whole(site: Path, whose: Path) -> None:
    shutil.rmtree(site / location.FOLDER)
    shutil.copytree(whose / location.FOLDER, site / location.FOLDER)


def _swap(site: Path) -> None:
    (one,) = (site / location.FOLDER).glob("*/*.arr")
    (other,) = (site / location.FOLDER).glob("*/*.toc")
    data = one.read_bytes()
    _copy(other, one)
    other.write_bytes(data)
