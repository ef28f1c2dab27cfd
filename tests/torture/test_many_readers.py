"""Many readers for long: the short form of `make soak`."""

import pytest

from bench.searching.options import Wanted
from bench.searching.soak import measure
from tests.conftest import Tally


@pytest.mark.torture
def test_many_readers_over_an_archive_that_is_updated_are_all_answered(tally: Tally) -> None:
    report = measure(Wanted(500, (), each=3), minutes=0.35, readers=20, every=6.0)
    assert report["examples"] == []
    assert report["ok"], report["checks"]
    assert report["updates"] >= 1
    (least, most) = (min(w[k] for w in report["workers"]) for k in ("files_start", "files_most"))
    # An open file a thread, and those of segments that come and go.
    assert most < least + 20
    assert max(w["mapped_but_gone_end"] for w in report["workers"]) < 50
    tally(
        "many readers",
        readers=20,
        answers=report["answers"],
        errors=report["errors"],
        updates=report["updates"],
        generations=report["generations"],
        log_mb_after_updates=max(report["log_mb_after_updates"], default=0),
    )
