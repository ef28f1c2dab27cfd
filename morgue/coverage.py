"""Related coverage of an article, as `morgue article ID --related` prints it."""

from archive.article import Published
from archive.wording import counted
from indexer.coverage import Coverage, Told
from morgue.output import print_json, say


def show_coverage(found: Coverage, as_json: bool) -> None:
    """Print what was found, each article in a line and below it why."""
    if as_json:
        print_json(found.as_json())
        return
    parts: list[tuple[str, list[tuple[str, str]]]] = [
        ("Copies", [(_line(c.published, c.source, c.headline, c.id), "") for c in found.copies]),
        ("The same story, told by others", [_told(one) for one in found.same]),
        ("Similar", [_told(one) for one in found.similar]),
    ]
    for title, lines in parts:
        if lines:
            say(f"{title}:")
        for line, why in lines:
            say(f"    {line}")
            if why:
                say(f"        {why}")
    if not any(lines for _, lines in parts):
        say("Nothing in the archive is related to it.")


def _line(published: Published | None, source: str, headline: str, article_id: str) -> str:
    day = published.iso[:10] if published else "undated"
    return f"{day} · {source} · {headline} · {article_id}"


def _told(told: Told) -> tuple[str, str]:
    other = told.article
    why = [f"shares {', '.join(told.shared)}"] if told.shared else []
    if told.days:
        why.append(f"{counted(abs(told.days), 'day')} {'later' if told.days > 0 else 'earlier'}")
    return _line(other.published, other.source, other.headline, other.id), "; ".join(why)
