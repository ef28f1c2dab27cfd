"""Citations of a news article: APA (7th edition), Chicago (18th), MLA (9th), and as AP would.

Rules of our own for this one kind of work. The library for the styles' own files,
citeproc-py 0.11, names an unsigned article's headline twice, shortens given names where
they belong in full, and sets a bare "Edition" into Chicago's: wrong citations, for which
nobody comes to an archive.

The headline's capitals stay as the source has them, and what is not known is not made
up: an undated article is "n.d." where the style says so.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from archive.article import Article
from archive.export.entry import date_parts, line
from archive.export.names import Name, authors
from archive.identity import web_url

_FULL = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September"),
    *("October", "November", "December"),
)
_SHORT_MLA = (
    *("Jan.", "Feb.", "Mar.", "Apr.", "May", "June", "July", "Aug.", "Sept.", "Oct.", "Nov."),
    "Dec.",
)
_SHORT_AP = (
    *("Jan.", "Feb.", "March", "April", "May", "June", "July", "Aug.", "Sept.", "Oct.", "Nov."),
    "Dec.",
)
_ENDS = ("?", "!", "…")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of a citation; a title of a newspaper is in italics."""

    text: str
    italic: bool = False


@dataclass(frozen=True, slots=True)
class Citation:
    """A citation in the style *style*."""

    style: str
    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        """The citation as plain text."""
        return "".join(piece.text for piece in self.pieces)

    @property
    def markup(self) -> Markup:
        """The citation as HTML: escaped, with italics."""
        return Markup("").join(
            Markup("<i>{}</i>").format(piece.text) if piece.italic else escape(piece.text)
            for piece in self.pieces
        )


@dataclass(frozen=True, slots=True)
class _Known:
    """What a style is given: whatever is not known is empty."""

    names: tuple[Name, ...]
    headline: str
    outlet: str
    date: tuple[int, ...]
    url: str


def citations(article: Article) -> tuple[Citation, ...]:
    """Return *article* cited in each style."""
    known = _Known(
        names=authors(article),
        headline=_unstopped(line(article.headline)),
        outlet=line(article.source),
        date=date_parts(article.published),
        url=web_url(article.link or "") or web_url(article.url) or "",
    )
    return tuple(Citation(style, _joined(rule(known))) for style, rule in _STYLES)


def _apa(known: _Known) -> Sequence[Piece | str]:
    date = "n.d."
    if known.date:
        year, month, *day = known.date
        date = f"{year}, {_FULL[month - 1]}{f' {day[0]}' if day else ''}"
    names = _names_apa(known.names)
    headline = _stopped(known.headline)
    begin = f"{_stopped(names)} ({date}). {headline} " if names else f"{headline} ({date}). "
    return begin, Piece(known.outlet, italic=True), ".", f" {known.url}" if known.url else ""


def _names_apa(names: tuple[Name, ...]) -> str:
    shown = [_initialled(name) for name in names]
    if len(shown) > 20:
        return f"{', '.join(shown[:19])}, . . . {shown[-1]}"
    # A comma also before the last of two, for each name holds one.
    return f"{', '.join(shown[:-1])}, & {shown[-1]}" if len(shown) > 1 else "".join(shown)


def _initialled(name: Name) -> str:
    """``Marsh-Avery, J.-L.``: the given names by their first letters."""
    if name.whole:
        return name.family
    initials = " ".join(
        "-".join(f"{part[0].upper()}." for part in given.split("-") if part)
        for given in name.given.split()
    )
    return ", ".join(part for part in (name.family, initials, name.suffix) if part)


def _chicago(known: _Known) -> Sequence[Piece | str]:
    date = _american(known.date, _FULL, _FULL) or "n.d."
    end = f" {known.url}." if known.url else ""
    headline = f"“{_stopped(_inner(known.headline))}” "
    names = _inverted(known.names, most=6, shown=3)
    if not names:
        # An unsigned article is filed under its newspaper.
        return Piece(known.outlet, italic=True), f". {headline}", _stopped(_capital(date)), end
    outlet = Piece(known.outlet, italic=True)
    return f"{_stopped(names)} {headline}", outlet, f", {_stopped(date)}", end


def _mla(known: _Known) -> Sequence[Piece | str]:
    year, month, day = (*known.date, 0, 0, 0)[:3]
    date = " ".join(
        part
        for part in (
            str(day) if day else "",
            _SHORT_MLA[month - 1] if month else "",
            str(year) if year else "",
        )
        if part
    )
    names = _inverted(known.names, most=2, shown=1)
    address = known.url.removeprefix("https://").removeprefix("http://")
    return (
        f"{_stopped(names)} " if names else "",
        f"“{_stopped(_inner(known.headline))}” ",
        Piece(known.outlet, italic=True),
        f", {date}" if date else "",
        f", {address}." if address else ".",
    )


def _ap(known: _Known) -> Sequence[Piece | str]:
    names = [name.read for name in known.names]
    begin = f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)
    date = _american(known.date, _SHORT_AP, _FULL) or "undated"
    mark = "" if known.headline.endswith(_ENDS) else ","
    return (
        f"{begin}, " if begin else "",
        f"“{_inner(known.headline)}{mark}” {known.outlet}, {date}",
        f", {known.url}" if known.url else "",
    )


_STYLES: tuple[tuple[str, Callable[[_Known], Sequence[Piece | str]]], ...] = (
    ("APA", _apa),
    ("Chicago", _chicago),
    ("MLA", _mla),
    ("AP", _ap),
)


def _american(date: tuple[int, ...], with_day: Sequence[str], alone: Sequence[str]) -> str:
    """``June 20, 2024``, ``June 2024``, or nothing; AP shortens a month only before a day."""
    if not date:
        return ""
    year, month, *day = date
    return f"{with_day[month - 1]} {day[0]}, {year}" if day else f"{alone[month - 1]} {year}"


def _inverted(names: tuple[Name, ...], most: int, shown: int) -> str:
    """The first name as it is filed, the others as they are read; of too many some, et al."""
    if not names:
        return ""
    listed = [names[0].filed, *(name.read for name in names[1:])]
    if len(listed) > most:
        return f"{', '.join(listed[:shown])}, et al"
    return f"{', '.join(listed[:-1])}, and {listed[-1]}" if len(listed) > 1 else listed[0]


def _inner(text: str) -> str:
    """*text* for within quotation marks: its own become single ones."""
    opened = False
    out = []
    for letter in text.replace("“", "‘").replace("”", "’"):
        if letter == '"':
            out.append("’" if opened else "‘")
            opened = not opened
        else:
            out.append(letter)
    return "".join(out)


def _stopped(text: str) -> str:
    return text if text.endswith((".", *_ENDS)) else f"{text}."


def _unstopped(text: str) -> str:
    return text if text.endswith("..") else text.removesuffix(".")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _joined(pieces: Sequence[Piece | str]) -> tuple[Piece, ...]:
    made = [Piece(piece) if isinstance(piece, str) else piece for piece in pieces]
    return tuple(piece for piece in made if piece.text)
