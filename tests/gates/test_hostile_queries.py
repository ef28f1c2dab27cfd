"""Whatever is typed is answered, within a second of the processor's time."""

from pathlib import Path

import pytest

from archive import store as stores
from archive.store import Store
from bench.searching.hostile import COUNT, MOST_BYTES, MOST_SECONDS, asked, peak, queries
from indexer import location
from indexer.live import LiveIndex

pytestmark = pytest.mark.gate


def test_no_hostile_query_fails_or_takes_more_than_a_second(ten_thousand: Path) -> None:
    index = LiveIndex(ten_thousand / location.FOLDER)
    with Store(ten_thousand / stores.FILE, create=False) as store:
        found = asked(queries(), index.engine(), store)
    index.close()
    assert len(found) == COUNT
    assert not {one.text[:200]: one.error for one in found if one.error}
    assert not {one.text[:200]: one.seconds for one in found if one.seconds > MOST_SECONDS}
    assert peak() < MOST_BYTES
