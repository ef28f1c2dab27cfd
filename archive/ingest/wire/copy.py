"""Wire copy while it is taken apart."""

from dataclasses import dataclass, field

from archive.article import Evidence
from archive.ingest.item import claim


@dataclass
class Copy:
    """Wire copy taken apart: the claims, and the text that remains."""

    text: str
    claims: list[Evidence] = field(default_factory=list)

    def add(self, name: str, value: object, origin: str) -> None:
        """Add a claim unless *value* is empty."""
        self.claims.extend(claim(name, value, f"wire: {origin}"))
