"""Where files lie on this machine: told to whoever may write here, and to nobody else.

An article that was read from a file has that file's address. Readers learn the file's name.
"""

from dataclasses import replace
from typing import Any

from archive.article import Article
from archive.export.entry import Entry
from web.permission import may_write

_FILE = "file:"


def told(url: str) -> str:
    """Return an article's address as who asks may know it."""
    return url if may_write() else without_path(url)


def without_path(url: str) -> str:
    """Return an address; of a file its name alone: ``file:///srv/a/b.txt`` as ``file:b.txt``."""
    return f"{_FILE}{url.rpartition('/')[2]}" if url.startswith(_FILE) else url


def of_hits(said: dict[str, Any]) -> dict[str, Any]:
    """Return results as JSON values, the addresses of hits as who asks may know them."""
    for hit in (*said["hits"], *said.get("partial", ())):
        hit["url"] = told(hit["url"])
    return said


def pathless(entry: Entry) -> Entry:
    """Return what is exported with its article's address as readers may know it."""
    article: Article = entry.article
    if not article.url.startswith(_FILE):
        return entry
    bare = replace(article, url=without_path(article.url))
    return replace(entry, kept=replace(entry.kept, article=bare))
