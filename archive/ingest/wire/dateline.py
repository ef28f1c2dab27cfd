"""Datelines: place, day and agency at the start of a text, and the dash that ends them.

``PORT ELLIS, June 12 (Reuters) -``, ``PORT ELLIS (AP) _``, ``Port Ellis, 12. Juni (dpa/lno) –``,
``PORT ELLIS, June 12 (Xinhua) --``, ``新华社埃利斯港6月12日电``.
"""

import re

from archive.ingest import dates
from archive.ingest.agencies import KNOWN, known_as
from archive.ingest.item import claim
from archive.ingest.wire.copy import Copy
from archive.ingest.wire.names import PARTICLES

# Place, day, agency, dash; after a day the dash may stand without a space before it.
_DATELINE = re.compile(
    r"(?P<place>[^\W\d_][^()\d–—:;!?\"“”]{1,70}?)"
    rf"(?:,?\s*(?P<date>(?i:{dates.MONTH})\s+\d{{1,2}}(?:,?\s+\d{{4}})?"
    rf"|\d{{1,2}}\.?\s+(?i:{dates.MONTH})(?:,?\s+\d{{4}})?)(?P<tight>-(?=\s))?)?,?"
    rf"(?:\s*\((?P<agency>[^()]{{2,40}})\)|\s*(?P<closing>Reuter|{KNOWN})(?=\s+-))?"
    r"(?:\s*(?:\s-{1,2}|\s_|–|—)\s*(?=\S)|(?(tight)\s+|(?!)))",
)
_CHINESE = re.compile(
    r"(?P<agency>新华社|中新社|路透社|法新社|美联社|德新社)(?P<place>[^\W\d_]{1,12}?)"
    r"(?P<date>\d{1,2}月\d{1,2}日)电\s*(?:[（(](?:记者)?(?P<names>[^()（）]{2,40})[)）])?\s*"
)
_CREDITED = re.compile(
    r"\b(?:according\s+to|reported\s+by|report\s+by|said\s+by|told|via|quoted\s+by|citing)\s+"
    r"(?:(?:a|the)\s+(?:\w+\s+)?(?:report|statement)s?\s+(?:by|from|of)\s+)?(?:the\s+)?"
    r"(?:state\s+)?(?:news\s+agency\s+)?"
    rf"(?:(?P<named>(?:[A-Z][\w&.-]+\s){{1,3}}?)[Nn]ews\s+[Aa]gency|(?P<known>{KNOWN})\b)"
)


def match_dateline(paragraph: str) -> re.Match[str] | None:
    """Return the match of a dateline at the start of *paragraph*, with its parts, or None.

    An agency or a day proves a dateline whose place is written as a name;
    without either its place must stand in capitals, so that "Well - he said"
    is none.
    """
    match = _DATELINE.match(paragraph)
    if match is None or not match["place"][0].isupper():
        return None
    place = match["place"].split(",")[0]
    if len(place.split()) > 6:
        return None
    if is_proven(match):
        # "He knew (as did she) - and left" has both brackets and dash.
        names = re.findall(r"[^\W\d_][\w'’.]*", match["place"])
        return match if all(n[0].isupper() or n in PARTICLES for n in names) else None
    return match if len(place) > 2 and place.isupper() else None


def is_proven(match: re.Match[str]) -> bool:
    """Whether more than its capitals shows that this is a dateline."""
    return bool(match["agency"] or match["date"] or match["closing"])


def take_dateline(paragraphs: list[str], copy: Copy) -> None:
    """Take the dateline from the first paragraph, in place."""
    if not paragraphs:
        return
    if match := _CHINESE.match(paragraphs[0]):
        copy.add("dateline", match["place"], "dateline")
        copy.add("agency", known_as(match["agency"]), "dateline")
        copy.add("published", match["date"], "dateline")
        for name in re.split(r"[、，,\s]+", match["names"] or ""):
            copy.add("byline", name, "byline")
        paragraphs[0] = paragraphs[0][match.end() :]
    elif match := match_dateline(paragraphs[0]):
        copy.add("dateline", match["place"].strip(" ,"), "dateline")
        agency = match["agency"] or match["closing"]
        copy.add("agency", known_as(agency) if agency else None, "dateline")
        # A day without a year is no date, but `compose` notes that it was claimed.
        copy.add("published", match["date"], "dateline")
        paragraphs[0] = paragraphs[0][match.end() :]


def credited_agency(copy: Copy) -> None:
    """Note the agency that a text names as its origin, where it carries none itself."""
    if match := _CREDITED.search(copy.text):
        name = match["named"] or known_as(match["known"])
        copy.claims.extend(claim("agency", name, "credited: in the text"))
