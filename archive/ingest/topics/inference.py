"""Inference: the topics that the words of an article suggest, by whatever reads them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from archive.ingest.topics import vocabulary
from archive.ingest.topics.model import Model
from archive.ingest.topics.vocabulary import Inferred

Infer = Callable[[str, str], list[Inferred]]
"""Headline and text to topics, the likeliest first."""


def inference(model: Model | None = None) -> Infer:
    """Return what infers topics: *model* for those that it knows, the vocabulary for the others.

    Without a model that is the vocabulary alone.
    """
    return vocabulary.infer if model is None else _Both(model)


@dataclass(frozen=True)
class _Both:
    """A model, and the vocabulary for what it has not learnt. Can be sent to another process."""

    model: Model

    @cached_property
    def _learnt(self) -> frozenset[str]:
        return frozenset(topic.casefold() for topic in self.model.topics)

    def __call__(self, headline: str, text: str) -> list[Inferred]:
        others = vocabulary.infer(headline, text)
        return [
            *self.model.infer(headline, text),
            *(guess for guess in others if guess.topic.casefold() not in self._learnt),
        ]
