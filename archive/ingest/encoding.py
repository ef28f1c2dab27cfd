"""Bytes to text: byte order mark, then UTF-8, then detection."""

import codecs

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
        best = from_bytes(data[:_SAMPLE]).best()
        if best is None:
            raise FormatError("is not text in any known encoding", where) from None
        return _lines(data.decode(best.encoding, errors="replace"))


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
