"""The two sample articles, found as the people who brought them expect.

The real ones lie outside the repository; their fictional twins are part of the
sample archive, so that the same claims are always tested.
"""

from pathlib import Path

import pytest

from tests.command_line import answer, run_morgue

WIRE, WEB = "wire", "web"


def found(query: str, site: Path) -> set[str]:
    hits = answer("search", query, site=site)["hits"]
    return {WIRE if hit["dateline"] else WEB for hit in hits}


@pytest.fixture(scope="module")
def seeds_site(corpora: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    site = tmp_path_factory.mktemp("seeds-site")
    for arguments in (("add", str(corpora / "seeds")), ("update",)):
        done = run_morgue(*arguments, site=site)
        assert done.returncode == 0, done.stderr
    return site


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("anti-narcotics", {WIRE, WEB}),
        ('"anti narcotics"', {WIRE, WEB}),
        ('"money laundering"', {WIRE, WEB}),
        ("fentanyl", {WIRE}),
        ("by:slodkowski", {WIRE}),
        ("place:beijing", {WIRE}),
        ("US", {WIRE}),
        ("U.S.", {WIRE}),
        ("precursor", {WEB}),
        ('"leave a comment"', set()),
    ],
)
def test_the_real_samples_are_found(query: str, expected: set[str], seeds_site: Path) -> None:
    assert found(query, seeds_site) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("anti-smuggling", {WIRE, WEB}),
        ('"anti smuggling"', {WIRE, WEB}),
        ('"customs fraud"', {WIRE, WEB}),
        ("tramadol", {WIRE}),
        ("by:okafor smuggling", {WIRE}),
        ('place:"port ellis" tramadol', {WIRE}),
        ("US smuggling", {WIRE}),
        ("U.S. smuggling", {WIRE}),
        ("consignment customs", {WEB}),
        ('"leave a comment"', set()),
    ],
)
def test_their_fictional_twins_are_found(
    query: str, expected: set[str], sample_site: Path
) -> None:
    assert found(query, sample_site) == expected
