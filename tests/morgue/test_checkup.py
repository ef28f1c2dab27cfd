"""What `morgue doctor` makes of what it saw: how grave, and in which words."""

import stat
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from archive.access import Account, Role, Token
from archive.saved_search import Digest, DigestState
from archive.settings import Alerts, Fetch, Serve, Settings
from archive.settings_origins import Origin
from archive.source import Failure, Kind, Source
from archive.store.runs import UpdateRun
from morgue.checkup import files, keeping, people, settings, sources, versions
from morgue.checkup.files import Room, SeenFile
from morgue.checkup.finding import Finding, Level, size, some
from morgue.checkup.keeping import SeenIndex
from morgue.checkup.people import Known
from morgue.checkup.versions import Versions
from morgue.holder import Holder

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
GIGA = 1000**3


def ago(**span: float) -> str:
    return (NOW - timedelta(**span)).isoformat(timespec="seconds")


def told(findings: Iterable[Finding], level: Level) -> list[str]:
    return [finding.what for finding in findings if finding.level is level]


def only(findings: Iterable[Finding]) -> Finding:
    (found,) = findings
    return found


def test_a_variable_with_a_wrong_name_is_told_with_the_right_one() -> None:
    found = list(settings.judge(Settings(), [], ["MORGUE_FETCH_TIMOUT"], 2))
    wrong = only(f for f in found if f.level is Level.WARNING)
    assert "MORGUE_FETCH_TIMOUT" in wrong.what
    assert "MORGUE_FETCH_TIMEOUT" in wrong.do


def test_each_setting_is_told_with_its_origin() -> None:
    came = [Origin("title", "variable", "MORGUE_TITLE")]
    (said, *_) = settings.judge(Settings(title="x"), came, [], 2)
    assert said.what == "1 setting made: title (MORGUE_TITLE)"


@pytest.mark.parametrize(
    ("chosen", "named"),
    [
        (Settings(fetch=Fetch(per_host=9)), "fetch.per_host"),
        (Settings(fetch=Fetch(pause=0.1)), "fetch.pause"),
        (
            Settings(alerts=Alerts(host="h", sender="a@h", to=("a",), security="none", user="u")),
            "security",
        ),
        (Settings(alerts=Alerts(host="h")), "alerts.to and alerts.sender"),
    ],
)
def test_unwise_settings_are_warned_of(chosen: Settings, named: str) -> None:
    assert named in " ".join(told(settings.judge(chosen, [], [], 2), Level.WARNING))


def test_files_that_others_may_read_are_named() -> None:
    seen = [SeenFile("articles.db", 0o100644, 0)]
    folder = SeenFile("the folder", 0o040755, 0)
    found = list(files.judge([folder, *seen], reached=True, for_group=False, uid=0))
    assert told(found, Level.WARNING) == ["everybody at this machine may read articles.db"]
    # Where the folders above are closed nobody gets there.
    found = list(files.judge([folder, *seen], reached=False, for_group=False, uid=0))
    assert told(found, Level.WARNING) == []


def test_files_that_others_may_write_are_an_error() -> None:
    seen = [SeenFile("the folder", 0o040777, 7), SeenFile("articles.db", 0o100666, 7)]
    found = list(files.judge(seen, reached=True, for_group=False, uid=7))
    (what,) = told(found, Level.ERROR)
    assert what == "everybody at this machine may write the folder, articles.db"


def test_a_folder_for_a_group_must_be_the_groups() -> None:
    inside = [SeenFile("articles.db", 0o100640, 7)]
    right = SeenFile("the folder", 0o040770 | stat.S_ISGID, 7)
    found = list(files.judge([right, *inside], reached=False, for_group=True, uid=7))
    assert told(found, Level.WARNING) == [
        "files.group is set, but the group may not write articles.db"
    ]
    wrong = SeenFile("the folder", 0o040750, 7)
    found = list(files.judge([wrong], reached=False, for_group=True, uid=7))
    assert "is not its group’s" in told(found, Level.WARNING)[0]


def test_files_of_another_user_are_told() -> None:
    seen = [SeenFile("the folder", 0o040700, 7), SeenFile("articles.db", 0o100600, 0)]
    found = list(files.judge(seen, reached=False, for_group=False, uid=0))
    assert told(found, Level.WARNING) == ["articles.db belong to another user than the folder"]
    assert told(found, Level.NOTE) == ["the folder belongs to user 7, and you are 0"]


@pytest.mark.parametrize(
    ("room", "level"),
    [
        (Room(50 * GIGA, GIGA, 0, GIGA), Level.OK),
        (Room(GIGA, GIGA, 0, GIGA), Level.WARNING),
        (Room(GIGA // 100, 0, 0, 0), Level.ERROR),
        (Room(50 * GIGA, 0, 0, 0, files_free=3), Level.ERROR),
        (Room(50 * GIGA, GIGA, 3 * GIGA, 0), Level.WARNING),
    ],
)
def test_room_is_judged_by_what_the_next_merge_takes(room: Room, level: Level) -> None:
    assert level in {finding.level for finding in files.judge_room(room)}


@pytest.mark.parametrize(
    ("index", "level", "words"),
    [
        (SeenIndex(True), Level.OK, "up to date"),
        (SeenIndex(True, lag=2), Level.NOTE, "lags by 2 changes"),
        (SeenIndex(False), Level.WARNING, "there is none"),
        (SeenIndex(True, rebuild="the index belongs to another store"), Level.WARNING, "another"),
        (SeenIndex(True, damage="is damaged"), Level.WARNING, "is damaged"),
    ],
)
def test_the_index_is_judged_by_its_gravest_trouble(
    index: SeenIndex, level: Level, words: str
) -> None:
    found = only(keeping.judge_index(index, held=False))
    assert found.level is level
    assert words in found.what


def test_what_lies_about_while_a_run_is_at_work_is_its_own() -> None:
    index = SeenIndex(True, left=("x",))
    assert len(list(keeping.judge_index(index, held=False))) == 2
    assert len(list(keeping.judge_index(index, held=True))) == 1


def test_a_lock_held_for_long_or_elsewhere_is_warned_of() -> None:
    lately, long = (Holder(1, "h", "morgue update", ago(hours=n)) for n in (1, 7))
    assert keeping.judge_lock(None, NOW, at_work=None).level is Level.OK
    assert keeping.judge_lock(lately, NOW, at_work=True).level is Level.NOTE
    assert keeping.judge_lock(long, NOW, at_work=True).level is Level.WARNING
    assert keeping.judge_lock(lately, NOW, at_work=False).level is Level.NOTE
    assert keeping.judge_lock(lately, NOW, at_work=None).level is Level.WARNING


def every(minutes: int, last: float, count: int = 8) -> list[UpdateRun]:
    """Updates every so many minutes, the last so many minutes ago."""
    return [UpdateRun(ago(minutes=last + minutes * n), 30, 0) for n in range(count)]


@pytest.mark.parametrize(
    ("runs", "level"),
    [
        (every(15, 14), Level.OK),
        (every(15, 59), Level.OK),
        (every(15, 61), Level.WARNING),
        (every(1440, 2000), Level.OK),
        (every(1440, 6000), Level.WARNING),
        (every(15, 1000, count=2), Level.OK),
        (every(15, 1500, count=2), Level.WARNING),
        ([UpdateRun(ago(minutes=1), 1, 1, "no room")], Level.ERROR),
        ([UpdateRun(ago(minutes=1), 1, 3)], Level.OK),
        ([], Level.WARNING),
    ],
)
def test_updates_are_late_by_their_own_rhythm(runs: list[UpdateRun], level: Level) -> None:
    assert only(keeping.judge_updates(runs, NOW, sources=1)).level is level


def test_updates_that_take_longer_than_their_pause_are_warned_of() -> None:
    runs = [UpdateRun(ago(minutes=5 * n), 400, 0) for n in range(8)]
    assert told(keeping.judge_updates(runs, NOW, 1), Level.WARNING) == [
        "the last took 400 s, and they come every 5 minutes"
    ]


def feed(name: str, *failures: Failure, **more: Any) -> Source:
    return Source(
        len(name), Kind.FEED, f"https://{name}.example/?token=s3cr3t", failures=failures, **more
    )


def test_sources_are_judged_by_how_long_they_fail() -> None:
    address = feed("long").address
    long = feed("long", Failure(address, "404", ago(days=9), ago(hours=1)))
    brief = feed("brief", Failure(feed("brief").address, "503", ago(hours=9), ago(hours=1)))
    parts = feed(
        "parts", Failure("https://parts.example/1", "is empty", ago(days=9), ago(hours=1))
    )
    gone = feed("gone", retired=ago(days=1))
    paused = feed("paused", paused=ago(days=1))
    found = list(
        sources.judge(
            [long, brief, parts, gone, paused],
            {"The Ledger": date(2026, 1, 3)},
            {long.id: 4},
            {"slow.example": ago(hours=-1)},
            NOW,
        )
    )
    warnings, notes = told(found, Level.WARNING), told(found, Level.NOTE)
    assert [text.split(" ")[0] for text in warnings] == [
        "https://long.example/?token=***",
        "gone",
        "silent",
    ]
    assert "The Ledger (since 2026-01-03)" in warnings[2]
    assert any("brief" in text and "503" in text for text in notes)
    assert any("1 part could not be read" in text for text in notes)
    assert any(text.startswith("paused") for text in notes)
    assert any("robots.txt keeps 4 pages" in text for text in notes)
    assert any("slow.example" in text for text in notes)
    assert "s3cr3t" not in str(found)


def test_sources_without_trouble_are_told_in_one_line() -> None:
    assert (
        only(sources.judge([feed("a")], {}, {}, {}, NOW)).what == "1 source read without trouble"
    )


ANA = Account("ana", Role.WRITE, ago(days=9))
BEN = Account("ben", Role.READ, ago(days=9))
OLD = Token("zotero", Role.READ, ago(days=9), ago(days=1))


@pytest.mark.parametrize(
    ("known", "level", "words"),
    [
        (Known([], [], only_here=True), Level.OK, "whoever is at this machine"),
        (Known([ANA], [], only_here=True), Level.OK, "1 account, 0 tokens (1 to write)"),
        (Known([BEN], [], only_here=True), Level.NOTE, "nobody may write"),
        (Known([ANA], [OLD], only_here=True), Level.NOTE, "zotero"),
        (Known([], [], only_here=False), Level.ERROR, "nobody can be told apart"),
        (Known([ANA], [], only_here=False), Level.WARNING, "without a web server in front"),
    ],
)
def test_who_may_come_in_is_told(known: Known, level: Level, words: str) -> None:
    chosen = Settings(serve=Serve(host="127.0.0.1" if known.only_here else "0.0.0.0"))
    found = told(people.judge_access(chosen, known, NOW), level)
    assert any(words in text for text in found)


def test_what_was_not_delivered_is_told() -> None:
    chosen = Settings(alerts=Alerts(host="mail.example.org"))
    lost = Digest(1, ago(days=1), DigestState.SENDING, ago(days=1))
    refused = Digest(2, ago(hours=1), DigestState.WAITING, ago(hours=1), "550 no")
    fresh = Digest(3, ago(hours=1), DigestState.WAITING, ago(hours=1))
    found = list(people.judge_alerts(chosen, [lost, refused, fresh], 1, NOW))
    assert [f.level for f in found] == [Level.WARNING, Level.WARNING]
    assert "--again 1" in found[0].do
    assert "550 no" in found[1].what
    none = only(people.judge_alerts(Settings(), [], 1, NOW))
    assert "no way for mail to leave" in none.what


@pytest.mark.parametrize(
    ("here", "level", "words"),
    [
        (Versions("1", "3.9.2", "3.40.1"), Level.ERROR, "Python 3.9.2 is too old"),
        (Versions("1", "3.12.0", "3.8.0"), Level.ERROR, "SQLite 3.8.0 is too old"),
        (Versions("1", "3.12.0", "3.40.1", ["flask 2.0 (>=3.1)"]), Level.WARNING, "flask 2.0"),
        (Versions("1", "3.12.0", "3.40.1", [], 15, 14), Level.ERROR, "has format 15"),
        (Versions("1", "3.12.0", "3.40.1", [], 9, 14), Level.NOTE, "has format 9"),
    ],
)
def test_versions_that_do_not_go_together_are_told(
    here: Versions, level: Level, words: str
) -> None:
    assert words in told(versions.judge(here), level)[0]


def test_sizes_and_names_are_said_as_people_say_them() -> None:
    assert [size(n) for n in (0, 999, 1500, 2_500_000, 7 * GIGA, 5000 * GIGA)] == [
        "0 bytes",
        "999 bytes",
        "1.5 kB",
        "2.5 MB",
        "7.0 GB",
        "5.0 TB",
    ]
    assert some(["a", "b", "c"], 2) == "a, b and 1 more"
