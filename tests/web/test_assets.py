"""Style and scripts come whole, once, and compressed where that is asked for."""

import gzip
import re
from pathlib import Path

from flask.testing import FlaskClient

_WEB = Path(__file__).parents[2] / "web"


def test_every_part_on_disk_is_in_an_asset_that_pages_ask_for(client: FlaskClient) -> None:
    page = client.get("/search?q=bridge").get_data(as_text=True)
    asked = re.findall(r'(?:href|src)="(/assets/[^"]+)"', page)
    assert len(asked) == 3
    served = "\n".join(client.get(address).get_data(as_text=True) for address in asked)
    for part in [*_WEB.glob("style/*.css"), *_WEB.glob("script/*.js")]:
        assert part.read_text("utf-8").strip() in served, part.name


def test_an_asset_is_kept_for_ever_under_its_own_digest_alone(client: FlaskClient) -> None:
    page = client.get("/help").get_data(as_text=True)
    address = re.findall(r'href="(/assets/[^"]+css)"', page)[0]
    assert "immutable" in client.get(address).headers["Cache-Control"]
    old = client.get("/assets/0123456789ab/morgue.css")
    assert (old.status_code, old.headers["Cache-Control"]) == (200, "no-store")
    assert client.get("/assets/0123456789ab/none.css").status_code == 404


def test_pages_are_compressed_for_browsers_that_take_it(client: FlaskClient) -> None:
    plain = client.get("/help")
    packed = client.get("/help", headers={"Accept-Encoding": "gzip, br"})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert gzip.decompress(packed.data) == plain.data
    assert packed.content_length == len(packed.data) < len(plain.data) / 2
