"""What an update brings: articles that were edited, and as many new ones."""

from dataclasses import replace
from itertools import islice

from archive.store import Store
from bench.engines.ask import Ask, How

_LETTERS = "bcdfghjklm"


def upsert(store: Store, number: int, count: int) -> tuple[int, Ask]:
    """Put *count* articles into *store*, as the update of that *number* would.

    Every other one is new, the rest are of the archive with a sentence added.
    Returns where the changes begin in the store's sequence, and what finds just these.
    """
    # Without a vowel no stemmer changes it.
    mark = f"qz{_LETTERS[number // 10 % 10]}{_LETTERS[number % 10]}x"
    begin = store.position().seq
    # An edited article moves to the end of the sequence, so the first are always others.
    changed = list(islice(store.changes_since(0), count))
    with store.transaction():
        for place, change in enumerate(changed):
            if change.article is None:
                continue
            text = f"{change.article.text}\n\nThey had also said {mark} to us by then."
            article = replace(change.article, text=text)
            if place % 2:
                new = f"{number:06}{place:06}{article.id[-8:]}"
                article = replace(article, id=new, url=f"https://news.example/{new}")
            store.put(article)
    return begin, Ask("update", How.ALL, (mark,))
