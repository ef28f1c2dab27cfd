"""The sets that `quality` knows, by name."""

from typing import Final

from bench.quality import feeds
from bench.quality.bodies import BODIES
from bench.quality.scores import Measurement

SETS: Final[dict[str, Measurement]] = {**feeds.MEASUREMENTS, **BODIES}
