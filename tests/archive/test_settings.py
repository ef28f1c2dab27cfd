from pathlib import Path

import pytest

from archive.errors import SettingsError
from archive.settings import Fetch, Serve, Settings, load


def site(tmp_path: Path, toml: str) -> Path:
    (tmp_path / "morgue.toml").write_text(toml, encoding="utf-8")
    return tmp_path


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    assert load(tmp_path, {}) == Settings()


def test_the_file_goes_over_the_defaults_and_the_environment_over_the_file(tmp_path: Path) -> None:
    toml = 'title = "The Gannet"\n[fetch]\ntimeout = 5\n[serve]\nport = 9000\n'
    environ = {"MORGUE_FETCH_TIMEOUT": "2.5", "MORGUE_LANGUAGE": "german", "PATH": "/bin"}
    assert load(site(tmp_path, toml), environ) == Settings(
        title="The Gannet", language="german", fetch=Fetch(timeout=2.5), serve=Serve(port=9000)
    )


@pytest.mark.parametrize(
    ("toml", "named"),
    [
        ("title = ", "cannot be read"),
        ("titel = 'x'", "titel"),
        ("[serve]\nport = 'many'", "serve.port"),
        ("[fetch]\ntimeout = 0", "fetch.timeout"),
        ("[fetch]\nconcurrency = 0", "fetch.concurrency"),
        ("[fetch]\nper_host = 0", "fetch.per_host"),
        ("[fetch]\nrevisits = -1", "fetch.revisits"),
        ("[fetch]\nproxy = 'proxy.example'", "fetch.proxy"),
        ("[fetch]\nproxy = 'socks5://proxy.example:1'", "fetch.proxy"),
        ("[serve]\nworkers = 0", "serve.workers"),
        ("[serve]\nport = 70000", "serve.port"),
        ("fetch = 7", "fetch"),
        ("[access]\nanyone = 'admin'", "access.anyone"),
        ("[access]\nsession_days = 0", "access.session_days"),
        ("[access]\nhosts = ['https://a.example']", "access.hosts: “https://a.example”"),
        ("[access]\nhosts = ['*']", "access.hosts"),
        ("[access]\nproxies = ['proxy.example']", "access.proxies: “proxy.example”"),
        ("[access]\nproxies = ['0.0.0.0/0']", "would believe everybody"),
        ("[access]\nuser_header = 'X-User'", "needs access.proxies"),
        ("[access]\nuser_header = 'X_User'\nproxies = ['10.0.0.1']", "cannot be a header"),
        ("[access]\nuser_header = 'Cookie'\nproxies = ['10.0.0.1']", "cannot be a header"),
        ("[access]\nwriters = ['ana']", "without access.user_header"),
        ("[topics.narcotics]", "topics.narcotics has no query"),
        ("[topics.narcotics]\nquery = ' '", "topics.narcotics has no query"),
        ("[topics.narcotics]\nq = 'x'", "topics.narcotics: .*q"),
        ("[search.equivalents]\nUS = []", "search.equivalents.“US” must have 1 to 15"),
        ("[search.equivalents]\nUS = '—'", "search.equivalents.“US”: “—” is no word"),
        ("[search.equivalents]\nUS = ['a', 1]", "search.equivalents"),
        ("[search]\nsynonyms = 1", "synonyms"),
        ("[topics]\nnarcotics = 'x'", "topics.narcotics: "),
        ("[topics.'a  b']\nquery = 'x'", "no name for a topic"),
    ],
)
def test_a_wrong_setting_is_refused_naming_file_and_key(
    tmp_path: Path, toml: str, named: str
) -> None:
    with pytest.raises(SettingsError, match=named) as caught:
        load(site(tmp_path, toml), {})
    assert caught.value.where == str(tmp_path / "morgue.toml")
    assert caught.value.exit_code == 2


def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "morgue.toml").write_bytes(b"title = '\xff'")
    with pytest.raises(SettingsError, match="cannot be read"):
        load(tmp_path, {})


def test_a_wrong_variable_is_refused_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="MORGUE_SERVE_PORT"):
        load(tmp_path, {"MORGUE_SERVE_PORT": "many"})


def test_a_variable_out_of_range_is_refused_by_its_key(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"fetch\.timeout"):
        load(tmp_path, {"MORGUE_FETCH_TIMEOUT": "-1"})


def test_the_file_is_never_rewritten(tmp_path: Path) -> None:
    path = site(tmp_path, "title = 'x' # mine\n") / "morgue.toml"
    load(tmp_path, {"MORGUE_TITLE": "y"})
    assert path.read_text() == "title = 'x' # mine\n"


def test_columns_are_named_by_our_fields_and_no_others(tmp_path: Path) -> None:
    named = load(site(tmp_path, '[columns]\nheadline = "Titel"\ntext = "Lauftext"\n'), {}).columns
    assert named.named() == {"headline": "Titel", "text": "Lauftext"}
    with pytest.raises(SettingsError, match="heading"):
        load(site(tmp_path, '[columns]\nheading = "Titel"\n'), {})


def test_equivalents_are_groups_of_a_word_and_what_stands_for_it(tmp_path: Path) -> None:
    toml = "[search.equivalents]\nUS = 'United States'\nEU = ['European Union', 'Brussels']\n"
    assert load(site(tmp_path, toml), {}).search.groups == (
        ("US", "United States"),
        ("EU", "European Union", "Brussels"),
    )
    assert Settings().search.groups == ()


def test_text_may_come_from_a_file_that_a_variable_names(tmp_path: Path) -> None:
    secret = tmp_path / "proxy"
    secret.write_text("http://ana:word@proxy.example:3128\n", encoding="utf-8")
    loaded = load(tmp_path, {"MORGUE_FETCH_PROXY_FILE": str(secret)})
    assert loaded.fetch.proxy == "http://ana:word@proxy.example:3128"


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({"MORGUE_TITLE_FILE": "/nowhere"}, "cannot be read"),
        ({"MORGUE_TITLE_FILE": "/nowhere", "MORGUE_TITLE": "x"}, "and so is MORGUE_TITLE"),
    ],
)
def test_a_file_for_a_setting_that_cannot_be_used_is_named(
    tmp_path: Path, environ: dict[str, str], named: str
) -> None:
    with pytest.raises(SettingsError, match=named) as caught:
        load(tmp_path, environ)
    assert "MORGUE_TITLE_FILE" in caught.value.where


def test_proxies_and_names_are_lists_in_a_variable(tmp_path: Path) -> None:
    environ = {"MORGUE_ACCESS_PROXIES": "10.0.0.0/8, ::1", "MORGUE_ACCESS_HOSTS": "a.example"}
    access = load(tmp_path, environ).access
    assert access.proxies == ("10.0.0.0/8", "::1")
    assert access.hosts == ("a.example",)


def test_the_newer_of_near_equals_come_first_unless_the_settings_say_no(tmp_path: Path) -> None:
    assert Settings().search.newer
    assert not load(site(tmp_path, "[search]\nnewer = false\n"), {}).search.newer
    assert not load(tmp_path, {"MORGUE_SEARCH_NEWER": "false"}).search.newer
    with pytest.raises(SettingsError, match=r"search\.newer must be true or false"):
        load(site(tmp_path, "[search]\nnewer = 'no'\n"), {})
