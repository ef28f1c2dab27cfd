"""Wire copy: the conventions by which news agencies lay out plain text.

::

    TALKS-SMUGGLING/ (UPDATE 1)                      slug line
    Norland opens talks on smuggling                 headline
    Ministers meet on the quay at Port Ellis         caption
    By Ada Moor                                      byline
    PORT ELLIS, June 12, 2024 (Meridian) - Norland   dateline: place, day, agency
    opened talks on Thursday …                       text
    (Reporting by Ada Moor; Editing by Ben Tull)     credits

Every part is optional. Fields come out as claims, what is left is the text.
The same rules read the beginning and the end of any article's text, for web
pages and feeds carry datelines and credits too.
"""

import re
from dataclasses import dataclass, field

from archive.article import Evidence
from archive.ingest import dates
from archive.ingest.furniture import is_furniture
from archive.ingest.item import claim
from archive.ingest.persons import AGENCIES as _AGENCIES
from archive.ingest.persons import person_names as person_names

_HEADLINE_WORDS = 30
_DERIVED_LETTERS = 110
_SENTENCE_END = re.compile(
    r"(?<=[\w%)\]]{2}[.!?])(?P<quote>[\"”’']?)\s+(?=[\"“‘'«¿¡(]?[^\W\d_a-zß-ÿ])"
)
_ABBREVIATED = re.compile(
    r"\b(?:Mr|Mrs|Ms|Dr|Prof|Gen|Col|Lt|Sgt|Capt|Adm|Sen|Rep|Gov|Rev|Hon|St|Mt|No|Jr|vs|Inc|Ltd|Co"
    r"|Corp|Jan|Feb|Mar|Apr|Aug|Sept?|Oct|Nov|Dec)\.$"
)
_HEAD_PARAGRAPHS = 8
_LONGEST_HEAD_WORDS = 60

# Place, day, agency, dash; after a day the dash may stand without a space before it.
_DATELINE = re.compile(
    r"(?P<place>[^\W\d_][^()\d–—:;!?\"“”]{1,70}?)"
    rf"(?:,?\s*(?P<date>(?i:{dates.MONTH})\s+\d{{1,2}}(?:,?\s+\d{{4}})?"
    rf"|\d{{1,2}}\.?\s+(?i:{dates.MONTH})(?:,?\s+\d{{4}})?)(?P<tight>-(?=\s))?)?,?"
    rf"(?:\s*\((?P<agency>[^()]{{2,40}})\)|\s*(?P<closing>Reuter|{_AGENCIES})(?=\s+-))?"
    r"(?:\s*(?:\s-{1,2}|\s_|–|—)\s*(?=\S)|(?(tight)\s+|(?!)))",
)
_BYLINE = re.compile(
    r"^(?:(?:(?:words|text|story|report|written)\s+)?by|(?P<foreign>par|por|von))[:\s]\s*"
    r"(?P<names>[^\W\d_].{2,120})$",
    re.IGNORECASE,
)
_PARTICLES = frozenset(
    """
    da de del den der des di do dos du in la le of on sur ten the upon van von y zu
    """.split()  # noqa: SIM905
)
_SLUG = re.compile(
    r"^(?:[A-Z][A-Z0-9]+(?:-[A-Z0-9]+)*/[A-Z0-9-]*(?:\s*\([^()]+\))?"
    r"|\(?(?:UPDATE|RPT|REFILE|WRAPUP|URGENT)\s*\d*\)?)$"
)
_NOTICE = re.compile(
    r"^[(\[]?(?:correct(?:s|ed|ion|ing)|updates?|refiles?|clarifies|adds|rewrites|recasts|repeats)\b"
    r".{3,250}[)\]]$|^correct(?:ion|ed)\s*:.{3,250}$",
    re.IGNORECASE,
)
_ROLE = r"(?:additional\s+)?(?:reporting|writing|written|editing|edited|compiled|translated"
_ROLE += r"|graphics?|photos?)"
_CREDITS = re.compile(
    rf"\(\s*(?P<credits>{_ROLE}\s+(?:and\s+\w+\s+)?by\s[^()]+?)\s*\)\s*$", re.IGNORECASE
)
_PLAIN_CREDITS = re.compile(rf"^{_ROLE}\s+(?:and\s+\w+\s+)?by\s[^.]{{3,250}}\.?$", re.IGNORECASE)
_END_MARK = re.compile(r"^(?:ends?|-+\s*(?:30|ends?|0)\s*-+|#{2,}|\*\s*\*\s*\*)$", re.IGNORECASE)
_TAIL_AGENCY = re.compile(rf"^[(\-–—]?\s*(?P<agency>Reuter|{_AGENCIES})\s*[)\-–—.]?$")
_CREDITED = re.compile(
    r"\b(?:according\s+to|reported\s+by|report\s+by|said\s+by|told|via|quoted\s+by|citing)\s+"
    r"(?:(?:a|the)\s+(?:\w+\s+)?(?:report|statement)s?\s+(?:by|from|of)\s+)?(?:the\s+)?"
    r"(?:state\s+)?(?:news\s+agency\s+)?"
    rf"(?:(?P<named>(?:[A-Z][\w&.-]+\s){{1,3}}?)[Nn]ews\s+[Aa]gency|(?P<known>{_AGENCIES})\b)"
)


@dataclass
class Copy:
    """Wire copy taken apart: the claims, and the text that remains."""

    text: str
    claims: list[Evidence] = field(default_factory=list)

    def add(self, name: str, value: object, origin: str) -> None:
        """Add a claim unless *value* is empty."""
        self.claims.extend(claim(name, value, f"wire: {origin}"))


def read(text: str) -> Copy:
    """Take a whole plain-text article apart: head, dateline, text, tail."""
    paragraphs = split_paragraphs(text)
    copy = Copy("")
    paragraphs = _without_tail(paragraphs, copy)
    paragraphs = _without_head(paragraphs, copy)
    _dateline(paragraphs, copy)
    copy.text = "\n\n".join(paragraphs)
    _credited_agency(copy)
    return copy


def read_body(text: str) -> Copy:
    """Take dateline and credits from a text whose headline came from elsewhere."""
    copy = Copy("")
    paragraphs = _without_tail(split_paragraphs(text), copy)
    while len(paragraphs) > 1 and _claim_line(paragraphs[0], copy):
        paragraphs = paragraphs[1:]
    _dateline(paragraphs, copy)
    copy.text = "\n\n".join(paragraphs)
    _credited_agency(copy)
    return copy


def split_paragraphs(text: str) -> list[str]:
    """Return the paragraphs of plain text, each on one line.

    Blank lines part paragraphs. Without them, or within them, a line is a
    paragraph of its own, unless the text is wrapped at a fixed width: then
    lines are joined, and an indented line begins a new paragraph.
    """
    text = text.replace("\u00a0", " ").strip("\ufeff")
    lines = text.split("\n")
    filled = [len(line) for line in lines if line.strip()]
    full = [length for length in filled if length >= 45]
    wrapped = bool(filled) and max(filled) <= 100 and len(full) >= max(2, len(filled) // 3)
    paragraphs: list[str] = []
    open_ended = False
    for line in lines:
        folded = " ".join(line.split())
        if not folded:
            open_ended = False
        elif wrapped and open_ended and not line.startswith(("  ", "\t")):
            paragraphs[-1] = f"{paragraphs[-1]} {folded}"
        else:
            paragraphs.append(folded)
            open_ended = wrapped
    return paragraphs


def byline_names(line: str) -> tuple[str, ...]:
    """Return the names in a byline such as ``By Ada Moor and Ben Tull, Meridian``."""
    match = _BYLINE.match(line)
    if match is None or line.endswith((".", "?", "!")) or len(line.split()) > 14:
        return ()
    names = person_names(match["names"])
    # "Par", "Por" and "Von" begin other lines too: there every word must be a name's.
    words = (
        names
        if not match["foreign"]
        else [word for name in names for word in name.split() if word not in _PARTICLES]
    )
    return names if names and all(word[0].isupper() for word in words) else ()


def derived_headline(text: str) -> str:
    """Return the first sentence of *text*, at most about 110 letters, cut at a word."""
    first = text.split("\n\n", 1)[0]
    ends = (m.end("quote") for m in _SENTENCE_END.finditer(first))
    sentence = next((first[:end] for end in ends if not _ABBREVIATED.search(first[:end])), first)
    if len(sentence) <= _DERIVED_LETTERS:
        return sentence.strip().rstrip(".")
    cut = sentence[: _DERIVED_LETTERS + 1].rsplit(" ", 1)[0].rstrip(" ,;:–—-")
    return f"{cut}…"


def _without_tail(paragraphs: list[str], copy: Copy) -> list[str]:
    """Take end marks, furniture and credits from the end."""
    rest = list(paragraphs)
    credit_lines: list[str] = []
    while rest:
        last = rest[-1]
        if match := _CREDITS.search(last):
            credit_lines.insert(0, match["credits"])
            rest[-1] = last[: match.start()].rstrip()
            if not rest[-1]:
                rest.pop()
        elif _PLAIN_CREDITS.match(last) and len(rest) > 1:
            credit_lines.insert(0, last.rstrip("."))
            rest.pop()
        elif (match := _TAIL_AGENCY.match(last)) and len(rest) > 1:
            copy.add("agency", _agency(match["agency"]), "closing line")
            rest.pop()
        elif (_END_MARK.match(last) or is_furniture(last)) and len(rest) > 1:
            rest.pop()
        else:
            break
    copy.add("credits", "; ".join(credit_lines), "credits")
    return [paragraph for paragraph in rest if not is_furniture(paragraph)]


def _without_head(paragraphs: list[str], copy: Copy) -> list[str]:
    """Take slug, headline, caption, byline, date line and notices from the beginning.

    The head ends at the dateline or, without one, at the last byline or date
    line; without those, only a headline can be told from the text.
    """
    end = _end_of_head(paragraphs)
    head, rest = paragraphs[:end], paragraphs[end:]
    if not end and len(paragraphs) > 1 and _is_headline(paragraphs[0]):
        head, rest = paragraphs[:1], paragraphs[1:]
    headline_seen = False
    captions: list[str] = []
    for paragraph in head:
        if _claim_line(paragraph, copy):
            continue
        if not headline_seen:
            copy.add("headline", paragraph, "headline")
            headline_seen = True
        else:
            captions.append(paragraph)
    copy.add("caption", " ".join(captions), "caption")
    while rest and _NOTICE.match(rest[0]):
        copy.add("notice", rest.pop(0).strip("()[]"), "notice")
    return rest


def _claim_line(paragraph: str, copy: Copy) -> bool:
    """Take a byline, date line, slug line or notice; whether *paragraph* is one."""
    if names := byline_names(paragraph):
        for name in names:
            copy.add("byline", name, "byline")
    elif dates.read(paragraph):
        copy.add("published", paragraph, "date line")
    elif _SLUG.match(paragraph):
        copy.add("slug", paragraph, "slug line")
    elif _NOTICE.match(paragraph):
        copy.add("notice", paragraph.strip("()[]"), "notice")
    else:
        return False
    return True


def _end_of_head(paragraphs: list[str]) -> int:
    """Return how many paragraphs stand before the text, as far as an anchor tells.

    A dateline that only its capitals show may be a headline with a dash in it:
    it counts where no date line or proven dateline follows.
    """
    end = 0
    looks_like_one: int | None = None
    for number, paragraph in enumerate(paragraphs[:_HEAD_PARAGRAPHS]):
        if match := match_dateline(paragraph):
            if _is_proven(match):
                return number
            looks_like_one = number if looks_like_one is None else looks_like_one
        if (
            byline_names(paragraph)
            or dates.read(paragraph)
            or _NOTICE.match(paragraph)
            or _SLUG.match(paragraph)
        ):
            end = number + 1
        elif len(paragraph.split()) > _LONGEST_HEAD_WORDS:
            break
    if looks_like_one is not None and end <= looks_like_one:
        return looks_like_one
    if (
        0 < end < len(paragraphs)
        and all(_SLUG.match(p) or _NOTICE.match(p) or dates.read(p) for p in paragraphs[:end])
        and len(paragraphs) > end + 1
        and _is_headline(paragraphs[end])
    ):
        return end + 1
    if end == len(paragraphs):
        # A flash: a headline and its date line, with nothing below.
        heads = [p for p in paragraphs if not _claim_line(p, Copy(""))]
        return end if len(heads) == 1 and any(dates.read(p) for p in paragraphs) else 0
    return end


def _is_headline(paragraph: str) -> bool:
    """Whether a first paragraph reads as a headline: short, and no sentence of the text."""
    return len(paragraph.split()) <= _HEADLINE_WORDS and not paragraph.rstrip('"”’').endswith(
        (".", ":", ",", ";")
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
    if _is_proven(match):
        # "He knew (as did she) - and left" has both brackets and dash.
        names = re.findall(r"[^\W\d_][\w'’.]*", match["place"])
        return match if all(n[0].isupper() or n in _PARTICLES for n in names) else None
    return match if len(place) > 2 and place.isupper() else None


def _is_proven(match: re.Match[str]) -> bool:
    """Whether more than its capitals shows that this is a dateline."""
    return bool(match["agency"] or match["date"] or match["closing"])


def _agency(name: str | None) -> str | None:
    """Return an agency's name as it is known today: copy of the 1980s signs Reuter."""
    return "Reuters" if name == "Reuter" else name


def _dateline(paragraphs: list[str], copy: Copy) -> None:
    """Take the dateline from the first paragraph, in place."""
    if not paragraphs or (match := match_dateline(paragraphs[0])) is None:
        return
    copy.add("dateline", match["place"].strip(" ,"), "dateline")
    copy.add("agency", match["agency"] or _agency(match["closing"]), "dateline")
    # A day without a year is no date, but `compose` notes that it was claimed.
    copy.add("published", match["date"], "dateline")
    paragraphs[0] = paragraphs[0][match.end() :]


def _credited_agency(copy: Copy) -> None:
    """Note the agency that a text names as its origin, where it carries none itself."""
    if match := _CREDITED.search(copy.text):
        copy.claims.extend(
            claim("agency", match["named"] or match["known"], "credited: in the text")
        )
