"""A segment's file: it gives back what was written, and says when it is not that any more."""

import json
import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.errors import IndexDamaged
from archive.store import Change
from indexer.analysis import Analyzer
from indexer.whoosh_engine import layout
from indexer.whoosh_engine.build import build
from indexer.whoosh_engine.checked import BLOCK
from indexer.whoosh_engine.segment import Segment
from tests.examples import examples
from tests.indexer.conftest import make_article
from tests.indexer.test_equality import changes

PREAMBLE = 20
OF_POSTINGS = (("part", "ids"), ("part", "frequencies"), ("part", "positions"))


def described(path: Path) -> dict[str, tuple[int, int]]:
    """Where the bytes of each array are in the file, by its name."""
    data = path.read_bytes()
    (length,) = struct.unpack_from("<I", data, 12)
    begin = (PREAMBLE + length + 63) // 64 * 64
    return {
        name: (begin + offset, begin + offset + size * np.dtype(dtype).itemsize)
        for name, dtype, size, offset in json.loads(data[PREAMBLE : PREAMBLE + length])["arrays"]
    }


def arrays(segment: Segment) -> dict[str, tuple[str, list[object]]]:
    """All that a segment holds, to be compared."""
    return {
        name: (array.dtype.newbyteorder("=").str, array.tolist())
        for name, array in layout._arrays(segment)
    }


def read_postings(segment: Segment, name: str) -> None:
    """Read all postings of the part in which the array called *name* is."""
    # What is no posting was checked when the segment was loaded.
    kind, part, array = name.split(".")
    assert (kind, array) in OF_POSTINGS
    found = segment.parts[part]
    found.postings(range(len(found.starts) - 1))


def flip(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 0x10
    path.write_bytes(data)


@pytest.fixture
def segment(english: Analyzer) -> Segment:
    """A segment in which every array has something, and some have several blocks."""
    articles = [
        make_article(
            f"n{number}",
            f"Bank news {number}",
            ("The bank spoke of rates. Gulls cried.\n\n" * 20 + "gull " * 300) * (1 + number % 3),
            topics=("sea", "weather"),
            byline=("Ana Lindqvist",),
            dateline="KETTLE BAY",
            language="en",
            agency="AP",
            section="News",
        )
        for number in range(60)
    ]
    return build(
        "MAIN_one", [Change(0, article.id, article, "story") for article in articles], english
    )


@pytest.fixture
def path(segment: Segment, tmp_path: Path) -> Path:
    path = tmp_path / "MAIN_one.arr"
    layout.save(segment, path)
    return path


@settings(
    deadline=None,
    max_examples=examples(40),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(batch=st.lists(changes(), max_size=6))
def test_what_was_saved_is_loaded(english: Analyzer, tmp_path: Path, batch: list[Change]) -> None:
    kept = {c.id: replace(c, story=c.id if len(c.id) % 2 else None) for c in batch}
    segment = build("MAIN_x", list(kept.values()), english)
    path = tmp_path / "MAIN_x.arr"
    seal = layout.save(segment, path)
    loaded = layout.load(path, seal)
    assert (loaded.name, loaded.count) == ("MAIN_x", segment.count)
    assert arrays(loaded) == arrays(segment)
    assert [k.values for k in loaded.keywords.values()] == [
        k.values for k in segment.keywords.values()
    ]
    assert list(loaded.parts) == list(segment.parts)
    assert list(layout.damages(path, seal)) == []


def test_wide_numbers_and_odd_values_are_loaded_as_they_were(
    english: Analyzer, tmp_path: Path
) -> None:
    long = make_article("a", text="gull " * 66_000, topics=('with\n"line', "", "東京", "\x00"))
    segment = build("MAIN_wide", [Change(0, long.id, long)], english)
    seal = layout.save(segment, tmp_path / "MAIN_wide.arr")
    loaded = layout.load(tmp_path / "MAIN_wide.arr", seal)
    assert arrays(loaded) == arrays(segment)
    assert loaded.keywords["topic"].values == segment.keywords["topic"].values
    body = loaded.parts["body"]
    assert body.postings(body.entries_with_stem(b"gull")).frequencies.tolist() == [66_000]


def test_arrays_are_aligned_and_cannot_be_written(path: Path) -> None:
    assert all(start % 64 == 0 for start, _ in described(path).values())
    loaded = layout.load(path)
    body = loaded.parts["body"]
    for array in (loaded.moments, body.lengths, body.postings(range(1)).positions):
        assert not array.flags.writeable
        assert not array.flags.owndata


def test_a_segment_that_was_loaded_is_saved_as_it_was(path: Path, tmp_path: Path) -> None:
    layout.save(layout.load(path), tmp_path / "again.arr")
    assert (tmp_path / "again.arr").read_bytes() == path.read_bytes()


def test_a_flipped_byte_is_told_on_opening_or_when_it_is_read_and_always_when_all_is(
    path: Path,
) -> None:
    places = {name: place for name, place in described(path).items() if place[0] < place[1]}
    assert len(places) > 80
    whole = path.read_bytes()
    for name, (start, stop) in places.items():
        flip(path, (start + stop) // 2)
        with pytest.raises(IndexDamaged, match=r"block \d+ is not what was written"):
            read_postings(layout.load(path), name)
        assert len(list(layout.damages(path))) == 1
        path.write_bytes(whole)


def test_a_damaged_list_leaves_the_others_readable(path: Path) -> None:
    start, stop = described(path)["part.body.positions"]
    assert stop - start > BLOCK
    flip(path, stop - 1)
    body = layout.load(path).parts["body"]
    most = len(body.starts) - 1
    assert len(body.postings(range(1)).positions)
    for _ in range(2):
        with pytest.raises(IndexDamaged):
            body.postings(range(most - 1, most))
    with pytest.raises(IndexDamaged):
        np.asarray(body.positions)


def test_any_byte_may_be_the_damaged_one(path: Path) -> None:
    whole = path.read_bytes()
    seal = layout.Seal(len(whole), struct.unpack_from("<I", whole, len(whole) - 4)[0])
    assert list(layout.damages(path, seal)) == []
    end = max(stop for _, stop in described(path).values())
    (length,) = struct.unpack_from("<I", whole, 12)
    of_the_description = range(PREAMBLE, PREAMBLE + length, 211)
    for at in (*range(PREAMBLE), *of_the_description, end - 1, *range(end, len(whole))):
        flip(path, at)
        assert list(layout.damages(path, seal)), at
        path.write_bytes(whole)


@pytest.mark.parametrize("kept", [0, 7, 100, 5_000, -1])
def test_a_file_cut_short_is_told(path: Path, kept: int) -> None:
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(IndexDamaged, match="is damaged"):
        layout.load(path)


def test_a_file_that_goes_on_is_told(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\0")
    with pytest.raises(IndexDamaged, match="goes on after its end"):
        layout.load(path)


def test_a_foreign_file_is_told(path: Path) -> None:
    path.write_bytes(b"GIF89a and so on, for long enough")
    with pytest.raises(IndexDamaged, match="no segment of Morgue's"):
        layout.load(path)


def test_a_file_of_a_future_version_is_told(path: Path) -> None:
    data = bytearray(path.read_bytes())
    struct.pack_into("<I", data, 8, 2)
    path.write_bytes(data)
    with pytest.raises(IndexDamaged, match="written by another version of Morgue"):
        layout.load(path)


def test_another_segment_under_the_same_name_is_told(
    path: Path, tmp_path: Path, english: Analyzer
) -> None:
    other = layout.save(build("MAIN_two", [], english), tmp_path / "MAIN_two.arr")
    with pytest.raises(IndexDamaged, match="another file than the one that was written"):
        layout.load(path, other)
