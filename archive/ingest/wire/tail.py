"""The end of wire copy: credits, sign-offs, end marks, contacts, notes, rights."""

import re
from collections.abc import Callable
from typing import Final

from archive.ingest.agencies import KNOWN, known_as
from archive.ingest.furniture import is_furniture
from archive.ingest.wire.copy import Copy
from archive.ingest.wire.marks import unmarked

_ROLE = r"(?:additional\s+)?(?:reporting|writing|written|editing|edited|compiled|translated"
_ROLE += r"|graphics?|photos?)"
_CREDITS = re.compile(
    rf"\(\s*(?P<credits>{_ROLE}\s+(?:and\s+\w+\s+)?by\s[^()]+?)\s*\)\s*$", re.IGNORECASE
)
_PLAIN_CREDITS = re.compile(
    rf"{_ROLE}\s+(?:and\s+\w+\s+)?by\s[^.]{{3,250}}\.?"
    # The second branch is AP's: "Associated Press writer Ada Moor in Valtor contributed …".
    r"|[^.!?]{3,250}\b(?:contributed|contributing)\s+(?:to\s+this\s+(?:report|story|article)"
    r"|(?:additional\s+)?reporting)(?:\s+from\s+[^.]{2,60})?\.?",
    re.IGNORECASE,
)
# Reuters closes with how to reach the reporter, in double brackets.
_CONTACT = re.compile(r"\(\((?P<contact>.{5,400}?)\)\)\s*$")
_END_MARK = re.compile(
    r"(?:ends?|enditem|-+\s*(?:30|ends?|0|more)\s*-+|#{2,}|\*\s*\*\s*\*|\*{3,}|_{3,}|={3,}"
    r"|[(\[](?:ends?|more|mfl?|30)[)\]]|end\s*//+|ends?/+|mfl?|more\s+follows|nnnn)",
    re.IGNORECASE,
)
_SIGNED = re.compile(rf"[(\-–—]?\s*(?P<agency>Reuter|PA|{KNOWN})\s*[)\-–—.]?")
# AP: -ES-06-12-24 1423EDT, month first; AFP and dpa: the initials of those who worked on it.
_SIGN_OFF = re.compile(
    r"(?P<agency>AP)-[A-Z]{2,3}-(?P<month>\d\d)-(?P<day>\d\d)-(?P<year>\d\d)"
    r"\s+(?P<hour>\d\d)(?P<minute>\d\d)(?P<zone>[A-Z]{2,4})?"
)
_ZONES: Final = {"GMT": 0, "EDT": -4, "EST": -5, "CDT": -5, "CST": -6, "PDT": -7, "PST": -8}
_INITIALS = re.compile(r"[a-z]{2,4}(?:[/-][a-z]{1,4}){1,4}|dpa(?:\s+[a-z][a-z0-9]{1,3}){1,6}")
_DPA_NUMBER = re.compile(
    r"(?:©\s*)?(?:dpa-infocom,\s*)?dpa:(?P<year>\d\d)(?P<month>\d\d)(?P<day>\d\d)-[\d-]+/\d+"
)
# What follows is meant for the desk that receives the copy.
_DESK_NOTES = re.compile(r"#+\s*(?:dpa-)?notizblock\b.*", re.IGNORECASE)
_RIGHTS = re.compile(
    r"(?:copyright\s+(?:(?:by|of|\d{4})\b|©|\(c\))|copyright:|©|\(c\)).{0,300}"
    r"|.{0,200}\ball\s+rights\s+reserved\b.{0,300}"
    r"|this\s+(?:material|story|report|content)\s+may\s+not\s+be\s.{0,200}"
    r"|our\s+standards:.{0,80}|click\s+for\s+restrictions\b.{0,100}",
    re.IGNORECASE,
)
_KEYWORDS = re.compile(r"keywords?:\s*(?P<slug>\S.{2,100})", re.IGNORECASE)


def without_tail(paragraphs: list[str], copy: Copy) -> list[str]:
    """Take end marks, furniture, sign-offs, rights and credits from the end."""
    for number, paragraph in enumerate(paragraphs):
        if number and _DESK_NOTES.fullmatch(paragraph):
            copy.add("desk notes", " ".join(paragraphs[number:]), "desk notes")
            paragraphs = paragraphs[:number]
            break
    rest = list(paragraphs)
    credit_lines: list[str] = []
    while rest:
        last = unmarked(rest[-1])
        if match := _CREDITS.search(last):
            credit_lines.insert(0, match["credits"])
            rest[-1] = last[: match.start()].rstrip()
        elif match := _CONTACT.search(last):
            copy.add("contact", match["contact"], "contact")
            rest[-1] = last[: match.start()].rstrip()
        elif len(rest) > 1 and _PLAIN_CREDITS.fullmatch(last):
            credit_lines.insert(0, last.rstrip("."))
            rest.pop()
        elif len(rest) > 1 and any(take(last, copy) for take in _CLOSING):
            rest.pop()
        else:
            break
        if rest and not rest[-1]:
            rest.pop()
    copy.add("credits", "; ".join(credit_lines), "credits")
    return [p for p in rest if not is_furniture(p) and not re.fullmatch(r"_{3,}|\*{3,}", p)]


def _signature(line: str, copy: Copy) -> bool:
    if match := _SIGNED.fullmatch(line):
        copy.add("agency", known_as(match["agency"]), "closing line")
    return match is not None


def _sign_off(line: str, copy: Copy) -> bool:
    match = _SIGN_OFF.fullmatch(line)
    if match is None:
        return _INITIALS.fullmatch(line) is not None
    copy.add("agency", match["agency"], "sign-off")
    zone = _ZONES.get(match["zone"] or "")
    offset = "" if zone is None else f"{'-' if zone < 0 else '+'}{abs(zone):02}:00"
    day = f"{_century(match['year'])}-{match['month']}-{match['day']}"
    copy.add("published", f"{day}T{match['hour']}:{match['minute']}:00{offset}", "sign-off")
    return True


def _number(line: str, copy: Copy) -> bool:
    """Copy of dpa is numbered by day."""
    if match := _DPA_NUMBER.fullmatch(line):
        day = f"{_century(match['year'])}-{match['month']}-{match['day']}"
        copy.add("published", day, "dpa's number")
        copy.add("agency", "dpa", "dpa's number")
    return match is not None


def _rights(line: str, copy: Copy) -> bool:
    if len(line.split()) > 60 or not _RIGHTS.fullmatch(line):
        return False
    copy.add("rights", line, "rights")
    return True


def _keywords(line: str, copy: Copy) -> bool:
    if match := _KEYWORDS.fullmatch(line):
        copy.add("slug", match["slug"], "keywords")
    return match is not None


def _mark(line: str, _copy: Copy) -> bool:
    return _END_MARK.fullmatch(line) is not None or is_furniture(line)


_CLOSING: Final[tuple[Callable[[str, Copy], bool], ...]] = (
    _signature,
    _sign_off,
    _number,
    _rights,
    _keywords,
    _mark,
)


def _century(year: str) -> str:
    """A year of two figures: 69 to 99 are of the last century, as POSIX reads them."""
    return f"{19 if int(year) >= 69 else 20}{year}"
