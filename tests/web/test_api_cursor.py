"""A cursor over an index that changes meanwhile: nothing that stays is left out or given twice."""

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from archive.article import Article, Published
from archive.store import FILE, Store
from indexer import location, projection
from tests.web.conftest import client_of

SEARCH = "/api/v1/search?copies=yes&limit=4&q=eel"
DAYS = ("2024-05-01", "2024-05-02", "2024-05-02T10:00:00+00:00", "2024-05", None)


def article(number: int, draw: random.Random) -> Article:
    day = draw.choice(DAYS)
    return Article(
        id=f"eel{number}",
        url=f"https://gull.example/{number}",
        source="The Gull",
        headline=f"Eel number {number}",
        text=f"An eel was seen in the {number} mill.",
        published=Published(day) if day else None,
    )


@pytest.fixture
def site(tmp_path: Path) -> Path:
    draw = random.Random(7)
    with Store(tmp_path / FILE) as store:
        for number in range(40):
            store.put(article(number, draw))
        projection.rebuild(store, tmp_path / location.FOLDER, "english")
    return tmp_path


@pytest.fixture
def eels(site: Path) -> Iterator[FlaskClient]:
    with client_of(site) as client:
        yield client


@pytest.mark.parametrize("anew", [False, True], ids=["caught up", "built anew"])
@pytest.mark.parametrize("sort", ["newest", "oldest"])
def test_what_stays_is_given_once_by_date(
    sort: str, anew: bool, eels: FlaskClient, site: Path
) -> None:
    draw = random.Random(sort)
    gone: set[str] = set()
    given: list[str] = []
    moved = False
    at, cursor = 100, ""
    while True:
        said = eels.get(f"{SEARCH}&sort={sort}{cursor}").get_json()
        given += [hit["id"] for hit in said["hits"]]
        moved = moved or said["moved"]
        if said["next"] is None:
            break
        cursor = f"&cursor={said['next']}"
        with Store(site / FILE) as store:
            # One comes, one goes, one is revised: before the place or behind it.
            store.put(article(at, draw))
            taken, revised = draw.sample([n for n in range(40) if f"eel{n}" not in gone], 2)
            store.withdraw(f"eel{taken}")
            gone.add(f"eel{taken}")
            kept = store.kept(f"eel{revised}")
            assert kept
            store.put(replace(kept.article, text=f"{kept.article.text} It was seen {at} times."))
            if anew:
                projection.rebuild(store, site / location.FOLDER, "english")
            else:
                projection.catch_up(store, site / location.FOLDER, "english")
        at += 1
    assert moved
    assert len(given) == len(set(given))
    assert {f"eel{number}" for number in range(40)} - gone <= set(given)


def test_a_cursor_whose_place_is_gone_says_so(eels: FlaskClient, site: Path) -> None:
    said = eels.get(f"{SEARCH}&sort=newest").get_json()
    with Store(site / FILE) as store:
        for hit in said["hits"]:
            store.withdraw(hit["id"])
        projection.catch_up(store, site / location.FOLDER, "english")
    answer = eels.get(f"{SEARCH}&sort=newest&cursor={said['next']}")
    assert answer.status_code == 400
    assert answer.mimetype == "application/problem+json"
    assert answer.get_json()["errors"] == [
        {"where": "cursor", "reason": "leads nowhere any more: search anew"}
    ]
