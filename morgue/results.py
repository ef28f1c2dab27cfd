"""Results of a search, as `morgue search` prints them to people."""

from typing import Final

from rich.text import Text

from archive.wording import counted
from indexer import explain
from indexer.results import Hit, Results
from indexer.timeline import Timeline, Unit
from indexer.widening import Why
from morgue.output import marked, print_json, say

_LONGEST: Final = 40
"""Columns of the longest bar of a timeline."""


def show(results: Results) -> None:
    """Print a page of results, and what else would find something."""
    if not explain.is_plain(results.query) and results.query.normal:
        say(f"{explain.sentence(results.query)}. Written: {results.query.normal}")
    for notice in results.query.notices:
        say(f"Note: {notice}.")
    for hint in results.hints:
        say(f"Note: {hint.says}{'' if hint.says.endswith('?') else ':'} {hint.text}")
    for put_in in results.also:
        if put_in.why is Why.EQUIVALENT:
            say(f"Note: {put_in}.")
    _show_reading(results)
    for hit in results.hits:
        _show_hit(hit)
    if results.partial:
        say()
        say(f"{results.partial_total:,} more without some of the words:")
    for hit in results.partial:
        _show_hit(hit)
    if results.hits or results.partial:
        say()
    pages = results.pages
    shown = f", page {results.request.page} of {pages:,}" if pages > 1 else ""
    lines = f" as {counted(results.total, 'result')}" if results.articles != results.total else ""
    took = f"{results.took_ms:.0f} ms"
    say(f"{counted(results.articles, 'article')}{lines}{shown} in {took}.")
    if results.total and not results.hits and not results.partial:
        say(f"There is no page {results.request.page}; the last is {pages:,}.")
    if results.timeline:
        _show_timeline(results.timeline)
    _show_ways_on(results)


def show_values(facet: str, counts: dict[str, int], as_json: bool) -> None:
    """Print how many of the articles found have each value of *facet*."""
    if as_json:
        print_json({"facet": facet, "values": counts})
        return
    for value, count in counts.items():
        say(f"{count:>9,}  {value}")
    if not counts:
        say(f"No article found has a {facet}.")


def _show_timeline(timeline: Timeline) -> None:
    """Print a line for each period, with a bar as long as it has many; gaps are seen too."""
    for bar in timeline.bars:
        drawn = "█" * max(bar.count > 0, round(bar.count * _LONGEST / max(timeline.most, 1)))
        decade = "s" if timeline.unit is Unit.DECADE else ""
        say(f"    {bar.period + decade:<10}  {bar.count:>7,}  {drawn}".rstrip())
    if timeline.unplaced:
        say(f"    {counted(timeline.unplaced, 'article')} of these months without a day")
    if timeline.undated:
        say(f"    {counted(timeline.undated, 'article')} undated")


def _show_hit(hit: Hit) -> None:
    article = hit.kept.article
    facts = [article.published.iso[:10] if article.published else "undated", article.source]
    if article.byline:
        facts.append(", ".join(article.byline))
    say()
    say(marked(hit.headline))
    say(f"    {' · '.join(facts)} · {article.id}")
    if hit.copies:
        sources = dict.fromkeys(copy.source for copy in hit.copies)
        also = counted(hit.outlets, "outlet") if hit.outlets else "the same source"
        say(f"    Also in {also}: {', '.join(sources)}")
    for snippet in hit.snippets:
        if snippet.field != "headline":
            label = "" if snippet.field == "text" else f"{snippet.field}: "
            say(Text(f"    {label}") + marked(snippet))
    if hit.missing:
        say(f"    Without {', '.join(hit.missing)}")
    for reason in hit.reasons:
        score = f"{reason.score:6.2f}" if reason.score else " " * 6
        say(f"    {score}  {reason.says}")


def _show_reading(results: Results) -> None:
    """Say whether the query was read as a question, and by which other words it is ranked."""
    reading = results.reading
    if reading.is_question:
        say(
            f"Read as a question: articles with at least {reading.least} of its"
            f" {len(reading.words)} words, the best first;"
            f" {results.having_all:,} have all of them (--all)."
        )
    if results.related:
        words = ", ".join(found.word for found in results.related)
        say(f"Any of the words, ranked by related words too: {words}.")


def _show_ways_on(results: Results) -> None:
    """Print the words that stand out, another spelling, and what asking for less would find."""
    if results.telling:
        telling = (f"{word} ({articles:,})" for word, articles in results.telling.items())
        say(f"More here than elsewhere: {', '.join(telling)}")
    if results.ways_on.suggestion:
        meant = results.ways_on.suggestion
        say(f"Did you mean: {meant.text} ({counted(meant.articles, 'article')})")
    for one in results.ways_on.loosened:
        how = "with the words anywhere of" if one.apart else "without"
        say(f"    {how} {one.less}: {counted(one.articles, 'article')}")
    for wider in results.ways_on.unnarrowed:
        say(f"    in all {wider.less}: {counted(wider.articles, 'article')}")
    for words, count in results.words.items():
        say(f"    {words} alone: {counted(count, 'article')}")
