"""Decide what an article that just came in is to the archive. Pure, and small on purpose."""

from enum import StrEnum

from archive.article import Article
from archive.identity import fingerprint, labels
from archive.store.kept import Kept


class Outcome(StrEnum):
    """What becomes of an article that was read."""

    NEW = "new"
    REVISED = "revised"
    COMPLETED = "completed"
    RELABELLED = "relabelled"
    UNCHANGED = "unchanged"
    COPY = "copy"


def decide(
    article: Article, known: Kept | None, source_id: int, *, elsewhere: bool = False
) -> Outcome:
    """Compare *article*, read from a source, with what the store holds under its address.

    An article belongs to the source that brought it first: when another source
    brings the same address it is a copy, so that two feeds with different
    teasers do not revise each other for ever. What was withdrawn stays so. An
    article whose content is the same, but not what is said about it (its source
    was given another name), is relabelled, which is no revision. A bookmark,
    which has no text, takes the place of no text. What is known from *elsewhere*,
    under another address, is a copy too, for a mobile or AMP page says the same
    in fewer words. Where the page of a teaser is had at last, the article is
    completed: a new revision, but no edit by its newsroom.
    """
    if known is None:
        return Outcome.NEW
    if known.source_id is not None and known.source_id != source_id:
        return Outcome.COPY
    if known.state != "kept":
        return Outcome.UNCHANGED
    if known.article.text and (elsewhere or not article.text):
        return Outcome.COPY
    if known.fingerprint != fingerprint(article):
        return Outcome.COMPLETED if _completes(article, known.article) else Outcome.REVISED
    same = labels(known.article) == labels(article)
    return Outcome.UNCHANGED if same else Outcome.RELABELLED


def _completes(article: Article, before: Article) -> bool:
    fuller = len(article.text) > len(before.text)
    return fuller and article.is_from_page and not before.is_from_page
