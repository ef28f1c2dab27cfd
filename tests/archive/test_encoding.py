import codecs
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.errors import FormatError
from archive.ingest.encoding import decode
from tests.examples import examples

GERMAN = "Die Gespräche über Fischgründe in Grauhafen sind vorläufig gescheitert, hieß es. " * 5
NO_CARRIAGE_RETURN = st.text(
    alphabet=st.characters(codec="utf-8", exclude_characters="\r\0\ufeff")
)


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252", "latin-1"])
def test_text_is_read_in_its_encoding(codec: str) -> None:
    assert decode(GERMAN.encode(codec), "a.txt") == GERMAN


def test_line_ends_become_line_feeds() -> None:
    assert decode(b"one\r\ntwo\rthree\n", "a.txt") == "one\ntwo\nthree\n"


@pytest.mark.parametrize(
    "data",
    [b"\x89PNG\r\n\x1a\n\0\0\0", codecs.BOM_UTF8 + b"\xff\xff", codecs.BOM_UTF16_LE + b"a"],
    ids=["binary", "broken UTF-8", "broken UTF-16"],
)
def test_what_is_no_text_is_refused_by_name(data: bytes) -> None:
    with pytest.raises(FormatError, match=r"a\.txt"):
        decode(data, "a.txt")


@settings(max_examples=examples(100), deadline=None)
@given(NO_CARRIAGE_RETURN, st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]))
def test_decoding_undoes_encoding(text: str, codec: str) -> None:
    assert decode(text.encode(codec), "a.txt") == text


@settings(max_examples=examples(60), deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_text_or_refused(data: bytes) -> None:
    with suppress(FormatError):
        assert "\r" not in decode(data, "a.txt")


@pytest.mark.parametrize(
    "text",
    [
        "Schüler streiken für Klima\n\nHunderte Schüler demonstrierten.\n",
        "Häuser am Hafen geräumt, sagt Jörg Größl.",
        "Årsmøte i København",
        "El niño en la montaña",
        "L’été – « enfin » – à Paris: 50 €",
    ],
)
def test_short_western_text_is_windows_1252(text: str) -> None:
    assert decode(text.encode("cp1252"), "x") == text


def test_utf8_with_a_stray_byte_stays_utf8() -> None:
    text = "Der Präsident sagte, die „Brücke“ sei für alle da – endlich."
    assert decode(text.encode() + b"\xff", "x") == text + "\ufffd"


def test_other_scripts_are_detected() -> None:
    text = "После шторма порт был закрыт на три дня, и паром не выходил в море. " * 3
    assert decode(text.encode("cp1251"), "x") == text


def test_a_long_legacy_text_is_not_cut_within_a_character() -> None:
    text = "风暴过后，港口关闭了三天，渡轮没有出航。\n" * 4000
    assert decode(b" " + text.encode("gb18030"), "x").strip() == text.strip()


HUNGARIAN = "Az önkormányzat által készített szakértői jelentés szerint a hőség miatt őrült nagy. "


@pytest.mark.parametrize("codec", ["iso8859-2", "cp1250"])
def test_central_european_text_is_not_taken_for_western(codec: str) -> None:
    text = HUNGARIAN * 3
    assert decode(text.encode(codec), "x") == text


@pytest.mark.parametrize("declared", ["iso-8859-1", "utf-8", "windows-1251", "nonsense", None])
def test_a_wrong_declaration_is_overridden_by_the_bytes(declared: str | None) -> None:
    text = (
        "嵐のあと、港は三日間閉鎖され、フェリーは出航しなかった。住民はパンと手紙を待っていた。"
        * 3
    )
    assert decode(text.encode("shift_jis"), "x", [declared]) == text


def test_a_declaration_decides_where_the_bytes_leave_it_open() -> None:
    assert decode("Größe".encode("cp1252"), "x", ["iso-8859-1"]) == "Größe"
    assert decode("őr".encode("iso8859-2"), "x", ["iso-8859-2"]) == "őr"


def test_stray_bytes_in_utf8_are_windows_1252() -> None:
    text = "Der Präsident sagte, die Brücke sei für alle da – Jörg größer schöner über. "
    assert decode((text * 3).encode() + b"\x93x\x94 ", "x") == text * 3 + "“x” "


def test_a_few_nuls_are_left_out_of_text() -> None:
    assert decode(b"plain words " * 100 + b"\0" + b"more", "x") == "plain words " * 100 + "more"


@pytest.mark.parametrize("codec", ["iso2022_jp", "hz"])
def test_encodings_by_escapes_are_found(codec: str) -> None:
    text = "港は三日間閉鎖された。" if codec == "iso2022_jp" else "港口关闭了三天。"
    assert decode((text * 5).encode(codec), "x") == text * 5


@pytest.mark.parametrize("name", ["zip", "hex", "rot13", "idna", "punycode", "undefined", "bz2"])
def test_a_declared_codec_that_is_none_of_texts_is_passed_over(name: str) -> None:
    """A feed may declare whatever Python calls a codec; some of these ended its reading."""
    assert decode("für und wider".encode("cp1252"), "a", [name]) == "für und wider"
