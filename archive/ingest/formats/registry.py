"""The formats that Morgue reads, in the order in which they are looked for.

A file is what its content says; its ending decides where the content leaves
it open (Markdown or plain text), and what is complained about.
"""

import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from archive.errors import FormatError
from archive.ingest import markdown, plain
from archive.ingest.formats import (
    jsons,
    mail,
    newsml,
    nitf,
    pdf,
    pocket,
    saved,
    tables,
    wacz,
    warc,
    zips,
)
from archive.ingest.formats.inputs import TOO_LARGE, Found, Input
from archive.ingest.item import Item, readable

HEAD = 8 * 1024
_FRONT_MATTER = re.compile(rb"(?:\xef\xbb\xbf)?---[ \t]*\r?\n\w[\w -]*:")
_MARKDOWN = (".md", ".markdown")
_PLAIN = (".txt", ".text")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Format:
    """A format: its *name*, its usual *endings*, how to tell it, and its reader."""

    name: str
    endings: tuple[str, ...]
    recognises: Callable[[bytes, str], bool]
    read: Callable[[Input], Iterator[Found]]


def _is_text(head: bytes) -> bool:
    return b"\0" not in head or head.startswith((b"\xff\xfe", b"\xfe\xff"))


def _one(reader: Callable[[bytes, str, str], Item]) -> Callable[[Input], Iterator[Found]]:
    """A reader of whole files, as the reader of a format."""

    def read(place: Input) -> Iterator[Found]:
        yield reader(place.whole(), place.key, place.url)

    return read


def _is_markdown(head: bytes, name: str) -> bool:
    return _FRONT_MATTER.match(head) is not None or (name.endswith(_MARKDOWN) and _is_text(head))


def _is_plain(head: bytes, name: str) -> bool:
    return bool(head.strip()) and _is_text(head) and (name.endswith(_PLAIN) or not _ending(name))


FORMATS: tuple[Format, ...] = (
    Format("PDF", (".pdf",), pdf.recognises, pdf.read),
    Format("WARC", (".warc", ".warc.gz"), warc.recognises, warc.read),
    Format("WACZ", (".wacz",), wacz.recognises, wacz.read),
    Format("zip", (".zip",), zips.recognises, zips.read),
    Format("MHTML", saved.MHTML_ENDINGS, saved.recognises_mhtml, saved.read_mhtml),
    Format("mailbox", mail.MBOX_ENDINGS, mail.recognises_mbox, mail.read_mbox),
    Format("mail", mail.EML_ENDINGS, mail.recognises_mail, mail.read_mail),
    Format("NewsML-G2", (".xml",), newsml.recognises, newsml.read),
    Format("NITF", (".nitf", ".xml"), nitf.recognises, nitf.read),
    Format("list of links", (), pocket.recognises, pocket.read),
    Format("web page", saved.HTML_ENDINGS, saved.recognises_html, saved.read_html),
    Format("JSON", jsons.ENDINGS, jsons.recognises, jsons.read),
    Format("table", tables.ENDINGS, tables.recognises, tables.read),
    Format("Markdown", _MARKDOWN, _is_markdown, _one(markdown.read)),
    Format("plain text", _PLAIN, _is_plain, _one(plain.read)),
)

ENDINGS = tuple(dict.fromkeys(ending for one in FORMATS for ending in one.endings))


def accepts(name: str) -> bool:
    """Whether a file of this name is looked at: its ending is known, or it has none."""
    return name.lower().endswith(ENDINGS) or not _ending(name)


def recognise(head: bytes, name: str) -> Format | None:
    """Return the format of a file that begins with *head*, by content, then by ending."""
    name = name.lower()
    for one in FORMATS:
        if one.recognises(head, name):
            return one
    return next((one for one in FORMATS if one.endings and name.endswith(one.endings)), None)


class _Formats:
    """This registry, as containers of files are given it."""

    def accepts(self, name: str) -> bool:
        return accepts(name)

    def read(self, place: Input) -> Iterator[Found]:
        return read(place)


ALL = _Formats()


def read(place: Input) -> Iterator[Found]:
    """Yield what *place* holds. Raises FormatError, and nothing else, where it cannot be read."""
    head = place.stream.read(HEAD)
    place.stream.seek(0)
    found = recognise(head, place.name)
    if found is None:
        place.fail("is in no format that Morgue reads")
    try:
        for one in found.read(place):
            yield replace(one, text=readable(one.text)) if isinstance(one, Item) else one
    except FormatError:
        raise
    except MemoryError:
        place.fail(TOO_LARGE)
    except Exception as error:
        # Third-party parsers meet hostile input here.
        _log.debug("defect while reading %s", place.key, exc_info=True)
        place.fail(f"cannot be read as {found.name} ({type(error).__name__})")


def _ending(name: str) -> str:
    return PurePosixPath(name).suffix
