"""The sets that `quality` knows, by name."""

from typing import Final

from bench.quality import copies, facts, feeds, related, topics
from bench.quality.bodies import BODIES
from bench.quality.scores import Measurement

SETS: Final[dict[str, Measurement]] = {
    **BODIES,
    "copies": copies.measure,
    **facts.MEASUREMENTS,
    **feeds.MEASUREMENTS,
    "related": related.measure,
    "topics": topics.measure,
}
