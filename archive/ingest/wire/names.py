"""Names of persons, as bylines and fields of authors give them."""

import re

from archive.ingest.wire.agencies import KNOWN

_BYLINE = re.compile(
    r"^(?:(?:(?:words|text|story|report|written)\s+)?by|(?P<foreign>par|por|von))[:\s]\s*"
    r"(?P<names>[^\W\d_].{2,120})$",
    re.IGNORECASE,
)
PARTICLES = frozenset(
    """
    da de del den der des di do dos du in la le of on sur ten the upon van von y zu
    """.split()  # noqa: SIM905
)


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
        else [word for name in names for word in name.split() if word not in PARTICLES]
    )
    return names if names and all(word[0].isupper() for word in words) else ()


def person_names(text: str) -> tuple[str, ...]:
    """Return the persons named in *text*, without roles, places, agencies and addresses."""
    text = re.sub(r"<[^>]*>|\S+@\S+|https?://\S+", " ", text)
    inner = re.fullmatch(r"\s*\(([^()]+)\)\s*", text)
    text = inner[1] if inner else re.sub(r"\([^()]*\)", " ", text)
    text = re.sub(r"^\s*by\b[:\s]*", "", text, flags=re.IGNORECASE)
    text = re.split(r"\s+(?:in|at|for|from)\s+(?=[A-Z])", text)[0]
    names: list[str] = []
    for part in re.split(r"\s*(?:,|;|/|\||&|\band\b|\bund\b|\bet\b)\s*", text):
        name = " ".join(part.split()).strip(" .-–—")
        if not name or re.fullmatch(KNOWN, name) or re.search(r"\d", name):
            continue
        # A lower-case or one-word part after a name is a role, a paper or an agency.
        if names and (name[0].islower() or " " not in name or _is_role(name)):
            continue
        if name not in names:
            names.append(name)
    return tuple(names)


def _is_role(name: str) -> bool:
    return (
        re.search(
            r"\b(editor|correspondent|reporter|writer|staff|news|press|agency|times|chief|desk)\b",
            name,
            re.IGNORECASE,
        )
        is not None
    )
