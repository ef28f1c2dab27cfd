"""WACZ 1.1: web archives with a list of their pages, in a zip (https://specs.webrecorder.net/wacz/).

``archive/*.warc.gz`` hold the captures, ``pages/*.jsonl`` list what was meant
to be kept as a page: frames and other HTML beside them are no articles.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from zipfile import ZipFile

import msgspec

from archive.identity import canonical_url
from archive.ingest.formats import members, warc
from archive.ingest.formats.inputs import ARTICLE, Found, Input
from archive.ingest.item import Item

_MARKS = re.compile(
    rb"datapackage\.json|archive/[^/]{1,200}\.warc|indexes/index\.(?:cdx|idx)|pages/pages\.jsonl"
)
_WARC = re.compile(r"archive/[^/]+\.warc(?:\.gz)?")
_PAGES = re.compile(r"pages/[^/]+\.jsonl")


def recognises(head: bytes, name: str) -> bool:
    """Whether a WACZ begins here: a zip with its files, or of its name."""
    if not head.startswith(b"PK\x03\x04"):
        return False
    return name.endswith(".wacz") or _MARKS.search(head) is not None


def read(place: Input) -> Iterator[Found]:
    """Yield the listed pages, or all where none are listed."""
    with members.opened(place) as archive:
        names = sorted(name for name in archive.namelist() if _WARC.fullmatch(name))
        if not names:
            place.fail("holds no web archive (archive/*.warc.gz)")
        wanted = _listed(archive, place)
        articles = 0
        for name in names:
            with members.unpacked(archive, archive.getinfo(name), place) as stream:
                key, url = place.inner(name)
                inner = replace(place, key=key, url=url, name=name, stream=stream)
                for found in warc.pages(inner, wanted):
                    articles += isinstance(found, Item)
                    yield found
        if not articles:
            place.fail("holds no page that could be read")


def _listed(archive: ZipFile, place: Input) -> set[str] | None:
    """The addresses of the pages that are listed, or None."""
    wanted: set[str] = set()
    for name in archive.namelist():
        if _PAGES.fullmatch(name) is None:
            continue
        for line in members.content(archive, name, place, ARTICLE).splitlines():
            try:
                page = msgspec.json.decode(line)
            except (msgspec.DecodeError, RecursionError):
                continue
            if isinstance(page, dict) and isinstance(page.get("url"), str):
                wanted.add(canonical_url(page["url"]))
    return wanted or None
