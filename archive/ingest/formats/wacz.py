"""WACZ 1.1: web archives with a list of their pages, in a zip (https://specs.webrecorder.net/wacz/).

``archive/*.warc.gz`` hold the captures, ``pages/*.jsonl`` list what was meant
to be kept as a page: frames and other HTML beside them are no articles.
``datapackage.json`` gives the hash of each file. What does not match it was
changed or damaged after it was packed: it is read, and told of.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO
from zipfile import ZipFile

import msgspec

from archive.errors import FormatError
from archive.identity import canonical_url
from archive.ingest.formats import members, warc
from archive.ingest.formats.inputs import ARTICLE, MIB, Found, Input
from archive.ingest.item import Item

_MARKS = re.compile(
    rb"datapackage\.json|archive/[^/]{1,200}\.warc|indexes/index\.(?:cdx|idx)|pages/pages\.jsonl"
)
_WARC = re.compile(r"archive/[^/]+\.warc(?:\.gz)?")
_PACKAGE = "datapackage.json"
_ALGORITHMS = ("sha256", "sha224", "sha384", "sha512", "md5")
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
        hashes = _hashes(archive, place)
        yield from _missing(archive, place, hashes)
        wanted = _listed(archive, place)
        articles = 0
        for name in names:
            with members.unpacked(archive, archive.getinfo(name), place) as stream:
                yield from _differing(stream, place, name, hashes)
                key, url = place.inner(name)
                inner = replace(place, key=key, url=url, name=name, stream=stream)
                for found in warc.pages(inner, wanted):
                    articles += isinstance(found, Item)
                    yield found
        if not articles:
            place.fail("holds no page that could be read")


def _hashes(archive: ZipFile, place: Input) -> dict[str, tuple[str, str]]:
    """Return the hashes of the web archives and lists of pages: path → (algorithm, digits)."""
    if _PACKAGE not in archive.namelist():
        return {}
    try:
        data = members.content(archive, _PACKAGE, place)
        package = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    resources = package.get("resources") if isinstance(package, dict) else None
    hashes = {}
    for resource in resources if isinstance(resources, list) else ():
        if not isinstance(resource, dict):
            continue
        path, said = str(resource.get("path")), str(resource.get("hash"))
        algorithm, _, digits = said.partition(":")
        if algorithm in _ALGORITHMS and (_WARC.fullmatch(path) or _PAGES.fullmatch(path)):
            hashes[path] = (algorithm, digits.strip().lower())
    return hashes


def _missing(
    archive: ZipFile, place: Input, hashes: dict[str, tuple[str, str]]
) -> Iterator[FormatError]:
    """Yield what is listed and not there, and what is wrong with the small files."""
    names = set(archive.namelist())
    for name in hashes:
        if name not in names:
            yield FormatError(f"is listed in {_PACKAGE}, but missing", place.member(name)[0])
        elif _PAGES.fullmatch(name):
            with members.unpacked(archive, archive.getinfo(name), place, ARTICLE) as stream:
                yield from _differing(stream, place, name, hashes)


def _differing(
    stream: BinaryIO, place: Input, name: str, hashes: dict[str, tuple[str, str]]
) -> Iterator[FormatError]:
    """Yield a notice when a file does not match its hash; the stream is at its start again."""
    if name not in hashes:
        return
    algorithm, digits = hashes[name]
    found = hashlib.new(algorithm, usedforsecurity=False)
    while piece := stream.read(MIB):
        found.update(piece)
    stream.seek(0)
    if found.hexdigest() != digits:
        reason = f"does not match its hash in {_PACKAGE}: changed after it was packed"
        yield FormatError(reason, place.member(name)[0])


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
