"""What the store knows of articles that are the same: their addresses, and their stories.

A story is kept by the pairs of copies in it. An article that comes, changes or
goes is compared with a bounded number of candidates, found by the bands of its
sketch, so the time it takes does not grow with the archive.
"""

from array import array
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from sys import byteorder

from archive import syndication
from archive.article import Article, Precision, Published
from archive.identity import address_key, web_url
from archive.progress import Progress
from archive.store.kept import COLUMNS, check, damaged
from archive.store.sources import SourceStore
from archive.syndication import Telling

_PER_BAND = 64
_MOST_COMPARED = 16
_BATCH = 200


@dataclass(frozen=True, slots=True)
class Copy:
    """Another member of an article's story. *address* is where it can be read on the web."""

    id: str
    source: str
    headline: str
    published: Published | None
    address: str | None

    def as_json(self) -> dict[str, object]:
        """The copy as a hit and an article list it."""
        return {
            "id": self.id,
            "source": self.source,
            "headline": self.headline,
            "published": self.published.iso if self.published else None,
            "link": self.address,
        }


def telling(article: Article) -> Telling:
    """Return *article* as far as copies are concerned."""
    return _telling(article.headline, article.text, article.published)


class StoryStore(SourceStore):
    """The store's tables of addresses, sketches and copies."""

    # -- addresses ---------------------------------------------------------

    def note_addresses(self, article_id: str, urls: Iterable[str]) -> None:
        """Remember that an article was seen under these addresses; those of others stay theirs."""
        now = self._now()
        with self.transaction():
            self._run_many(
                "INSERT OR IGNORE INTO address VALUES (?, ?, ?, ?)",
                [(url, address_key(url), article_id, now) for url in urls],
            )

    def disown(self, url: str) -> None:
        """Note that an address is nobody's, for several articles call it theirs.

        The address an article was first kept under stays its own.
        """
        with self.transaction():
            self._run(
                "UPDATE address SET article_id = NULL WHERE url = ?"
                " AND url NOT IN (SELECT url FROM article WHERE url = ?)",
                [url, url],
            )

    def addresses(self, article_id: str) -> list[str]:
        """Return the addresses that an article was seen under, the one it is kept under first."""
        rows = self._rows(
            "SELECT url FROM article WHERE id = ? UNION ALL"
            " SELECT url FROM address WHERE article_id = ?",
            [article_id, article_id],
        )
        return list(dict.fromkeys(row["url"] for row in rows))

    def ids_at(self, url: str) -> list[str]:
        """Return the articles at *url*: of just this address, else of one that means the same."""
        exact = self._rows(
            "SELECT id FROM article WHERE url = ? UNION"
            " SELECT article_id FROM address WHERE url = ? AND article_id IS NOT NULL",
            [url, url],
        )
        same = exact or self._rows(
            "SELECT DISTINCT article_id FROM address WHERE key = ? AND article_id IS NOT NULL"
            " ORDER BY 1 LIMIT 8",
            [address_key(url)],
        )
        return [row[0] for row in same]

    # -- stories -----------------------------------------------------------

    def copies(self, ids: Collection[str]) -> dict[str, tuple[Copy, ...]]:
        """Return the other members of each article's story, the earliest first, undated last."""
        with self.steady():
            return self._copies(ids)

    def _copies(self, ids: Collection[str]) -> dict[str, tuple[Copy, ...]]:
        marks = ", ".join("?" * len(ids))
        rows = self._rows(
            f"SELECT shown.id AS of, shown.story AS shared, {COLUMNS}"
            " FROM article shown JOIN article a ON a.story = shown.story AND a.id <> shown.id"
            " LEFT JOIN revision r ON r.article_id = a.id AND r.number = a.revision"
            f" WHERE shown.id IN ({marks}) AND a.state = 'kept'",
            list(ids),
        )
        found: dict[str, list[Copy]] = {}
        for row in rows:
            check(row)
            if row["story"] != row["shared"]:
                raise damaged(row["of"])
            published = Published(row["published"]) if row["published"] else None
            address = web_url(row["link"] or "") or web_url(row["url"])
            found.setdefault(row["of"], []).append(
                Copy(row["id"], row["source"], row["headline"], published, address)
            )
        # A story is kept by its name and by its pairs: what is paired is in it, or lost.
        for row in self._rows(
            "WITH RECURSIVE pair(of, id) AS (SELECT article_id, other_id FROM copy"
            f" WHERE article_id IN ({marks}) UNION SELECT of, other_id FROM pair"
            " JOIN copy ON article_id = id) SELECT of, id FROM pair WHERE id <> of",
            list(ids),
        ):
            if all(copy.id != row["id"] for copy in found.get(row["of"], ())):
                raise damaged(row["of"])
        return {of: tuple(sorted(copies, key=_earliest)) for of, copies in found.items()}

    def compare_pending(self, progress: Progress = lambda _what, _done, _total: None) -> int:
        """Compare the articles that never were, or by another method; return how many.

        Those are there after Morgue itself was updated.
        """
        with self.transaction():
            if self._rows("SELECT 1 FROM sketch WHERE method <> ? LIMIT 1", [syndication.METHOD]):
                for table in ("sketch", "band", "copy"):
                    self._run(f"DELETE FROM {table}")
        pending = [
            row["id"]
            for row in self._rows(
                "SELECT id FROM article WHERE state = 'kept'"
                " AND id NOT IN (SELECT article_id FROM sketch) ORDER BY id"
            )
        ]
        for start in range(0, len(pending), _BATCH):
            with self.transaction():
                for article_id in pending[start : start + _BATCH]:
                    url = self._value("SELECT url FROM article WHERE id = ?", [article_id])
                    self.note_addresses(article_id, [url])
                    self._compare(article_id, self._tellings([article_id])[article_id])
            progress("copies", min(start + _BATCH, len(pending)), len(pending))
        return len(pending)

    def _compare(self, article_id: str, told: Telling | None) -> None:
        """Find an article's story anew, as it is *told* now, or None when it is withdrawn.

        Members whose story changes by it are moved to the end of the sequence of
        changes, the article itself not: whoever changed it has.
        """
        members = self._members(article_id) - {article_id}
        self._forget(article_id)
        if told is not None:
            bands = syndication.sketch(told)
            self._remember(article_id, bands)
            for other in self._link(article_id, told, bands):
                members |= self._members(other)
        if not members:
            return
        groups = self._groups({*members, article_id})
        if len(groups) > 1 + (told is None or [article_id] in groups):
            # What held a story together is gone; perhaps its members do so without it.
            for other, text in self._tellings(members).items():
                self._link(other, text, self._bands(other) or (), thorough=True)
            groups = self._groups({*members, article_id})
        for group in groups:
            self._name(group, group[0] if len(group) > 1 else None, article_id)

    def _name(self, group: Sequence[str], story: str | None, unmoved: str) -> None:
        for member in group:
            changed = self._run(
                "UPDATE article SET story = ? WHERE id = ? AND story IS NOT ?",
                [story, member, story],
            )
            if changed and member != unmoved:
                self._run("UPDATE article SET seq = ? WHERE id = ?", [self._next_seq(), member])

    def _members(self, article_id: str) -> set[str]:
        """The story that an article is in, itself included."""
        rows = self._rows(
            "SELECT id FROM article WHERE story = (SELECT story FROM article WHERE id = ?)",
            [article_id],
        )
        return {article_id, *(row["id"] for row in rows)}

    def _groups(self, ids: Collection[str]) -> list[list[str]]:
        """Part *ids* into what hangs together by pairs, each group in the order of its ids."""
        left = set(ids)
        groups = []
        while left:
            group, todo = [], [min(left)]
            left.remove(todo[0])
            while todo:
                group.append(one := todo.pop())
                rows = self._rows("SELECT other_id FROM copy WHERE article_id = ?", [one])
                fresh = {row["other_id"] for row in rows} & left
                left -= fresh
                todo += fresh
            groups.append(sorted(group))
        return groups

    def _link(
        self, article_id: str, told: Telling, bands: Sequence[int], *, thorough: bool = False
    ) -> list[str]:
        """Pair an article with its copies and return them: one of a story, all if *thorough*."""
        candidates = self._candidates(article_id, bands)
        if not candidates:
            return []
        paired = {
            row["other_id"]
            for row in self._rows("SELECT other_id FROM copy WHERE article_id = ?", [article_id])
        }
        stories = {self._story(other) for other in paired}
        found = []
        for other, text in self._tellings(candidates).items():
            story = self._story(other)
            if other in paired or (not thorough and story is not None and story in stories):
                continue
            if syndication.same_story(told, text):
                found.append(other)
                stories.add(story)
                self._run_many(
                    "INSERT OR IGNORE INTO copy VALUES (?, ?)",
                    [(article_id, other), (other, article_id)],
                )
        return found

    def _story(self, article_id: str) -> str | None:
        story: str | None = self._value("SELECT story FROM article WHERE id = ?", [article_id])
        return story

    def _candidates(self, article_id: str, bands: Sequence[int]) -> list[str]:
        """Those that share most *bands* with an article, a bounded number of each band's."""
        if not bands:
            return []
        one = f"SELECT * FROM (SELECT article_id FROM band WHERE key = ? LIMIT {_PER_BAND})"
        rows = self._rows(
            f"SELECT article_id FROM ({' UNION ALL '.join([one] * len(bands))})"
            " WHERE article_id <> ? GROUP BY 1 ORDER BY count(*) DESC, 1"
            f" LIMIT {_MOST_COMPARED}",
            [*bands, article_id],
        )
        return [row["article_id"] for row in rows]

    def _tellings(self, ids: Collection[str]) -> dict[str, Telling]:
        marks = ", ".join("?" * len(ids))
        rows = self._rows(
            "SELECT a.id, r.headline, r.text, r.published FROM article a"
            " JOIN revision r ON r.article_id = a.id AND r.number = a.revision"
            f" WHERE a.id IN ({marks}) AND a.state = 'kept'",
            list(ids),
        )
        found = {
            row["id"]: _telling(
                row["headline"],
                row["text"],
                Published(row["published"]) if row["published"] else None,
            )
            for row in rows
        }
        return {one: found[one] for one in ids if one in found}

    def _bands(self, article_id: str) -> list[int] | None:
        """The bands of an article's sketch; None of one that was never compared."""
        row = self._row("SELECT bands FROM sketch WHERE article_id = ?", [article_id])
        if row is None:
            return None
        keys = array("q", row["bands"])
        if byteorder == "big":
            keys.byteswap()
        return keys.tolist()

    def _remember(self, article_id: str, bands: Sequence[int]) -> None:
        keys = array("q", bands)
        if byteorder == "big":
            keys.byteswap()
        self._run(
            "INSERT INTO sketch VALUES (?, ?, ?)",
            [article_id, syndication.METHOD, keys.tobytes()],
        )
        self._run_many(
            "INSERT OR IGNORE INTO band VALUES (?, ?)", [(key, article_id) for key in bands]
        )

    def _forget(self, article_id: str) -> None:
        bands = self._bands(article_id)
        if bands is None:
            # Without a sketch it was never compared, so it has no copies either.
            return
        self._run_many(
            "DELETE FROM band WHERE key = ? AND article_id = ?",
            [(key, article_id) for key in bands],
        )
        self._run("DELETE FROM sketch WHERE article_id = ?", [article_id])
        others = self._rows("SELECT other_id FROM copy WHERE article_id = ?", [article_id])
        self._run("DELETE FROM copy WHERE article_id = ?", [article_id])
        self._run_many(
            "DELETE FROM copy WHERE article_id = ? AND other_id = ?",
            [(row["other_id"], article_id) for row in others],
        )


def _telling(headline: str, text: str, published: Published | None) -> Telling:
    exact = published is not None and published.precision is not Precision.MONTH
    day: date | None = published.days[0] if published and exact else None
    return Telling(headline, text, day)


def _earliest(copy: Copy) -> tuple[bool, float, str]:
    return copy.published is None, copy.published.moment if copy.published else 0.0, copy.id
