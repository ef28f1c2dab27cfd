"""Given: which topics an article has, by what its source and the user say, else by its words."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import islice
from typing import Final

from archive.article import Article, Evidence
from archive.ingest.topics import names, vocabulary
from archive.ingest.topics.inference import Infer
from archive.ingest.topics.names import Setting

NOT_USED: Final = "topic not used"
_LONGEST_LABEL: Final = 60
_MOST_LABELS: Final = 60
_MOST_WORDS: Final = 12
_READ: Final = 200_000
"""Characters of a text that are looked at: no article has more, and no child does this."""
_INFERRED: Final = ("vocabulary:", "model:")
# What sites file articles under when they file them under nothing.
_SAY_NOTHING: Final = frozenset(
    (
        *("news", "latest", "latest news", "top stories", "top news", "headlines", "featured"),
        *("home", "homepage", "front page", "uncategorized", "uncategorised", "general", "misc"),
        *("article", "articles", "story", "stories", "allgemein", "nachrichten", "startseite"),
        *("actualités", "à la une", "non classé", "noticias", "portada", "sin categoría"),
    )
)


def weigh(
    claims: Iterable[Evidence], headline: str, setting: Setting, infer: Infer
) -> list[Evidence]:
    """Weigh what is claimed of an article's topics: evidence of the topics, and of what is none.

    What the user said stands. A source's label becomes the topic of the
    vocabulary that it names; a person's or place's name, or a label that says
    nothing, is noted as not used. Where the source names none of the 17 topics,
    those that *infer* finds join. Of very many labels the first 60 count.
    """
    taken: dict[str, Evidence] = {}
    not_used: list[Evidence] = []
    classified = False
    labelled = (evidence for evidence in claims if evidence.field == "topics")
    for evidence in islice(labelled, _MOST_LABELS):
        for topic, label in given([evidence.value]):
            said = evidence.origin.startswith("user:")
            mapped = vocabulary.named(label) is not None
            why = None if said or mapped else _no_topic(label, setting)
            if why is not None:
                not_used.append(Evidence(NOT_USED, label, f"{evidence.origin}: {why}"))
                continue
            classified |= mapped and not said
            origin = evidence.origin if label == topic else f"{evidence.origin} “{label}”"
            taken.setdefault(topic.casefold(), Evidence("topics", topic, origin))
    if not classified:
        for found in _inferred(headline, setting.text, infer):
            taken.setdefault(found.value.casefold(), found)
    return [*taken.values(), *dict.fromkeys(not_used)]


def stated(article: Article) -> frozenset[str]:
    """Return the topics that a source, the user or a rule gave *article*: not those inferred."""
    return frozenset(e.value for e in article.evidence if _is_stated(e))


def reinfer(article: Article, infer: Infer) -> Article:
    """Return *article* with the inferred among its topics inferred anew."""
    rest = [e for e in article.evidence if e.field != "topics" or _is_stated(e)]
    kept = [e for e in rest if e.field == "topics"]
    taken = {e.value.casefold() for e in kept}
    classified = any(_classifies(e) for e in kept)
    found = [] if classified else _inferred(article.headline, article.text, infer)
    evidence = [*rest, *(e for e in found if e.value.casefold() not in taken)]
    topics = dict.fromkeys(e.value for e in evidence if e.field == "topics")
    return replace(article, topics=tuple(topics), evidence=tuple(evidence))


def _is_stated(evidence: Evidence) -> bool:
    return evidence.field == "topics" and not evidence.origin.startswith(_INFERRED)


def _classifies(evidence: Evidence) -> bool:
    """Whether a source names one of the 17 topics; what the user and rules say comes beside it."""
    said = evidence.origin.startswith(("user:", "rule:"))
    return not said and evidence.value in vocabulary.names()


def _inferred(headline: str, text: str, infer: Infer) -> list[Evidence]:
    return [
        Evidence("topics", guess.topic, f"{guess.by}: {', '.join(guess.words[:_MOST_WORDS])}")
        for guess in infer(headline[:_READ], text[:_READ])
    ]


def given(labels: Iterable[str]) -> list[tuple[str, str]]:
    """Return (topic, label as the source wrote it) for each of a source's own *labels*.

    A label that names one of the 17 becomes it; any other stays as it is.
    """
    found: dict[str, tuple[str, str]] = {}
    for label in labels:
        label = " ".join(label.split()).strip(" ,;#")
        if not label or len(label) > _LONGEST_LABEL:
            continue
        topic = vocabulary.named(label) or label
        found.setdefault(topic.casefold(), (topic, label))
    return list(found.values())


def _no_topic(label: str, setting: Setting) -> str | None:
    """Why *label* is no topic, or None when it is one."""
    if label.casefold() in _SAY_NOTHING:
        return "says nothing of the content"
    return names.kind(label, setting)
