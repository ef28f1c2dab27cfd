"""Where a search goes on: a cursor that stays true while articles arrive.

A cursor holds what was asked (as a digest), the day by which ``yesterday`` was meant, the state
of the index, how many hits were given, and the last of them. While the index is the same,
its order is too, and the place is the number. When it has changed, the place is behind the
last given hit that is still found: by date nothing that was there is given twice or left out,
for dates of articles do not depend on each other, and what came in before the place is for
who asks anew. By relevance scores depend on the whole archive, so two old articles may change
places; the answer says that it ``moved``. It is no secret, and nothing in it is trusted.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import date
from typing import Annotated, Final

import msgspec

from archive.identity import digest
from web.problems import BadRequest, Fault

_KEPT: Final = 8
"""How many of the last hits are remembered: all of them withdrawn at once is hardly met."""


class Cursor(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A place in what a search finds, and the state of the index where it was true."""

    asked: str
    day: date
    state: str
    given: Annotated[int, msgspec.Meta(ge=1, le=2**40)]
    last: tuple[str, ...]

    def written(self) -> str:
        """Return the cursor as a parameter of an address."""
        return urlsafe_b64encode(msgspec.json.encode(self)).decode().rstrip("=")


def read(text: str, asked: str) -> Cursor:
    """Read a cursor of the search *asked*. Raises BadRequest for one that is not."""
    try:
        raw = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
        cursor = msgspec.json.decode(raw, type=Cursor)
    except (ValueError, msgspec.MsgspecError) as error:
        raise BadRequest(Fault("cursor", "is none that was given here")) from error
    if cursor.asked != asked:
        raise BadRequest(Fault("cursor", "belongs to another search"))
    return cursor


def after(asked: str, day: date, state: str, given: int, ids: tuple[str, ...]) -> Cursor:
    """Return the cursor behind *given* hits, of which *ids* are the last."""
    return Cursor(asked, day, state, given, ids[-_KEPT:])


def place(cursor: Cursor, ids: list[str]) -> int:
    """Return how many of *ids*, the hits as they are now, to leave out.

    Raises BadRequest when none of the hits that it remembers is left.
    """
    places = {one: at for at, one in enumerate(ids, start=1)}
    for one in reversed(cursor.last):
        if one in places:
            return places[one]
    raise BadRequest(Fault("cursor", "leads nowhere any more: search anew"))


def name_of(said: object) -> str:
    """Return a digest of what was asked."""
    return digest(repr(said).encode())[:16]
