"""A fetch reaches the public internet, and what the operator named; nothing else."""

import ipaddress
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import FetchError
from archive.ingest.addresses import checked, is_public, names_itself_private
from archive.ingest.fetch import Fetcher
from archive.settings import Fetch
from tests.http_server import Web, reply

PRIVATE = [
    "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255",
    "192.168.1.1", "169.254.169.254", "100.64.0.1", "192.0.0.1", "192.0.2.1", "198.18.0.1",
    "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.250", "240.0.0.1",
    "255.255.255.255", "::", "::1", "fe80::1", "fc00::1", "fd12:3456::1", "ff02::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::", "2002:a00:1::",
    "64:ff9b::7f00:1", "64:ff9b::a00:1", "2001:db8::1",
]  # fmt: skip
PUBLIC = ["1.1.1.1", "8.8.8.8", "93.184.216.34", "2606:4700:4700::1111", "::ffff:8.8.8.8"]


@pytest.mark.parametrize("address", PRIVATE)
def test_special_addresses_are_not_public(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@given(st.ip_addresses(v=4))
def test_an_address_carried_inside_another_is_judged_as_itself(
    address: ipaddress.IPv4Address,
) -> None:
    mapped = ipaddress.IPv6Address(f"::ffff:{address}")
    assert is_public(mapped) == is_public(address)
    if not is_public(address):
        assert not is_public(ipaddress.IPv6Address((0x2002 << 112) | (int(address) << 80)))


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST.", "127.0.0.1", "::1", "10.1.2.3"])
def test_a_host_that_names_itself_private_is_taken_at_its_word(host: str) -> None:
    assert names_itself_private(host)


@pytest.mark.parametrize("host", ["example.org", "8.8.8.8", "0x7f000001", "2130706433", "127.1"])
def test_other_notations_are_no_such_word(host: str) -> None:
    assert not names_itself_private(host)


@pytest.mark.parametrize("host", ["0x7f000001", "2130706433", "127.1", "0177.0.0.1", "localhost"])
def test_no_notation_leads_to_this_machine(host: str) -> None:
    with pytest.raises(FetchError):
        checked(host, 80, 5.0, frozenset(), "http://feed.example/")


def test_a_name_with_one_private_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def resolver(*_: object, **__: object) -> list[object]:
        return [(0, 0, 0, "", (address, 80)) for address in ("8.8.8.8", "10.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    with pytest.raises(FetchError, match=r"10\.0\.0\.1, which is not on the public internet"):
        checked("feed.example", 80, 5.0, frozenset(), "http://feed.example/")
    allowed = checked("feed.example", 80, 5.0, frozenset({"feed.example"}), "x")
    assert allowed == ["8.8.8.8", "10.0.0.1"]


def test_a_redirect_does_not_lead_to_another_private_host(web: Web, fetcher: Fetcher) -> None:
    port = web.url("/").rsplit(":", 1)[1].rstrip("/")
    web.pages["/"] = reply(302, b"", Location=f"http://localhost:{port}/secret")
    web.pages["/secret"] = reply(200, b"secret")
    with pytest.raises(FetchError, match="not on the public internet"):
        fetcher.get(web.url("/"))
    assert [path for path, _ in web.seen] == ["/"]


def test_a_private_host_is_reached_when_the_settings_name_it(web: Web) -> None:
    port = web.url("/").rsplit(":", 1)[1].rstrip("/")
    web.pages["/"] = reply(302, b"", Location=f"http://localhost:{port}/meant")
    web.pages["/meant"] = reply(200, b"meant")
    fetcher = Fetcher(Fetch(timeout=20, private_hosts=("localhost", "127.0.0.1")), "test")
    assert fetcher.get(web.url("/")).body == b"meant"


def test_the_connection_goes_to_the_address_that_was_checked(
    monkeypatch: pytest.MonkeyPatch, fetcher: Fetcher
) -> None:
    asked: list[str] = []

    def resolver(host: str, *_: object, **__: object) -> list[object]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 80))]

    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    with pytest.raises(FetchError, match="not on the public internet"):
        fetcher.get("http://rebinding.example/")
    assert asked == ["rebinding.example"]
