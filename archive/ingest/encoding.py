"""Bytes to text: byte order mark, then UTF-8, then what is declared, then detection.

UTF-8 comes before any declaration, for bytes that are valid UTF-8 by accident
are rare and wrong declarations are common. A declared encoding is believed
where the bytes fit it and read as the language they then are.
"""

import codecs
import re
from collections.abc import Iterable, Iterator
from typing import BinaryIO

import chardet

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
# One NUL is borne, and left out, in so many bytes.
_NULS_BORNE = 200
_WESTERN = frozenset({"cp1252", "iso8859-1", "iso8859-15", "ascii"})
# How sure the detector must be of another codec than the one that is declared. It gives 0.1 to a
# headline, 0.4 to some paragraphs, and is right in nearly all of these.
_DOUBT = 0.4
_WESTERN_DOUBT = 0.12
_SIGN_IN_WORD = re.compile(r"[^\W\d_][\u00a1-\u00bf×÷‡†ˆ‰‹›•˜™][^\W\d_]")
_DECLARATION = re.compile(rb"\b(?:encoding|charset)\s*=\s*[\"']?[\w.:-]{2,40}", re.IGNORECASE)
_WRONG = re.compile("[\ufffd\x80-\x9f]")
_STRAY = re.compile("[\udc80-\udcff]+")
# Codecs that hold all of another, which writers name instead (WHATWG Encoding Standard).
_WIDER: dict[str, tuple[str, ...]] = {
    "ascii": ("cp1252",),
    "iso8859-1": ("cp1252",),
    "iso8859-9": ("cp1254", "iso8859-9"),
    "iso8859-11": ("cp874", "iso8859-11"),
    "tis-620": ("cp874", "iso8859-11"),
    "gb2312": ("gb18030",),
    "gbk": ("gb18030",),
    "euc_kr": ("cp949",),
    "ksc5601": ("cp949",),
    "shift_jis": ("cp932", "shift_jis_2004"),
    "big5": ("cp950", "big5hkscs"),
}
_OTHER_NAMES = {
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "windows-874": "cp874",
    "x-gbk": "gb18030",
    "x-euc-jp": "euc_jp",
    "x-mac-cyrillic": "mac_cyrillic",
    "x-mac-roman": "mac_roman",
    "dos-866": "cp866",
    "unicode": "utf-16",
}


def decode(data: bytes, where: str, declared: Iterable[str | None] = ()) -> str:
    """Return *data* as text, its lines ended by a line feed.

    *declared* are names of encodings that data or sender claim, the most
    trusted first. Raises FormatError, naming *where*, for bytes that are no
    text in any encoding.
    """
    for mark, codec in _MARKS:
        if data.startswith(mark):
            try:
                return _lines(data.decode(codec))
            except UnicodeDecodeError as error:
                text = data.decode(codec, "replace")
                if text.count("\ufffd") * _STRAYS_BORNE <= len(text):
                    return _lines(text)
                raise FormatError(
                    f"claims to be {codec} but is not: {error.reason}", where
                ) from error
    if b"\0" in data:
        return _with_nuls(data, where, declared)
    try:
        if b"\x1b" not in data and b"~{" not in data:
            return _lines(data.decode("utf-8"))
        return _lines(_escaped(data))
    except UnicodeDecodeError:
        return _lines(_legacy(data, where, declared))


def _with_nuls(data: bytes, where: str, declared: Iterable[str | None]) -> str:
    """Wide characters without a mark, or text with a few NULs in it; else it is binary."""
    head = data[:4096]
    for width, codecs_of_width in (
        (4, ("utf-32-le", "utf-32-be")),
        (2, ("utf-16-le", "utf-16-be")),
    ):
        for codec in codecs_of_width:
            # Of plain letters, all bytes but one are NUL.
            at = 0 if codec.endswith("le") else width - 1
            letters = head[at::width]
            others = b"".join(head[i::width] for i in range(width) if i != at)
            most = 0.9 if width == 4 else 0.5
            if letters.count(0) * 10 < len(letters) and others.count(0) > most * len(others):
                return _lines(data.decode(codec, "replace"))
    if data.count(0) * _NULS_BORNE <= len(data):
        return decode(data.replace(b"\0", b""), where, declared)
    raise FormatError("is not text: it holds binary data", where)


def _escaped(data: bytes) -> str:
    """ASCII, in which escapes may stand for other letters (ISO 2022, HZ), or UTF-8."""
    text = data.decode("utf-8")
    if text.isascii():
        found = chardet.detect(data[:_SAMPLE])["encoding"]
        if found and found.lower().startswith(("iso-2022", "hz")):
            codec = _codec(found)
            return data.decode(codec, "replace") if codec else text
    return text


def _legacy(data: bytes, where: str, declared: Iterable[str | None]) -> str:
    """Return text that is not all UTF-8.

    UTF-8 with a few stray bytes is UTF-8, and the strays are read as Windows-1252.
    """
    loose = data.decode("utf-8", "surrogateescape")
    strays = sum(len(found[0]) for found in _STRAY.finditer(loose))
    beyond_ascii = _beyond_ascii(loose) - strays
    if strays * _STRAYS_BORNE <= beyond_ascii:
        return _STRAY.sub(_western, loose)
    for codec in _declared(declared):
        text = _fitting(data, codec)
        if text is not None and _believable(codec, data):
            return text
    return _best(data, _detected(data, where))


def _western(stray: re.Match[str]) -> str:
    """Stray bytes as Windows-1252 has them; what breaks off within a letter is left out."""
    found = stray[0].encode("utf-8", "surrogateescape")
    if stray.end() == len(stray.string) and len(found) < 4 and found[0] >= 0xC2:
        return "\ufffd"
    return found.decode("cp1252", "replace")


def _declared(names: Iterable[str | None]) -> Iterator[str]:
    """Yield the codecs that *names* stand for; UTF-8 was tried already."""
    for name in dict.fromkeys(names):
        codec = _codec(name or "")
        if codec and not codec.startswith(("utf-", "utf_")):
            yield codec


_OF_NO_TEXT = frozenset({"idna", "punycode", "unicode-escape", "raw-unicode-escape", "charmap"})
"""Codecs of names and source code: one takes no stray bytes, another time by their square."""


def _codec(name: str) -> str | None:
    """Return Python's name of the text encoding *name*, or None where it knows none."""
    folded = name.strip().lower().replace("_", "-")
    try:
        found = codecs.lookup(_OTHER_NAMES.get(folded, folded))
        # Python has codecs from text to text and from bytes to bytes under such names too;
        # nothing is not decoded at all.
        b"a".decode(found.name)
    except (LookupError, ValueError):
        return None
    return None if found.name in _OF_NO_TEXT else found.name


def _fitting(data: bytes, codec: str) -> str | None:
    """Return *data* in *codec*, or what is wider, where next to nothing is out of place."""
    text = _best(data, codec)
    wrong = len(_WRONG.findall(text))
    return text if wrong * 50 <= _beyond_ascii(text) else None


def _beyond_ascii(text: str) -> int:
    """Return how many letters of *text* are not ASCII."""
    return len(text) - len(text.encode("ascii", "ignore"))


def _best(data: bytes, codec: str) -> str:
    """Return *data* in the first of *codec*'s wider forms that takes all of it, or the best."""
    texts = []
    for wider in _WIDER.get(codec, (codec,)):
        try:
            return data.decode(wider)
        except UnicodeDecodeError:
            texts.append(data.decode(wider, "replace"))
    return min(texts, key=lambda text: text.count("\ufffd"))


def _believable(codec: str, data: bytes) -> bool:
    """Whether *data* may be in the declared *codec*.

    It is, unless the detector is surer of another. A Western codec, which takes
    any bytes and is declared by many a program's default, is doubted sooner.
    """
    sample = _sample(data)
    found = chardet.detect(sample)
    detected = _codec(found["encoding"] or "")
    doubt = _WESTERN_DOUBT if codec in _WESTERN else _DOUBT
    if detected is None or found["confidence"] < doubt:
        return True
    return _best(sample, detected) == _best(sample, codec)


def _detected(data: bytes, where: str) -> str:
    """Return the likeliest codec of *data*.

    Very short Western texts are Windows-1252: they tell a detector too little.
    """
    sample = _sample(data)
    found = chardet.detect(sample)
    codec = _codec(found["encoding"] or "")
    if (codec is None or found["confidence"] < _WESTERN_DOUBT) and _reads_western(sample):
        return "cp1252"
    if codec is None:
        raise FormatError("is not text in any known encoding", where)
    return codec


def _sample(data: bytes) -> bytes:
    """Return what is judged of *data*: its first lines that are not plain ASCII.

    Without what it declares, which the detector would believe.
    """
    size, lines = 0, []
    for line in data.splitlines(keepends=True):
        if not line.isascii():
            lines.append(line)
            size += len(line)
            if size > _SAMPLE:
                break
    return _DECLARATION.sub(b"", b"".join(lines)[: 2 * _SAMPLE])


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


def _legacy_codec(piece: bytes, where: str) -> str:
    loose = piece.decode("utf-8", "surrogateescape")
    strays = sum(len(found[0]) for found in _STRAY.finditer(loose))
    if strays * _STRAYS_BORNE <= _beyond_ascii(loose) - strays:
        return "utf-8"
    codec = _detected(piece, where)
    return _WIDER.get(codec, (codec,))[0]
