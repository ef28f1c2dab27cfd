"""Runs of numbers, and what is done with them without a loop."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.whoosh_engine.build import starts_of


def indexes(firsts: NDArray[np.uint32], sizes: NDArray[Any]) -> NDArray[np.uint32]:
    """Return the numbers of runs that begin at *firsts* and have *sizes*, end to end."""
    starts = starts_of(sizes)
    # What is below zero here wraps around, and back again when the place is added.
    found = np.repeat(firsts - starts[:-1], sizes)
    found += np.arange(starts[-1], dtype=np.uint32)
    return found


def runs_of(numbers: NDArray[np.uint32]) -> list[range]:
    """Return *numbers* (ascending, distinct) as runs of neighbours."""
    if not len(numbers):
        return []
    breaks = np.flatnonzero(np.diff(numbers) > 1)
    firsts = numbers[np.concatenate(([0], breaks + 1))].tolist()
    lasts = numbers[np.concatenate((breaks, [len(numbers) - 1]))].tolist()
    return [range(first, last + 1) for first, last in zip(firsts, lasts, strict=True)]


def joined(arrays: list[NDArray[Any]]) -> NDArray[Any]:
    """Return *arrays*, of which there is one at least, end to end."""
    return arrays[0] if len(arrays) == 1 else np.concatenate(arrays)


def distinct(ascending: NDArray[Any]) -> NDArray[Any]:
    """Return *ascending* values without doubles."""
    new = np.ones(len(ascending), dtype=bool)
    new[1:] = ascending[1:] != ascending[:-1]
    return ascending[new]
