import io
from collections.abc import Callable
from types import MappingProxyType
from typing import Any

import pytest

from archive.errors import FormatError
from archive.ingest.formats import registry
from archive.ingest.formats.inputs import Found, Input
from archive.ingest.item import Item

Read = Callable[..., list[Found]]


def place(data: bytes, name: str = "file", **more: Any) -> Input:
    url = f"file:///clippings/{name}"
    return Input(f"/clippings/{name}", url, name, io.BytesIO(data), registry.ALL, **more)


def read_all(data: bytes, name: str = "file", columns: Any = MappingProxyType({})) -> list[Found]:
    """Everything in a file of these bytes, the error that ended it included."""
    found: list[Found] = []
    try:
        found.extend(registry.read(place(data, name, columns=columns)))
    except FormatError as error:
        found.append(error)
    return found


def articles(data: bytes, name: str = "file", **more: Any) -> list[Item]:
    return [found for found in read_all(data, name, **more) if isinstance(found, Item)]


def errors(data: bytes, name: str = "file") -> list[str]:
    return [str(found) for found in read_all(data, name) if isinstance(found, FormatError)]


def values(item: Item, field: str) -> list[str]:
    return [claim.value for claim in item.claims if claim.field == field]


@pytest.fixture
def small_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bounds that a test can reach."""
    from archive.ingest.formats import inputs, mail, members, warc

    for module in (inputs, mail, members, warc):
        if hasattr(module, "RECORD"):
            monkeypatch.setattr(module, "RECORD", 4096)
    monkeypatch.setattr(members, "_BOMB_SIZE", 64 * 1024)
    monkeypatch.setattr(members, "_BOMB_RATIO", 50)
