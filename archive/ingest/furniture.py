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
      | (?:das\s+könnte\s+(?:sie|dich|euch)\s+(?:auch\s+)?interessieren|auch\s+interessant
      |lesetipp)
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
# The same in German, French, Spanish, Italian, Portuguese and Dutch.
_LABELS_ABROAD = re.compile(
    r"""
      (?:\d+|keine|alle)?\s*kommentare?(?:\s*\(\d+\)|\s+(?:lesen|anzeigen|schreiben|hinterlassen))?
    | (?:einen\s+)?kommentar\s+(?:schreiben|hinterlassen|verfassen) | kommentieren
    | (?:artikel\s+)?(?:auf\s+\w+\s+)?(?:teilen|drucken|merken|versenden) | anzeige | werbung
    | (?:zum\s+|nach\s+)(?:seitenanfang|oben) | zur\s+startseite | mehr\s+zum\s+thema
    | (?:lesen\s+sie|lies|siehe)\s+(?:auch|dazu|mehr)(?:\s*:.{0,80})?
    | (?:laisser|laissez|ajouter|écrire)\s+(?:un|votre)\s+commentaire | \d+\s+commentaires?
    | commentaires?(?:\s*\(\d+\))? | commenter
    | partage[rz](?:\s+(?:cet\s+article|sur\s+\w+))? | imprimer | publicité | haut\s+de\s+page
    | (?:à\s+)?lire\s+(?:aussi|également|la\s+suite)(?:\s*:.{0,80})? | s['’]abonner
    | (?:deja|dejar|escribe|escribir|añadir)\s+(?:un|tu)\s+comentario | comentarios?(?:\s*\(\d+\))?
    | compart(?:ir|ilhar|e)(?:\s+(?:en|este|esta|no|na)\s+\w+)? | compartilhe | imprimir
      | publicidade?
    | (?:lea|lee|leer|vea|ver|mira|mire)\s+(?:también|más|además)(?:\s*:.{0,80})?
    | (?:te|le)\s+puede\s+interesar(?:\s*:.{0,80})? | (?:notas?|noticias)\s+relacionadas?
    | volver\s+arriba | suscr[ií]b(?:ete|ase|irse)
    | lascia\s+un\s+commento | \d+\s+commenti | condividi(?:\s+su\s+\w+)? | stampa | pubblicità
    | (?:leggi|vedi|guarda)\s+anche(?:\s*:.{0,80})? | abbonati | torna\s+su
    | (?:deixe|escreva)\s+(?:um|seu)\s+comentário | comentários?(?:\s*\(\d+\))? | partilhar
    | (?:leia|veja|saiba|confira)\s+(?:também|mais)(?:\s*:.{0,80})? | assine(?:\s+já)?
    | (?:plaats|schrijf)\s+een\s+reactie | reageer | \d+\s+reacties | deel\s+dit\s+artikel | delen
    | (?:lees|zie|bekijk)\s+(?:ook|meer|verder)(?:\s*:.{0,80})? | advertentie | afdrukken
    """,
    re.IGNORECASE | re.VERBOSE,
)
_NOTICES_ABROAD = re.compile(
    r"""
      (?:newsletter\s+(?:abonnieren|bestellen)|(?:jetzt\s+)?(?:zum
      |für\s+den)\s+newsletter\s+anmelden)
    | (?:inscrivez|abonnez)-vous\s+à\s+(?:la|notre|nos)\s+(?:newsletters?|lettre).{0,30}
    | suscr[ií]b(?:ete|ase)\s+a(?:l|\s+nuestr[oa])\s+(?:newsletter|bolet[ií]n).{0,30}
    | iscriviti\s+alla\s+(?:nostra\s+)?newsletter.{0,30}
    | (?:assine|inscreva-se\s+na)\s+(?:a\s+)?(?:nossa\s+)?newsletter.{0,30}
    | (?:schrijf\s+je\s+in|meld\s+je\s+aan)\s+voor\s+(?:de|onze)\s+nieuwsbrief.{0,30}
    | (?:alle\s+rechte\s+vorbehalten|tous\s+droits\s+réservés|todos\s+los\s+derechos\s+reservados)
    | (?:tutti\s+i\s+diritti\s+riservati|todos\s+os\s+direitos\s+reservados
      |alle\s+rechten\s+voorbehouden)
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
    if _NOTICES.fullmatch(bare) or _NOTICES_ABROAD.fullmatch(bare):
        return True
    label = _LABELS.fullmatch(bare) or _LABELS_ABROAD.fullmatch(bare)
    return label is not None and not _SENTENCE.fullmatch(line.strip())


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
