"""What a format's reader is given, and the bounds within which it reads.

Single articles are read whole; containers (mailboxes, web archives, tables,
zip files) as streams, record by record, so that memory stays flat.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, NoReturn, Protocol
from urllib.parse import quote, urlsplit

from archive.article import Evidence
from archive.errors import FormatError
from archive.identity import canonical_url, web_url
from archive.ingest.item import Item, claim, readable

MIB = 1024 * 1024
ARTICLE = 20 * MIB
RECORD = 10 * MIB
CONTAINER = 4 * 1024 * MIB
MEMBERS = 100_000
DEPTH = 2

Found = Item | FormatError
"""An article, or why the record that stands in its place could not be read."""

PASSED = FormatError("is passed over")
"""What stands in the place of a record that was not to be read."""
TOO_LARGE = "takes more than 512 MiB of memory to read"


def read_every_record(_where: str) -> bool:
    """Whether a record is to be read: each is."""
    return True


@dataclass(slots=True)
class Budget:
    """What one file may still unpack to, with all that is nested in it."""

    decoded: int = CONTAINER
    members: int = MEMBERS

    def spend(self, decoded: int, where: str, members: int = 0) -> None:
        """Count what was unpacked. Raises FormatError when it is too much."""
        self.decoded -= decoded
        self.members -= members
        if self.decoded < 0:
            raise FormatError(f"unpacks to more than {_size(CONTAINER)}", where)
        if self.members < 0:
            raise FormatError(f"holds more than {MEMBERS:,} files", where)


class Formats(Protocol):
    """All formats, for the containers of files."""

    def accepts(self, name: str) -> bool:
        """Whether a file of this name is looked at."""

    def read(self, place: "Input") -> Iterator[Found]:
        """Yield what a file of any format holds."""


@dataclass(frozen=True, slots=True)
class Input:
    """A file, or a file inside another, to be read.

    *key* and *url* name it; *name* is its own name, for its ending; *stream*
    can seek. Containers of files hand their members to *formats*. *columns*
    are the user's own names of columns. *begin* is asked, with a record's name,
    whether it is to be read.
    """

    key: str
    url: str
    name: str
    stream: BinaryIO
    formats: Formats
    columns: Mapping[str, str] = field(default_factory=dict)
    budget: Budget = field(default_factory=Budget)
    depth: int = 0
    begin: Callable[[str], bool] = read_every_record

    def whole(self, limit: int = ARTICLE) -> bytes:
        """Return all bytes. Raises FormatError for more than *limit*."""
        data = self.stream.read(limit + 1)
        if len(data) > limit:
            raise FormatError(f"is larger than {_size(limit)}", self.key)
        return data

    def lines(self) -> Iterator[bytes]:
        """Yield the lines with their ends; of one longer than a record may be, its beginning."""
        while line := self.stream.readline(RECORD + 1):
            yield line
            while len(line) > RECORD and not line.endswith(b"\n"):
                line = self.stream.readline(RECORD + 1)

    def inner(self, name: str, web: str | None = None) -> tuple[str, str]:
        """Return key and address of the article *name* in here, of its own *web* address if any.

        A slash in *name* is written otherwise, so that the key's folder is the container's.
        """
        _, url = self.member(name)
        key = f"{self.key}!{readable(name).replace('/', '%2F')}"
        return key, canonical_url(web) if web and web_url(web) else url

    def member(self, name: str) -> tuple[str, str]:
        """Return key and address of the file *name* in here; its folders count as folders."""
        name = readable(name)
        separator = "!" if "#" in self.url else "#"
        return f"{self.key}!{name}", f"{self.url}{separator}{quote(name, safe='/')}"

    def record(self, number: int | str) -> str:
        """Name a record for an error."""
        return f"{self.key} record {number}"

    def fail(self, reason: str) -> NoReturn:
        """Raise FormatError for this input."""
        raise FormatError(reason, self.key)

    def attempt(self, number: int | str, make: Callable[[], Item]) -> Found:
        """Return what *make* makes; a defect in it costs this record alone."""
        if not self.begin(self.record(number)):
            return PASSED
        try:
            return make()
        except FormatError as error:
            return FormatError(error.reason, self.record(number))
        except MemoryError:
            return FormatError(TOO_LARGE, self.record(number))
        except Exception as error:
            # Third-party parsers meet hostile input here.
            reason = f"cannot be read ({type(error).__name__})"
            return FormatError(reason, self.record(number))


def host_claims(url: str) -> list[Evidence]:
    """Return the claim that an article's source is the site it was saved from."""
    host = (urlsplit(url).hostname or "") if web_url(url) else ""
    return claim("source", host.removeprefix("www."), "address: host")


def _size(count: int) -> str:
    return f"{count // 1024 // MIB} GiB" if count >= 1024 * MIB else f"{count // MIB} MiB"
