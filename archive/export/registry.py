"""All formats of an export: what each is called, and what writes it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from archive.export import bibtex, csl, feeds, jsons, ris, tables
from archive.export.entry import About, Entry

Write = Callable[[About, Iterable[Entry]], Iterator[str]]

NEWEST = 100
"""How many articles a feed holds where nothing else is asked for."""


@dataclass(frozen=True, slots=True)
class Format:
    """A format: its name, the *ending* of its addresses and files, its media type, its writer.

    *full* ones hold the text unless asked not to; others only on request. A *feed* holds the
    newest articles and is followed; the others hold all and are kept as files.
    """

    name: str
    label: str
    ending: str
    media_type: str
    write: Write
    full: bool = False
    feed: bool = False

    @property
    def content_type(self) -> str:
        """The value of the header: the media type, and how its text is encoded (RFC 6838)."""
        # JSON is UTF-8 by its own specification and has no such parameter (RFC 8259 §11).
        return self.media_type + ("" if "json" in self.media_type else "; charset=utf-8")


FORMATS = (
    Format("csv", "CSV", "csv", "text/csv", tables.write),
    Format("json", "JSON", "json", "application/json", jsons.write),
    Format("jsonl", "JSON lines", "jsonl", "application/x-ndjson", jsons.write_lines, full=True),
    Format("ris", "RIS", "ris", "application/x-research-info-systems", ris.write),
    Format("bibtex", "BibTeX", "bib", "application/x-bibtex", bibtex.write),
    Format("csl", "CSL-JSON", "csl", "application/vnd.citationstyles.csl+json", csl.write),
    Format("atom", "Atom", "atom", "application/atom+xml", feeds.atom, feed=True),
    Format("rss", "RSS", "rss", "application/rss+xml", feeds.rss, feed=True),
)
BY_NAME = {one.name: one for one in FORMATS}
BY_ENDING = {one.ending: one for one in FORMATS} | {"csl.json": BY_NAME["csl"]}
"""Formats by the ending of their addresses; CSL-JSON also by that of its files."""
