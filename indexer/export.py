"""What an article is in an export: every fact, its text, and where each came from."""

from archive.article import Article


def record(article: Article) -> dict[str, object]:
    """Return *article* as JSON values: the keys of a search hit, and its text and provenance."""
    return {
        **article.facts(),
        "copies": [],
        "missing": [],
        "text": article.text,
        "language": article.language,
        "caption": article.caption,
        "credits": article.credits,
        "provenance": article.provenance(),
    }
