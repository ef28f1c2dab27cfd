"""The language where nothing states it; silence where nothing tells it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.ingest.language import detect

SENTENCES = {
    "en": "The harbour was closed for three days after the storm, and the ferry did not sail.",
    "de": "Der Hafen blieb nach dem Sturm drei Tage lang geschlossen, und die Fähre fuhr nicht.",
    "fr": "Le port est resté fermé pendant trois jours après la tempête, et le bac aussi.",
    "es": "El puerto permaneció cerrado tres días después de la tormenta y el barco no zarpó.",
    "ru": "После шторма порт был закрыт на три дня, и паром не выходил в море всю эту неделю.",
    "zh": "风暴过后，港口关闭了三天，渡轮没有出航。" * 4,
}


@pytest.mark.parametrize("code", SENTENCES)
def test_a_sentence_tells_its_language(code: str) -> None:
    detected = detect(SENTENCES[code])
    assert detected is not None
    assert detected[0] == code


def test_a_few_words_tell_nothing() -> None:
    assert detect("Bank rate held") is None


@given(st.text(max_size=300))
def test_any_text_gives_a_code_or_nothing(text: str) -> None:
    detected = detect(text)
    assert detected is None or (detected[0].isalpha() and 0 <= detected[1] <= 1)
