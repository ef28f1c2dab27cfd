"""Results of a search, as `morgue search` prints them to people."""

from rich.text import Text

from indexer.search import Hit, Results
from morgue.output import counted, marked, say


def show(results: Results) -> None:
    """Print a page of results."""
    for notice in results.query.notices:
        say(f"Note: {notice}.")
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
    for words, count in results.words.items():
        say(f"    {words}: {counted(count, 'article')}")


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
        say(f"    {reason.score:6.2f}  {reason.says}")
