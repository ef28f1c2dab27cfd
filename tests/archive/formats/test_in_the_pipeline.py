"""Files of many articles in the pipeline: read once, bad records named, changes as revisions."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from archive.ingest import file_run
from archive.ingest.fetch import Fetcher
from archive.ingest.formats import registry
from archive.ingest.pipeline import SourceReport, update
from archive.source import Kind
from archive.store import Store
from tests.archive.formats import samples

Run = Callable[[], SourceReport]


@pytest.fixture
def run(store: Store, fetcher: Fetcher, today: date) -> Run:
    def run() -> SourceReport:
        (report,) = update(store, store.sources(), fetcher, today, columns={"text": "lauf"})
        return report

    return run


@pytest.fixture
def lines(store: Store, folder: Path) -> Callable[[str], None]:
    """Write the lines of a file of records: a word is an article's id and text."""
    store.add_source(Kind.FOLDER, str(folder))

    def write(words: str) -> None:
        rows = [
            {"id": word.strip("+"), "title": word, "lauf": f"{word}."} if word != "bad" else word
            for word in words.split()
        ]
        written = ["{" if row == "bad" else json.dumps(row) for row in rows]
        (folder / "a.jsonl").write_text("\n".join(written))

    return write


def outcomes(report: SourceReport) -> dict[str, int]:
    return {str(outcome): count for outcome, count in report.outcomes.items() if count}


def test_a_container_that_did_not_change_is_not_read_again(
    lines: Callable[[str], None], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines("one two three")
    assert outcomes(run()) == {"new": 3}
    monkeypatch.setattr(registry, "read", None)
    assert outcomes(run()) == {"unchanged": 3}


def test_in_a_container_that_changed_only_what_changed_is_a_revision(
    lines: Callable[[str], None], run: Run, store: Store
) -> None:
    lines("one two three")
    run()
    lines("one two+ four")
    assert outcomes(run()) == {"unchanged": 1, "revised": 1, "new": 1}
    assert store.counts().articles == 4
    assert outcomes(run()) == {"unchanged": 4}


def test_a_bad_record_is_named_once_and_remembered_until_the_file_changes(
    lines: Callable[[str], None], run: Run, store: Store, folder: Path
) -> None:
    lines("one bad three")
    report = run()
    assert outcomes(report) == {"new": 2}
    assert [where for where, _ in report.failures] == [f"{folder}/a.jsonl record 2"]
    report = run()
    assert report.ok
    assert len(report.still_failing) == len(store.sources()[0].failures) == 1
    lines("one two three")
    assert outcomes(run()) == {"unchanged": 2, "new": 1}
    assert store.sources()[0].failures == ()


def test_a_file_with_broken_front_matter_is_kept_and_named_once(
    folder: Path, store: Store, run: Run
) -> None:
    store.add_source(Kind.FOLDER, str(folder))
    (folder / "a.md").write_text("---\ntitle: [x\n---\nThe quay was closed.\n")
    report = run()
    assert outcomes(report) == {"new": 1}
    assert ["front matter is not YAML" in reason for _, reason in report.failures] == [True]
    report = run()
    assert outcomes(report) == {"unchanged": 1}
    assert (len(report.failures), len(report.still_failing)) == (0, 1)
    (folder / "a.md").write_text("---\ntitle: x\n---\nThe quay was closed.\n")
    assert run().ok
    assert store.sources()[0].failures == ()


def test_a_container_of_nothing_but_bad_records_is_told_of_once(
    lines: Callable[[str], None], run: Run
) -> None:
    lines("bad bad")
    assert len(run().failures) == 2
    report = run()
    assert (len(report.failures), len(report.still_failing)) == (0, 2)


def test_of_very_many_bad_records_the_first_are_named_and_the_others_counted(
    folder: Path, store: Store, run: Run
) -> None:
    store.add_source(Kind.FOLDER, str(folder))
    (folder / "a.csv").write_text("title,text\n" + ',"",x\n' * 80)
    failures = run().failures
    assert len(failures) == 51
    assert failures[-1][1] == "30 more could not be read"


def test_a_run_that_is_cut_off_in_a_container_is_made_good_by_the_next(
    lines: Callable[[str], None], run: Run, monkeypatch: pytest.MonkeyPatch, store: Store
) -> None:
    monkeypatch.setattr(file_run, "_BATCH", 1)
    lines("one two three")
    kept = file_run.keep
    calls = []

    def cut_off(*arguments: object) -> None:
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        kept(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(file_run, "keep", cut_off)
    with pytest.raises(KeyboardInterrupt):
        run()
    assert store.counts().articles == 2
    assert outcomes(run()) == {"unchanged": 2, "new": 1}


def test_a_new_name_for_the_source_reaches_the_articles_in_a_container(
    lines: Callable[[str], None], run: Run, store: Store, folder: Path
) -> None:
    lines("one two bad")
    run()
    store.add_source(Kind.FOLDER, str(folder), "The Tern")
    assert outcomes(run()) == {"relabelled": 2}


def test_what_came_by_a_feed_and_lies_in_a_web_archive_is_one_article(
    folder: Path, store: Store, run: Run
) -> None:
    (folder / "a.warc.gz").write_bytes(samples.warc_gz(samples.warc_record()))
    (folder / "b.jsonl").write_text(json.dumps(samples.RECORD))
    store.add_source(Kind.FOLDER, str(folder))
    run()
    assert store.counts().articles == 1
    assert store.by_url(samples.ADDRESS) is not None


def test_two_captures_of_a_page_are_two_revisions_and_stay_so(
    folder: Path, store: Store, run: Run
) -> None:
    later = samples.PAGE.replace(b"nine years", b"ten years")
    captures = [
        samples.warc_record(),
        samples.warc_record(body=later, date="2024-07-01T00:00:00Z"),
    ]
    (folder / "a.warc").write_bytes(b"".join(captures))
    store.add_source(Kind.FOLDER, str(folder))
    assert outcomes(run()) == {"new": 1, "revised": 1}
    with (folder / "a.warc").open("ab") as archive:
        archive.write(samples.warc_record(url=f"{samples.ADDRESS}/2"))
    assert outcomes(run()) == {"new": 1, "unchanged": 2}
    assert store.counts().revisions == 3


def test_a_bookmark_takes_no_text_away(folder: Path, store: Store, run: Run) -> None:
    (folder / "a.jsonl").write_text(json.dumps({**samples.RECORD, "lauf": samples.TEXT}))
    (folder / "pocket.html").write_bytes(samples.POCKET)
    store.add_source(Kind.FOLDER, str(folder))
    assert outcomes(run()) == {"new": 1, "copy": 1}
    kept = store.by_url(samples.ADDRESS)
    assert kept is not None
    assert kept.article.text == samples.TEXT
