"""Write the tables of docs/search.md from the examples that the web's help shows too.

``python -m docs.search`` writes the file anew; a test holds that it is up to date.
"""

from pathlib import Path

from indexer.syntax import LIMITS, SECTIONS, Section

PAGE = Path(__file__).with_name("search.md")


def table(section: Section) -> str:
    """Return the examples of *section* as a table in Markdown."""
    rows = (
        f"| {', '.join(map(_code, example.typed))} | {example.finds} |"
        for example in section.examples
    )
    return "\n".join(["| type | to find |", "|---|---|", *rows])


def _code(typed: str) -> str:
    # A bar within a table has to be written as an entity, which a code span would show.
    if "|" in typed:
        return f"<code>{typed.replace('|', '&#124;')}</code>"
    return f"`{typed}`"


def rendered(page: str) -> str:
    """Return *page* with what stands between its markers written anew."""
    pieces = {section.name: f"{section.note}\n\n{table(section)}" for section in SECTIONS}
    pieces["Limits"] = "\n".join(f"- {limit}" for limit in LIMITS)
    for name, text in pieces.items():
        before, begin, rest = page.partition(f"<!-- {name} -->\n")
        _, end, behind = rest.partition("<!-- / -->")
        page = f"{before}{begin}\n{text}\n\n{end}{behind}"
    return page


if __name__ == "__main__":
    PAGE.write_text(rendered(PAGE.read_text("utf-8")), "utf-8")
