"""Teasers: whether a feed's entry is only a pointer to the article on its page. Pure.

An entry is judged by itself (empty, cut off, ends in "continue reading") and
beside the others: where most entries of a feed are long, a short one is a
short article. When in doubt it is no teaser: following costs a stranger's
server a visit.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from urllib.parse import urlsplit

from archive.ingest.item import Item
from archive.ingest.markup import fragment_text
from archive.source import FullText

_SHORT = 600
_LONG = 1500
_LONGEST_CUT = 5000
_TAIL = 3000
"""Bytes of an entry's HTML in which its last words are looked for."""
# WordPress ends whole articles and teasers alike with this.
_APPEARED = re.compile(
    r"\s*The post .{1,300} (?:first )?appeared (?:first )?on .{1,200}\Z", re.DOTALL
)
_CUT = re.compile(r"(?:…|\.\s?\.\s?\.)\s*[\])\"”’»]*\s*\Z")
# At the start of the last line, or after the end of a sentence: not in mid-sentence.
_MORE = re.compile(
    r"""
    (?: \A | \n | [.!?…:\[\](){}»>"”’—–|-] ) [^\w\n]*
    (?: continue\ reading | keep\ reading | (?:click\ here\ )?(?:to\ )?
        read\ (?:(?:the\ )?(?:full|whole|entire|complete|rest)\b | more\b | on\b)
      | (?:full|whole)\ (?:story|article)
      | weiterlesen | mehr\ lesen | lire\ la\ suite | lire\ plus | leer\ más | seguir\ leyendo
      | sigue\ leyendo | leggi\ tutto | continua\ a\ leggere | ler\ mais | leia\ mais
      | lees\ (?:verder|meer) | läs\ mer | les\ mer | læs\ mere | lue\ lisää
      | czytaj\ (?:więcej|dalej) | читать\ (?:далее|дальше|полностью) | 続きを読む | 阅读全文 )
    [^\n]{0,100} \Z
    """,
    re.VERBOSE | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What an entry shows: how many characters, the link's host, whether it ends cut off."""

    length: int
    host: str
    cut: bool


def teasers(items: Sequence[Item], full_text: FullText = FullText.AUTO) -> list[bool]:
    """Return, for each of a feed's *items*, whether it is to be followed to its page.

    *full_text* is what the user said of the feed. An item whose address is shared
    by others, so that its page is not its own, is never followed.
    """
    if full_text is FullText.NO:
        return [False] * len(items)
    own = [_has_own_page(item) for item in items]
    if full_text is FullText.YES:
        return own
    seen = [_seen(item) for item in items]
    if _gives_whole_articles(seen):
        return [False] * len(items)
    hosts = Counter(one.host for one in seen)
    home = hosts.most_common(1)[0][0] if hosts else ""
    return [
        page and _is_teaser(one, one.host == home) for page, one in zip(own, seen, strict=True)
    ]


def _gives_whole_articles(seen: Sequence[_Seen]) -> bool:
    """Whether most of a feed's entries are long, and most are not cut off."""
    if not seen:
        return False
    long = median(one.length for one in seen) >= _LONG
    return long and sum(one.cut for one in seen) * 2 < len(seen)


def _is_teaser(seen: _Seen, at_home: bool) -> bool:
    """Whether one entry of a feed that may give teasers is plainly one.

    *at_home* says that it leads to the feed's own site: a short remark on a page
    elsewhere is a text of its own.
    """
    return not seen.length or seen.cut or (seen.length < _SHORT and at_home)


def _seen(item: Item) -> _Seen:
    """Look at the entry as the feed gave it, for `Item.text` has lost its "read more"."""
    length = len(item.text)
    cut = length < _LONGEST_CUT and _ends_cut_off(
        item.original[-_TAIL:].decode("utf-8", "replace")
    )
    return _Seen(length, urlsplit(item.url).hostname or "", cut)


def _ends_cut_off(html: str) -> bool:
    """Whether a fragment of HTML, of which only the end need be whole, says that more follows."""
    text = _APPEARED.sub("", fragment_text(html)).strip()
    return bool(_MORE.search(text) or _CUT.search(text))


def _has_own_page(item: Item) -> bool:
    parts = urlsplit(item.url)
    return parts.scheme in ("http", "https") and not parts.fragment
