"""Furniture: the lines of a page that belong to the site and not to the article."""

import re

_LONGEST = 90
# Whole lines only: a sentence that merely contains such words is the article's.
_LINES = re.compile(
    r"""
      leave\s+a\s+(comment|reply)
    | (post|add|write)\s+a\s+comment
    | (\d+|no|view|show|read|join)(\s+\w+){0,2}\s+comments?(\s*\(\d+\))?
    | comments?(\s+are\s+closed|\s+off|\s*\(\d+\))?
    | (share|tweet|print|e-?mail|save)(\s+(this|the|on|via|it)\b.{0,40})?
    | share\s+(on\s+)?(facebook|twitter|x|whatsapp|linkedin|reddit|telegram)\b.{0,60}
    | (advertisement|advertising|sponsored(\s+content)?|story\s+continues\s+below.{0,40})
    | (read|see|watch)\s+(more|also|next|full\s+story)\b.{0,60}
    | (related|recommended|popular|trending)(\s+(articles?|stories|news|topics|posts|content|links))?
    | (more\s+(from|on|in|stories)\b.{0,40}|most\s+(read|popular).{0,30}|you\s+may\s+also\s+like.{0,20})
    | follow\s+(us|me)\s+on\b.{0,60}
    | (sign\s+up|subscribe|register)\b.{0,30}\b(newsletter|updates|alerts|inbox|free|today|now)\b.{0,30}
    | (subscribe|log\s+in|sign\s+in|sign\s+up)(\s+now)?
    | (click|tap)\s+here\b.{0,60}
    | (accept|reject|manage)(\s+all)?\s+cookies?\b.{0,30}
    | (we|this\s+(web)?site)\s+uses?\s+cookies\b.{0,60}
    | (back\s+to\s+(the\s+)?top|skip\s+to\s+(main\s+)?content|print\s+this\s+page)
    | (©|\(c\)|copyright\b).{0,80}
    | all\s+rights\s+reserved
    """,
    re.IGNORECASE | re.VERBOSE,
)


def is_furniture(line: str) -> bool:
    """Whether *line*, a whole paragraph, is page furniture such as "Leave a comment"."""
    line = line.strip(" \t*_[]()|>»›•·-–—:.!…")
    return len(line) <= _LONGEST and _LINES.fullmatch(line) is not None


def without_furniture(text: str) -> str:
    """Return *text* without its lines and paragraphs of furniture."""
    kept = [
        "\n".join(line for line in paragraph.split("\n") if not is_furniture(line))
        for paragraph in text.split("\n\n")
    ]
    return "\n\n".join(paragraph for paragraph in kept if paragraph.strip())
