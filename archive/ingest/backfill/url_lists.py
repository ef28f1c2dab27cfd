"""Lists of addresses that the user wrote: one on each line, ``#`` begins a remark."""

from collections.abc import Iterable

from archive.identity import canonical_url, web_url


def read(lines: Iterable[str], name: str) -> tuple[list[str], list[tuple[str, str]]]:
    """Return the addresses, each once in its canonical spelling, and (where, why) of other lines.

    *name* is what the list is called in messages.
    """
    found: dict[str, None] = {}
    refused = []
    for number, line in enumerate(lines, start=1):
        text = line.strip().removeprefix("\ufeff")
        if not text or text.startswith("#"):
            continue
        if web_url(text) is None:
            refused.append((f"{name} line {number}", "is not an http or https address"))
        else:
            found[canonical_url(text)] = None
    return list(found), refused
