"""How many examples a property is tried on."""

import os
from typing import Final

FEWEST: Final = 15


def examples(count: int) -> int:
    """Return *count* for `make torture`, and a quarter of it, but not too few, else."""
    if os.environ.get("MORGUE_EXAMPLES") == "all":
        return count
    return min(count, max(count // 4, FEWEST))
