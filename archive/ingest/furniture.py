"""Furniture: the lines of a page that belong to the site and not to the article."""

import re

_LONGEST = 90
# Whole lines only: a sentence that merely contains such words is the article's.
_LABELS = re.compile(
    r"""
      leave\s+a\s+(comment|reply)
    | (post|add|write)\s+a\s+comment
    | (\d+|view|show|read|join)(\s+\w+){0,2}\s+comments?(\s*\(\d+\))?
    | no\s+comments(\s+yet)?
    | comments?(\s+off|\s*\(\d+\))?
    | (share|tweet|print|e-?mail|save)
      (\s+(this|the)(\s+(article|story|page|post|piece|link)\b.{0,40})?|\s+(it|on|via)\b.{0,40})?
    | share\s+(on\s+)?(facebook|twitter|x|whatsapp|linkedin|reddit|telegram)\b.{0,60}
    | (advertisement|advertising|sponsored(\s+content)?|story\s+continues\s+below.{0,40})
    | (read|see|watch)\s+(more|also|next|full\s+story)\b.{0,60}
    | (related|recommended|popular|trending)(\s+(articles?|stories|news|topics|posts|links))?
    | (more\s+(from|on|in|stories)\b.{0,40}|most\s+(read|popular).{0,30})
    | you\s+may\s+also\s+like.{0,20}
    | (subscribe|log\s+in|sign\s+in|sign\s+up)(\s+now)?
    | (back\s+to\s+(the\s+)?top|skip\s+to\s+(main\s+)?content|print\s+this\s+page)
    """,
    re.IGNORECASE | re.VERBOSE,
)
_NOTICES = re.compile(
    r"""
      comments?\s+are\s+closed
    | follow\s+(us|me)\s+on\b.{0,60}
    | (sign\s+up|subscribe|register)\b.{0,30}
      \b(newsletter|updates|alerts|inbox|free|today|now)\b.{0,30}
    | (click|tap)\s+here\b.{0,60}
    | (accept|reject|manage)(\s+all)?\s+cookies?\b.{0,30}
    | (we|this\s+(web)?site)\s+uses?\s+cookies\b.{0,60}
    | (copyright\s*)?(©|\(c\)).{0,80}
    | copyright(\s+(by\s|of\s|\d{4}).{0,80})?
    | all\s+rights\s+reserved
    """,
    re.IGNORECASE | re.VERBOSE,
)
# How lines begin that lead to another page, in seven languages.
_ELSEWHERE = re.compile(
    r"""
    (?: related(?:\s+(?:articles?|stories|news|posts?|links?|coverage))?
      | (?:read|see|watch|listen)(?:\s+(?:more|also|next|on|too|full\s+story|the\s+full\s+story))
      | (?:more|also|next|recommended|don['’]?t\s+miss|must\s+read|you\s+may\s+also\s+like)
      | lea(?:\s+(?:también|tambien|más|mas))? | lee\s+(?:también|más) | leer\s+(?:más|también)
      | (?:mira|mire|vea|ver|puedes\s+(?:ver|leer)|lee|leé)(?:\s+(?:también|más|además))?
      | (?:te|le)\s+puede\s+interesar | te\s+(?:recomendamos|interesa) | notas?\s+relacionadas?
      | (?:relacionado|además|también)
      | (?:lesen\s+sie|lies|mehr)\s+(?:auch|dazu|zum\s+thema|mehr)(?:\s+dazu)? | siehe\s+auch
      | (?:das\s+könnte\s+(?:sie|dich|euch)\s+(?:auch\s+)?interessieren|auch\s+interessant|lesetipp)
      | (?:passend|mehr|weiter(?:e|es)?)\s+(?:dazu|zum\s+thema|artikel|themen)(?:\s+zum\s+thema)?
      | (?:à|a)\s+lire(?:\s+aussi|\s+également)? | lire(?:\s+(?:aussi|également|la\s+suite))
      | (?:voir|sur\s+le\s+même\s+sujet|à\s+voir|découvrez)(?:\s+aussi)?
      | leggi(?:\s+(?:anche|tutto|di\s+più)) | (?:vedi|guarda)\s+anche | potrebbe\s+interessarti
      | leia(?:\s+(?:também|mais|ainda)) | (?:veja|confira|assista)(?:\s+(?:também|mais|ainda))?
      | saiba\s+mais
      | lees(?:\s+(?:ook|meer|verder)) | (?:bekijk|zie)\s+ook | meer\s+over
      | (?:czytaj|zobacz|przeczytaj)(?:\s+(?:też|także|również|więcej))? | dowiedz\s+się\s+więcej
    )
    """,
    re.IGNORECASE | re.VERBOSE,
)
# A label is no sentence; longer ones that end like one are the article's own words.
_SENTENCE = re.compile(r"(\S+\s+){4,}\S+[.!?][\"”’']?")


def is_furniture(line: str) -> bool:
    """Whether *line*, a whole paragraph, is page furniture such as "Leave a comment"."""
    bare = line.strip(" \t*_[]()|>»›•·-–—:.!…")
    if len(bare) > _LONGEST:
        return False
    if _NOTICES.fullmatch(bare):
        return True
    return _LABELS.fullmatch(bare) is not None and not _SENTENCE.fullmatch(line.strip())


def leads_elsewhere(line: str) -> bool:
    """Whether *line* begins as those that lead to another page: ``Read more: Ferry aground``.

    Only of a line that holds a link; plain text may begin so too.
    """
    bare = line.strip(" \t*_[]()|<>»›•·-–—:.!…¡¿")
    match = _ELSEWHERE.match(bare)
    return match is not None and re.match(r"\s*(?:[:|»›>–—-]|$)", bare[match.end() :]) is not None


def without_furniture(text: str) -> str:
    """Return *text* without its lines and paragraphs of furniture."""
    kept = [
        "\n".join(line for line in paragraph.split("\n") if not is_furniture(line))
        for paragraph in text.split("\n\n")
    ]
    return "\n\n".join(paragraph for paragraph in kept if paragraph.strip())
