"""What the user's topic rules say of an article, kept apart from what its source says.

A rule is a saved search; the topic that it sets has the origin ``rule:NAME``.
"""

from collections.abc import Iterable
from dataclasses import replace

from archive.article import Article, Evidence

ORIGIN = "rule:"


def with_rules(article: Article, rules: Iterable[str]) -> Article:
    """Return *article* with the topics that the rules of these names set."""
    found = tuple(Evidence("topics", name, f"{ORIGIN}{name}") for name in rules)
    if not found:
        return article
    topics = dict.fromkeys([*article.topics, *(e.value for e in found)])
    return replace(article, topics=tuple(topics), evidence=(*article.evidence, *found))


def without_rules(article: Article) -> Article:
    """Return *article* as it was before `with_rules`."""
    evidence = tuple(e for e in article.evidence if not e.origin.startswith(ORIGIN))
    if len(evidence) == len(article.evidence):
        return article
    ruled = {e.value for e in article.evidence if e.origin.startswith(ORIGIN)}
    stated = {e.value for e in evidence if e.field == "topics"}
    topics = tuple(topic for topic in article.topics if topic in stated or topic not in ruled)
    return replace(article, topics=topics, evidence=evidence)
