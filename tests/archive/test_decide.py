from dataclasses import replace

import pytest

from archive.article import Article, Evidence
from archive.identity import fingerprint
from archive.ingest.decide import Outcome, decide
from archive.store.kept import Kept

ARTICLE = Article("id", "http://example.org/", "Gannet", "Rates fall", "The bank cut its rate.")


def kept(article: Article, source_id: int | None = 1, state: str = "kept") -> Kept:
    return Kept(article, source_id, "2026-01-10T12:00:00+00:00", 1, state, fingerprint(article))


EDITED = replace(ARTICLE, text="The bank raised its rate.")
PAGE = replace(
    ARTICLE,
    text=f"{ARTICLE.text} It had not for years.",
    evidence=(Evidence("text", "42 characters", "page: trafilatura"),),
)


@pytest.mark.parametrize(
    ("article", "known", "outcome"),
    [
        (ARTICLE, None, Outcome.NEW),
        (ARTICLE, kept(ARTICLE), Outcome.UNCHANGED),
        (replace(ARTICLE, text="The bank  cut its rate."), kept(ARTICLE), Outcome.UNCHANGED),
        (EDITED, kept(ARTICLE), Outcome.REVISED),
        (PAGE, kept(ARTICLE), Outcome.COMPLETED),
        (replace(PAGE, text=EDITED.text), kept(PAGE), Outcome.REVISED),
        (replace(PAGE, text="It cut."), kept(ARTICLE), Outcome.REVISED),
        (EDITED, kept(ARTICLE, source_id=2), Outcome.COPY),
        (ARTICLE, kept(ARTICLE, source_id=2), Outcome.COPY),
        (EDITED, kept(ARTICLE, source_id=None), Outcome.REVISED),
        (EDITED, kept(ARTICLE, state="withdrawn"), Outcome.UNCHANGED),
        (EDITED, kept(ARTICLE, state="purged"), Outcome.UNCHANGED),
    ],
    ids=[
        "unknown",
        "same",
        "other spaces",
        "edited",
        "its page after its teaser",
        "its page edited",
        "a page that says less",
        "from another source",
        "same from another source",
        "its source was removed",
        "withdrawn",
        "purged",
    ],
)
def test_an_article_is_new_revised_unchanged_or_a_copy(
    article: Article, known: Kept | None, outcome: Outcome
) -> None:
    assert decide(article, known, source_id=1) is outcome
