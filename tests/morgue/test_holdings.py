"""`morgue coverage`."""

import json
from pathlib import Path

from tests.command_line import run_morgue


def test_coverage_counts_every_undated_article_and_the_days_asked_for(sample_site: Path) -> None:
    asked = ("coverage", "--from", "2023", "--to", "2025", "--json")
    told = json.loads(run_morgue(*asked, site=sample_site).stdout)
    assert sum(one["undated"] for one in told["sources"]) == 4
    assert sum(one["articles"] for one in told["sources"]) == 52
    assert "Meridian: " in run_morgue("coverage", site=sample_site).stdout


def test_a_bad_day_or_source_is_named(sample_site: Path) -> None:
    for asked in (("--from", "xyz"), ("--source", "xyz")):
        done = run_morgue("coverage", *asked, site=sample_site)
        assert done.returncode == 2
        assert "xyz" in done.stderr
