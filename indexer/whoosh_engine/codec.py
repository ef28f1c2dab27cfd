"""Whoosh's extension points: a codec whose segments are arrays, one file each.

Whoosh pickles both classes into the table of contents by their import path,
``indexer.whoosh_engine.codec``: an index in which they cannot be found is one
to be rebuilt.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from whoosh.codec.whoosh3 import W3Codec, W3Segment
from whoosh.filedb.filestore import FileStorage

from indexer.whoosh_engine import layout
from indexer.whoosh_engine.face import Documents, Terms
from indexer.whoosh_engine.segment import Segment

INDEX: Final = "MAIN"
"""Whoosh's name for the one index in a folder."""


class ArrayCodec(W3Codec):  # type: ignore[misc]
    """Segments of arrays. They are written by `commit`, article by article into none."""

    def new_segment(self, storage: Any, indexname: str) -> "ArraySegment":  # noqa: ARG002 - Whoosh asks so
        """Return a new segment without documents, under a name of its own."""
        return ArraySegment(self, indexname)

    def terms_reader(self, storage: FileStorage, segment: "ArraySegment") -> Terms:
        """Return Whoosh's reader of the terms of *segment*."""
        return Terms(_load(storage, segment))

    def per_document_reader(self, storage: FileStorage, segment: "ArraySegment") -> Documents:
        """Return Whoosh's reader of the documents of *segment*."""
        return Documents(_load(storage, segment), segment)


class ArraySegment(W3Segment):  # type: ignore[misc]
    """A segment as the table of contents names it: how large it is, and what is deleted in it."""

    @property
    def name(self) -> str:
        """Its name, which begins the names of its files."""
        return f"{self.indexname}_{self.segid}"

    @property
    def file(self) -> str:
        """The name of the file with its arrays."""
        return str(self.make_filename(layout.EXTENSION))

    @property
    def deleted(self) -> NDArray[np.uint16]:
        """The documents that are gone, ascending."""
        return np.array(sorted(self.deleted_docs()), dtype=np.uint16)

    def without(self, documents: Iterable[int]) -> "ArraySegment":
        """Return the same segment, with *documents* deleted in it besides."""
        gone = {*self.deleted_docs(), *documents}
        return ArraySegment(
            self.codec(), self.indexname, self.doc_count_all(), self.segid, gone or None
        )


def _load(storage: FileStorage, segment: ArraySegment) -> Segment:
    return layout.load(Path(storage.folder) / segment.file)


def new_segment(count: int) -> ArraySegment:
    """Return a new segment of *count* documents, under a name of its own."""
    segment = ArrayCodec().new_segment(None, INDEX)
    segment.set_doc_count(count)
    return segment
