"""Generated articles: any number of them, each from its number alone, the same for the same seed.

Words follow Zipf's law with Mandelbrot's offset over a vocabulary that grows
with the text read so far by Heaps' law, so that new words never stop coming.
Content words are pronounceable stems with the endings of English (*-s, -ed,
-ing*); between them stand real function words. Each article has subjects
that return in it, and set phrases (names, terms) that return across articles.

Every analysis in the comparison must see the same words and stems, so there
are letters and full stops only, and stems on which all stemmers agree. Each
paragraph ends on six function words: no phrase of content words, nor two of
them within five, reach across the end of a paragraph, where Morgue's positions
leap and the others' do not.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import blake2b
from random import Random
from typing import Final

from archive.article import Article, Published
from archive.ingest.topics.vocabulary import names

SEED: Final = 17
WORDS: Final = 365
"""About how many words the text of an article has, on average."""
FEWEST: Final = 60
CLOSERS: Final = (
    "as they had said to us",
    "which is what he was told",
    "so it was not yet over",
    "and that was all there was",
    "but she would not say why",
    "from where it had been before",
)

_HEAPS_K, _HEAPS_BETA = 30.0, 0.55
_OFFSET = 20.0
_ONSETS, _VOWELS = "bdfgklmnprtv", "aeiou"
_CODAS = ("k", "p", "rk", "nd", "ft", "rm", "lk", "mp")
_ENDINGS = ("", "", "", "s", "s", "ed", "ing")
_FUNCTION: Final = tuple(
    word
    for word, times in {
        **dict.fromkeys(
            ("was", "on", "he", "it", "by", "with", "as", "at", "from", "its", "be", "has"), 1
        ),
        **dict.fromkeys(
            ("an", "have", "are", "not", "will", "but", "were", "they", "which", "this", "or"), 1
        ),
        **dict.fromkeys(
            ("who", "after", "been", "their", "would", "more", "than", "about", "had", "when"), 1
        ),
        **dict.fromkeys(("we", "also", "could", "there", "into", "out", "up", "over", "is"), 1),
        "the": 6,
        "of": 3,
        "to": 3,
        "and": 3,
        "in": 3,
        "a": 3,
        "for": 2,
        "said": 2,
        "that": 1,
    }.items()
    for _ in range(times)
)
_TOPICS: Final = tuple(names())
_EPOCH: Final = datetime(2008, 1, 1, tzinfo=UTC)
_DAYS: Final = 6200
_SOURCES: Final = 36
_REPORTERS: Final = 400
_PHRASES: Final = 40_000


def articles(count: int, seed: int = SEED, first: int = 0) -> Iterator[Article]:
    """Yield *count* articles from number *first* on."""
    for number in range(first, first + count):
        yield article(number, seed)


def article(number: int, seed: int = SEED) -> Article:
    """Return the article of that number."""
    draw = Random(seed * 1_000_003 + number)
    lexicon = _Lexicon(draw, number)
    text = _text(draw, lexicon)
    key = blake2b(f"{seed}-{number}".encode(), digest_size=10).hexdigest()
    published = None
    if draw.random() >= 0.03:
        # More of the later years, as archives have.
        moment = _EPOCH + timedelta(days=_DAYS * draw.random() ** 0.7)
        published = Published(moment.strftime("%Y-%m-%dT%H:%MZ"))
    byline: tuple[str, ...] = ()
    if draw.random() < 0.8:
        byline = (_name(int(_REPORTERS * draw.random() ** 2)),)
    topics = draw.choices(
        _TOPICS, weights=range(len(_TOPICS), 0, -1), k=draw.choice((0, 1, 1, 2, 3))
    )
    return Article(
        id=key,
        url=f"https://news.example/{key}",
        source=_source(int(_SOURCES * draw.random() ** 3)),
        headline=" ".join(lexicon.content() for _ in range(draw.randint(5, 9))).capitalize(),
        text=text,
        byline=byline,
        published=published,
        language="en",
        topics=tuple(dict.fromkeys(topics)),
    )


class _Lexicon:
    """Draws the content words of one article."""

    def __init__(self, draw: Random, number: int) -> None:
        self._draw = draw
        tokens = (number + 1) * WORDS
        self._ratio = (_HEAPS_K * tokens**_HEAPS_BETA + _OFFSET) / _OFFSET
        self._subjects = [self._stem() for _ in range(8)]

    def _stem(self) -> str:
        return stem(int(_OFFSET * self._ratio ** self._draw.random() - _OFFSET))

    def content(self) -> str:
        """Return a content word: one of the article's subjects, or any."""
        draw = self._draw
        found = draw.choice(self._subjects) if draw.random() < 0.15 else self._stem()
        return found + draw.choice(_ENDINGS)

    def phrase(self) -> list[str]:
        """Return a set phrase of two or three words, common ones more often."""
        return _phrase(int(_PHRASES ** self._draw.random()) - 1)


def _text(draw: Random, lexicon: _Lexicon) -> str:
    wanted = max(FEWEST, int(draw.gauss(WORDS, 110)))
    paragraphs: list[str] = []
    while wanted > 0:
        sentences = [_sentence(draw, lexicon) for _ in range(draw.randint(2, 3))]
        sentences[-1] += draw.choice(CLOSERS).split()
        wanted -= sum(map(len, sentences))
        paragraphs.append(" ".join(" ".join(s).capitalize() + "." for s in sentences))
    return "\n\n".join(paragraphs)


def _sentence(draw: Random, lexicon: _Lexicon) -> list[str]:
    words: list[str] = []
    for _ in range(draw.randint(6, 20)):
        kind = draw.random()
        if kind < 0.42:
            words.append(draw.choice(_FUNCTION))
        elif kind < 0.47:
            words += lexicon.phrase()
        else:
            words.append(lexicon.content())
    return words


@lru_cache(maxsize=1 << 18)
def stem(rank: int) -> str:
    """Return the stem of a rank from 0, a word of its own for each."""
    rank, coda = divmod(rank, len(_CODAS))
    syllables, shift = "", 13 * coda
    while rank or len(syllables) < 4:
        rank, digit = divmod(rank, len(_ONSETS) * len(_VOWELS))
        # Turned by what stands before it, so that neighbours in rank look nothing alike.
        shift = (digit + shift) % (len(_ONSETS) * len(_VOWELS))
        onset, vowel = divmod(shift, len(_VOWELS))
        syllables += _ONSETS[onset] + _VOWELS[vowel]
        shift *= 7
    return syllables + _CODAS[coda]


@lru_cache(maxsize=1 << 16)
def _phrase(rank: int) -> list[str]:
    draw = Random(rank)
    first, last = (stem(int(5000 * draw.random() ** 2)) for _ in range(2))
    return [first, draw.choice(("of", "for")), last] if rank % 4 == 0 else [first, last + "s"]


def _name(number: int) -> str:
    """A reporter, with letters that no other word has."""
    return f"{stem(number)}z Jox{stem(7 * number)}".title()


def _source(number: int) -> str:
    kind = ("Post", "Herald", "Wire", "Times")[number % 4]
    return f"{stem(11 * number + 3).title()} {kind}"
