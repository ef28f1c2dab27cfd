"""Corruption is noticed, never served: whatever is damaged, no answer is silently another."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from archive.errors import StoreDamaged, StoreError
from archive.store import FILE, Store
from archive.store.check import check_store
from archive.store.salvage import salvage
from indexer import location, projection
from tests.conftest import Tally
from tests.torture.damaged_site import (
    Answers,
    Mutation,
    answers,
    make_site,
    of_index,
    of_log,
    of_store,
    silent,
)
from web import create_app


@dataclass(frozen=True)
class Sites:
    """A whole site, what it answers, and an older state of it and another site."""

    site: Path
    older: Path
    other: Path
    ids: list[str]
    truth: Answers


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Sites:
    folder = tmp_path_factory.mktemp("damage")
    site = make_site(folder / "site")
    older = Path(shutil.copytree(site, folder / "older"))
    other = make_site(folder / "other", seed=8)
    with Store(site / FILE) as store:
        ids = [name for name, _, _ in store.states()]
        for one in list(store.every())[:9]:
            later = replace(one.article, headline=f"{one.article.headline}, again")
            store.put(later, source_id=one.source_id)
        projection.rebuild(store, site / location.FOLDER, "english", forget=True)
    truth = answers(site, ids)
    assert not [name for name, said in truth.items() if said.startswith("!")]
    return Sites(site, older, other, ids, truth)


@pytest.fixture
def copies(tmp_path: Path) -> Path:
    """Where the copy that is damaged lies."""
    return tmp_path / "copy"


def damaged(sites: Sites, target: Path, mutation: Mutation) -> Path:
    """A fresh copy of the site, damaged."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(sites.site, target)
    mutation.damage(target)
    return target


def go_through(
    sites: Sites, target: Path, mutations: Iterator[Mutation]
) -> tuple[int, int, list[str]]:
    """Damage a site in each way; return how many, how many were told, and what was silent."""
    count, told, wrong = 0, 0, []
    for mutation in mutations:
        count += 1
        found = answers(damaged(sites, target, mutation), sites.ids)
        told += any(said.startswith("!") for said in found.values())
        wrong += [
            f"{mutation.what}: {name}" for name in silent(found, sites.truth, whole=mutation.whole)
        ]
    return count, told, wrong


def test_no_damage_to_the_store_is_served(sites: Sites, copies: Path, tally: Tally) -> None:
    count, told, wrong = go_through(sites, copies, of_store(18, 1, sites.older, sites.other))
    assert not wrong
    tally("corruption of the store", mutations=count, told=told, silent=len(wrong))


def test_no_damage_to_the_index_is_served(sites: Sites, copies: Path, tally: Tally) -> None:
    count, told, wrong = go_through(sites, copies, of_index(10, 2, sites.older, sites.other))
    assert not wrong
    tally("corruption of the index", mutations=count, told=told, silent=len(wrong))


@pytest.mark.torture
def test_no_damage_to_the_store_is_served_of_many(
    sites: Sites, copies: Path, tally: Tally
) -> None:
    count, told, wrong = go_through(sites, copies, of_store(270, 3, sites.older, sites.other))
    assert not wrong
    tally("corruption of the store", mutations=count, told=told, silent=len(wrong))


@pytest.mark.torture
def test_no_damage_to_the_index_is_served_and_the_next_update_mends_it(
    sites: Sites, copies: Path, tally: Tally
) -> None:
    count = told = rebuilt = 0
    wrong = []
    for mutation in of_index(90, 4, sites.older, sites.other):
        site = damaged(sites, copies, mutation)
        found = answers(site, sites.ids)
        told += any(said.startswith("!") for said in found.values())
        wrong += [
            f"{mutation.what}: {name}" for name in silent(found, sites.truth, whole=mutation.whole)
        ]
        with Store(site / FILE) as store:
            rebuilt += projection.catch_up(store, site / "index", "english").rebuilt is not None
        wrong += [
            f"{mutation.what}: after the update: {name}"
            for name, said in answers(site, sites.ids).items()
            if said != sites.truth[name]
        ]
        count += 1
    assert not wrong
    tally("corruption of the index", mutations=count, told=told, rebuilt=rebuilt, silent=0)


@pytest.mark.torture
def test_no_damage_to_the_log_is_served(sites: Sites, tmp_path: Path, tally: Tally) -> None:
    site = Path(shutil.copytree(sites.site, tmp_path / "site"))
    with Store(site / FILE) as store:
        # While it is open the log stays.
        for one in list(store.every())[20:24]:
            later = replace(one.article, text=f"{one.article.text}\n\nIt was corrected.")
            store.put(later, source_id=one.source_id)
        projection.catch_up(store, site / location.FOLDER, "english")
        crashed = shutil.copytree(site, tmp_path / "crashed", ignore=_without_memory)
        truth = answers(Path(shutil.copytree(crashed, tmp_path / "whole")), sites.ids)
    assert not [name for name, said in truth.items() if said.startswith("!")]
    count, told, wrong = go_through(
        replace(sites, site=Path(crashed), truth=truth), tmp_path / "copy", of_log(30, 7)
    )
    assert not wrong
    tally("corruption of the log", mutations=count, told=told, silent=len(wrong))


def _without_memory(_: object, names: list[str]) -> list[str]:
    return [name for name in names if name.endswith("-shm")]


def saved(sites: Sites, site: Path) -> tuple[int, int]:
    """Salvage a damaged store: what is in it then is as it was, and all else is told as lost."""
    with Store(sites.site / FILE) as whole:
        truth = {one.article.id: one for one in whole.every()}
    done = salvage(site / FILE, Store(sites.site / FILE).now())
    assert done.damaged.exists()
    assert not check_store(site / FILE)
    told = {loss.id for loss in done.losses} | {note.split(":")[0][8:] for note in done.notes}
    with Store(site / FILE) as store:
        shown = {one.article.id: one.article for one in store.every()}
    for name, one in truth.items():
        if name in shown and name not in told:
            assert (shown[name].headline, shown[name].text) == (
                one.article.headline,
                one.article.text,
            )
        assert name in shown or name in told
    return len(shown), len(done.losses)


@pytest.mark.torture
def test_of_a_damaged_store_all_is_saved_or_told_as_lost(
    sites: Sites, copies: Path, tally: Tally
) -> None:
    stores = articles = losses = hopeless = 0
    for mutation in list(of_store(72, 5, sites.older, sites.other))[:72]:
        site = damaged(sites, copies, mutation)
        if not check_store(site / FILE):
            continue
        stores += 1
        try:
            shown, lost = saved(sites, site)
        except StoreDamaged:
            hopeless += 1
        else:
            articles += shown
            losses += lost
    tally(
        "salvage", stores=stores, hopeless=hopeless, articles_saved=articles, told_as_lost=losses
    )


def test_whatever_is_served_otherwise_is_found_by_a_check(sites: Sites, copies: Path) -> None:
    for mutation in of_store(9, 6, sites.older, sites.other):
        site = damaged(sites, copies, mutation)
        found = answers(site, sites.ids)
        if any(said.startswith("!") for said in found.values()):
            try:
                with Store(site / FILE, create=False) as store:
                    whole = projection.verify(store, site / "index").ok
            except StoreError:
                whole = False
            assert check_store(site / FILE) or not whole


def test_a_damaged_article_is_a_page_that_says_so_and_the_others_are_read(
    own_sample_site: Path,
) -> None:
    path = own_sample_site / FILE
    with Store(path) as store:
        (spoilt,) = [one.id for one in store.articles() if "by 31 to 18 last night" in one.text]
    data = bytearray(path.read_bytes())
    data[data.rindex(b"by 31 to 18 last night")] ^= 1
    path.write_bytes(data)
    client = create_app(own_sample_site).test_client()
    with Store(path) as store:
        whole = [one for one, _, _ in store.states() if one != spoilt]
    answer = client.get(f"/article/{spoilt}")
    assert answer.status_code == 503
    assert f"article {spoilt}, revision 1, is not what was written" in answer.text
    for one in whole[:12]:
        page = client.get(f"/article/{one}", follow_redirects=True)
        # A copy of the damaged one cannot be shown beside it; all else is read.
        assert page.status_code == 200 or f"article {spoilt}, revision 1" in page.text
        assert spoilt not in page.text or "is damaged" in page.text
    pages = [client.get(f"/article/{one}", follow_redirects=True).status_code for one in whole]
    assert pages.count(503) <= 1
    assert client.get("/search?q=bridge").status_code == 503
    assert client.get("/search?q=zebra").status_code == 200
