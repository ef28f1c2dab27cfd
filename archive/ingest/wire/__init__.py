"""Wire copy: the conventions by which news agencies lay out plain text.

::

    TALKS-SMUGGLING/ (UPDATE 1)                      slug line
    Norland opens talks on smuggling                 headline
    Ministers meet on the quay at Port Ellis         caption
    By Ada Moor                                      byline
    Harbour Correspondent                            role
    PORT ELLIS, June 12, 2024 (Meridian) - Norland   dateline: place, day, agency
    opened talks on Thursday …                       text
    (Reporting by Ada Moor; Editing by Ben Tull)     credits
    ENDS                                             end mark

Every part is optional. Fields come out as claims, what is left is the text.
The same rules read the beginning and the end of any article's text, for web
pages and feeds carry datelines and credits too. The conventions are those of
Reuters, AP, AFP, dpa, PA and Xinhua, as their published copy shows them.
"""

from archive.ingest.wire.copy import Copy
from archive.ingest.wire.dateline import credited_agency, match_dateline, take_dateline
from archive.ingest.wire.head import claim_line, without_head
from archive.ingest.wire.names import byline_names
from archive.ingest.wire.paragraphs import split_paragraphs
from archive.ingest.wire.sentences import derived_headline
from archive.ingest.wire.tail import without_tail

__all__ = [
    "Copy",
    "byline_names",
    "derived_headline",
    "match_dateline",
    "read",
    "read_body",
    "split_paragraphs",
]


def read(text: str) -> Copy:
    """Take a whole plain-text article apart: head, dateline, text, tail."""
    copy = Copy("")
    paragraphs = without_tail(split_paragraphs(text), copy)
    paragraphs = without_head(paragraphs, copy)
    return _finished(paragraphs, copy)


def read_body(text: str) -> Copy:
    """Take dateline and credits from a text whose headline came from elsewhere."""
    copy = Copy("")
    paragraphs = without_tail(split_paragraphs(text), copy)
    while len(paragraphs) > 1 and claim_line(paragraphs[0], copy):
        paragraphs = paragraphs[1:]
    return _finished(paragraphs, copy)


def _finished(paragraphs: list[str], copy: Copy) -> Copy:
    take_dateline(paragraphs, copy)
    agencies = {claim.value for claim in copy.claims if claim.field == "agency"}
    if len(paragraphs) > 1 and paragraphs[-1].strip("()[]-–— .") in agencies:
        # Signed at the end by whom the dateline names, known to us or not.
        paragraphs = paragraphs[:-1]
    copy.text = "\n\n".join(paragraphs)
    credited_agency(copy)
    return copy
