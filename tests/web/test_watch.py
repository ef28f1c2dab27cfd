"""What machines that watch over the archive are told, and who is told what."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from archive.access import Role
from archive.article import Article
from archive.settings import Settings
from archive.source import Kind
from archive.store import FILE, Store
from archive.store.runs import UpdateRun
from indexer import location
from tests.web.conftest import client_of
from web import create_app
from web.metrics import exposition, gauge, labelled

Figures = dict[str, list[tuple[dict[str, str], float]]]


def figures(client: FlaskClient, **headers: str) -> Figures:
    """All that /metrics says, as Prometheus's own parser reads it."""
    answer = client.get("/metrics", headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    return {
        family.name: [(dict(sample.labels), sample.value) for sample in family.samples]
        for family in text_string_to_metric_families(answer.text)
    }


def alone(found: Figures, name: str) -> float:
    ((labels, value),) = found[name]
    assert not labels
    return value


@contextmanager
def without_a_store(tmp_path: Path) -> Iterator[FlaskClient]:
    with client_of(tmp_path / "nowhere") as client:
        yield client


def test_healthz_is_told_to_everybody_and_says_nothing(guarded_site: Path) -> None:
    with client_of(guarded_site) as client:
        answer = client.get("/healthz", headers={"Host": "whoever.example"})
    assert (answer.status_code, answer.text) == (200, "ok\n")
    assert answer.headers["Cache-Control"] == "no-store"


def test_healthz_reads_no_store(tmp_path: Path) -> None:
    with without_a_store(tmp_path) as client:
        assert client.get("/healthz").status_code == 200
        assert client.get("/readyz").status_code == 503
        assert client.get("/metrics").status_code == 503


@pytest.mark.parametrize("path", ["/readyz", "/metrics"])
def test_figures_are_for_whoever_may_read(guarded_site: Path, path: str) -> None:
    with Store(guarded_site / FILE) as store:
        token = store.add_token("prometheus", Role.READ)
    with client_of(guarded_site) as client:
        refused = client.get(path, headers={"Accept": "*/*"})
        assert refused.status_code == 401
        assert refused.headers["Content-Type"] == "application/problem+json"
        assert refused.headers["WWW-Authenticate"].startswith("Bearer")
        answer = client.get(path, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 200
        assert "no-store" in answer.headers["Cache-Control"]


def test_an_archive_that_answers_is_ready(client: FlaskClient) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json == {"ready": True, "index": {"lag": 0, "rebuild": None}}


def test_without_an_index_it_is_not_ready_and_says_so(own_sample_site: Path) -> None:
    shutil.rmtree(own_sample_site / location.FOLDER)
    with client_of(own_sample_site) as client:
        answer = client.get("/readyz")
        found = figures(client)
    assert answer.status_code == 503
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json
    assert answer.json["errors"] == [{"where": "index", "reason": "there is no index yet"}]
    assert "morgue update" in answer.json["hint"]
    assert alone(found, "morgue_index_up") == 0
    assert alone(found, "morgue_index_lag_articles") == 52
    assert "morgue_index_documents" not in found


def test_a_damaged_index_is_not_ready(own_sample_site: Path) -> None:
    folder = location.current(own_sample_site / location.FOLDER)
    assert folder
    for path in folder.glob("*.toc"):
        path.write_bytes(b"not what was written")
    with client_of(own_sample_site) as client:
        answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json
    assert "is damaged" in answer.json["errors"][0]["reason"]


def test_an_index_for_another_language_answers_and_waits_to_be_rebuilt(
    own_sample_site: Path,
) -> None:
    with client_of(own_sample_site, Settings(language="german")) as client:
        answer = client.get("/readyz")
        found = figures(client)
    assert answer.status_code == 200
    assert answer.json
    assert "was built for" in answer.json["index"]["rebuild"]
    assert alone(found, "morgue_index_rebuild_due") == 1


def test_the_figures_are_those_of_the_archive(own_sample_site: Path) -> None:
    began = datetime(2026, 3, 4, 12, tzinfo=UTC)
    with Store(own_sample_site / FILE) as store:
        # One that no other tells too: with a story, its other articles wait for the index as well.
        ids = [article.id for article in store.articles()]
        alone_told = sorted(set(ids) - set(store.copies(ids)))
        store.withdraw(alone_told[0])
        store.note_update(UpdateRun(began.isoformat(), 2.5, 1, "no room", new=3, failed=2))
    with client_of(own_sample_site) as client:
        found = figures(client)
    assert found["morgue_articles"] == [({"state": "kept"}, 51), ({"state": "withdrawn"}, 1)]
    assert alone(found, "morgue_revisions") == 52
    assert alone(found, "morgue_articles_undated") == 4
    assert alone(found, "morgue_index_up") == 1
    assert alone(found, "morgue_index_documents") == 52
    assert alone(found, "morgue_index_lag_articles") == 1
    assert alone(found, "morgue_index_segments") == 1
    assert alone(found, "morgue_index_bytes") > 100_000
    assert alone(found, "morgue_update_last_timestamp_seconds") == began.timestamp()
    assert alone(found, "morgue_update_last_duration_seconds") == 2.5
    assert alone(found, "morgue_update_last_exit_code") == 1
    assert alone(found, "morgue_update_last_new_articles") == 3
    assert alone(found, "morgue_update_success_timestamp_seconds") != began.timestamp()
    assert alone(found, "morgue_disk_free_bytes") > 0
    assert alone(found, "morgue_store_bytes") > 100_000
    ((build, one),) = found["morgue_build_info"]
    assert one == 1
    assert build["index_format"].endswith("english")


def test_how_long_articles_wait_counts_from_the_last_good_update(tmp_path: Path) -> None:
    came = datetime.now(UTC) - timedelta(days=3)
    with Store(tmp_path / FILE, lambda: came) as store:
        store.put(Article("a", "https://h/a", "S", "H", "T"))
    with client_of(tmp_path) as client:
        assert alone(figures(client), "morgue_index_lag_seconds") == pytest.approx(259200, abs=60)
        with Store(tmp_path / FILE) as store:
            store.note_update(UpdateRun((came + timedelta(days=2)).isoformat(), 1, 0))
        assert alone(figures(client), "morgue_index_lag_seconds") == pytest.approx(86400, abs=60)


def test_sources_are_told_by_name_without_keys_and_paths(tmp_path: Path) -> None:
    with Store(tmp_path / FILE) as store:
        feed, _ = store.add_source(Kind.FEED, "https://u:hunter22@h.example/?token=s3cr3t-one")
        store.record_failures(feed.id, [(feed.address, "was not there")])
        folder, _ = store.add_source(Kind.FOLDER, "/srv/private/clippings")
        store.pause_source(folder.id, paused=True)
    with client_of(tmp_path) as client:
        text = client.get("/metrics").text
        found = figures(client)
    assert not [secret for secret in ("hunter22", "s3cr3t-one", "/srv") if secret in text]
    assert {labels["state"]: n for labels, n in found["morgue_sources"]} == {
        "well": 0,
        "new": 0,
        "failing": 1,
        "retired": 0,
        "paused": 1,
    }
    assert {labels["name"]: n for labels, n in found["morgue_source_failures"]} == {
        "https://h.example/?token=***": 1,
        "clippings": 0,
    }


def test_the_figures_of_sources_are_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.watch.MOST_SOURCES", 2)
    with Store(tmp_path / FILE) as store:
        for number in range(5):
            store.add_source(Kind.FEED, f"https://h.example/{number}")
    with client_of(tmp_path) as client:
        found = figures(client)
    assert len(found["morgue_source_failures"]) == 2
    assert alone(found, "morgue_sources_without_figures") == 3


def test_every_worker_tells_the_same(sample_site: Path) -> None:
    first, second = (create_app(sample_site) for _ in range(2))
    told = [app.test_client().get("/metrics").text.splitlines() for app in (first, second)]
    for app in (first, second):
        app.extensions["live_index"].close()
    differing = [a for a, b in zip(*told, strict=True) if a != b]
    assert not [line for line in differing if "disk_free" not in line]


@given(
    name=st.text(max_size=30),
    value=st.one_of(
        st.integers(-(2**53), 2**53), st.floats(allow_nan=False, allow_infinity=False)
    ),
)
def test_whatever_a_source_is_called_the_figures_can_be_read(name: str, value: float) -> None:
    text = exposition(
        [
            labelled("morgue_a", 'a \\ "help"\nof two lines', [({"name": name, "n": "1"}, value)]),
            gauge("morgue_b", "b", None),
            gauge("morgue_c", "c", 1),
        ]
    )
    read = list(text_string_to_metric_families(text))
    assert [family.name for family in read] == ["morgue_a", "morgue_c"]
    assert read[0].documentation == 'a \\ "help"\nof two lines'
    ((sample),) = read[0].samples
    assert sample.value == value
    printable = "".join(c if c.isprintable() or c == "\n" else "\ufffd" for c in name)
    assert sample.labels == {"name": printable, "n": "1"}
