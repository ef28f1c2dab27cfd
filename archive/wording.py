"""How numbers are said, the same on a terminal, on a page and in a mail."""


def counted(count: int, noun: str, plural: str = "") -> str:
    """Return ``1 article`` or ``1,204 articles``."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"
