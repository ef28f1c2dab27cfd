"""The sets that `quality` knows, by name."""

from typing import Final

from bench.quality import topics
from bench.quality.scores import Measurement

SETS: Final[dict[str, Measurement]] = {
    "topics": topics.measure,
}
