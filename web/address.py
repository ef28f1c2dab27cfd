"""Search addresses: every state of the search page is a link, and back again.

``/search?q=…&source=…&not-source=…&from=…&to=…&undated=yes&copies=yes&telling=yes&timeline=yes
&words=all&rank=related&unrelated=…&newer=no&why=yes&sort=…&limit=…&page=…``; as for source, so
for topic, agency, language and byline. These and unrelated may be given several times: several
values of one facet are alternatives, each that begins with ``not-`` is left out.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final
from urllib.parse import quote_plus

from werkzeug.datastructures import MultiDict

from archive.errors import UsageError
from indexer.engine import Sort
from indexer.normal import LONGEST
from indexer.request import NARROWING, Request
from indexer.telling import narrowed

PER_PAGE = 10
NOT: Final = "not-"
"""What the name of a facet begins with in an address where a value of it is left out."""
_YES_OR_NO: Final = ("yes", "no")


@dataclass(frozen=True, slots=True)
class Address:
    """The state of the search page; each method returns another state, on its first page."""

    request: Request

    def url(self, path: str = "/search") -> str:
        """Return the address of this state; what is at its default is left out."""
        written = _written(self.pairs())
        return f"{path}?{written}" if written else path

    def pairs(self, but: Collection[str] = ()) -> list[tuple[str, str]]:
        """Return the parameters of this state, without those named in *but*."""
        asked = self.request
        pairs = [("q", asked.text)]
        pairs += [(facet, value) for facet in NARROWING for value in asked.chosen(facet)]
        pairs += [
            (f"{NOT}{facet}", value) for facet in NARROWING for value in self.left_out(facet)
        ]
        pairs += [("from", asked.first or ""), ("to", asked.last or "")]
        pairs += [
            (name, value if said else "")
            for name, value, said in (
                ("undated", "yes", asked.undated),
                ("copies", "yes", asked.copies),
                ("telling", "yes", asked.telling),
                ("timeline", "yes", asked.timeline),
                ("words", "all", asked.every),
                ("rank", "related", asked.related),
                ("newer", "yes" if asked.newer else "no", asked.newer is not None),
                ("why", "yes", asked.explain),
                ("sort", str(asked.sort), asked.sort is not Sort.RELEVANCE),
                ("limit", str(asked.limit), asked.limit != PER_PAGE),
                ("page", str(asked.page), asked.page > 1),
            )
        ]
        if asked.related:
            pairs += [("unrelated", word) for word in asked.unrelated]
        return [(name, value) for name, value in pairs if value and name not in but]

    def adding(self, name: str) -> Callable[[str], str]:
        """Return what gives the address of this state with one value more of *name*.

        As `with_value` or `leave_out` and `url` do for a value that is neither chosen nor
        left out, but many times as fast: a page has a hundred such links.
        """
        pairs = self.pairs(("page",))
        order = ["q", *NARROWING, *(f"{NOT}{facet}" for facet in NARROWING)]
        upto = order[: order.index(name) + 1]
        before = _written(pair for pair in pairs if pair[0] in upto)
        behind = _written(pair for pair in pairs if pair[0] not in upto)
        start = f"/search?{before}&{name}=" if before else f"/search?{name}="
        end = f"&{behind}" if behind else ""
        return lambda value: f"{start}{_quoted(value)}{end}"

    def within(self) -> Callable[[str, str], str]:
        """Return what gives the address of this state from one period to another.

        As `with_period` and `url`, for the many periods of a page. What a reader typed cannot
        be taken for the period, for in it ``=`` and ``&`` are written otherwise.
        """
        start, _, end = self.with_period("FIRST", "LAST").url().partition("from=FIRST&to=LAST")
        return lambda first, last: f"{start}from={first}&to={last}{end}"

    def _with(self, **changes: Any) -> "Address":
        return Address(replace(self.request, **{"page": 1, **changes}))

    def with_text(self, text: str) -> "Address":
        """The same with other words."""
        return self._with(text=text)

    def with_value(self, facet: str, value: str) -> "Address":
        """The same, narrowed to *value* of a facet of `NARROWING`."""
        chosen = self.chosen(facet)
        if value in chosen:
            return self
        return self.let_in(facet, value)._with(**{NARROWING[facet]: (*chosen, value)})

    def without_value(self, facet: str, value: str) -> "Address":
        """The same, no longer narrowed to *value*."""
        left = tuple(chosen for chosen in self.chosen(facet) if chosen != value)
        return self._with(**{NARROWING[facet]: left})

    def leave_out(self, facet: str, value: str) -> "Address":
        """The same without the articles that have *value* of a facet of `NARROWING`."""
        left_out = dict.fromkeys((*self.request.left_out, (facet, value)))
        return self.without_value(facet, value)._with(left_out=tuple(left_out))

    def let_in(self, facet: str, value: str) -> "Address":
        """The same, *value* no longer left out."""
        left_out = self.request.left_out
        return self._with(left_out=tuple(one for one in left_out if one != (facet, value)))

    def chosen(self, facet: str) -> tuple[str, ...]:
        """The chosen values of a facet of `NARROWING`."""
        return self.request.chosen(facet)

    def left_out(self, facet: str) -> tuple[str, ...]:
        """The values of a facet that are left out."""
        return tuple(value for name, value in self.request.left_out if name == facet)

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


# Sources and topics come again in the links of every page.
_quoted = lru_cache(maxsize=1 << 13)(quote_plus)


def _written(pairs: Iterable[tuple[str, str]]) -> str:
    """Return parameters as they stand in an address; their names are plain words."""
    return "&".join([f"{name}={_quoted(value)}" for name, value in pairs])


def read(args: "MultiDict[str, str]") -> Address:
    """Read an address's parameters. Raises UsageError, in plain words, for a bad one."""
    sort = _chosen(args, "sort", tuple(Sort)) or str(Sort.RELEVANCE)
    chosen: dict[str, Any] = {field: _values(args, facet) for facet, field in NARROWING.items()}
    return Address(
        Request(
            # What is behind is not read, and every link of a page would carry it along. One
            # character more, so that it is told.
            text=args.get("q", "").strip()[: LONGEST + 1],
            first=args.get("from", "").strip() or None,
            last=args.get("to", "").strip() or None,
            **chosen,
            left_out=tuple(
                (facet, value) for facet in NARROWING for value in _values(args, f"{NOT}{facet}")
            ),
            copies=_chosen(args, "copies", _YES_OR_NO) == "yes",
            telling=_chosen(args, "telling", _YES_OR_NO) == "yes",
            timeline=_chosen(args, "timeline", _YES_OR_NO) == "yes",
            every=_chosen(args, "words", ("all",)) == "all",
            related=_chosen(args, "rank", ("related",)) == "related",
            newer={"yes": True, "no": False}.get(_chosen(args, "newer", _YES_OR_NO)),
            explain=_chosen(args, "why", _YES_OR_NO) == "yes",
            unrelated=_values(args, "unrelated"),
            undated=_chosen(args, "undated", _YES_OR_NO) == "yes",
            sort=Sort(sort),
            limit=number(args, "limit", PER_PAGE),
            page=number(args, "page", 1),
        )
    )


def _values(args: "MultiDict[str, str]", name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in args.getlist(name) if value))


def _chosen(args: "MultiDict[str, str]", name: str, known: Sequence[str]) -> str:
    """Read one of the values *known*; empty where none is given. Raises UsageError for another."""
    value = args.get(name, "").strip()
    if value and value not in known:
        is_none = "is none of the values it may have" if len(known) > 1 else "is not its value"
        raise UsageError(is_none, f"{name} “{value[:40]}”", f"choose {', '.join(known)}")
    return value


def number(args: "MultiDict[str, str]", name: str, default: int) -> int:
    """Read a number of 1 or more. Raises UsageError, in plain words, for anything else."""
    text = args.get(name, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 6 and int(text) > 0):
        raise UsageError("is no number to count with", f"{name} “{text[:40]}”")
    return int(text)
