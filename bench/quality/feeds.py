"""Feeds: test cases of others, real feeds, and feeds in legacy encodings."""

import codecs
import re
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final

import feedparser

from archive.errors import FormatError
from archive.ingest import encoding, feeds
from bench import corpora
from bench.quality import feed_cases, feed_checks, feed_elements
from bench.quality.feed_cases import Case, Expected
from bench.quality.scores import Score

_REACH: Final = 0.99
_UNREAD: Final = "refused"
_CRASH: Final = "a crash"

Misses = defaultdict[str, list[str]]


def expectations(
    collection: Callable[[], Iterator[Case]], corpus: str
) -> Callable[[bool], list[Score]]:
    """Return a measurement: the share of the expectations of *collection* that are met."""

    def measure(peers: bool) -> list[Score]:
        met = met_plainly = cases = 0
        misses: Misses = defaultdict(list)
        for case in collection():
            cases += len(case.expected)
            for reason in case.beside:
                misses[f"not counted: {reason}"].append(case.name)
            met += _met(case, misses)
            if peers:
                read = feed_checks.plain(case)
                met_plainly += sum(feed_checks.meets(read, one, case) for one in case.expected)
        plain = {"feedparser": met_plainly / cases} if peers else {}
        value = met / cases
        return [Score(corpus, "expectations met", value, cases, None, plain, _REACH, None, misses)]

    return measure


def _met(case: Case, misses: Misses) -> int:
    """How many expectations Morgue meets; a feed without any must not make it crash."""
    try:
        read = feed_checks.ours(case)
    except FormatError as error:
        if case.expected:
            misses[_UNREAD] += [f"{case.name}: {error.reason}" for _ in case.expected]
        return 0
    except Exception as error:
        misses[_CRASH].append(f"{case.name}: {error!r}")
        return 0
    met = 0
    for expected in case.expected:
        if feed_checks.meets(read, expected, case):
            met += 1
        else:
            misses[expected.field].append(f"{case.name}: {expected}; {_found(read, expected)}")
    return met


def _found(read: feed_checks.Read, expected: Expected) -> str:
    if expected.entry is None:
        return f"found {read.feed.get(expected.field)}"[:160]
    if expected.entry >= len(read.entries):
        return f"found {len(read.entries)} entries"
    return f"found {read.entries[expected.entry].get(expected.field)}"[:160]


_REAL: Final = (
    ("rss-parser", "test/input"),
    ("miniflux", "internal/reader/parser/testdata"),
    ("feed-rs", "feed-rs/fixture"),
)
_KINDS: Final = (".xml", ".rss", ".atom", ".json")


def real(peers: bool) -> list[Score]:
    """Score real feeds: all their entries, each with its own link and date."""
    right = right_plainly = count = 0
    misses: Misses = defaultdict(list)
    for case in _real():
        if not case.expected:
            continue
        count += 1
        before = sum(len(lines) for lines in misses.values())
        met = _met(case, misses)
        right += met == len(case.expected)
        if met < len(case.expected) and sum(len(lines) for lines in misses.values()) == before:
            misses[_UNREAD].append(case.name)
        if peers:
            read = feed_checks.plain(case)
            right_plainly += all(feed_checks.meets(read, one, case) for one in case.expected)
    plain = {"feedparser": right_plainly / count} if peers else {}
    measure = "feeds with all entries, links and dates"
    return [Score("real feeds", measure, right / count, count, None, plain, 1.0, None, misses)]


def _real() -> Iterator[Case]:
    """Yield the feeds; what is expected is each entry's link and date, as its elements say."""
    for corpus, below in _REAL:
        with tempfile.TemporaryDirectory(prefix="morgue-bench-") as folder:
            for path in corpora.unpack(f"feeds/{corpus}.tar.xz", Path(folder)):
                inside = path.is_relative_to(Path(folder) / below) or corpus != "miniflux"
                if path.suffix not in _KINDS or "output" in path.parts or not inside:
                    continue
                if path.name.endswith(".serde.json") or "opml" in str(path):
                    continue
                data = path.read_bytes()
                expected = tuple(
                    Expected(field, value, number)
                    for number, entry in enumerate(feed_elements.entries(data, feed_cases.ADDRESS))
                    for field, value in entry.items()
                    if field != "id"
                )
                yield Case(f"{corpus}/{path.name}", data, expected, bare=False)


# What the names of the folders stand for, where Python has another name, or a wider codec of
# which the named one is a part.
_CODECS: Final[Mapping[str, tuple[str, ...]]] = {
    "Big5": ("cp950", "big5", "big5hkscs"),
    "CP932": ("cp932",),
    "EUC-KR": ("cp949",),
    "GB2312": ("gb18030",),
    "MacCyrillic": ("mac_cyrillic",),
    "SHIFT_JIS": ("cp932", "shift_jis"),
    "TIS-620": ("cp874", "iso8859-11"),
    "ascii": ("cp1252",),
    "iso-8859-1": ("cp1252",),
    "iso-8859-9": ("cp1254",),
}
_NAMED: Final = re.compile(r"(?:iso-8859|windows)-\d+|.+")
_DECLARATION: Final = re.compile(rb"(<\?xml[^>]*?)\s+encoding\s*=\s*[\"'][\w.:-]+[\"']")


def encoded(peers: bool) -> list[Score]:
    """Score feeds and texts in legacy encodings: read as the folder's codec has them.

    The same feeds are read with their declaration taken out, and with a wrong one.
    """
    with tempfile.TemporaryDirectory(prefix="morgue-bench-") as folder:
        files = corpora.unpack("feeds/chardet-encoded.tar.xz", Path(folder))
        named = [(path, _codecs(path.parent.name)) for path in files]
        known = [_Encoded(path, found, _truths(path, found)) for path, found in named if found]
        all_feeds = [file for file in known if file.truths]
        others = [file for file in known if not file.truths]
        return [
            _encoded("feeds, as they are", all_feeds, _as_is, peers, 0.97),
            _encoded("feeds, undeclared", all_feeds, _undeclared, peers),
            _encoded("feeds, declared as ISO-8859-1", all_feeds, _western, peers),
            _decoded(others),
        ]


@dataclass(frozen=True, slots=True)
class _Encoded:
    """A file, the codecs its folder's name stands for, and what is read of it in these."""

    path: Path
    codecs: tuple[str, ...]
    truths: list[list[tuple[str, str]]]


def _codecs(folder: str) -> tuple[str, ...]:
    named = _NAMED.match(folder)
    name = named[0] if named else folder
    found = _CODECS.get(name, (name,))
    try:
        return tuple(codecs.lookup(codec).name for codec in found)
    except LookupError:
        return ()


def _truths(path: Path, codecs_of: tuple[str, ...]) -> list[list[tuple[str, str]]]:
    """Return what is read of the feed when it is put into UTF-8, by each of *codecs_of*."""
    truths = []
    for codec in codecs_of:
        text = path.read_bytes().decode(codec, "replace").lstrip("\ufeff")
        data = _DECLARATION.sub(rb"\1", text.encode("utf-8", "replace"))
        if found := _texts(data, ""):
            truths.append(found)
    return truths


def _texts(data: bytes, content_type: str) -> list[tuple[str, str]]:
    try:
        feed = feeds.read(data, feed_cases.ADDRESS, content_type)
    except FormatError:
        return []
    return [
        (next((c.value for c in e.item.claims if c.field == "headline"), ""), e.item.text)
        for e in feed.entries
    ]


def _plain_texts(data: bytes) -> list[tuple[str, str]]:
    headers = {"content-type": "application/xml", "content-location": feed_cases.ADDRESS}
    parsed = feedparser.parse(BytesIO(data), response_headers=headers)
    return [(entry.get("title", ""), entry.get("summary", "")) for entry in parsed.entries]


def _as_is(data: bytes) -> bytes:
    return data


def _undeclared(data: bytes) -> bytes:
    return _DECLARATION.sub(rb"\1", data, count=1)


def _western(data: bytes) -> bytes:
    return _DECLARATION.sub(rb'\1 encoding="ISO-8859-1"', data, count=1)


def _encoded(
    measure: str,
    files: list[_Encoded],
    change: Callable[[bytes], bytes],
    peers: bool,
    reach: float | None = None,
) -> Score:
    right = right_plainly = 0
    misses: Misses = defaultdict(list)
    for file in files:
        original = file.path.read_bytes()
        data = change(original)
        if _texts(data, "application/xml") in file.truths:
            right += 1
        else:
            misses[file.path.parent.name].append(file.path.name)
        if peers:
            right_plainly += _plainly_right(data, original, file.codecs)
    plain = {"feedparser": right_plainly / len(files)} if peers else {}
    value = right / len(files)
    return Score("encoded feeds", measure, value, len(files), None, plain, reach, None, misses)


def _plainly_right(data: bytes, original: bytes, codecs_of: tuple[str, ...]) -> bool:
    """Whether feedparser alone reads the same from *data* as from the original in UTF-8."""
    found = _plain_texts(data)
    for codec in codecs_of:
        text = original.decode(codec, "replace").lstrip("\ufeff").encode("utf-8", "replace")
        if found and found == _plain_texts(_DECLARATION.sub(rb"\1", text)):
            return True
    return False


def _decoded(files: list[_Encoded]) -> Score:
    """Score texts and pages without any declaration."""
    right = 0
    misses: Misses = defaultdict(list)
    for file in files:
        data = file.path.read_bytes()
        truths = {
            "".join(data.decode(codec, "replace").lstrip("\ufeff").split())
            for codec in file.codecs
        }
        try:
            text = "".join(encoding.decode(data, file.path.name).split())
        except FormatError as error:
            text = str(error)
        if text in truths:
            right += 1
        else:
            misses[file.path.parent.name].append(file.path.name)
    return Score("encoded feeds", "other texts", right / len(files), len(files), misses=misses)


MEASUREMENTS: Final = {
    "feedparser": expectations(feed_cases.feedparser, "feedparser"),
    "gofeed": expectations(feed_cases.gofeed, "gofeed"),
    "feedvalidator": expectations(feed_cases.feedvalidator, "feedvalidator"),
    "real-feeds": real,
    "encoded-feeds": encoded,
}
