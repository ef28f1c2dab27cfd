"""The sets that `quality` knows, by name."""

from typing import Final

from bench.quality import facts
from bench.quality.scores import Measurement

SETS: Final[dict[str, Measurement]] = {
    **facts.MEASUREMENTS,
}
