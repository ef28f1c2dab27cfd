"""Where settings come from, and which are secrets."""

import tomllib
from pathlib import Path

from archive.settings import Alerts, Fetch, Log, Settings, load
from archive.settings_origins import Origin, origins, secrets, unknown_variables, variables


def test_each_setting_has_one_origin_the_last_that_says_it(tmp_path: Path) -> None:
    path = tmp_path / "morgue.toml"
    values = tomllib.loads('title = "x"\n[fetch]\npause = 2\n[topics.a]\nquery = "b"\n')
    environ = {
        "MORGUE_TITLE": "y",
        "MORGUE_ALERTS_PASSWORD_FILE": "/run/secrets/mail",
        "MORGUE_SITE": "/srv",
    }
    assert set(origins(tmp_path, values, environ)) == {
        Origin("title", "variable", "MORGUE_TITLE"),
        Origin("fetch.pause", "file", str(path), path),
        Origin("topics", "file", str(path), path),
        Origin(
            "alerts.password", "named", "MORGUE_ALERTS_PASSWORD_FILE", Path("/run/secrets/mail")
        ),
    }


def test_a_variable_that_sets_nothing_is_found() -> None:
    environ = {"MORGUE_FETCH_TIMOUT": "1", "MORGUE_FETCH_TIMEOUT": "1", "MORGUE_SITE": "x"}
    environ |= {"MORGUE_FETCH_PROXY_FILE": "x", "PATH": "y"}
    assert unknown_variables(environ) == ["MORGUE_FETCH_TIMOUT"]


def test_every_secret_can_come_from_a_file(tmp_path: Path) -> None:
    environ = {}
    for key in ("alerts.password", "fetch.proxy"):
        file = tmp_path / key
        file.write_text("http://u:s3cr%20t@h:1\n", encoding="utf-8")
        environ[f"{variables()[key]}_FILE"] = str(file)
    loaded = load(tmp_path, environ)
    assert loaded.alerts.password == loaded.fetch.proxy == "http://u:s3cr%20t@h:1"


def test_secrets_are_those_of_mail_and_proxy() -> None:
    settings = Settings(alerts=Alerts(password="a b"), fetch=Fetch(proxy="http://u:s3cr%20t@h:1"))
    assert secrets(settings) == ("a b", "s3cr t", "s3cr%20t")
    assert secrets(Settings()) == ()


def test_the_log_is_set_by_table_or_variable(tmp_path: Path) -> None:
    assert load(tmp_path, {"MORGUE_LOG_FORMAT": "json"}).log == Log("json", "warning")
    (tmp_path / "morgue.toml").write_text('[log]\nlevel = "info"\n', encoding="utf-8")
    assert load(tmp_path, {}).log == Log("text", "info")
