"""What a segment built from articles holds, against the words that the analyzer yields."""

import re
from collections import defaultdict
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.store import Change
from indexer import analysis
from indexer.analysis import Analyzer, bound, words_and_bounds
from indexer.analysis import words as patterns
from indexer.whoosh_engine.build import build
from indexer.whoosh_engine.schema import OUTSIDE_PARTS, pieces
from indexer.whoosh_engine.segment import Part, Segment
from tests.contract import oracle
from tests.examples import examples
from tests.indexer.conftest import make_article
from tests.indexer.test_equality import changes

LETTERS = "aZ9.,'’ʼ _-東カ\u0301\u3099éß\n.!?…\"”sSUN1&+#。״\u00ad\u064e٫"
texts = st.text(st.sampled_from(LETTERS), max_size=40) | st.text(max_size=20)

# The rules of words in the plainest way, slow: what the fast pattern must find too.
_APOSTROPHE = f"[{patterns.APOSTROPHES}]"
_LETTER = rf"(?:[^\W_{patterns.IDEOGRAPHS}]|[{patterns.MARKS}])"
PLAIN = re.compile(
    rf"(?<!\w)(?:[^\W\d_]\.){{2,}}(?:[^\W\d_](?!\w))?(?:{_APOSTROPHE}[sS](?!\w))?"
    rf"|[{patterns.IDEOGRAPHS}][{patterns.VOICING}]*"
    r"|\d+(?:[.,٫٬]\d+)+"
    rf"|[^\W_ʼ{patterns.IDEOGRAPHS}]{_LETTER}*(?:{_APOSTROPHE}{_LETTER}+|{patterns.SHORT_NAME})*"
)


@settings(max_examples=examples(300))
@given(text=texts)
def test_the_fast_pattern_finds_the_words_of_the_plain_one(text: str) -> None:
    plain = [match.span() for match in PLAIN.finditer(text)]
    tokens = list(Analyzer().tokens(text))
    assert [(token.start, token.end) for token in tokens] == plain
    words = [piece for piece in words_and_bounds(text) if bound(piece) is None]
    assert words == [text[start:end] for start, end in plain]
    assert [Analyzer().face(word) for word in words] == [(t.term, t.form) for t in tokens]


def expected(
    texts: tuple[str, ...], analyzer: Analyzer
) -> tuple[list[tuple[str, str]], list[int], list[int]]:
    """Words in order, and where sentences and paragraphs begin, by the slow way."""
    words: list[tuple[str, str]] = []
    sentences: list[int] = []
    paragraphs: list[int] = []
    for text in texts:
        for start, end in analysis.paragraphs(text):
            bounds = [*analysis.sentence_starts(text, start, end), end]
            first = len(words)
            for a, b in pairwise(bounds):
                tokens = [t for t in analyzer.tokens(text) if a <= t.start < b]
                if tokens:
                    sentences.append(len(words))
                words += [(t.form, t.term + analyzer.mark) for t in tokens]
            if len(words) > first:
                paragraphs.append(first)
    return words, sentences, paragraphs


def faces_of(part: Part) -> list[tuple[str, str, int]]:
    """The form and stem of each entry."""
    stems = {
        e: s.decode().removesuffix("\x1f") for s in part.stems for e in part.entries_with_stem(s)
    }
    forms = zip(part.forms.strings, part.forms.entries.tolist(), strict=True)
    return [(form.decode(), stems[entry], entry) for form, entry in forms]


def words_of(part: Part) -> dict[int, list[tuple[str, str]]]:
    """The words of each document in order, read back from the postings."""
    placed: dict[int, dict[int, tuple[str, str]]] = defaultdict(dict)
    for form, stem, entry in faces_of(part):
        found = part.postings(range(entry, entry + 1))
        assert len(found.positions) == found.frequencies.sum()
        assert (np.diff(found.ids.astype(int)) > 0).all()
        places = np.split(found.positions, np.cumsum(found.frequencies)[:-1])
        for document, at in zip(found.ids.tolist(), places, strict=True):
            assert (np.diff(at.astype(int)) > 0).all()
            placed[document].update(dict.fromkeys(at.tolist(), (form, stem)))
    for words in placed.values():
        assert sorted(words) == list(range(len(words)))
    return {d: [words[i] for i in sorted(words)] for d, words in placed.items()}


def check(segment: Segment, told: list[Change], english: Analyzer) -> None:
    articles = [(c.article, c) for c in told if c.article]
    assert segment.count == len(articles)
    for name, part in segment.parts.items():
        found = words_of(part)
        faces = faces_of(part)
        assert faces == sorted(set(faces))
        by_stem = sorted(faces, key=lambda face: (face[1], face[0]))
        assert [entry for _, _, entry in by_stem] == list(range(len(faces)))
        for i, (article, _) in enumerate(articles):
            reader = english if name in OUTSIDE_PARTS else english.of(article.language)
            words, sentences, paragraphs = expected(pieces(article)[name], reader)
            assert found.get(i, []) == words
            assert part.lengths[i] == len(words)
            for bounds, at in ((part.sentences, sentences), (part.paragraphs, paragraphs)):
                assert bounds.at[bounds.starts[i] : bounds.starts[i + 1]].tolist() == at
    for i, (article, change) in enumerate(articles):
        assert segment.document(article.id) == i
        facts = {
            "source": [article.source],
            "topic": list(dict.fromkeys(article.topics)),
            "byline": list(dict.fromkeys(article.byline)),
            "language": [article.language] if article.language else [],
            "agency": [article.agency] if article.agency else [],
            "section": [article.section] if article.section else [],
            "has": sorted(oracle.has(article, change)),
            "story": [change.story] if change.story else [],
        }
        assert {name: strings(segment, name, i) for name in segment.keywords} == facts


def strings(segment: Segment, name: str, i: int) -> list[str]:
    """The values of a keyword in their order; those of ``has``, which has none, sorted."""
    keyword = segment.keywords[name]
    code = int(keyword.codes[i])
    chosen = keyword.set_values[keyword.set_starts[code] : keyword.set_starts[code + 1]]
    found = [keyword.values[v] for v in chosen]
    return sorted(found) if name == "has" else found


@settings(deadline=None, max_examples=examples(60))
@given(batch=st.lists(changes(), max_size=6), odd=texts)
def test_a_segment_holds_every_word_where_it_stands(
    english: Analyzer, batch: list[Change], odd: str
) -> None:
    told = {c.id: c for c in batch if c.article}
    article = make_article("odd", odd, f"{odd}\n\n{odd}. {odd}", agency="AP")
    documents = [*told.values(), Change(0, "odd", article)]
    check(build("one", documents, english), documents, english)


def test_a_segment_of_nothing_has_no_documents(english: Analyzer) -> None:
    segment = build("none", [], english)
    assert segment.count == 0
    assert segment.document("a") is None
    check(segment, [], english)


def test_dates_are_days_months_and_moments(english: Analyzer) -> None:
    articles = [make_article("a", published="2024-02"), make_article("b", published=None)]
    segment = build("dates", [Change(0, a.id, a) for a in articles], english)
    assert segment.months.tolist() == [2024 * 12 + 1, -1]
    assert (segment.last_days - segment.first_days).tolist() == [28, 0]
    assert segment.first_days[1] == 0
    assert segment.moments.tolist() == [1706745600.0, float("-inf")]


def test_frequencies_beyond_a_byte_and_positions_beyond_two_are_exact(english: Analyzer) -> None:
    long = make_article("a", text="gull " * 66_000 + "kestrel " * 255)
    other = make_article("b", text="gull " * 254)
    segment = build("wide", [Change(0, a.id, a) for a in (long, other)], english)
    body = segment.parts["body"]
    gull = body.postings(body.entries_with_stem(b"gull"))
    assert gull.frequencies.tolist() == [66_000, 254]
    kestrel = body.postings(body.entries_with_stem(b"kestrel"))
    assert kestrel.frequencies.tolist() == [255]
    assert kestrel.positions.tolist() == list(range(66_000, 66_255))


def test_text_that_is_no_unicode_is_refused(english: Analyzer) -> None:
    with pytest.raises(UnicodeEncodeError):
        build("bad", [Change(0, "a", make_article("a", source="\ud800"))], english)
