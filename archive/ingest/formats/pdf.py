"""PDF with a text layer (ISO 32000), read by pypdf in a child process with bounds.

A PDF knows lines, not paragraphs: running heads go, words parted at the end of
a line are joined, and `wire` does the rest. When a file was made is no date of
publication; its title counts only where its first page shows it too.
"""

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from archive.ingest import wire
from archive.ingest.formats.inputs import MIB, Found, Input
from archive.ingest.furniture import without_furniture
from archive.ingest.item import Item, claim, readable
from archive.ingest.markup import fold_paragraphs

SECONDS = 20
MEMORY = 512 * MIB
PAGES = 500
_CHILD = Path(__file__).with_name("pdf_child.py")
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
    answer = _ask(data, place)
    pages = _without_running_heads([readable(str(page)) for page in answer.get("pages", ())])
    text = without_furniture(_paragraphs(_PARTED.sub("", "\n".join(pages))))
    if not text.strip():
        place.fail("has no text layer: it holds pictures of pages")
    title = " ".join(readable(str(answer.get("title") or "")).split())
    shown = _folded(title) in _folded(pages[0]) if len(title.split()) > 2 else False
    copy = wire.read(fold_paragraphs(text))
    claims = (*claim("headline", title if shown else "", "meta: pdf title"), *copy.claims)
    yield Item(place.key, place.url, copy.text, claims, data, "application/pdf")


def _ask(data: bytes, place: Input) -> dict[str, Any]:
    command = [sys.executable, "-I", str(_CHILD), str(SECONDS), str(MEMORY), str(PAGES)]
    try:
        done = subprocess.run(  # noqa: S603 - our own child, which sees nothing but the bytes
            command, input=data, capture_output=True, timeout=SECONDS * 2, check=False
        )
        answer = msgspec.json.decode(done.stdout)
    except subprocess.TimeoutExpired:
        place.fail(f"takes longer than {SECONDS} s to read")
    except msgspec.DecodeError:
        # The child was ended by a bound, before it could answer.
        place.fail(f"takes more than {SECONDS} s or {MEMORY // MIB} MiB to read")
    if not isinstance(answer, dict) or "error" in answer:
        place.fail(str(answer["error"]))
    return answer


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
