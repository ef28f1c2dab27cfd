"""Every screen is valid HTML, and the style sheet valid CSS, as the Nu Html Checker says."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from flask.testing import FlaskClient

from tests.web.reach.houses import House
from tests.web.reach.screens import SCREENS, Screen, answer
from web.assets import assets

pytestmark = pytest.mark.gate

_JAR: Final = Path(sys.prefix, "tools", "node_modules", "vnu-jar", "build", "dist", "vnu.jar")


@pytest.fixture(scope="module")
def checker() -> list[str]:
    """The command that checks a folder; without it the tests skip, unless it is required."""
    java, jar = shutil.which("java"), Path(os.environ.get("VNU_JAR", _JAR))
    if java and jar.exists():
        return [java, "-jar", str(jar), "--format", "json", "--also-check-css", "--errors-only"]
    what = f"there is no {jar}: make gates has it" if java else "there is no Java here"
    if os.environ.get("MORGUE_CHECKER") == "required":
        pytest.fail(what)
    pytest.skip(f"{what}; HTML is not checked")


def test_every_screen_is_valid_html(
    checker: list[str],
    houses: dict[str, House],
    client_for: Callable[[Screen], FlaskClient],
    tmp_path: Path,
) -> None:
    for screen in SCREENS:
        shown = answer(client_for(screen), screen, houses[screen.house].names)
        (tmp_path / f"{screen.name}.html").write_bytes(shown.data)
    (tmp_path / "morgue.css").write_text(assets()["morgue.css"].text, "utf-8")
    done = subprocess.run([*checker, str(tmp_path)], capture_output=True, text=True, timeout=300)
    said = json.loads(done.stderr)["messages"]
    wrong = {
        f"{Path(each.get('url', '')).name}: {each['message']}  {each.get('extract', '')[:160]!r}"
        for each in said
    }
    assert not wrong, "\n".join(sorted(wrong))


def test_the_checker_finds_what_is_wrong(checker: list[str], tmp_path: Path) -> None:
    (tmp_path / "wrong.html").write_text("<!doctype html><title>x</title><p id=a><p id=a>")
    (tmp_path / "wrong.css").write_text("p { colour: red }")
    done = subprocess.run([*checker, str(tmp_path)], capture_output=True, text=True, timeout=300)
    assert len(json.loads(done.stderr)["messages"]) == 2
