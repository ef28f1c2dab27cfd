"""Take the pictures of our own pages that README and docs show.

Run ``make screenshots``: it serves the sample archive, with two searches saved, and drives
a real Chromium. Each picture is kept in the few colours that a page has, so that it is
small. A page that is not there is told, and its picture left as it is.
"""

import json
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.sync_api import Page, sync_playwright

_ROOT: Final = Path(__file__).parent.parent
_PORT: Final = 8123
_COLOURS: Final = 64
_SAVED: Final = {"Bridges": "bridge OR toll", "Strikes": "strike W/10 (crew* OR docker*)"}


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of the page at *address*; ``{article}`` is the first article found there."""

    name: str
    address: str
    dark: bool = False
    width: int = 1280
    height: int = 800


PICTURES: Final = (
    Picture("screenshot.png", "/search?q=bridge+OR+strike&from=2024&to=2024"),
    Picture("screenshot-dark.png", "/search?q=bridge+OR+strike&from=2024&to=2024", dark=True),
    Picture("screenshot-phone.png", "/search?q=bridge+OR+strike", width=360, height=740),
    Picture("article.png", "{article}?q=bridge"),
    Picture("article-dark.png", "{article}?q=bridge", dark=True),
    Picture("coverage.png", "/coverage?unit=month"),
    Picture("coverage-dark.png", "/coverage?unit=month", dark=True),
    Picture("saved.png", "/saved", height=480),
    Picture("front.png", "/"),
)


def main() -> None:
    """Write every picture into docs/."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        sys.exit("there is no Chromium here: apt-get install chromium")
    with tempfile.TemporaryDirectory() as site:
        command = [sys.executable, "-m", "morgue", "--site", site, "--quiet"]
        article = _archive(command)
        server = subprocess.Popen([*command, "serve", "--port", str(_PORT)])
        try:
            _wait()
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(
                    executable_path=program,
                    args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
                )
                page = browser.new_page()
                for picture in PICTURES:
                    _take(page, picture, article)
                browser.close()
        finally:
            server.terminate()
            server.wait()


def _archive(command: list[str]) -> str:
    """Build the sample archive with saved searches; return where an article stands."""
    subprocess.run([*command, "add", str(_ROOT / "morgue" / "sample")], check=True)
    subprocess.run([*command, "update"], check=True)
    for name, query in _SAVED.items():
        subprocess.run([*command, "saved", "add", name, query], check=True)
    found = subprocess.run(
        [*command, "search", "--json", "bridge"], check=True, capture_output=True, text=True
    )
    return f"/article/{json.loads(found.stdout)['hits'][0]['id']}"


def _take(page: Page, picture: Picture, article: str) -> None:
    page.set_viewport_size({"width": picture.width, "height": picture.height})
    page.emulate_media(color_scheme="dark" if picture.dark else "light")
    address = picture.address.format(article=article)
    shown = page.goto(f"http://127.0.0.1:{_PORT}{address}")
    if shown is None or not shown.ok:
        sys.stderr.write(f"{address} is not there; docs/{picture.name} stays as it is\n")
        return
    with Image.open(BytesIO(page.screenshot())) as taken:
        few = taken.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE)
        few.save(_ROOT / "docs" / picture.name, optimize=True)


def _wait() -> None:
    for _ in range(100):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{_PORT}/", timeout=5).close()
        except OSError:
            time.sleep(0.1)
        else:
            return


if __name__ == "__main__":
    main()
