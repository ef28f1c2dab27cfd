"""Zip files of any of the other formats, folders and zips within them too.

Each member is read as a file of its own would be, at most two zips deep.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePosixPath
from zipfile import ZipFile

import msgspec

from archive.errors import FormatError
from archive.ingest.encoding import decode
from archive.ingest.formats import members, omnivore
from archive.ingest.formats.inputs import ARTICLE, CONTAINER, DEPTH, Found, Input
from archive.ingest.item import Item, claim

_SINGLE = frozenset(
    """
    .txt .text .md .markdown .html .htm .xhtml .mhtml .mht .eml .pdf .xml .nitf
    """.split()  # noqa: SIM905 - a list of endings reads best as prose
)


def recognises(head: bytes, _name: str) -> bool:
    """Whether a zip begins here."""
    return head.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def read(place: Input) -> Iterator[Found]:
    """Yield the articles of all members that Morgue reads."""
    if place.depth >= DEPTH:
        place.fail("is a zip in a zip in a zip: too deep")
    with members.opened(place) as archive:
        if omnivore.is_export(archive.namelist()):
            yield from _omnivore(archive, place)
        else:
            yield from _members(archive, place)


def _members(archive: ZipFile, place: Input) -> Iterator[Found]:
    read = 0
    for info in archive.infolist():
        name = PurePosixPath(info.filename).name.lower()
        if members.hidden(info) or not place.formats.accepts(name):
            continue
        read += 1
        key, url = place.member(info.filename)
        if not members.safe_name(info):
            yield FormatError("has a name that leads out of the zip", key)
            continue
        single = PurePosixPath(name).suffix in _SINGLE
        if single and not place.begin(key):
            continue
        limit = ARTICLE if single else CONTAINER
        try:
            with members.unpacked(archive, info, place, limit) as stream:
                inner = replace(
                    place, key=key, url=url, name=name, stream=stream, depth=place.depth + 1
                )
                folder = PurePosixPath(info.filename).parent.name
                for found in place.formats.read(inner):
                    yield _of_folder(found, folder)
        except FormatError as error:
            # A member that is too much for all of the zip ends the zip.
            if error.where == place.key:
                raise
            yield error
    if not read:
        place.fail("holds no file that Morgue reads")


def _of_folder(found: Found, folder: str) -> Found:
    """An article in a folder of the zip is of that folder, not of the zip's own."""
    if not isinstance(found, Item):
        return found
    return replace(found, claims=(*found.claims, *claim("source", folder, "folder: in the zip")))


def _omnivore(archive: ZipFile, place: Input) -> Iterator[Found]:
    names = set(archive.namelist())
    number = 0
    for name in sorted(names):
        if omnivore.METADATA.fullmatch(name) is None:
            continue
        folder = name[: name.rindex("metadata_")]
        try:
            listed = msgspec.json.decode(members.content(archive, name, place, ARTICLE))
        except (msgspec.DecodeError, RecursionError) as error:
            yield FormatError(f"is not JSON: {error}", place.member(name)[0])
            continue
        for record in listed if isinstance(listed, list) else ():
            number += 1

            def entry(record: object = record, folder: str = folder, number: int = number) -> Item:
                if not isinstance(record, dict):
                    raise FormatError("is no JSON object", place.record(number))
                for text in omnivore.content_names(record, folder):
                    if text in names:
                        content = decode(members.content(archive, text, place), text)
                        record = omnivore.with_content(record, text, content)
                        break
                return omnivore.item(record, place, number)

            yield place.attempt(number, entry)
    if not number:
        place.fail("holds no article")
