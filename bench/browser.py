"""`browser`: what a first search page costs a reader on a phone, in a real Chromium.

The page is loaded into an empty cache, at 360 × 740 pixels, with the processor slowed down
to a quarter; bytes are those on the wire, head lines included. Chromium slows the network down
as its developer tools' "slow 4G" does (562 ms, 1.44 Mbit/s) only with ``--slow``: on this
machine that adds latency which no page of a server on the reader's own machine has.
"""

import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any, Final

import click
from playwright.sync_api import Browser, sync_playwright

from bench.show import print_json, print_table

_PATHS: Final = ("/search", "/search?q=bridge", "/search?q=why+did+the+bridge+close+to+traffic")
_SLOW: Final = {
    "offline": False,
    "latency": 562.5,
    "downloadThroughput": 180_000,
    "uploadThroughput": 84_375,
}
# The last of each kind counts: the largest paint so far, and all shifts that no input caused.
_WATCH: Final = """
window.seen = {lcp: 0, shift: 0};
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) seen.lcp = entry.startTime;
}).observe({type: "largest-contentful-paint", buffered: true});
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) seen.shift += entry.value;
}).observe({type: "layout-shift", buffered: true});
"""


@click.command(name="browser", epilog="Example: python -m bench browser --site ~/my-archive")
@click.option("--site", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--rounds", default=5, show_default=True, help="Loads of each page.")
@click.option("--slow", is_flag=True, help="Over a slow phone network, too.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
def browser(site: Path, rounds: int, slow: bool, as_json: bool) -> None:
    """Bytes, requests, largest paint and layout shift of first search pages over SITE."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        raise click.ClickException("there is no Chromium here: apt-get install chromium")
    with _serving(site) as address, sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=program,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        rows = [_measure(started, address, path, rounds, slow) for path in _PATHS]
        started.close()
    if as_json:
        print_json({"pages": rows, "slow": slow})
        return
    print_table(
        "First search pages on a phone (processor ÷ 4), empty cache",
        ("page", "kB", "requests", "largest paint, ms", "layout shift"),
        (tuple(row.values()) for row in rows),
    )


def _measure(started: Browser, address: str, path: str, rounds: int, slow: bool) -> dict[str, Any]:
    loads = [_load(started, address + path, slow) for _ in range(rounds)]
    return {
        "page": path,
        "kB": round(max(load["bytes"] for load in loads) / 1000, 1),
        "requests": max(load["requests"] for load in loads),
        "lcp_ms": round(median(load["lcp"] for load in loads)),
        "shift": round(max(load["shift"] for load in loads), 4),
    }


def _load(started: Browser, url: str, slow: bool) -> dict[str, float]:
    """Load *url* once, and return its bytes, requests, largest paint (ms) and layout shift."""
    context = started.new_context(viewport={"width": 360, "height": 740}, device_scale_factor=2)
    page = context.new_page()
    session = context.new_cdp_session(page)
    sizes: list[float] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    session.send("Network.enable")
    session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    if slow:
        session.send("Network.emulateNetworkConditions", dict(_SLOW))
    page.add_init_script(_WATCH)
    page.goto(url, wait_until="networkidle")
    seen: dict[str, float] = page.evaluate("seen")
    context.close()
    return {"bytes": sum(sizes), "requests": len(sizes), **seen}


@contextmanager
def _serving(site: Path) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    command = [sys.executable, "-m", "morgue", "--site", str(site), "--quiet", "serve"]
    server = subprocess.Popen([*command, "--port", port])
    try:
        for _ in range(200):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).close()
                break
            except urllib.error.HTTPError:
                break
            except OSError:
                time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=20)
