"""The names of persons in bylines, parted from roles, dates, agencies and addresses."""

import re

from archive.ingest.agencies import SHORT

_MONTH_WORDS = (
    r"January|February|March|April|June|July|August|September|October|November|December|Januar"
    r"|Februar|März|Mai|Juni|Juli|Oktober|Dezember|janvier|février|mars|avril|juin|juillet|août"
    r"|septembre|octobre|novembre|décembre|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|Okt|Dez"
)
_BEFORE_NAMES = re.compile(
    r"^\W*(?:(?:(?:(?:written|posted|published|reported|reviewed|words|text|story|report|interview"
    r"|updated|created|geschrieben|veröffentlicht|verfasst|escrito|publicado|scritto|publié"
    r"|rédigé|geschreven|gepost|erstellt)\s+)?(?:by|von|par|por|da|di|door)"
    # "Author Name" is a name; "Author Ada Moor" says what she is.
    r"|(?:author|autor(?:in)?|auteur|autore)(?=:|\s+\S+\s+\S)|interview|text|about|view\s+all\s+posts\s+by|posts\s+by"
    r"|all\s+posts\s+by|(?:article|photo)\s+by)\b[:\s]+)+",
    re.IGNORECASE,
)
# What stands behind a name in a byline: a date, a role of the outlet, the controls of the page.
_AFTER_NAMES = re.compile(
    rf"\s+(?=(?:on\s+)?(?:{_MONTH_WORDS})\b\.?(?:\s+\d|$))|\s+(?=\d)|\s+[-–—|•·]+\s+"
    r"|\s*\b(?:published|updated|posted|last\s+modified|archive\s+page|view\s+all|see\s+full\s+bio"
    r"|follow\b|veröffentlicht|aktualisiert|stand\b|says\b|writes\b|the\s+associated\s+press"
    r"|associated\s+press|special\s+to|for\s+the\b|staff\s+(?:writer|reporter)"
    r"|(?:senior|chief|deputy|contributing|managing|political|business|sports|news)\s+"
    r"(?:editor|writer|reporter|correspondent|columnist)|ceo\b|am\b\s|um\b\s|le\b\s(?=\d)"
    r"|im\s+gespräch\b|before\b|před\b)",
    re.IGNORECASE,
)
# "Ada Moor GannetDaily Staff": two names, then the outlet.
_OUTLETS_STAFF = re.compile(
    r"^(\s*[^\W\d][\w'’.-]+\s+[^\W\d][\w'’.-]+)\s+[\w.]+\s+staff\s*$", re.I
)
_TITLE_AFTER = re.compile(r",?\s+(?:MD|PhD|Ph\.D\.?|MS|RD|MPH|CPA|Esq\.?|RN)$")
_NO_NAME = re.compile(
    r"^(?:view|see|read|follow|share|more|comments?|subscribe|contact|about|home|search|login|log"
    r"|sign|click|facebook|twitter|instagram|linkedin|e-?mail|profile|website|authors?|by|von|par"
    r"|por|photos?|published|updated|posted|staff\s+writer|full\s+bio|all)\b|[{}<>=©]",
    re.IGNORECASE,
)


def person_names(text: str) -> tuple[str, ...]:
    """Return the persons named in *text*, without roles, places, agencies, dates and addresses."""
    text = re.sub(r"<[^>]*>|\S+@\S+|https?://\S+", " ", text).strip(" \t\n'\"")
    inner = re.fullmatch(r"\s*\(([^()]+)\)\s*", text)
    text = inner[1] if inner else re.sub(r"\([^()]*\)", " ", text)
    text = _BEFORE_NAMES.sub("", text)
    text = _OUTLETS_STAFF.sub(r"\1", text)
    text = _AFTER_NAMES.split(text)[0]
    text = re.split(r"\s+(?:in|at|for|from)\s+(?=[A-Z])", text)[0]
    names: list[str] = []
    for part in re.split(r"\s*(?:,|;|/|\||•|·|&|\band\b|\bund\b|\bet\b|\s+y\s+|\s+e\s+)\s*", text):
        name = _BEFORE_NAMES.sub("", " ".join(part.split())).strip(" -–—:'\"")
        # A full stop ends a name, unless it abbreviates one: "Odo Renwick Jr.".
        name = name if re.search(r"\b(?:Jr|Sr|[A-Z])\.$", name) else name.rstrip(" .")
        name = _TITLE_AFTER.sub("", name)
        if not name or re.fullmatch(SHORT, name) or re.search(r"\d", name):
            continue
        if _NO_NAME.search(name) or name[0] in "@#":
            continue
        # A lower-case or one-word part after a name is a role, a paper or an agency.
        if names and (name[0].islower() or " " not in name or _is_role(name)):
            continue
        if name not in names:
            names.append(name)
    return tuple(names)


def is_name(name: str) -> bool:
    """Whether *name* may be a person's or a desk's: a few words, none of them a phrase's."""
    words = name.split()
    return 1 <= len(words) <= 6 and len(name) <= 60 and any(c.isalpha() for c in name)


def _is_role(name: str) -> bool:
    return (
        re.search(
            r"\b(editor|correspondent|reporter|writer|staff|news|press|agency|times|chief|desk)\b",
            name,
            re.IGNORECASE,
        )
        is not None
    )
