"""Bytes to text: byte order mark, then UTF-8, then detection."""

import codecs
import re
from typing import BinaryIO

from charset_normalizer import from_bytes

from archive.errors import FormatError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 64 * 1024
# One stray byte is borne for so many letters that are right.
_STRAYS_BORNE = 4
_ENOUGH_TO_DETECT = 200
_WESTERN = frozenset({"cp1252", "latin_1", "iso8859_15", "iso8859_1", "cp1250", "mac_roman"})
_SIGN_IN_WORD = re.compile(r"[^\W\d_][\u00a1-\u00bf×÷‡†ˆ‰‹›•˜™][^\W\d_]")


def decode(data: bytes, where: str) -> str:
    """Return *data* as text, its lines ended by a line feed.

    Raises FormatError, naming *where*, for bytes that are no text in any
    encoding.
    """
    for mark, codec in _MARKS:
        if data.startswith(mark):
            try:
                return _lines(data.decode(codec))
            except UnicodeDecodeError as error:
                raise FormatError(
                    f"claims to be {codec} but is not: {error.reason}", where
                ) from error
    if b"\0" in data:
        raise FormatError("is not text: it holds binary data", where)
    try:
        return _lines(data.decode("utf-8"))
    except UnicodeDecodeError:
        return _lines(data.decode(_legacy_codec(data, where), errors="replace"))


def _legacy_codec(data: bytes, where: str) -> str:
    """Return the likeliest codec of text that is not all UTF-8.

    UTF-8 with a few stray bytes is UTF-8. Western text is Windows-1252, for
    which short texts tell a detector too little. The rest is detected.
    """
    repaired = data.decode("utf-8", errors="replace")
    strays = repaired.count("\ufffd") - data.count(b"\xef\xbf\xbd")
    beyond_ascii = sum(letter > "\x7f" for letter in repaired) - strays
    if strays * _STRAYS_BORNE <= beyond_ascii:
        return "utf-8"
    cut = data.rfind(b"\n", 0, _SAMPLE) if len(data) > _SAMPLE else len(data)
    sample = data[: cut if cut > 0 else _SAMPLE]
    best = from_bytes(sample).best()
    few = sum(byte > 0x7F for byte in sample) < _ENOUGH_TO_DETECT
    if _reads_western(sample) and (best is None or few or best.encoding in _WESTERN):
        return "cp1252"
    if best is None:
        raise FormatError("is not text in any known encoding", where)
    return best.encoding


def _reads_western(data: bytes) -> bool:
    """Whether *data* reads as a Western language in Windows-1252.

    Its accented letters are few among the plain ones, and no sign such as ³
    stands within a word.
    """
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return False
    letters = sum(letter.isalpha() for letter in text)
    accented = sum(letter.isalpha() and letter > "\x7f" for letter in text)
    return accented * 3 < letters and _SIGN_IN_WORD.search(text) is None


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def codec_of(stream: BinaryIO, where: str) -> str:
    """Return the codec of a long text, read in pieces from the start.

    As `decode`: a byte order mark, UTF-8 when all of it is, else detection on
    the first piece that is not.
    """
    piece = stream.read(_SAMPLE)
    for mark, codec in _MARKS:
        if piece.startswith(mark):
            return codec
    decoder = codecs.getincrementaldecoder("utf-8")()
    while piece:
        if b"\0" in piece:
            raise FormatError("is not text: it holds binary data", where)
        try:
            decoder.decode(piece)
        except UnicodeDecodeError:
            return _legacy_codec(piece, where)
        piece = stream.read(_SAMPLE)
    return "utf-8"
