"""What several gates ask: an archive that is large enough for a bad query to be seen."""

from pathlib import Path
from typing import Final

import pytest

from archive import store as stores
from archive.store import Store
from bench.articles.generated import articles
from bench.articles.kept import hold
from indexer import location, projection

ARTICLES: Final = 10_000


@pytest.fixture(scope="session")
def ten_thousand(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site of 10,000 generated articles, indexed."""
    site = tmp_path_factory.mktemp("ten-thousand") / "site"
    hold(site, articles(ARTICLES))
    with Store(site / stores.FILE, create=False) as store:
        projection.rebuild(store, site / location.FOLDER, "english")
    return site
