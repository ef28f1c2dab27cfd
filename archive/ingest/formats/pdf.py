"""PDF with a text layer (ISO 32000), read by pypdf.

A PDF knows lines, not paragraphs: running heads go, words parted at the end of
a line are joined, and `wire` does the rest. When a file was made is no date of
publication; its title counts only where its first page shows it too.
"""

import io
import re
from collections import Counter
from collections.abc import Iterator

from archive.errors import FormatError
from archive.ingest import wire
from archive.ingest.formats.inputs import Found, Input
from archive.ingest.furniture import without_furniture
from archive.ingest.item import Item, claim, readable
from archive.ingest.markup import fold_paragraphs

PAGES = 500
_PARTED = re.compile(r"(?<=[^\W\d_])[-\u00ad]\n(?=[a-zß-ÿ])")
_MARGIN = 2


def recognises(head: bytes, name: str) -> bool:
    """Whether a PDF begins here; one so named may have something before it."""
    return head.startswith(b"%PDF-") or (name.endswith(".pdf") and b"%PDF-" in head[:1024])


def read(place: Input) -> Iterator[Found]:
    """Yield the text as an article. Raises FormatError for a PDF without a text layer."""
    data = place.whole()
    if b"%PDF-" not in data[:1024]:
        place.fail("is not a PDF")
    title, pages = _content(data, place)
    pages = _without_running_heads(pages)
    text = without_furniture(_paragraphs(_PARTED.sub("", "\n".join(pages))))
    if not text.strip():
        place.fail("has no text layer: it holds pictures of pages")
    title = " ".join(readable(title).split())
    shown = _folded(title) in _folded(pages[0]) if len(title.split()) > 2 else False
    copy = wire.read(fold_paragraphs(text))
    claims = (*claim("headline", title if shown else "", "meta: pdf title"), *copy.claims)
    yield Item(place.key, place.url, copy.text, claims, data, "application/pdf")


def _content(data: bytes, place: Input) -> tuple[str, list[str]]:
    """Return the title, if any, and the text of each page."""
    # Costs a tenth of a second to load, which only a PDF is worth.
    import pypdf

    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            place.fail("is locked with a password")
        if len(reader.pages) > PAGES:
            place.fail(f"has more than {PAGES} pages")
        pages = [readable(page.extract_text()) for page in reader.pages]
        title = reader.metadata.title if reader.metadata else None
    except (FormatError, MemoryError):
        raise
    except Exception:
        place.fail("is not a readable PDF: it is damaged or cut off")
    return str(title or ""), pages


def _without_running_heads(pages: list[str]) -> list[str]:
    """Take out lines that most pages have at their top or bottom, page numbers among them."""
    lines = [[line.rstrip() for line in page.strip().split("\n")] for page in pages]
    counts = Counter(
        _line(line) for page in lines for line in {*page[:_MARGIN], *page[-_MARGIN:]} if line
    )
    often = {line for line, count in counts.items() if count > max(2, len(pages) // 2)}
    return [
        "\n".join(
            line
            for number, line in enumerate(page)
            if _MARGIN <= number < len(page) - _MARGIN or _line(line) not in often
        )
        for page in lines
    ]


def _paragraphs(text: str) -> str:
    """Join the lines of each paragraph, which ends where a line is blank or clearly short."""
    lines = [" ".join(line.split()) for line in text.split("\n")]
    lengths = sorted(len(line) for line in lines if line)
    full = lengths[len(lengths) * 4 // 5] * 0.8 if lengths else 0
    return "\n".join(line if len(line) >= full else f"{line}\n" for line in lines)


def _line(line: str) -> str:
    """A line with its numbers alike, as running heads are but for the page's number."""
    return re.sub(r"\d+", "0", line.strip())


def _folded(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
