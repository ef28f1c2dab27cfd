"""`lighthouse`: how Lighthouse scores the main pages, over the sample archive on localhost.

Each page is scored on a simulated phone, from 0 to 100 in each category. Pages of an
archive ask search engines to stay away, which Lighthouse counts against SEO: the audit
``is-crawlable`` is left out, and told.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import click

from bench.searching.serving import served
from bench.show import Check, print_checks, print_json, print_lines, print_table

_SAMPLE: Final = Path(__file__).parent.parent / "morgue" / "sample"
_PAGES: Final = ("/", "/search?q=bridge", "/coverage", "/saved", "/help", "{article}")
_CATEGORIES: Final = ("performance", "accessibility", "best-practices", "seo")
_BROWSER: Final = "--headless=new --no-sandbox --disable-gpu --disable-background-networking"


@click.command(epilog="Example: make lighthouse")
@click.option(
    "--program",
    default="lighthouse",
    show_default=True,
    help="Lighthouse's command, as `npm install lighthouse` has it.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def lighthouse(program: str, as_json: bool) -> None:
    """Lighthouse's scores of the main pages."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser is None or shutil.which(program) is None:
        sys.exit("Chromium and Lighthouse are needed: make lighthouse")
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder)
        command = [sys.executable, "-m", "morgue", "--site", folder, "--quiet"]
        subprocess.run([*command, "add", str(_SAMPLE)], check=True)
        subprocess.run([*command, "update"], check=True)
        found = subprocess.run(
            [*command, "search", "--json", "bridge"], check=True, capture_output=True, text=True
        )
        article = f"/article/{json.loads(found.stdout)['hits'][0]['id']}"
        with served(site, 1) as server:
            base = f"http://127.0.0.1:{server.port}"
            # Where links lead; asked by its id alone, an article answers with one request more.
            with urllib.request.urlopen(base + article, timeout=60) as shown:
                article = urlsplit(shown.geturl()).path
            pages = [page.format(article=article) for page in _PAGES]
            scored = [_scored(program, browser, base, page) for page in pages]
    low = [
        f"{one['page']}: {name} {one[name]}"
        for one in scored
        for name in _CATEGORIES
        if one[name] < 100
    ]
    if as_json:
        print_json({"pages": scored, "ok": not low})
    else:
        print_table(
            "Lighthouse, a simulated phone; LCP in milliseconds",
            ("page", *_CATEGORIES, "LCP", "CLS", "kB", "requests"),
            [tuple(one[k] for k in ("page", *_CATEGORIES, *_MORE)) for one in scored],
        )
        print_lines(
            "Below 100", [f"{each['page']}: {why}" for each in scored for why in each["why"]]
        )
        print_checks([Check("100 in every category", not low, "; ".join(low) or "all")])
    if low:
        sys.exit(1)


_MORE: Final = ("lcp_ms", "shift", "kb", "requests")


def _scored(program: str, browser: str, base: str, page: str) -> dict[str, Any]:
    done = subprocess.run(
        [
            program,
            base + page,
            "--output=json",
            "--quiet",
            f"--only-categories={','.join(_CATEGORIES)}",
            "--skip-audits=is-crawlable",
            f"--chrome-flags={_BROWSER}",
        ],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "CHROME_PATH": browser},
        timeout=300,
    )
    told = json.loads(done.stdout)
    audits = told["audits"]
    resources = audits["network-requests"]["details"]["items"]
    return {
        "page": page,
        **{name: round(100 * (told["categories"][name]["score"] or 0)) for name in _CATEGORIES},
        "lcp_ms": round(audits["largest-contentful-paint"]["numericValue"]),
        "shift": round(audits["cumulative-layout-shift"]["numericValue"], 3),
        "kb": round(sum(each.get("transferSize", 0) for each in resources) / 1000, 1),
        "requests": len(resources),
        "why": [
            f"{audits[ref['id']]['title']} ({audits[ref['id']]['score']})"
            for name in _CATEGORIES
            for ref in told["categories"][name]["auditRefs"]
            if ref["weight"]
            and (audits[ref["id"]].get("score") or 0) < 0.9
            and audits[ref["id"]]["scoreDisplayMode"] in ("binary", "numeric")
        ],
    }
