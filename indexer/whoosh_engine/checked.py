"""Bytes of a mapped file that are compared with their checksums when they are first read.

A file is cut into blocks, each with a CRC-32 (as in RFC 1952). Which blocks
were compared is remembered, one byte each, so what is read often is compared
once and then costs one search in a few bytes.
"""

from mmap import MADV_DONTNEED, mmap
from typing import Any, Final, SupportsIndex
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from archive.errors import IndexDamaged

BLOCK: Final = 1 << 16
"""How many bytes have a checksum together."""


class Blocks:
    """The blocks of *data*, with the checksum of each. Safe for many threads.

    Two threads that read a block first at once both compare it. *where* is the
    file, for the error. *seen* has a byte for each block, 1 once it was compared.
    """

    __slots__ = ("_data", "_sums", "_where", "seen")

    def __init__(self, data: memoryview, sums: NDArray[np.uint32], where: str) -> None:
        self._data = data
        self._sums = sums
        self.seen = bytearray(len(sums))
        self._where = where

    def check(self, start: int, stop: int) -> None:
        """Compare the blocks of the bytes from *start* to *stop* that were not compared yet.

        Raises IndexDamaged for a block that is not what was written.
        """
        first, last = start // BLOCK, (stop + BLOCK - 1) // BLOCK
        if self.seen.find(0, first, last) >= 0:
            self._compare(first, last)

    def check_size(self) -> None:
        """Raise IndexDamaged where the file was cut short since it was mapped."""
        mapped = self._data.obj
        if isinstance(mapped, mmap) and mapped.size() < len(mapped):
            raise IndexDamaged("is damaged: it was cut short", self._where)

    def release(self) -> None:
        """Give the memory of the file back to the system, until it is read again."""
        mapped = self._data.obj
        if isinstance(mapped, mmap):
            mapped.madvise(MADV_DONTNEED)

    def damaged(self) -> list[int]:
        """Compare all blocks, and return the numbers of those that are not what was written."""
        return [block for block in range(len(self._sums)) if not self._is_whole(block)]

    def _compare(self, first: int, last: int) -> None:
        for block in range(first, last):
            if not self.seen[block]:
                if not self._is_whole(block):
                    reason = f"is damaged: block {block} is not what was written"
                    raise IndexDamaged(reason, self._where)
                self.seen[block] = 1

    def _is_whole(self, block: int) -> bool:
        data = self._data[block * BLOCK : (block + 1) * BLOCK]
        return crc32(data) == int(self._sums[block])


class Guarded:
    """An array in the blocks of a mapped file; what is read of it is checked first.

    It is sliced like any array, and whole where numpy takes it for one.
    """

    __slots__ = ("_array", "_blocks", "_seen", "_start", "_width")

    def __init__(self, array: NDArray[Any], blocks: Blocks, start: int) -> None:
        self._array = array
        self._blocks = blocks
        self._start = start
        self._width = array.itemsize
        self._seen = blocks.seen

    def __len__(self) -> int:
        return len(self._array)

    def __getitem__(self, run: "slice[SupportsIndex, SupportsIndex, None]") -> NDArray[Any]:
        """Return the elements of *run*, a slice without a step, as a view of the file."""
        low, high, _ = run.indices(len(self._array))
        start, stop = self._start + low * self._width, self._start + high * self._width
        # As `Blocks.check` does, which most slices need not call.
        if self._seen.find(0, start // BLOCK, stop // BLOCK + 1) >= 0:
            self._blocks.check(start, stop)
        return self._array[low:high]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        """Return all of it, checked, for numpy."""
        return np.array(self[0 : len(self)], dtype=dtype, copy=copy)

    @property
    def dtype(self) -> "np.dtype[Any]":
        """The type of its elements."""
        return self._array.dtype
