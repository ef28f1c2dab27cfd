"""Whatever the bytes are: items, errors that name the file, and nothing else."""

import contextlib
import io
import random
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.errors import FormatError
from archive.ingest import markdown, plain
from archive.ingest.formats import registry
from archive.ingest.formats.inputs import Found
from archive.ingest.item import Item
from tests.archive.formats import samples
from tests.archive.formats.conftest import errors, place, read_all
from tests.examples import examples

# A child process for every example is too slow for hundreds: see below for it.
MUTABLE = {name: data for name, data in samples.ALL.items() if name != "a.pdf"}
NAMES = sorted(MUTABLE)


@st.composite
def mutations(draw: st.DrawFn) -> tuple[str, bytes]:
    """A good file of some format, with pieces of it changed, cut, doubled or moved elsewhere."""
    name = draw(st.sampled_from(NAMES))
    data = bytearray(MUTABLE[name])
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(data)))
        end = draw(st.integers(at, min(len(data), at + 40)))
        match draw(st.sampled_from(["change", "cut", "double", "insert", "end"])):
            case "change" if at < len(data):
                data[at] = draw(st.integers(0, 255))
            case "cut":
                del data[at:end]
            case "double":
                data[at:at] = data[at:end] * 3
            case "insert":
                data[at:at] = draw(st.binary(max_size=12))
            case "end":
                del data[at:]
    return draw(st.sampled_from([name, "a.txt", "a"])), bytes(data)


def own_readers(data: bytes, name: str) -> Iterator[Found]:
    """What `registry.read` does, without its net for what a reader did not foresee."""
    found = registry.recognise(data[: registry.HEAD], name)
    if found is not None and found.read.__module__ not in (plain.__name__, markdown.__name__):
        yield from found.read(place(data, name))


@settings(max_examples=examples(150), deadline=None)
@given(mutations())
def test_a_mutated_file_gives_items_and_format_errors_only(mutated: tuple[str, bytes]) -> None:
    name, data = mutated
    with contextlib.suppress(FormatError):
        for found in own_readers(data, name):
            assert isinstance(found, Item | FormatError)


@settings(max_examples=examples(100), deadline=None)
@given(mutations())
def test_what_comes_of_a_mutated_file_can_be_kept(mutated: tuple[str, bytes]) -> None:
    name, data = mutated
    for found in read_all(data, name):
        if isinstance(found, Item):
            assert found.key.startswith(f"/clippings/{name}")
            assert found.url.startswith(("file:///clippings/", "http"))
            for text in (found.key, found.url, found.text, *(c.value for c in found.claims)):
                text.encode()
        else:
            assert found.where.startswith(f"/clippings/{name}")
            assert "\n" not in str(found)


@settings(max_examples=examples(200), deadline=None)
@given(st.binary(max_size=300), st.sampled_from([*registry.ENDINGS, ""]))
def test_any_bytes_under_any_name_are_read_or_refused(data: bytes, ending: str) -> None:
    if b"%PDF" not in data:
        read_all(data, f"a{ending}")


def test_a_mutated_pdf_gives_items_and_format_errors_only() -> None:
    draw = random.Random(7)
    for _ in range(6):
        data = bytearray(samples.pdf_article())
        for _ in range(20):
            data[draw.randrange(8, len(data))] = draw.randrange(256)
        for found in read_all(bytes(data), "a.pdf"):
            assert isinstance(found, Item | FormatError)


def _deep_json() -> bytes:
    return b'[{"title": ' + b"[" * 100_000 + b"]" * 100_000 + b"}]"


def _deep_mail() -> bytes:
    head = b"MIME-Version: 1.0\nSubject: x\n"
    parts = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(1500)
    )
    return head + parts


def _deep_xml() -> bytes:
    return b"<nitf><body><body.content>" + b"<p>" * 50_000 + b"x"


def _long_row() -> bytes:
    return b'title,text\n"' + b"x" * 12_000_000


HOSTILE: dict[str, Callable[[], bytes]] = {
    "deep.json": _deep_json,
    "deep.eml": _deep_mail,
    "deep.xml": _deep_xml,
    "long.csv": _long_row,
    "long.jsonl": lambda: b'{"title": "' + b"x" * 12_000_000,
    "long.json": lambda: b'[{"title": "' + b"x" * 12_000_000,
    "open.xml": lambda: b"<!DOCTYPE a [" * 100_000,
    "length.warc": lambda: samples.warc_record().replace(b"Length: ", b"Length: 999999999"),
    "headers.warc": lambda: b"WARC/1.0\r\n" + b"a: b\r\n" * 100_000,
    "from.mbox": lambda: samples.mbox(*[b"x"] * 100) + b"From " * 500_000,
    "quotes.csv": lambda: b"title,text\n" + b'"' * 1_000_001,
    "numbers.json": lambda: b'[{"title": ' + b"9" * 1_000_000 + b"}]",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_read_or_refused_in_one_line(name: str) -> None:
    found = read_all(HOSTILE[name](), name)
    assert found
    for one in found:
        if isinstance(one, FormatError):
            assert "\n" not in str(one)
            assert len(one.reason) < 250


def test_a_mail_of_parts_in_parts_is_refused_before_it_is_parsed() -> None:
    # The standard parser takes time with the square of their depth.
    (line,) = errors(_deep_mail(), "deep.eml")
    assert line == "/clippings/deep.eml: is nested too deep: it has over 100 multiparts"


class _Counted(io.BytesIO):
    """A stream that knows how far it was read."""

    most = 0

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size)
        self.most = max(self.most, self.tell())
        return data

    def readline(self, size: int | None = -1, /) -> bytes:
        data = super().readline(size)
        self.most = max(self.most, self.tell())
        return data


@pytest.mark.parametrize("name", ["a.jsonl", "a.mbox", "a.warc.gz"])
def test_a_long_container_is_read_record_by_record(name: str) -> None:
    record = samples.ALL["a.jsonl"].strip()
    data = {
        "a.jsonl": b"\n".join([record] * 5000),
        "a.mbox": samples.mbox(*[samples.mail()] * 1500),
        "a.warc.gz": samples.warc_gz(*[samples.warc_record()] * 3000),
    }[name]
    opened = place(b"", name)
    stream = _Counted(data)
    found = registry.read(replace(opened, stream=stream))
    try:
        assert isinstance(next(found), Item)
        assert stream.most < len(data) / 2
    finally:
        # The stream is still open where what reads it is closed.
        assert isinstance(found, Generator)
        found.close()


def test_what_a_reader_did_not_foresee_is_a_format_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> Item:
        raise ZeroDivisionError

    monkeypatch.setattr("archive.ingest.pages.read", broken)
    assert errors(samples.PAGE, "a.html") == [
        "/clippings/a.html: cannot be read as web page (ZeroDivisionError)"
    ]
    assert errors(samples.warc_record(), "a.warc") == [
        f"/clippings/a.warc record 1 ({samples.ADDRESS}): cannot be read (ZeroDivisionError)"
    ]
