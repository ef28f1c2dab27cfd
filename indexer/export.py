"""What an article is in an export: every fact, its text, its copies, and where each came from."""

from collections.abc import Iterable

from archive.article import Article
from archive.store_stories import Copy


def record(article: Article, copies: Iterable[Copy] = ()) -> dict[str, object]:
    """Return *article* as JSON values: the keys of a search hit, and its text and provenance.

    *copies* are the other members of its story.
    """
    return {
        **article.facts(),
        "copies": [copy.as_json() for copy in copies],
        "missing": [],
        "text": article.text,
        "language": article.language,
        "caption": article.caption,
        "credits": article.credits,
        "provenance": article.provenance(),
    }
