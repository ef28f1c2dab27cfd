"""Search addresses: every state of the search page is a link, and back again.

``/search?q=…&source=…&topic=…&from=…&to=…&undated=yes&language=…&copies=yes&telling=yes
&words=all&rank=related&unrelated=…&newer=no&why=yes&sort=…&page=…``; source, topic, language
and unrelated may be given several times.
"""

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from archive.errors import UsageError
from indexer.engine import Sort
from indexer.request import Request
from indexer.telling import narrowed

PER_PAGE = 10


@dataclass(frozen=True, slots=True)
class Address:
    """The state of the search page; each method returns another state, on its first page."""

    request: Request

    def url(self, path: str = "/search") -> str:
        """Return the address of this state; what is at its default is left out."""
        asked = self.request
        pairs: list[tuple[str, str]] = [("q", asked.text)] if asked.text else []
        pairs += [("source", value) for value in asked.sources]
        pairs += [("topic", value) for value in asked.topics]
        pairs += [("language", value) for value in asked.languages]
        if asked.first:
            pairs.append(("from", asked.first))
        if asked.last:
            pairs.append(("to", asked.last))
        if asked.undated:
            pairs.append(("undated", "yes"))
        if asked.copies:
            pairs.append(("copies", "yes"))
        if asked.telling:
            pairs.append(("telling", "yes"))
        if asked.every:
            pairs.append(("words", "all"))
        if asked.related:
            pairs.append(("rank", "related"))
            pairs += [("unrelated", word) for word in asked.unrelated]
        if asked.newer is not None:
            pairs.append(("newer", "yes" if asked.newer else "no"))
        if asked.explain:
            pairs.append(("why", "yes"))
        if asked.sort is not Sort.RELEVANCE:
            pairs.append(("sort", str(asked.sort)))
        if asked.page > 1:
            pairs.append(("page", str(asked.page)))
        return f"{path}?{urlencode(pairs)}" if pairs else path

    def _with(self, **changes: Any) -> "Address":
        return Address(replace(self.request, **{"page": 1, **changes}))

    def with_text(self, text: str) -> "Address":
        """The same with other words."""
        return self._with(text=text)

    def with_value(self, facet: str, value: str) -> "Address":
        """The same, narrowed to *value* of ``source``, ``topic`` or ``language``."""
        chosen = self.chosen(facet)
        return self if value in chosen else self._with(**{f"{facet}s": (*chosen, value)})

    def without_value(self, facet: str, value: str) -> "Address":
        """The same without *value* of ``source``, ``topic`` or ``language``."""
        left = tuple(chosen for chosen in self.chosen(facet) if chosen != value)
        return self._with(**{f"{facet}s": left})

    def chosen(self, facet: str) -> tuple[str, ...]:
        """The chosen values of ``source``, ``topic`` or ``language``."""
        values: tuple[str, ...] = getattr(self.request, f"{facet}s")
        return values

    def with_period(self, first: str | None, last: str | None) -> "Address":
        """The same, within these dates (or without any)."""
        return self._with(first=first, last=last, undated=False)

    def with_undated(self, undated: bool) -> "Address":
        """The same, only the undated (or no longer only them)."""
        return self._with(undated=undated, first=None, last=None)

    def with_copies(self, copies: bool) -> "Address":
        """The same with every copy of a story in a line of its own (or no longer so)."""
        return self._with(copies=copies)

    def with_telling(self, telling: bool) -> "Address":
        """The same with the words that stand out (or no longer so)."""
        return self._with(telling=telling)

    def with_word(self, word: str) -> "Address":
        """The same with one word more that must be there."""
        return self._with(text=narrowed(self.request.text, word))

    def with_every(self, every: bool) -> "Address":
        """The same where all words of a question must match (or no longer so)."""
        return self._with(every=every)

    def with_related(self, related: bool) -> "Address":
        """The same, ranked by related words too (or no longer so)."""
        return self._with(related=related, unrelated=(), sort=Sort.RELEVANCE)

    def without_related(self, word: str) -> "Address":
        """The same, not ranked by this related word."""
        return self._with(unrelated=(*self.request.unrelated, word))

    def with_newer(self, newer: bool) -> "Address":
        """The same with the newer of near-equals first (or no longer so)."""
        return self._with(newer=newer)

    def with_explain(self, explain: bool) -> "Address":
        """The same page, where each hit says why it stands there (or no longer so)."""
        return Address(replace(self.request, explain=explain))

    def with_sort(self, sort: Sort) -> "Address":
        """The same in another order."""
        return self._with(sort=sort)

    def with_page(self, page: int) -> "Address":
        """Another page of the same."""
        return self._with(page=page)


def read(args: "MultiDict[str, str]") -> Address:
    """Read an address's parameters. Raises UsageError, in plain words, for a bad one."""
    sort = args.get("sort") or str(Sort.RELEVANCE)
    if sort not in list(Sort):
        raise UsageError("is no order", f"“{sort[:40]}”", f"choose {', '.join(Sort)}")
    return Address(
        Request(
            text=args.get("q", "").strip(),
            sources=_values(args, "source"),
            topics=_values(args, "topic"),
            first=args.get("from", "").strip() or None,
            last=args.get("to", "").strip() or None,
            languages=_values(args, "language"),
            copies=args.get("copies") == "yes",
            telling=args.get("telling") == "yes",
            every=args.get("words") == "all",
            related=args.get("rank") == "related",
            newer={"yes": True, "no": False}.get(args.get("newer", "")),
            explain=args.get("why") == "yes",
            unrelated=_values(args, "unrelated"),
            undated=args.get("undated") == "yes",
            sort=Sort(sort),
            limit=_number(args, "limit", PER_PAGE),
            page=_number(args, "page", 1),
        )
    )


def _values(args: "MultiDict[str, str]", name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in args.getlist(name) if value))


def _number(args: "MultiDict[str, str]", name: str, default: int) -> int:
    text = args.get(name, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 6 and int(text) > 0):
        raise UsageError("is no number to count with", f"{name} “{text[:40]}”")
    return int(text)
