"""Which strings of a part are few edits from a word, for all of them at once.

Few letters tell most strings apart: a `Sketch` has which letters each string has,
and an edit changes that by two letters at most. The distance of those left is
counted by the usual table, a cell of it for all strings in one array.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from indexer.whoosh_engine.segment import Strings
from indexer.whoosh_engine.wildcard import lines

_LINE_FEED: Final = 0x0A
_ONES: Final = np.array([number.bit_count() for number in range(1 << 16)], dtype=np.uint8)


@dataclass(frozen=True, slots=True)
class Sketch:
    """Of each string which *letters* it has, as bits (by code modulo 32), and how many in all.

    *lengths* are 255 at most.
    """

    letters: NDArray[np.uint32]
    lengths: NDArray[np.uint8]

    @property
    def nbytes(self) -> int:
        """How many bytes the arrays have."""
        return self.letters.nbytes + self.lengths.nbytes


def sketch_of(strings: Strings) -> Sketch:
    """Return the sketch of *strings*."""
    if not len(strings):
        return Sketch(np.zeros(0, dtype=np.uint32), np.zeros(0, dtype=np.uint8))
    letters, starts = _letters(bytes(strings.text))
    bits = np.left_shift(np.uint32(1), letters & np.uint32(31))
    bits[starts[1:] - 1] = 0
    return Sketch(
        np.bitwise_or.reduceat(bits, starts[:-1]).astype(np.uint32),
        np.minimum(np.diff(starts) - 1, 255).astype(np.uint8),
    )


def close(strings: Strings, sketch: Sketch, word: str, distance: int) -> NDArray[np.intp]:
    """Return the ordinals of the *strings* at most *distance* edits from *word*, ascending.

    An edit puts in, takes out or replaces a letter, or swaps two neighbours (optimal
    string alignment). *word* has fewer than 255 − *distance* letters, or nothing is found.
    """
    size = len(word)
    if size + distance >= 255:
        return np.zeros(0, dtype=np.intp)
    low, high = max(0, size - distance), size + distance
    found = np.flatnonzero((sketch.lengths >= low) & (sketch.lengths <= high))
    mask = 0
    for letter in word:
        mask |= 1 << (ord(letter) & 31)
    changed = sketch.letters[found] ^ np.uint32(mask)
    ones = _ONES[changed & np.uint32(0xFFFF)] + _ONES[changed >> np.uint32(16)]
    found = found[ones <= 2 * distance].astype(np.intp)
    letters, starts = _letters(lines(strings, found)[0])
    near: NDArray[np.intp] = found[_distances(letters, starts, word, distance) <= distance]
    return near


def _letters(text: bytes) -> tuple[NDArray[np.uint32], NDArray[np.intp]]:
    """The code points of lines, and where each line starts, and the end."""
    letters = np.frombuffer(text.decode().encode("utf-32-le"), dtype=np.uint32)
    return letters, np.concatenate(([0], np.flatnonzero(letters == _LINE_FEED) + 1))


def _distances(
    letters: NDArray[np.uint32], starts: NDArray[np.intp], word: str, most: int
) -> NDArray[np.uint8]:
    """How many edits each line is from *word*; some number above *most* if more than that.

    No line is longer than *word* by more than *most*. Only the band of *most* cells
    beside the diagonal of the table counts; outside of it all is too far.
    """
    count, size = len(starts) - 1, len(word)
    longest = size + most
    # Letter j of every line in one array; behind its end stands what no word has.
    columns = [letters[np.minimum(starts[:-1] + j, starts[1:] - 1)] for j in range(longest)]
    wanted = [np.uint32(ord(letter)) for letter in word]
    far, one = np.uint8(most + 1), np.uint8(1)
    outside = np.full(count, far)
    above = [np.full(count, min(j, most + 1), dtype=np.uint8) for j in range(longest + 1)]
    before = above
    for i in range(1, size + 1):
        row = [outside] * (longest + 1)
        if i <= most:
            row[0] = np.full(count, i, dtype=np.uint8)
        for j in range(max(1, i - most), min(longest, i + most) + 1):
            cell = above[j - 1] + (columns[j - 1] != wanted[i - 1])
            np.minimum(cell, above[j] + one, out=cell)
            np.minimum(cell, row[j - 1] + one, out=cell)
            if i > 1 and j > 1:
                swapped = columns[j - 1] == wanted[i - 2]
                swapped &= columns[j - 2] == wanted[i - 1]
                np.minimum(cell, np.where(swapped, before[j - 2] + one, far), out=cell)
            row[j] = np.minimum(cell, far, out=cell)
        before, above = above, row
    lengths = np.diff(starts) - 1
    distances: NDArray[np.uint8] = np.stack(above)[lengths, np.arange(count)]
    return distances
