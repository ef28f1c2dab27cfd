"""Every screen of the web app in every state: one list, which all tests of reach go through.

A new screen is a line here; then accessibility, validity, screen widths and the crawl cover
it. In an address ``{article}`` and the like are what a house (`houses`) calls by that name.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.web.conftest import csrf_in


@dataclass(frozen=True, slots=True)
class Screen:
    """What stands at *address* of a house, for *who* signed in there.

    With *form* it is the answer to that form, whose token stands on the page *seen_at*, and
    with *files* they are sent along, each as its name and text.
    """

    name: str
    address: str
    status: int = 200
    house: str = "full"
    who: str | None = None
    form: Mapping[str, str] | None = None
    seen_at: str = ""
    files: Mapping[str, str] | None = None

    def fields(self, names: Mapping[str, str]) -> dict[str, str]:
        """Return what the form sends beside files and token."""
        return {name: value.format_map(names) for name, value in (self.form or {}).items()}


_EELS: Final = {"eels.txt": "Eels are back\n\nThey were gone for nine years.\n", "gone.pdf": "no"}
_WRONG: Final = {"name": "ben", "password": "not the password"}

SCREENS: Final = (
    Screen("front", "/"),
    Screen("results", "/search?q=bridge"),
    Screen(
        "results-narrowed",
        "/search?q=(bridge+OR+strike)+-toll&source=Meridian&source=The+Northern+Ledger"
        "&not-source=Valtor+Chronicle&from=2019&to=2026&sort=newest",
    ),
    Screen("results-all", "/search"),
    Screen("results-explained", "/search?q=bridge+toll&why=yes&telling=yes"),
    Screen("results-of-a-question", "/search?q=who+found+a+crack+in+the+bridge+over+the+river"),
    Screen("results-misunderstood", "/search?q=hd%3D(council+OR+crew*)+nosuch:field+W/9"),
    Screen("results-in-other-scripts", "/search?q=source:clippings"),
    Screen("no-hits", "/search?q=bridge+zeppelin"),
    Screen("no-hits-narrowed", "/search?q=bridge&source=Meridian&from=1950&to=1951"),
    Screen("no-such-page", "/search?q=bridge&page=99", 404),
    Screen("bad-address", "/search?q=bridge&from=never", 400),
    Screen("values", "/search/facet/topic?q=bridge"),
    Screen("values-none", "/search/facet/byline?find=zzz"),
    Screen("article", "/article/{article}?q=bridge"),
    Screen("article-right-to-left", "/article/{arabic}"),
    Screen("article-in-chinese", "/article/{chinese}?q=新桥"),
    Screen("article-without-headline", "/article/{bare}"),
    Screen("article-revised", "/article/{revised}"),
    Screen("article-as-it-was", "/article/{revised}?revision=1"),
    Screen("changes", "/article/{revised}/changes/2"),
    Screen("beside", "/article/{one}/beside/{other}"),
    Screen("beside-another-story", "/article/{article}/beside/{revised}"),
    Screen("withdrawn", "/article/{withdrawn}", 410),
    Screen("purged", "/article/{purged}", 410),
    Screen("no-such-article", "/article/000000000000", 404),
    Screen("coverage", "/coverage"),
    Screen("coverage-months", "/coverage?unit=month"),
    Screen("coverage-of-no-source", "/coverage?find=zzz"),
    Screen("coverage-new", "/coverage", house="new"),
    Screen("doubtful-dates", "/coverage/dates"),
    Screen("doubtful-texts", "/coverage/texts"),
    Screen("saved", "/saved"),
    Screen("saved-one", "/saved/1"),
    Screen("saved-empty", "/saved/2"),
    Screen("saved-delete", "/saved/1/delete"),
    Screen("saved-no-name", "/saved", 400, form={"name": "", "address": "/search?q=x"}),
    Screen("sources", "/sources", house="taking"),
    Screen("sources-none-found", "/sources?find=zzz", house="taking"),
    Screen("sources-none", "/sources", house="new"),
    Screen("source", "/sources/{source}", house="taking"),
    Screen("source-remove", "/sources/{source}/remove", house="taking"),
    Screen("source-add", "/sources/add", house="taking"),
    Screen("source-preview", "/sources/look", 200, "taking", form={"address": "{feed}"}),
    Screen("source-not-found", "/sources/look", 400, "taking", form={"address": "no address"}),
    Screen("upload", "/sources/upload", house="taking"),
    Screen("upload-of-nothing", "/sources/upload", 400, "taking", form={}),
    Screen("uploaded", "/sources/upload", 200, "taking", form={"name": ""}, files=_EELS),
    Screen("sources-of-a-reader", "/sources", house="guarded", who="ben"),
    Screen("sources-of-a-writer", "/sources", house="guarded", who="ana"),
    Screen("source-add-refused", "/sources/add", 403, "guarded", "ben"),
    Screen("help", "/help"),
    Screen("nowhere", "/nowhere", 404),
    Screen("for-reading-only", "/help", 405, form={"a": "b"}, seen_at="/saved/1"),
    Screen("form-of-nobody", "/saved", 403, form={"csrf": "forged", "name": "x"}),
    Screen("new", "/", house="new"),
    Screen("new-search", "/search?q=bridge", house="new"),
    Screen("new-saved", "/saved", house="new"),
    Screen("waiting", "/", house="waiting"),
    Screen("index-not-ready", "/search?q=bridge", 503, house="unindexed"),
    Screen("index-not-ready-front", "/", 503, house="unindexed"),
    Screen("index-lags", "/search?q=bridge", house="lagging"),
    Screen("index-lags-front", "/", house="lagging"),
    Screen("store-away", "/", 503, house="away"),
    Screen("store-damaged", "/search?q=bridge", 503, house="damaged"),
    Screen("busy", "/saved", 503, "busy", form={"name": "x", "address": "/search?q=x"}),
    Screen("signed-out", "/login", house="guarded"),
    Screen("wrong-password", "/login", 403, "guarded", form=_WRONG),
    Screen("too-many-attempts", "/login", 429, "barred", form=_WRONG),
    Screen("reader", "/search?q=bridge", house="guarded", who="ben"),
    Screen("reader-refused", "/saved", 403, "guarded", "ben", {"name": "x"}, "/saved"),
    Screen("writer", "/saved", house="guarded", who="ana"),
    Screen("not-signed-in-form", "/saved", 401, "guarded", form={"a": "b"}, seen_at="/login"),
    Screen("no-accounts", "/login"),
)

SHORT: Final = frozenset(
    ("front", "results-narrowed", "no-hits", "values", "article", "coverage", "saved-one")
)
"""What `make test` looks at; `make gates` looks at all."""


def answer(client: FlaskClient, screen: Screen, names: Mapping[str, str]) -> TestResponse:
    """Return the answer that *screen* is, from a client that is signed in as it says."""
    address = screen.address.format_map(names)
    if screen.form is None:
        return client.get(address, follow_redirects=True)
    form: dict[str, Any] = dict(screen.fields(names))
    if "csrf" not in form:
        form["csrf"] = csrf_in(client.get(screen.seen_at or seen_at(screen)).text)
    if screen.files:
        form["files"] = [(BytesIO(text.encode()), name) for name, text in screen.files.items()]
    return client.post(address, data=form)


def seen_at(screen: Screen) -> str:
    """Return the page of a house whose form has the token that *screen* sends."""
    if screen.seen_at:
        return screen.seen_at
    return "/login" if screen.address == "/login" else "/search?q=bridge"
