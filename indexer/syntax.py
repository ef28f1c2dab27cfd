"""The query language by examples: what the web's help, the user's page and the tests share.

Each example is something to type as it stands; each finds what is said beside it.
"""

from dataclasses import dataclass
from typing import Final

from indexer.normal import DEEPEST, LONGEST, MOST_PARTS
from indexer.relation import FARTHEST, MOST_COST, MOST_NEAR
from indexer.tree import HAS
from indexer.widening import MOST_ALSO
from indexer.word import (
    FEWEST_BEHIND_STAR,
    FEWEST_LETTERS,
    FEWEST_TO_MISSPELL,
    MOST_PATTERNS,
    MOST_WORDS_IN_PHRASE,
)


@dataclass(frozen=True, slots=True)
class Example:
    """What one may type, one or several ways of the same, and what that finds.

    *told*: it is read otherwise than it was written, and that is said above the results.
    """

    typed: tuple[str, ...]
    finds: str
    told: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """Examples that belong together; *note* is what is to be known of them all."""

    name: str
    examples: tuple[Example, ...]
    note: str = ""


def _example(finds: str, *typed: str, told: bool = False) -> Example:
    return Example(typed, finds, told)


WORDS: Final = Section(
    "Words and phrases",
    (
        _example(
            "articles with both words, in any of their forms",
            "bank rate",
            "bank AND rate",
            "bank,rate",
        ),
        _example("the words next to each other, in this order", '"interest rate"'),
        _example("either word", "bridge OR ferry", "bridge | ferry"),
        _example("the first word without the second", "bridge -toll", "bridge NOT toll"),
        _example("groups", "(bridge OR ferry) strike"),
        _example("any ending", "smuggl*"),
        _example("one letter, whichever it is", "colo?r"),
        _example("any letters, or none", "inter*ional", "*gate"),
        _example("spelt with one letter wrong; with two", "renck~", "meridian~2"),
    ),
    "Plain words are looked for in headline, text, caption, byline and credits, in the forms that"
    " they have in each article's language.",
)
NEAR: Final = Section(
    "Words near each other",
    (
        _example(
            "at most five words apart, in either order",
            "bridge W/5 toll",
            "bridge NEAR/5 toll",
            "bridge N/5 toll",
            '"bridge toll"~5',
            "bridge AROUND(5) toll",
        ),
        _example(
            "at most three words apart, in this order", "bridge PRE/3 toll", "bridge ADJ/3 toll"
        ),
        _example("in one sentence; in one paragraph", "bridge /s toll", "bridge /p toll"),
        _example(
            "phrases, groups and endings near each other",
            '(bridge OR ferry) W/5 "toll road"',
            "bridge W/5 toll*",
        ),
        _example("bridge, and toll nowhere near it", "bridge NOT W/5 toll"),
        _example("all three within ten words of the first of them", "mayor W/10 bridge W/10 toll"),
        _example("at least three times in the article", "atleast3(bridge)"),
    ),
    "Nothing reaches over the end of a paragraph. Of a group in parentheses each word is near for "
    "itself, of alternatives any. What can be near nothing, a date or words of another field, is "
    "read as AND, and that is said.",
)
FIELDS: Final = Section(
    "Where a word stands, and what is known of the article",
    (
        _example("in the headline", "title:bridge", "intitle:bridge", "hd=bridge"),
        _example("in the headline or the first paragraph", "hlead:(bridge toll)", "HLEAD(bridge)"),
        _example("in the byline", "by:renck", "author:renck", "byline:renck"),
        _example("from a source; from a wire agency", "source:gazette", "agency:reuters"),
        _example("on a topic; in a section", "topic:health", "section:world"),
        _example("with a dateline; with credits", "place:paris", "credit:holm"),
        _example("in a language", "lang:de", "lang:german"),
        _example(
            "at an address, or a part of one", "url:example.org", "https://example.org/news/bridge"
        ),
        _example(
            "groups and phrases in a field",
            "title:(bridge OR ferry)",
            'by:"tobias renck"',
            "title:(bridge W/5 toll)",
        ),
        _example("longer than 800 words, shorter, or between", "wc>800", "wc<300", "wc:300..800"),
        _example(
            "changed by its source since it came; published by others too",
            "has:revisions",
            "has:copies",
        ),
        _example(
            f"having, or lacking, one of: {', '.join(HAS[2:])}",
            "has:byline",
            "-has:caption",
        ),
        _example("every copy of a story, not one for all", "bridge copies:yes"),
    ),
    "A field holds for the word, phrase or group behind it.",
)
DATES: Final = Section(
    "When",
    (
        _example(
            "then or later; then or earlier: a day, month or year, itself included",
            "after:2024-06",
            "before:2024-06-20",
        ),
        _example(
            "within a year, a month, a day", "date:2024", "date:2024-06", 'date:"20 June 2024"'
        ),
        _example("from one to another", "date:2024-02..2024-04", "date:[2024-02 TO 2024-04]"),
        _example("the same, read the right way round", "date:2024-04..2024-02", told=True),
        _example("today, yesterday", "date:today", "date:yesterday"),
        _example(
            "the week (from Monday), the month, the year before this one",
            'date:"last week"',
            'date:"last month"',
            'date:"last year"',
        ),
        _example("the last seven days, two weeks, six months", "since:7d", "since:2w", "since:6m"),
        _example("more than a year ago", "older_than:1y"),
        _example("without a date; with one", "undated:yes", "undated:no"),
    ),
    "An article's day is its source's own. Only today, and what goes by it, is the archive's "
    "(timezone in morgue.toml, else this machine's).",
)
ELSEWHERE: Final = Section(
    "As Factiva and Nexis write it",
    (
        _example("at least three times (Factiva)", "atleast3 bridge"),
        _example("in one paragraph (Factiva)", "bridge SAME toll"),
        _example(
            "at most five words apart, in either order",
            "bridge near5 toll",
            "bridge /N5/ toll",
            "bridge W/5 toll",
        ),
        _example(
            "in this order, at most so many words apart", "bridge adj3 toll", "bridge ADJ toll"
        ),
        _example(
            "in one sentence; in one paragraph (Nexis)", "bridge w/s toll", "bridge w/p toll"
        ),
        _example("the same, in either order", "bridge pre/s toll", "bridge pre/p toll", told=True),
        _example("both anywhere (Nexis's segments)", "bridge w/seg toll", told=True),
        _example("any ending", "smuggl!", "smuggl$", "smuggl$3", told=True),
        _example(
            "in the headline; in the byline",
            "HEADLINE(bridge)",
            "hd=bridge",
            "BYLINE(renck)",
            "by=renck",
        ),
        _example(
            "in the headline or the first paragraph", "HLEAD(bridge)", "hlp=bridge", "lp=bridge"
        ),
        _example(
            "from a source; on a topic; in a section; in a language",
            "PUBLICATION(gazette)",
            "sn=gazette",
            "TERMS(health)",
            "SECTION(world)",
            "se=world",
            "la=en",
        ),
        _example("longer than 800 words", "LENGTH(>800)", "length > 800", "wc>800"),
        _example(
            "between two days; then or later",
            "date from 20240201 to 20240430",
            "date after 20240620",
        ),
        _example(
            "anywhere, for there are no such fields",
            "COMPANY(harbour)",
            "PERSON(renck)",
            "GEOGRAPHIC(paris)",
            "BODY(bridge)",
            told=True,
        ),
        _example(
            "without what means nothing here: Factiva's codes, words at the beginning, capitals",
            "bridge rst=nytf",
            "bridge ns=gpol",
            "bridge/F50/",
            "CAPS(bridge)",
            told=True,
        ),
    ),
    "These forms are read too, in capitals or not; SAME and ADJ in capitals only, for they are"
    " words. W/5 is in either order, as in Nexis and not as in Factiva. Words side by side need"
    " not be neighbours: a phrase stands in quotation marks. * is any letters, ? is one.",
)
SECTIONS: Final = (WORDS, NEAR, FIELDS, DATES, ELSEWHERE)

LIMITS: Final = (
    f"{LONGEST:,} characters, also when the query is written out",
    f"{MOST_PARTS} words, phrases and conditions, parentheses {DEEPEST} deep",
    f"{MOST_WORDS_IN_PHRASE} words in a phrase",
    f"{MOST_PATTERNS} words with *, ? or ~",
    f"* behind at least {FEWEST_LETTERS} letters, or before {FEWEST_BEHIND_STAR}; "
    f"~ behind at least {FEWEST_TO_MISSPELL}",
    f"{MOST_NEAR} words near each other, at most {FARTHEST} words apart; {MOST_COST} pairs of "
    "near words in all, fewer where there are phrases, endings, /s or /p among them",
    f"{MOST_ALSO} other spellings and equivalents; all combinations of them where words are near "
    "each other, or none where these are too many",
)
"""What a query may hold; what is more is left out, and said."""
