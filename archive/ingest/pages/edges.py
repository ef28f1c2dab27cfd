"""The edges of a page's text: what a site adds before the first and after the last paragraph.

Only the first and the last paragraphs are looked at, from the outside in, so
that a sentence of the article is safe however it is worded.
"""

import re

from archive.ingest.furniture import is_furniture

_LONGEST = 420
_DEEPEST = 12
_ADDRESS = r"\S+@\S+\.\w{2,}|@\w{3,}|(?:https?://|www\.)\S+"
# Pleas and notices that sites put after an article, in seven languages.
_TAIL = re.compile(
    rf"""
      .*\b(?:sign\s+up|subscribe|register|join)\b.*\b(?:newsletters?|inbox|updates|channel
      |alerts|app)\b.*
    | .*\b(?:newsletters?|inbox)\b.*\b(?:sign\s+up|subscribe|register)\b.*
    | .*\b(?:get|receive)\b.{{0,80}}\b(?:(?:in|to)\s+your\s+(?:e-?mail|inbox)|newsletters?)\b.*
    | .*\bdownload\b.{{0,60}}\bapps?\b.*
    | .*\b(?:follow|reach|contact|e-?mail|write\s+to|tweet
      |find)\b.{{0,120}}(?:{_ADDRESS})(?:.{{0,160}})
    | (?:you\s+can\s+)?follow\b.{{0,120}}\bon\s+(?:twitter|x|facebook|instagram|threads
      |telegram)\b.*
    | (?:have\s+a\s+(?:news\s+)?tip|got\s+a\s+(?:story|tip))\b.*
    | (?:we\s+want\s+to\s+hear|tell\s+us|let\s+us\s+know)\b.{{0,80}}\b(?:think|comments?)\b.*
    | (?:if\s+you\s+(?:enjoyed|liked)|enjoyed|liked)\b.{{0,80}}\b(?:support|donate|subscribe
      |share)\b.*
    | .*\bis\s+an?\s+(?:\S+\s+){{0,4}}(?:writer|reporter|journalist|editor|correspondent|columnist
      |contributor|freelancer)\s+(?:for|at|with|who|covering|based|on|and)\b.*
    | .*\b(?:writes|reports|covers)\s+(?:about|on)\b.{{0,160}}\bfor\s+(?:the\s+)?[A-Z].*
    | (?:this|the)\s+(?:article|story|piece|post)\s+(?:was\s+)?(?:originally\s+)?(?:appeared
      |published)\b.*
    | (?:photo|image|picture|cover|featured\s+image)\s*(?:credits?|by|courtesy)?\s*:.*
    | (?:our|the)\s+standards\s*:.*
    | .*\b(?:written\s+permission|may\s+not\s+be\s+(?:published|reproduced|republished
      |reprinted))\b.*
    | .*\b(?:earn|receive)\b.{{0,40}}\bcommissions?\b.*
    | (?:titel-?|beitrags-?|symbol|vorschau)?(?:bild|foto)s?(?:quelle|nachweis)?\s*:.*
    | quellen?(?:angaben?)?\s*:?.{{0,100}}
      | .*\bnewsletter\b.{{0,60}}\b(?:anmelden|abonnieren|bestellen)\b.*
    | (?:abonnieren|folgen)\s+sie\b.*
      | .*\b(?:suscr[ií]b\w+|reg[ií]str\w+)\b.{{0,120}}\b(?:bolet[ií]n|newsletter|correo)\b.*
    | .*\b(?:síguenos|síganos|sigue)\b.{{0,80}}\b(?:en|nuestro|nuestra)\b.*
      | .*\bcanal\s+de\s+(?:youtube|telegram|whatsapp)\b.*
    | (?:inscrivez|abonnez)-vous\b.* | (?:suivez-nous|retrouvez)\b.* | cr[ée]dits?\s+photos?\s*:.*
    | (?:iscriviti|seguici|abbonati)\b.* | (?:inscreva-se|siga|assine|acompanhe)\b.{{0,160}}
    | (?:schrijf\s+je\s+in|volg\s+ons|meld\s+je\s+aan|abonneer)\b.*
    """,
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_LABEL = re.compile(
    r"""
      (?:weitere|mehr|empfohlene|ähnliche|verwandte)\s+(?:artikel|themen|beiträge|nachrichten
      |inhalte)\b.{0,50}
    | mehr\s+zum\s+thema\b.{0,40} | das\s+könnte\s+(?:sie|dich)\s+auch\s+interessieren
      | schon\s+gelesen\??
    | (?:notas?|noticias?|artículos?)\s+relacionad[ao]s? | temas | etiquetas
      | te\s+puede\s+interesar
    | (?:articles?|sujets?)\s+(?:liés|associés|similaires) | à\s+lire\s+(?:aussi|également)
    | (?:articoli|notizie)\s+correlat[ie] | (?:notícias|matérias|artigos)\s+relacionad[ao]s
    | gerelateerd.{0,30} | lees\s+(?:ook|meer) | tags?\s*:?.{0,60} | topics?\s*:.{0,100}
    | (?:related|recommended|further\s+reading|more\s+on\s+this|read\s+next).{0,40} | _{2,}
    """,
    re.IGNORECASE | re.VERBOSE,
)
_HEAD = re.compile(
    r"""
      (?:\*|\()?\s*(?:anzeige|werbung|advertorial|advertisement|sponsored|publicidad|publicité
      |pubblicità|publicidade|advertentie)\b.{0,80}
    | (?:listen|supported\s+by|news\s+analysis|opinion|exclusive|breaking(?:\s+news)?)
    | \d+\s+(?:min(?:ute)?s?\.?)\s+(?:read|de\s+lectura|de\s+lecture|di\s+lettura|de\s+leitura)
    | (?:lesezeit|reading\s+time|tiempo\s+de\s+lectura|tempo\s+di\s+lettura|leestijd)\b.{0,30}
    | .*\b(?:earn|receive)\b.{0,60}\bcommissions?\b.*
    | (?:inhaltsverzeichnis|table\s+of\s+contents|índice)
    """,
    re.IGNORECASE | re.VERBOSE,
)


def trimmed(paragraphs: list[str]) -> list[str]:
    """Return *paragraphs* without what the site added before and after the article."""
    start, end = 0, len(paragraphs)
    while start < min(end - 1, 4) and _is(_HEAD, paragraphs[start]):
        start += 1
    kept = paragraphs[start:end]
    deepest = max(1, len(kept) - _DEEPEST)
    while len(kept) > deepest and _is_tail(kept[-1]):
        kept.pop()
    return kept


def _is_tail(paragraph: str) -> bool:
    return _is(_TAIL, paragraph) or _is(_LABEL, paragraph) or is_furniture(paragraph)


def _is(pattern: re.Pattern[str], paragraph: str) -> bool:
    return len(paragraph) <= _LONGEST and pattern.fullmatch(paragraph.strip("*_ ")) is not None
