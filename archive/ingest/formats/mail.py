"""Mails and mailboxes (``.eml``, ``.mbox``; RFC 5322, RFC 4155): newsletters.

The subject is the headline, the sender's name the source, the day of sending
the date. A mailbox is read mail by mail; its mails are told apart by their
Message-IDs.
"""

import binascii
import re
from collections.abc import Iterator
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr

from archive.article import Evidence
from archive.errors import FormatError
from archive.ingest.encoding import decode
from archive.ingest.formats import records
from archive.ingest.formats.inputs import RECORD, Found, Input
from archive.ingest.item import Item, claim

EML_ENDINGS = (".eml",)
MBOX_ENDINGS = (".mbox", ".mbx")
_HEADER = re.compile(rb"([A-Za-z][A-Za-z0-9-]*):[ \t]?")
_KNOWN = frozenset(
    b"""
    from to subject date message-id mime-version received return-path delivered-to content-type
    content-transfer-encoding list-id list-unsubscribe reply-to sender dkim-signature
    snapshot-content-location
    """.split()
)
_PROOF = frozenset((b"message-id", b"mime-version", b"received", b"return-path"))
_MULTIPART = re.compile(rb"^content-type:[ \t]*multipart/", re.IGNORECASE | re.MULTILINE)
_MULTIPARTS = 100
_FROM_LINE = re.compile(rb"From \S+.*\d{4}\s*\r?\n")
_QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)

_LONGEST_NOTICE = 300
# What newsletters put before and after their text, in a few languages.
_TOP = re.compile(
    r"""
      .{0,80}\b(?:(?:view|read|open|see)\b.{0,40}\b(?:in|on)\s+(?:your\s+|a\s+|the\s+)?
        (?:web\s?)?browser|(?:view|read)\s+(?:it\s+|this\s+)?online)\b.{0,20}
    | .{0,60}\b(?:im\s+browser|(?:im|zur)\s+web-?(?:version|ansicht))\b.{0,30}
    | .{0,60}\b(?:dans\s+(?:votre|le|un)\s+navigateur|version\s+en\s+ligne)\b.{0,20}
    | .{0,60}\ben\s+(?:el|tu|su)\s+navegador\b.{0,20}
    """,
    re.IGNORECASE | re.VERBOSE,
)
_BOTTOM = re.compile(
    r"""
      \bunsubscribe\b | \b(?:manage|update|change)\s+(?:your\s+)?(?:e-?mail\s+)?
        (?:preferences|subscriptions?)\b
    | \byou(?:\s+are|[’']re)?\s+receiv(?:e|ing|ed)\s+this\s+
        (?:e-?mail|message|newsletter|because)\b
    | \bnewsletter\s+(?:abbestellen|abmelden) | \bvom\s+newsletter\s+abmelden
    | \b(?:se\s+)?d[ée]s(?:abonner|inscrire)\b | \bdarse\s+de\s+baja\b
    """,
    re.IGNORECASE | re.VERBOSE,
)


def headers_at(data: bytes) -> set[bytes]:
    """Return the known names of the headers with which *data* begins."""
    found: set[bytes] = set()
    for line in data.splitlines():
        if line[:1] in (b" ", b"\t") and found:
            continue
        match = _HEADER.match(line)
        if match is None:
            break
        found.add(match[1].lower())
    return found & _KNOWN


def recognises_mail(head: bytes, name: str) -> bool:
    """Whether a mail begins here: by its headers, of which a plain text may show some too."""
    headers = headers_at(head)
    return len(headers) >= 2 and (bool(headers & _PROOF) or name.endswith(EML_ENDINGS))


def recognises_mbox(head: bytes, _name: str) -> bool:
    """Whether a mailbox begins here."""
    match = _FROM_LINE.match(head.lstrip())
    return match is not None and bool(headers_at(head.lstrip()[match.end() :]))


def read_mail(place: Input) -> Iterator[Found]:
    """Yield the mail as an article."""
    yield item(place.whole(), place.key, place.url)


def read_mbox(place: Input) -> Iterator[Found]:
    """Yield every mail of a mailbox as an article."""
    number = 0
    for number, data in enumerate(_mails(place), start=1):
        yield place.attempt(number, lambda d=data, n=number: _boxed(d, place, n))  # type: ignore[misc]
    if not number:
        place.fail("holds no mail")


def _boxed(data: bytes, place: Input, number: int) -> Item:
    if len(data) > RECORD:
        raise FormatError("is larger than 10 MiB", place.record(number))
    message = parsed(data, place.record(number))
    key, url = place.inner(header(message, "Message-ID").strip("<> ") or str(number))
    return item(data, key, url)


def _mails(place: Input) -> Iterator[bytes]:
    """Yield the mails between the lines that begin with ``From``; of one too large, its start."""
    mail = bytearray()
    begun, blank = False, True
    for line in place.lines():
        if blank and _FROM_LINE.match(line):
            if begun:
                yield _QUOTED_FROM.sub(rb"\1", bytes(mail))
            mail.clear()
            begun = True
        elif begun and len(mail) <= RECORD:
            mail += line
        blank = not line.strip()
    if begun:
        yield _QUOTED_FROM.sub(rb"\1", bytes(mail))


def item(data: bytes, key: str, url: str) -> Item:
    """Return the mail *data* as an article. Raises FormatError without headline and text."""
    message = parsed(data, key)
    text = _text(message, key)
    subject = header(message, "Subject")
    copy = records.body(text, bool(subject))
    if not copy.text and not subject:
        raise FormatError("has neither subject nor text", key)
    claims = [*_claims(message, subject), *copy.claims]
    return Item(key, url, _trimmed(copy.text), tuple(claims), data, "message/rfc822")


def _trimmed(text: str) -> str:
    """Return *text* without notices about the mail itself, as far as text remains."""
    paragraphs = text.split("\n\n")
    while len(paragraphs) > 1 and _TOP.fullmatch(paragraphs[0]):
        paragraphs.pop(0)
    while (
        len(paragraphs) > 1
        and len(paragraphs[-1]) <= _LONGEST_NOTICE
        and (_BOTTOM.search(paragraphs[-1]) or _TOP.fullmatch(paragraphs[-1]))
    ):
        paragraphs.pop()
    return "\n\n".join(paragraphs)


def _claims(message: Message, subject: str) -> Iterator[Evidence]:
    yield from claim("headline", subject, "mail: subject")
    sender = header(message, "From")
    name, address = parseaddr(sender)
    yield from claim("source", name or address or sender, "mail: from")
    yield from claim("published", header(message, "Date"), "mail: date")
    yield from claim("language", header(message, "Content-Language"), "mail: content-language")
    # RFC 5064: where the mail can be read on the web.
    yield from claim("link", header(message, "Archived-At").strip("<> "), "mail: archived-at")


def parsed(data: bytes, where: str) -> Message:
    """Return the mail's parts. Raises FormatError for no mail, and one nested beyond reason."""
    if not headers_at(data[:65536]):
        raise FormatError("is no mail: it does not begin with headers", where)
    # The standard parser asks every open part of every line whether it ends there.
    if len(_MULTIPART.findall(data)) > _MULTIPARTS:
        raise FormatError(f"is nested too deep: it has over {_MULTIPARTS} multiparts", where)
    try:
        return message_from_bytes(data)
    except (RecursionError, ValueError, LookupError, TypeError, MessageError) as error:
        raise FormatError(f"is no mail ({type(error).__name__})", where) from error


def header(message: Message, name: str) -> str:
    """Return a header as text, its encoded words decoded where they can be."""
    value = message.get(name)
    if value is None:
        return ""
    try:
        return str(make_header(decode_header(value)))
    except (ValueError, LookupError, MessageError, binascii.Error, TypeError):
        return str(value)


def parts(message: Message, kind: str, where: str) -> Iterator[Message]:
    """Yield the parts of this kind that are not attached files."""
    try:
        for part in message.walk():
            if part.get_content_type() == kind and part.get_content_disposition() != "attachment":
                yield part
    except (RecursionError, ValueError, TypeError) as error:
        raise FormatError(f"is no mail ({type(error).__name__})", where) from error


def part_bytes(part: Message) -> bytes:
    """Return a part's text as UTF-8 when it names its encoding, else as it is."""
    payload = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    charset = part.get_param("charset")
    try:
        return data.decode(str(charset)).encode() if charset else data
    except (LookupError, ValueError):
        return data


def _text(message: Message, where: str) -> str:
    """The mail's text: as HTML, which keeps its paragraphs, else as plain text."""
    for kind in ("text/html", "text/plain"):
        for part in parts(message, kind, where):
            data = part_bytes(part)
            if data.strip():
                text = decode(data.replace(b"\0", b""), where)
                # The title of a mail's page is for nobody to see.
                end = text.lower().find("</head>")
                return text[end + len("</head>") :] if end >= 0 else text
    return ""
