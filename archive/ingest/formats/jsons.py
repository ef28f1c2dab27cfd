"""JSON (``.json``, ``.jsonl``): one object, a list of objects, or an object on every line.

What an object is shows by its keys: an article of Morgue's own export, a ninjs
document, an entry of wallabag's or Omnivore's export, else a record with the
usual names. Lists and lines are read as streams.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from io import TextIOWrapper
from typing import Any

import msgspec

from archive.errors import FormatError
from archive.ingest.encoding import codec_of, decode
from archive.ingest.formats import morgue_export, ninjs, omnivore, records, wallabag
from archive.ingest.formats.inputs import RECORD, Found, Input
from archive.ingest.item import Item

ENDINGS = (".json", ".jsonl", ".ndjson")
_START = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:\{\s*[\"}]|\[\s*[{\]])")
_LINES = (".jsonl", ".ndjson")
_LISTS = ("items", "articles", "bookmarks", "entries", "results", "documents", "data", "posts")
_PIECE = 64 * 1024

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Shape:
    """A kind of object: how to tell it, and how to read it."""

    fits: Callable[[Record], bool]
    item: Callable[[Record, Input, int], Item]


SHAPES = (
    Shape(morgue_export.fits, morgue_export.item),
    Shape(wallabag.fits, wallabag.item),
    Shape(omnivore.fits, omnivore.item),
    Shape(ninjs.fits, ninjs.item),
    Shape(lambda _: True, records.item),
)


def recognises(head: bytes, _name: str) -> bool:
    """Whether an object or a list of objects begins here."""
    return _START.match(head) is not None


def read(place: Input) -> Iterator[Found]:
    """Yield the articles. Raises FormatError for what is not JSON."""
    head = place.stream.read(_PIECE)
    if not head.strip():
        place.fail("is empty")
    place.stream.seek(0)
    if head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"["):
        yield from _each(_elements(place), place)
    elif place.name.endswith(_LINES) or _first_line_is_whole(head):
        for number, line in enumerate(place.lines(), start=1):
            if line.strip():
                yield place.attempt(number, lambda ln=line, n=number: _line(ln, place, n))  # type: ignore[misc]
    else:
        yield from _document(place)


def _first_line_is_whole(head: bytes) -> bool:
    """Whether the first of several lines is an object of its own."""
    line, _, rest = head.removeprefix(b"\xef\xbb\xbf").strip().partition(b"\n")
    try:
        return rest.lstrip().startswith(b"{") and isinstance(msgspec.json.decode(line), dict)
    except (msgspec.DecodeError, RecursionError):
        return False


def _line(line: bytes, place: Input, number: int) -> Item:
    if len(line) > RECORD:
        raise FormatError("is larger than 10 MiB", place.record(number))
    return _item(_decoded(line.removeprefix(b"\xef\xbb\xbf"), place.record(number)), place, number)


def _document(place: Input) -> Iterator[Found]:
    """A single article, or an object around a list of them."""
    document = _decoded(decode(place.whole(), place.key), place.key)
    if not isinstance(document, dict):
        place.fail("is JSON, but neither an object nor a list of them")
    listed = next((document[name] for name in _LISTS if _is_list(document.get(name))), None)
    if listed is not None and not ninjs.fits(document):
        yield from _each(iter(listed), place)
    else:
        yield replace(_item(document, place, 1), key=place.key, url=place.url)


def _is_list(value: object) -> bool:
    return isinstance(value, list) and any(isinstance(part, dict) for part in value)


def _decoded(text: bytes | str, where: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FormatError(f"is not JSON: {error}", where) from error


def _each(values: Iterator[Any], place: Input) -> Iterator[Found]:
    for number, value in enumerate(values, start=1):
        yield place.attempt(number, lambda v=value, n=number: _item(v, place, n))  # type: ignore[misc]


def _item(value: object, place: Input, number: int) -> Item:
    if not isinstance(value, dict):
        raise FormatError("is no JSON object", place.record(number))
    shape = next(shape for shape in SHAPES if shape.fits(value))
    return shape.item(value, place, number)


def _elements(place: Input) -> Iterator[Any]:
    """Yield the elements of one long list, holding no more than one of them."""
    codec = codec_of(place.stream, place.key)
    place.stream.seek(0)
    text = TextIOWrapper(place.stream, encoding=codec, errors="replace")
    try:
        yield from _parsed(text, place)
    finally:
        text.detach()


def _parsed(text: TextIOWrapper, place: Input) -> Iterator[Any]:
    decoder = json.JSONDecoder()
    buffer = text.read(_PIECE).lstrip("\ufeff \t\r\n").removeprefix("[")
    number, ended = 1, False
    while True:
        buffer = buffer.lstrip(" \t\r\n,")
        if buffer.startswith("]"):
            return
        try:
            value, end = decoder.raw_decode(buffer)
        except (ValueError, RecursionError) as error:
            if ended and not buffer:
                raise FormatError("ends before its list does", place.key) from error
            if ended or isinstance(error, RecursionError):
                raise FormatError(f"is not JSON: {error}", place.record(number)) from error
        else:
            # What stands at the very end may be the beginning of something longer.
            if end < len(buffer) or ended:
                yield value
                buffer, number = buffer[end:], number + 1
                continue
        if len(buffer) > RECORD:
            raise FormatError("is larger than 10 MiB, or not JSON", place.record(number))
        more = text.read(max(_PIECE, len(buffer)))
        ended = not more
        buffer += more
