"""OPML in and out: every feed once, broken lists as far as they go."""

import re
import tarfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import FormatError
from archive.ingest import opml
from archive.source import Kind, Source

LIST = b"""<?xml version="1.0"?><opml version="2.0"><head><title>Mine</title></head><body>
<outline text="Harbours"><outline text="Quay" xmlUrl="https://quay.example/?a=1&b=2"/>
  <outline title="Abroad">
    <outline xmlUrl="http://far.example/rss" category="/Ships,Trade"/>
  </outline>
</outline>
<outline text="Twice" xmlUrl="http://far.example/rss"/>
<outline text="Bad" xmlUrl="javascript:alert(1)"/>
</body></opml>"""


def test_folders_and_categories_become_topics() -> None:
    outlines, refused = opml.read(LIST, "feeds.opml")
    assert [o.topics for o in outlines] == [
        ("Harbours",),
        ("Harbours", "Abroad", "Ships", "Trade"),
    ]
    assert [o.name for o in outlines] == ["Quay", None]
    assert outlines[1].address == "http://far.example/rss"
    assert refused == [("javascript:alert(1)", "is not an http or https address")]


@pytest.mark.parametrize(
    "data", [b"", b"words", b"<html><body/></html>", b"{}", b"\x00\x01", b"<outlixml:lang><a/>"]
)
def test_what_is_no_list_is_refused(data: bytes) -> None:
    with pytest.raises(FormatError, match="OPML"):
        opml.read(data, "feeds.opml")


def test_entities_are_not_expanded() -> None:
    bomb = b'<!DOCTYPE opml [<!ENTITY a "aaaa"><!ENTITY f SYSTEM "file:///etc/passwd">]>' + (
        b'<opml><body><outline text="&f;&a;" xmlUrl="http://x.example/"/></body></opml>'
    )
    outlines, _ = opml.read(bomb, "feeds.opml")
    assert "root:" not in str(outlines)


_NAMES = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=20)


@given(st.lists(st.tuples(_NAMES, _NAMES), max_size=5))
def test_what_is_written_reads_back(named: list[tuple[str, str]]) -> None:
    sources = [
        Source(
            id=number,
            kind=Kind.FEED,
            address=f"https://feed.example/{number}?a=1&b=2",
            name=" ".join(name.split()) or None,
            topics=tuple(t for t in [" ".join(topic.replace(",", " ").strip(" /").split())] if t),
        )
        for number, (name, topic) in enumerate(named)
    ]
    outlines, refused = opml.read(opml.write(sources, "Title & <more>").encode(), "x")
    assert refused == []
    assert [(o.address, o.name, o.topics) for o in outlines] == [
        (s.address, s.label, s.topics) for s in sources
    ]


def test_real_lists_give_all_their_feeds(corpora: Path, tmp_path: Path) -> None:
    with tarfile.open(corpora / "feeds" / "opml.tar.xz") as packed:
        packed.extractall(tmp_path, filter="data")
    lists = list(tmp_path.rglob("*.opml"))
    assert lists
    for path in lists:
        outlines, refused = opml.read(path.read_bytes(), path.name)
        stated = set(re.findall(r'xmlUrl="([^"]*)"', path.read_text(encoding="utf-8")))
        assert len(outlines) + len(refused) >= len(stated), path


def test_a_name_with_what_xml_cannot_hold_leaves_the_list_well_formed() -> None:
    odd = Source(1, Kind.FEED, "https://gannet.example/\x1b", name="The \x1b[31mGannet\x00")
    written = opml.write([odd], "Morgue\x08").encode()
    assert opml.read(written, "feeds.opml")[0][0].name == "The \ufffd[31mGannet\ufffd"
