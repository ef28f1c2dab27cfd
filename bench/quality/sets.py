"""The sets that `quality` knows, by name."""

from typing import Final

from bench.quality import facts, feeds, topics
from bench.quality.bodies import BODIES
from bench.quality.scores import Measurement

SETS: Final[dict[str, Measurement]] = {
    **BODIES,
    **facts.MEASUREMENTS,
    **feeds.MEASUREMENTS,
    "topics": topics.measure,
}
