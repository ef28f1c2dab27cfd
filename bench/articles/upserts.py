"""What an update brings: articles that were edited, and as many new ones."""

from dataclasses import replace
from itertools import islice
from pathlib import Path

from archive import store as stores
from archive.article import Article
from archive.store import Store
from bench.engines.ask import Ask, How

_LETTERS = "bcdfghjklm"


def upserts(site: Path, number: int, count: int) -> tuple[list[Article], Ask]:
    """Return the *count* articles of the commit of that *number*, and what finds just these.

    Every other one is new, the rest are of the archive with a sentence added.
    """
    # Without a vowel no stemmer changes it.
    mark = f"qz{_LETTERS[number // 10 % 10]}{_LETTERS[number % 10]}x"
    articles: list[Article] = []
    with Store(site / stores.FILE) as store:
        start = number * count % max(1, store.count_changes_since(0) - count + 1)
        for place, change in enumerate(islice(store.changes_since(start), count)):
            if change.article is None:
                continue
            text = f"{change.article.text}\n\nThey had also said {mark} to us by then."
            article = replace(change.article, text=text)
            if place % 2:
                new = f"{number:06}{place:06}{article.id[:8]}"
                article = replace(article, id=new, url=f"https://news.example/{new}")
            articles.append(article)
    return articles, Ask("update", How.ALL, (mark,))
