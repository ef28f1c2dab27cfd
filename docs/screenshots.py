"""Take the pictures of our own pages that README and docs show.

Run ``make screenshots``: it serves the sample archive and drives a real Chromium.
"""

import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import sync_playwright

_ROOT = Path(__file__).parent.parent
_PORT = 8123
_PICTURES = {"screenshot.png": "/search?q=bridge+OR+strike&from=2024&to=2024"}


def main() -> None:
    """Write every picture into docs/."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        sys.exit("there is no Chromium here: apt-get install chromium")
    with tempfile.TemporaryDirectory() as site:
        command = [sys.executable, "-m", "morgue", "--site", site]
        subprocess.run([*command, "--quiet", "add", str(_ROOT / "morgue" / "sample")], check=True)
        subprocess.run([*command, "update"], check=True)
        server = subprocess.Popen([*command, "--quiet", "serve", "--port", str(_PORT)])
        try:
            _wait()
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(
                    executable_path=program,
                    args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
                )
                page = browser.new_page(viewport={"width": 1280, "height": 800})
                for name, address in _PICTURES.items():
                    page.goto(f"http://127.0.0.1:{_PORT}{address}")
                    page.screenshot(path=_ROOT / "docs" / name)
                browser.close()
        finally:
            server.terminate()
            server.wait()


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
