"""The beginning of wire copy: slug, headline, caption, byline, role, date line, notices."""

import re

from archive.ingest import dates
from archive.ingest.agencies import KNOWN, known_as
from archive.ingest.wire.copy import Copy
from archive.ingest.wire.dateline import is_proven, match_dateline
from archive.ingest.wire.marks import unmarked
from archive.ingest.wire.names import byline_names

_HEADLINE_WORDS = 30
_HEAD_PARAGRAPHS = 10
_LONGEST_HEAD_WORDS = 60

_SLUG = re.compile(
    r"[A-Z][A-Z0-9]+(?:-[A-Z0-9]+)*/[A-Z0-9-]*(?:\s*\([^()]+\))?"
    # AP: BC-NOR--Harbour Talks,2nd Ld-Writethru,0450; dpa: Kriminalität/Hafen/Norland/.
    r"|(?:BC|AM|PM)-[A-Z]{1,4}-{1,2}\S.{2,80}"
    r"|[^\W\d_][\w-]*(?:/[^\W\d_][\w-]*)+/"
    # AFP: Norland-politics-talks,2ndlead; and in capitals, NORLAND-POLITICS-TALKS
    r"|[A-Za-z]\w*(?:-[a-z]\w*){2,}(?:,\w+)*|[A-Z][A-Z0-9]+(?:-[A-Z0-9]+){2,}"
    # PA: a catchline, which begins with the page's number.
    r"|\d{1,2}\s+[A-Z]{4,}(?:\s+[A-Z][a-z]+){1,3}"
    r"|\(?(?:UPDATE|RPT|REFILE|WRAPUP|URGENT|ALERT|EILMELDUNG|BULLETIN|FLASH)\s*\d*\)?"
)
_NOTICE = re.compile(
    r"[(\[]?(?:correct(?:s|ed|ion|ing)|updates?|refiles?|clarifies|adds|rewrites|recasts|repeats"
    r"|this\s+version\s+corrects|zusammenfassung|korrigierte\s+fassung|korrektur|berichtigt"
    r"|wiederholung|neu|eds|editors?'?\s*note|attention\s+editors)\b"
    r".{0,250}[)\]]|correct(?:ion|ed)\s*:.{3,250}"
    r"|(?:eds(?:\s+note)?:|attention\s+-|ap\s+photos?\s+[A-Z]{2,4}\d).{0,250}"
    r"|=\((?:picture|photo|video|graphic)s?.{0,40}\)=",
    re.IGNORECASE,
)
# Reuters puts an update or correction before the headline itself: "UPDATE 2-Norland opens talks".
_FILED_AS = re.compile(
    r"(?P<notice>(?:UPDATE|WRAPUP|RPT|REFILE|CORRECTED|CORRECTION|REPEAT)(?:\s+\d+)?"
    r"(?:-(?:UPDATE|RPT|REFILE|CORRECTED)(?:\s+\d+)?)*)-(?=\S)"
)
_ROLES = (
    r"writer|reporter|correspondent|editor|staff|columnist|chief|redakteur(?:in)?"
    r"|korrespondent(?:in)?"
)
_ROLE_LINE = re.compile(
    rf"(?:(?:the\s+)?(?:{KNOWN}|PA|[A-Z]\w+)\s+)?(?:[A-Z]\w+\s+){{0,3}}(?:{_ROLES})s?",
    re.IGNORECASE,
)
_SOURCE_LINE = re.compile(
    rf"(?:source:\s*)?(?P<agency>{KNOWN}|PA)"
    r"(?:\s*[|,]?\s*(?:(?:updated|published):?\s*)?(?P<date>\d[^|]{5,30}?|[A-Z][a-z]+\.?\s+\d[^|]{3,25}?))?"
    r"(?:\s*[|]?\s*editor:\s*(?P<editor>[\w .]{2,40}))?",
    re.IGNORECASE,
)
# PA and others: day and clock of the month, 121523 JUN 24.
_DATE_TIME_GROUP = re.compile(
    r"(?P<day>\d\d)(?P<hour>\d\d)(?P<minute>\d\d)(?P<zone>Z)?\s+(?P<month>[A-Z]{3})\s+(?P<year>\d\d)"
)


def without_head(paragraphs: list[str], copy: Copy) -> list[str]:
    """Take slug, headline, caption, byline, date line and notices from the beginning.

    The head ends at the dateline or, without one, at the last byline or date
    line; without those, only a headline can be told from the text.
    """
    head_first = [unmarked(p) for p in paragraphs[:_HEAD_PARAGRAPHS]]
    paragraphs = [*head_first, *paragraphs[_HEAD_PARAGRAPHS:]]
    end = _end_of_head(paragraphs)
    head, rest = paragraphs[:end], paragraphs[end:]
    if not end and len(paragraphs) > 1 and _is_headline(paragraphs[0]):
        head, rest = paragraphs[:1], paragraphs[1:]
    headline_seen = False
    captions: list[str] = []
    byline_before = False
    for paragraph in head:
        if byline_before and _ROLE_LINE.fullmatch(paragraph):
            copy.add("role", paragraph, "role line")
            continue
        if claim_line(paragraph, copy):
            byline_before = bool(byline_names(paragraph))
            continue
        byline_before = False
        if not headline_seen:
            _headline(paragraph, copy)
            headline_seen = True
        else:
            captions.append(paragraph)
    copy.add("caption", " ".join(captions), "caption")
    while rest and _NOTICE.fullmatch(rest[0]):
        copy.add("notice", rest.pop(0).strip("()[]"), "notice")
    return rest


def claim_line(paragraph: str, copy: Copy) -> bool:
    """Take a byline, date line, slug line or notice; whether *paragraph* is one."""
    if names := byline_names(paragraph):
        for name in names:
            copy.add("byline", name, "byline")
    elif dates.read(paragraph):
        copy.add("published", paragraph, "date line")
    elif match := _DATE_TIME_GROUP.fullmatch(paragraph):
        copy.add("published", _moment(match), "date-time group")
    elif _SLUG.fullmatch(paragraph):
        copy.add("slug", paragraph, "slug line")
    elif _NOTICE.fullmatch(paragraph):
        copy.add("notice", paragraph.strip("()[]"), "notice")
    elif match := _source_line(paragraph):
        copy.add("agency", known_as(match["agency"]), "source line")
        copy.add("published", match["date"], "source line")
        copy.add("credits", match["editor"] and f"Editor: {match['editor']}", "source line")
    else:
        return False
    return True


def _source_line(paragraph: str) -> re.Match[str] | None:
    """A bare agency's name says too little at the top: it must come with a date or a label."""
    match = _SOURCE_LINE.fullmatch(paragraph)
    if match is None:
        return None
    labelled = match[0].lower().startswith("source:") or match["editor"]
    return match if labelled or (match["date"] and dates.read(match["date"])) else None


def _headline(paragraph: str, copy: Copy) -> None:
    if match := _FILED_AS.match(paragraph):
        copy.add("notice", match["notice"], "headline")
        paragraph = paragraph[match.end() :]
    copy.add("headline", paragraph, "headline")


def _moment(match: re.Match[str]) -> str:
    written = f"{match['day']} {match['month'].title()} 20{match['year']}"
    read = dates.read(written)
    zone = "+00:00" if match["zone"] else ""
    clock = f"T{match['hour']}:{match['minute']}:00{zone}"
    moment = f"{read.iso}{clock}" if read else match[0]
    return moment if dates.read(moment) else match[0]


def _end_of_head(paragraphs: list[str]) -> int:
    """Return how many paragraphs stand before the text, as far as an anchor tells.

    A dateline that only its capitals show may be a headline with a dash in it:
    it counts where no date line or proven dateline follows.
    """
    end = 0
    looks_like_one: int | None = None
    for number, paragraph in enumerate(paragraphs[:_HEAD_PARAGRAPHS]):
        if match := match_dateline(paragraph):
            if is_proven(match):
                return number
            looks_like_one = number if looks_like_one is None else looks_like_one
        if claim_line(paragraph, Copy("")) or (
            number == end > 0 and _ROLE_LINE.fullmatch(paragraph)
        ):
            end = number + 1
        elif len(paragraph.split()) > _LONGEST_HEAD_WORDS:
            break
    if looks_like_one is not None and end <= looks_like_one:
        return looks_like_one
    if (
        0 < end < len(paragraphs)
        and not any(byline_names(p) or _is_text(p) for p in paragraphs[:end])
        and len(paragraphs) > end + 1
        and _is_headline(paragraphs[end])
    ):
        return end + 1
    if end == len(paragraphs):
        # A flash: a headline and its date line, with nothing below.
        heads = [p for p in paragraphs if _is_text(p)]
        return end if len(heads) == 1 and any(dates.read(p) for p in paragraphs) else 0
    return end


def _is_text(paragraph: str) -> bool:
    return not claim_line(paragraph, Copy(""))


def _is_headline(paragraph: str) -> bool:
    """Whether a first paragraph reads as a headline: short, and no sentence of the text."""
    return len(paragraph.split()) <= _HEADLINE_WORDS and not paragraph.rstrip('"”’').endswith(
        (".", ":", ",", ";")
    )
