r"""BibTeX and BibLaTeX: an ``@article`` of the subtype newspaper for each article.

Outside of entries BibTeX reads nothing, so there the file says what it is. What LaTeX
would take for its own is written as a command; braces too (``\textbraceleft``), for
BibTeX counts them even behind a backslash.
"""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote

from archive.export.entry import About, Entry, date_parts, line
from archive.export.names import Name, authors

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LATEX = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{mark: f"\\{mark}" for mark in "$&#_%"},
}
_SPECIAL = re.compile(r"[\\{}~^$&#_%]")
_AND = re.compile(r"\band\b|,", re.IGNORECASE)


def write(about: About, entries: Iterable[Entry]) -> Iterator[str]:
    """Yield a comment that says what the file is, then an entry for each article."""
    # An at sign would begin an entry.
    said = f"{about.title}; {about.when}; articles: {about.found}".replace("@", "(at)")
    yield f"% {line(said)}\n"
    for entry in entries:
        fields = [f"  {name} = {value},\n" for name, value in _fields(about, entry)]
        yield f"\n@article{{{key(entry.article.id)},\n{''.join(fields)}}}\n"


def key(article_id: str) -> str:
    """Return the key that an article has in every export, whatever is learnt of it later."""
    return f"morgue-{article_id}"


def escaped(text: str) -> str:
    """Return *text* on one line as LaTeX that shows it."""
    return _SPECIAL.sub(lambda found: _LATEX[found[0]], line(text))


def _fields(about: About, entry: Entry) -> Iterator[tuple[str, str]]:
    article = entry.article
    # The second braces keep styles from changing capitals.
    yield "title", f"{{{{{escaped(article.headline)}}}}}"
    if names := authors(article):
        yield "author", f"{{{' and '.join(map(_name, names))}}}"
    yield "journal", f"{{{escaped(article.source)}}}"
    yield "entrysubtype", "{newspaper}"
    if parts := date_parts(article.published):
        yield "date", f"{{{'-'.join(f'{part:02}' for part in parts)}}}"
        yield "year", f"{{{parts[0]:04}}}"
        yield "month", _MONTHS[parts[1] - 1]
        if len(parts) > 2:
            yield "day", f"{{{parts[2]}}}"
    for name, text in (
        ("langid", article.language),
        ("keywords", "; ".join(article.topics)),
        ("location", article.dateline),
        ("agency", article.agency),
        ("credits", article.credits),
        ("caption", article.caption),
        ("abstract", article.text if about.text else ""),
    ):
        if text and (value := escaped(text)):
            yield name, f"{{{value}}}"
    if url := entry.address or about.page(article):
        yield "url", f"{{{_verbatim(url)}}}"
    yield "eprint", f"{{{article.id}}}"


def _name(name: Name) -> str:
    if name.whole:
        return f"{{{escaped(name.family)}}}"
    # BibTeX parts names at "and" and at commas, but not inside braces.
    family, given, suffix = (
        f"{{{escaped(part)}}}" if _AND.search(part) else escaped(part)
        for part in (name.family, name.given, name.suffix)
    )
    return f"{family}, {suffix}, {given}" if suffix else f"{family}, {given}"


def _verbatim(url: str) -> str:
    """Return an address as the field url has it: as it is, for nothing in it is a command."""
    return quote(line(url), safe="%/:?#[]@!$&'()*+,;=~._-")
