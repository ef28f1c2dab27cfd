"""The sets that `quality` knows, by name."""

from typing import Final

from bench.quality import copies
from bench.quality.scores import Measurement

SETS: Final[dict[str, Measurement]] = {
    "copies": copies.measure,
}
