"""What differs, as commands print it: between two revisions, and between two copies."""

from collections.abc import Sequence

from archive.article import Article, Revision
from archive.beside import beside
from archive.difference import Kind, Paragraph, difference
from archive.wording import counted
from morgue.output import print_json, say

_BRACKETS = {Kind.SAME: ("", ""), Kind.REMOVED: ("[-", "-]"), Kind.ADDED: ("{+", "+}")}


def show_changes(before: Revision, after: Revision, as_json: bool) -> None:
    """Print what *after* changed in *before*, unchanged paragraphs as their number."""
    found = difference(before.article, after.article)
    if as_json:
        print_json(
            {
                "id": after.article.id,
                "before": before.number,
                "after": after.number,
                "changes": [
                    {
                        "field": change.field,
                        "paragraphs": _pieces(change.paragraphs),
                    }
                    for change in found
                ],
            }
        )
        return
    say(f"Revision {after.number}, seen {after.seen}, against {before.number}, seen {before.seen}")
    for change in found:
        say()
        say(f"{change.field.capitalize()}:")
        _say_paragraphs(change.paragraphs, "unchanged")
    if not found:
        say("The two revisions say the same.")


def show_beside(one: Article, other: Article, as_json: bool) -> None:
    """Print what differs between two copies, paragraphs that are the same as their number."""
    found = beside(one, other)
    if as_json:
        print_json(
            {
                "ids": [one.id, other.id],
                "words": {
                    "both": found.both,
                    "only_first": found.only_one,
                    "only_second": found.only_other,
                },
                "fields": {said.field: [said.one, said.other] for said in found.fields},
                "paragraphs": _pieces(found.paragraphs),
            }
        )
        return
    say(f"[-only in {one.source}, {one.id}-] {{+only in {other.source}, {other.id}+}}")
    say(
        f"{counted(found.both, 'word')} in both, {found.only_one:,} only in the first, "
        f"{found.only_other:,} only in the second"
    )
    for said in found.fields:
        say()
        say(f"{said.field.capitalize()}:")
        say(f"    {said.one or '(none)'}")
        say(f"    {said.other or '(none)'}")
    say()
    say("Text:")
    _say_paragraphs(found.paragraphs, "the same")


def _pieces(paragraphs: Sequence[Paragraph]) -> list[list[dict[str, str]]]:
    return [[{str(piece.kind): piece.text} for piece in pieces] for pieces in paragraphs]


def _say_paragraphs(paragraphs: Sequence[Paragraph], stayed_is: str) -> None:
    stayed = 0
    for paragraph in [*paragraphs, ()]:
        if len(paragraph) == 1 and paragraph[0].kind is Kind.SAME:
            stayed += 1
            continue
        if stayed:
            say(f"    ({counted(stayed, 'paragraph')} {stayed_is})")
            stayed = 0
        if paragraph:
            text = "".join(piece.text.join(_BRACKETS[piece.kind]) for piece in paragraph)
            say(f"    {text}")
