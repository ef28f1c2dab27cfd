"""Accessibility by axe-core (WCAG 2.2 AA and its best practices), target size, and focus."""

from collections.abc import Callable, Iterator
from typing import Final

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.web.conftest import PASSWORDS
from tests.web.reach.houses import House
from tests.web.reach.screens import SCREENS, SHORT, Screen, seen_at

pytestmark = pytest.mark.browser

_TAGS: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_SIGHTS: Final = (("light", 1440), ("dark", 360))
_LEAST: Final = 24

Visit = Callable[[Screen], Page]


@pytest.fixture(scope="module")
def visit(browser: Browser, houses: dict[str, House]) -> Iterator[Visit]:
    """Show a screen in a page of a browser that is signed in as the screen says."""
    pages: dict[tuple[str, str | None], Page] = {}

    def show(screen: Screen) -> Page:
        house = houses[screen.house]
        key = (screen.house, screen.who)
        if key not in pages:
            page = pages[key] = browser.new_context(base_url=house.base).new_page()
            if screen.who:
                page.goto("/login")
                page.get_by_label("Name").fill(screen.who)
                page.get_by_label("Password").fill(PASSWORDS[screen.who])
                with page.expect_navigation():
                    page.keyboard.press("Enter")
        page = pages[key]
        address = screen.address.format_map(house.names)
        if screen.form is None:
            shown = page.goto(address)
        else:
            page.goto(seen_at(screen))
            with page.expect_navigation() as sent:
                fields = screen.fields(house.names)
                page.evaluate(_SEND, [address, fields, dict(screen.files or {})])
            shown = sent.value
        assert shown is not None
        assert shown.status == screen.status
        return page

    yield show
    for page in pages.values():
        page.context.close()


@pytest.mark.parametrize("screen", [s for s in SCREENS if s.name in SHORT], ids=lambda s: s.name)
def test_the_main_screens_have_no_barrier(screen: Screen, visit: Visit) -> None:
    page = visit(screen)
    scheme, width = _SIGHTS[SCREENS.index(screen) % 2]
    found = _barriers(page, scheme, width)
    assert not found, "\n".join(found)


@pytest.mark.gate
@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
def test_no_screen_has_a_barrier_in_any_colours(screen: Screen, visit: Visit) -> None:
    page = visit(screen)
    found = [
        f"{scheme}, {width} px: {barrier}"
        for scheme, width in _SIGHTS
        for barrier in _barriers(page, scheme, width)
    ]
    assert not found, "\n".join(found)


def test_the_list_of_keys_has_no_barrier(visit: Visit) -> None:
    page = visit(SCREENS[0])
    page.keyboard.press("?")
    assert page.get_by_role("dialog").is_visible()
    assert not _barriers(page, "light", 360)


@pytest.mark.parametrize("name", ["results-narrowed", "article", "saved-one"])
def test_focus_is_seen_on_everything_that_takes_it(name: str, visit: Visit) -> None:
    page = visit(next(screen for screen in SCREENS if screen.name == name))
    page.set_viewport_size({"width": 1440, "height": 900})
    seen: list[str] = []
    for _ in range(400):
        page.keyboard.press("Tab")
        what, outlined = page.evaluate(_FOCUSED)
        if what == "body" and seen:
            break
        assert outlined, what
        seen.append(what)
    assert len(seen) > 10


def _barriers(page: Page, scheme: str, width: int) -> list[str]:
    """What axe finds on *page*, everything on it opened, and targets that are too small."""
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.set_viewport_size({"width": width, "height": 900})
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    options = {"runOnly": {"type": "tag", "values": _TAGS}, "resultTypes": ["violations"]}
    found = Axe().run(page, options=options).response["violations"]
    barriers = [
        f"{each['id']}: {node['html'][:160]}" for each in found for node in each["nodes"][:5]
    ]
    return barriers + [f"small: {each}" for each in page.evaluate(_SMALL, _LEAST)]


_SEND: Final = """([address, fields, files]) => {
  const form = document.createElement('form');
  form.method = 'post';
  form.action = address;
  const token = document.querySelector('input[name=csrf]');
  for (const [name, value] of Object.entries({ csrf: token ? token.value : '', ...fields })) {
    const input = document.createElement('input');
    Object.assign(input, { type: 'hidden', name, value });
    form.append(input);
  }
  if (Object.keys(files).length) {
    const held = new DataTransfer();
    for (const [name, text] of Object.entries(files)) held.items.add(new File([text], name));
    const input = document.createElement('input');
    Object.assign(input, { type: 'file', name: 'files', multiple: true, files: held.files });
    form.enctype = 'multipart/form-data';
    form.append(input);
  }
  document.body.append(form);
  form.submit();
}"""

# WCAG 2.2, 2.5.8. What it excepts: links within a line of text, ticks with a label, and the
# bars of the timeline, whose periods are links of a table and values of a facet, too.
_SMALL: Final = """least => {
  const inLine = element => {
    if (element.tagName !== 'A') return false;
    const words = element.closest('p, li, td, dd, h1, h2, h3')?.cloneNode(true);
    if (!words) return false;
    words.querySelectorAll('a, button, .unseen').forEach(each => each.remove());
    return /[\\p{L}\\p{N}]/u.test(words.textContent);
  };
  const found = [];
  for (const element of document.querySelectorAll('a[href], button, input, summary, select')) {
    const target = element.matches('input[type=checkbox]') ? element.closest('label') : element;
    const box = target.getBoundingClientRect();
    if (!box.width || !element.checkVisibility() || element.matches('.skip, svg a')) continue;
    if (getComputedStyle(element).clipPath !== 'none') continue;
    if ((box.height < least - 0.5 || box.width < least - 0.5) && !inLine(element))
      found.push(`${element.outerHTML.slice(0, 160)} ${box.width} x ${box.height}`);
  }
  return found;
}"""

_FOCUSED: Final = """() => {
  const element = document.activeElement;
  if (!element || element === document.body) return ['body', true];
  const slot = element.querySelector('.slot');
  const style = getComputedStyle(slot ?? element);
  const outlined = slot
    ? style.stroke !== 'none' && parseFloat(style.strokeWidth) >= 2
    : style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
  return [element.outerHTML.slice(0, 200), outlined];
}"""
