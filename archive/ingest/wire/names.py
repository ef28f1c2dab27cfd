"""Lines that are bylines, and the persons in them."""

import re

from archive.ingest.persons import person_names

_BYLINE = re.compile(
    r"^(?:(?:(?:words|text|story|report|written|posted)\s+)?by"
    r"|(?P<foreign>(?:(?:geschrieben|verfasst|veröffentlicht|erstellt|text|eine?\s+\w+|écrit|rédigé"
    r"|publié|un\s+article|escrito|publicado)\s+)?(?:par|por|von)|autor(?:in)?:|text:))[:\s]\s*"
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
