"""Tables (``.csv``, ``.tsv``; RFC 4180): a row is an article, its columns named in the first.

The CSV exports of Pocket (``title,url,time_added,tags,status``) and Instapaper
(``URL,Title,Selection,Folder,Timestamp``) are such tables; neither says when
an article was published, and nothing here guesses it from when it was saved.
"""

import csv
from collections.abc import Iterator
from io import TextIOWrapper
from itertools import chain

from archive.errors import FormatError
from archive.export.tables import ABOUT, unguarded
from archive.ingest.encoding import codec_of
from archive.ingest.formats import records
from archive.ingest.formats.inputs import RECORD, Found, Input

ENDINGS = (".csv", ".tsv")
_DELIMITERS = ",;\t|"
# A line after the last: it comes as a row of its own unless a quotation mark is open.
_END = "\x1eend of table\x1e"


def recognises(head: bytes, name: str) -> bool:
    """Whether the first line names columns that are usual for articles, or the ending says so."""
    line = head.split(b"\n", 1)[0].decode("utf-8-sig", "replace").strip()
    cells = [cell.strip('" ') for cell in line.split(_delimiter(line))]
    known = records.known_fields(cells)
    if known >= 2 and known * 2 >= len(cells) and all(0 < len(cell) < 30 for cell in cells):
        return True
    return name.endswith(ENDINGS) and not _binary(head)


def read(place: Input) -> Iterator[Found]:
    """Yield the rows as articles. Raises FormatError for what is no table."""
    codec = codec_of(place.stream, place.key)
    place.stream.seek(0)
    text = TextIOWrapper(place.stream, encoding=codec, errors="replace", newline="")
    try:
        yield from _rows(text, place)
    finally:
        # Otherwise the wrapper would close the stream that it was lent.
        text.detach()


def _rows(text: TextIOWrapper, place: Input) -> Iterator[Found]:
    lines = _lines(text, place)
    first = next(lines, "")
    if not first.strip():
        place.fail("is empty")
    csv.field_size_limit(RECORD)
    names = next(csv.reader([first.lstrip("\ufeff")], delimiter=_delimiter(first)), [])
    wanted = {own.strip().casefold() for own in place.columns.values()}
    if not records.known_fields(names) and not wanted & {n.strip().casefold() for n in names}:
        shown = ", ".join(names[:6])[:120]
        place.fail(
            f"names no column that Morgue knows ({shown}): say in morgue.toml, under [columns],"
            ' which is which, as in headline = "Titel"'
        )
    # Our own tables keep spreadsheets from taking cells for formulas.
    ours = set(ABOUT) <= set(names)
    rows = csv.reader(chain(lines, [_END]), delimiter=_delimiter(first))
    number = 0
    while True:
        number += 1
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield FormatError(f"is no row of a table: {error}", place.record(number))
            continue
        if row == [_END]:
            return
        if row and row[-1].endswith(_END):
            reason = "opens a quotation mark that nothing closes: the rows below it are lost"
            yield FormatError(reason, place.record(number))
        elif any(cell.strip() for cell in row):
            record = dict(zip(names, map(unguarded, row) if ours else row, strict=False))
            yield place.attempt(number, lambda r=record, n=number: records.item(r, place, n))  # type: ignore[misc]


def _lines(text: TextIOWrapper, place: Input) -> Iterator[str]:
    while line := text.readline(RECORD + 1):
        if len(line) > RECORD:
            place.fail("holds a line that is longer than 10 MiB")
        yield line


def _delimiter(line: str) -> str:
    return max(_DELIMITERS, key=line.count)


def _binary(head: bytes) -> bool:
    return b"\0" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff"))
