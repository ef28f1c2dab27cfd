"""A source is added and files are uploaded in a real browser, with JavaScript and without."""

import base64
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.http_server import Web, reply
from tests.web.conftest import serving

FEED = b"""<rss version="2.0"><channel><title>The Gannet</title>
<item><title>Eels are back in the Wade</title><guid>1</guid>
<link>https://gannet.example/eels</link><pubDate>Tue, 03 Mar 2026 10:00:00 GMT</pubDate>
<description>They were gone for nine years.</description></item></channel></rss>"""
HERRING = "Herring are gone\n\nNobody knows where to.\n"

DROP = """async ([name, data]) => {
  const text = atob(data);
  const held = new DataTransfer();
  held.items.add(new File([text], name, { type: "text/plain" }));
  const zone = document.querySelector("[data-drop]");
  for (const type of ["dragenter", "dragover", "drop"]) {
    const event = new DragEvent(type, { dataTransfer: held, bubbles: true, cancelable: true });
    zone.dispatchEvent(event);
  }
}"""


@pytest.fixture(scope="module")
def own_server(_sample_site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server over an archive that may be changed, which asks servers on this machine."""
    site = Path(shutil.copytree(_sample_site, tmp_path_factory.mktemp("sources") / "site"))
    (site / "morgue.toml").write_text('[fetch]\nprivate_hosts = ["127.0.0.1"]\n')
    with serving(site) as address:
        yield address


@contextmanager
def opened(browser: Browser, address: str, *, scripts: bool) -> Iterator[Page]:
    context = browser.new_context(
        base_url=address, java_script_enabled=scripts, viewport={"width": 1440, "height": 900}
    )
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_a_site_is_looked_at_added_and_read(
    scripts: bool, browser: Browser, own_server: str, web: Web
) -> None:
    link = '<link rel="alternate" type="application/rss+xml" href="/feed">'
    web.pages["/"] = reply(body=link.encode(), content_type="text/html")
    web.pages["/feed"] = reply(body=FEED, content_type="text/xml")
    with opened(browser, own_server, scripts=scripts) as page:
        page.goto("/sources")
        page.get_by_role("link", name="Add a feed").click()
        page.get_by_label("Address of a newspaper").fill(web.url("/"))
        page.get_by_role("button", name="Look for its feed").click()
        expect(page.get_by_role("heading", name="The Gannet")).to_be_visible(timeout=30_000)
        expect(page.get_by_text("Eels are back in the Wade")).to_be_visible()
        page.get_by_label("Name; empty").fill(f"Gannet {scripts}")
        page.get_by_role("button", name="Add this feed").click()
        expect(page.get_by_text("An update of this source was begun")).to_be_visible()
        for _ in range(120):
            page.goto(page.url)
            if page.get_by_text("Not read yet").count() == 0:
                break
            page.wait_for_timeout(500)
        expect(page.get_by_text("Last read")).to_be_visible()
        expect(page.get_by_text("Not read yet")).to_have_count(0)


def test_files_are_chosen_or_dropped_and_then_sent_together(
    browser: Browser, own_server: str
) -> None:
    with opened(browser, own_server, scripts=True) as page:
        page.goto("/sources/upload")
        eels = {"name": "eels.txt", "mimeType": "text/plain", "buffer": b"Eels\n\nAre back.\n"}
        page.get_by_label("Articles, clippings").set_input_files(eels)  # type: ignore[arg-type]
        page.evaluate(DROP, ["herring.txt", base64.b64encode(HERRING.encode()).decode()])
        expect(page.get_by_text("2 files,")).to_be_visible()
        page.get_by_role("button", name="Upload").click()
        expect(page.get_by_role("heading", name="2 new articles from 2 files")).to_be_visible(
            timeout=30_000
        )
        page.get_by_role("link", name="Herring are gone").click()
        expect(page.get_by_role("heading", name="Herring are gone")).to_be_visible()


def test_a_file_that_is_too_large_is_not_sent(browser: Browser, own_server: str) -> None:
    with opened(browser, own_server, scripts=True) as page:
        page.goto("/sources/upload")
        page.evaluate(
            """() => {
              const held = new DataTransfer();
              held.items.add(new File([new ArrayBuffer(51 * 1024 * 1024)], "long.txt"));
              document.dispatchEvent(new DragEvent("drop", { dataTransfer: held }));
            }"""
        )
        expect(page.get_by_text("One is larger than 50.0 MiB")).to_be_visible()
        expect(page.get_by_role("button", name="Upload")).to_be_disabled()


def test_files_are_uploaded_without_scripts(browser: Browser, own_server: str) -> None:
    with opened(browser, own_server, scripts=False) as page:
        page.goto("/sources/upload")
        tern = {"name": "tern.txt", "mimeType": "text/plain", "buffer": b"Tern\n\nLanded.\n"}
        page.get_by_label("Articles, clippings").set_input_files(tern)  # type: ignore[arg-type]
        page.get_by_role("button", name="Upload").click()
        expect(page.get_by_role("heading", name="1 new article from 1 file")).to_be_visible(
            timeout=30_000
        )
