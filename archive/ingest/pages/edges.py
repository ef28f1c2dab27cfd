"""The edges of a page's text: what a site adds before the first and after the last paragraph.

Only the first and the last paragraphs are looked at, from the outside in, so
that a sentence of the article is safe however it is worded.
"""

import re

from archive.ingest.furniture import is_furniture

_LONGEST = 420
_HEADS = 4
_TAILS = 12
_ADDRESS = r"\S+@\S+\.\w{2,}|@\w{3,}|(?:https?://|www\.)\S+"
# How pleas and notices begin that sites put after an article, in seven languages.
_TAIL = re.compile(
    r"""
      (?:for\s.{0,80}\s)?(?:download|get)\b.{0,60}\bapps?\b
    | (?:you\s+can\s+)?follow\b.{0,120}\bon\s+(?:twitter|x|facebook|instagram|threads|telegram)\b
    | (?:have|got)\s+a\s+(?:news\s+)?(?:tip|story)\b
    | (?:we\s+want\s+to\s+hear|tell\s+us|let\s+us\s+know)\b.{0,80}\b(?:think|comments?)\b
    | (?:if\s+you\s+)?(?:enjoyed|liked)\b.{0,80}\b(?:support|donate|subscribe|share)\b
    | (?:\S+\s+){1,4}is\s+an?\s+(?:\S+\s+){0,4}(?:writer|reporter|journalist|editor|columnist
      |correspondent|contributor|freelancer)\s+(?:for|at|with|who|covering|based|on|and)\b
    | (?:\S+\s+){1,4}(?:writes|reports)\s+(?:about|on)\b.{0,160}\bfor\b
    | (?:this|the)\s+(?:article|story|piece|post)\s+(?:was\s+)?(?:originally\s+|first\s+)?
      (?:appeared|published)\b
    | (?:photo|image|picture|cover|featured\s+image)\s*(?:credits?|by|courtesy)?\s*:
    | our\s+standards\s*:
    | (?:titel-?|beitrags-?|symbol|vorschau)?(?:bild|foto)s?(?:quelle|nachweis)?\s*:
    | quellen?(?:angaben?)?\s*: | (?:abonnieren|folgen)\s+sie\b
    | (?:síguenos|síganos)\b | .{0,80}\bcanal\s+de\s+(?:youtube|telegram|whatsapp)\b
    | (?:inscrivez|abonnez)-vous\b | (?:suivez-nous|retrouvez)\b | cr[ée]dits?\s+photos?\s*:
    | (?:iscriviti|seguici|abbonati)\b | (?:inscreva-se|siga|assine|acompanhe)\b
    | (?:schrijf\s+je\s+in|volg\s+ons|meld\s+je\s+aan|abonneer)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
# What such pleas hold, wherever in them.
_PLEA = re.compile(
    rf"""
      \b(?:sign\s+up|subscribe|register|join)\b.*
      \b(?:newsletters?|inbox|updates|channel|alerts|app|today)\b
    | \b(?:newsletters?|inbox)\b.*\b(?:sign\s+up|subscribe|register)\b
    | \b(?:get|receive)\b.{{0,80}}\b(?:in|to)\s+your\s+(?:e-?mail|inbox)\b
    | \b(?:follow|reach(?:ed)?|contact|e-?mail|write\s+to|tweet|find)\b.{{0,120}}(?:{_ADDRESS})
    | \b(?:written\s+permission|not\s+be\s+(?:published|reproduced|republished|reprinted))\b
    | \b(?:we|may|might)\s+(?:\w+\s+)?(?:earn|receive)\b.{{0,40}}\bcommissions?\b
    | \bnewsletter\b.{{0,60}}\b(?:anmelden|abonnieren|bestellen)\b
    | \bsuscr[ií]b\w+\b.{{0,120}}\b(?:bolet[ií]n|newsletter|correo)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_LABEL = re.compile(
    r"""
      (?:weitere|mehr|empfohlene|ähnliche|verwandte)\s+
      (?:artikel|themen|beiträge|nachrichten|inhalte)\b.{0,50}
    | mehr\s+zum\s+thema\b.{0,40} | schon\s+gelesen\?
    | das\s+könnte\s+(?:sie|dich)\s+auch\s+interessieren
    | (?:notas?|noticias?|artículos?)\s+relacionad[ao]s? | temas | etiquetas
    | (?:articles?|sujets?)\s+(?:liés|associés|similaires)
    | (?:articoli|notizie)\s+correlat[ie] | (?:notícias|matérias|artigos)\s+relacionad[ao]s
    | gerelateerde?(?:\s+\w+)? | (?:tags?|topics?|schlagworte|temas|mots-clés)\s*:.{0,100}
    | further\s+reading | more\s+on\s+this(?:\s+\w+)? | _{2,}
    """,
    re.IGNORECASE | re.VERBOSE,
)
_HEAD = re.compile(
    r"""
      [*(]?\s*(?:anzeige|werbung|advertorial|advertisement|sponsored|publicidad|publicité
      |pubblicità|publicidade|advertentie)\b.{0,80}
    | listen\s+to\s+(?:this|the)\s+(?:article|story) | \d+\s+min(?:ute)?s?
    | (?:listen|supported\s+by|news\s+analysis|opinion|exclusive|breaking(?:\s+news)?)
    | \d+\s+min(?:ute)?s?\.?\s+(?:read|de\s+lectura|de\s+lecture|di\s+lettura|de\s+leitura)
    | (?:lesezeit|reading\s+time|tiempo\s+de\s+lectura|tempo\s+di\s+lettura|leestijd)\b.{0,30}
    | .{0,200}\b(?:we|may|might)\s+(?:\w+\s+)?(?:earn|receive)\b.{0,60}\bcommissions?\b.*
    | (?:inhaltsverzeichnis|table\s+of\s+contents|índice)
    """,
    re.IGNORECASE | re.VERBOSE,
)
_LABEL_END = (".", "!", "…")


def trimmed(paragraphs: list[str]) -> list[str]:
    """Return *paragraphs* without what the site added before and after the article."""
    start = 0
    while start < min(len(paragraphs) - 1, _HEADS) and is_head(paragraphs[start]):
        start += 1
    kept = paragraphs[start:]
    fewest = max(1, len(kept) - _TAILS)
    while len(kept) > fewest and _is_tail(kept[-1]):
        kept.pop()
    return kept


def is_head(paragraph: str) -> bool:
    """Whether *paragraph* is what a site puts before the first: ``Listen to this article``."""
    return len(paragraph) <= _LONGEST and _HEAD.fullmatch(paragraph) is not None


def _is_tail(paragraph: str) -> bool:
    bare = paragraph.strip("*_- –—>»¡¿")
    if len(bare) > _LONGEST:
        return False
    if _TAIL.match(bare) or _PLEA.search(bare) or is_furniture(paragraph):
        return True
    return not bare.endswith(_LABEL_END) and _LABEL.fullmatch(bare) is not None
