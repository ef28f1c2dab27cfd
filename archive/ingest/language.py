"""The language of a text, by py3langid, where nothing states it."""

from functools import cache
from itertools import islice
from typing import Any, Final

_FEWEST_LETTERS: Final = 60
# On 5,000 English stories this names no other language; the unsure ones stay unknown.
_SURE: Final = 0.75
_READ: Final = 4000
# Nearly all texts show it by their beginning, so beyond doubt that more would not change it.
_BEGINNING: Final = 500
_BEYOND_DOUBT: Final = 0.999


@cache
def _identifier() -> Any:
    """The model, loaded with the first text that asks for it (half a second)."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def detect(text: str) -> tuple[str, float] | None:
    """Return the code (ISO 639-1) of the language of *text* and how likely it is, from 0 to 1.

    None where the text is too short to tell, or tells no language clearly.
    """
    text = text[:_READ]
    letters = islice(filter(str.isalpha, text), _FEWEST_LETTERS)
    if sum(1 for _ in letters) < _FEWEST_LETTERS:
        return None
    code, likely = _identifier().classify(text[:_BEGINNING])
    if likely < _BEYOND_DOUBT and len(text) > _BEGINNING:
        code, likely = _identifier().classify(text)
    return (str(code), float(likely)) if likely >= _SURE else None
