"""`topics`: what inferring topics and following rules costs, on an archive of real articles."""

import tempfile
import time
from collections.abc import Callable
from itertools import chain, islice
from pathlib import Path
from typing import Final

import click
import msgspec

from archive.article import Article
from archive.identity import article_id
from archive.ingest.topics import vocabulary
from archive.settings import Settings, TopicRule
from archive.store import Store
from bench import corpora
from bench.show import print_json, print_table
from morgue import topic_rules

RULES: Final = {
    "takeovers": TopicRule("takeover* OR acquisition* OR merger*"),
    "grain": TopicRule("wheat OR corn OR grain*"),
    "central banks": TopicRule('"central bank" OR "federal reserve" OR bundesbank'),
    "strikes": TopicRule("strike* (union OR workers) -hunger"),
    "oil": TopicRule("title:oil OR crude OR opec"),
}
_NEW: Final = 10


class _Record(msgspec.Struct):
    id: str
    title: str
    body: str


@click.command(epilog="Example: python -m bench topics --articles 10000")
@click.option("--articles", default=10_000, metavar="N", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
def topics(articles: int, as_json: bool) -> None:
    """Time inference per 1,000 words, and rules over N articles: first, unchanged, after new ones.

    Inference is timed as the processor's own time, so that others at work on
    the machine count less.
    """
    records = list(islice(_records(), articles + _NEW))
    figures: dict[str, float] = {"inference, ms per 1,000 words": _inference(records)}
    with (
        tempfile.TemporaryDirectory(prefix="morgue-bench-") as folder,
        Store(Path(folder) / "articles.db") as store,
    ):
        _put(store, records[:-_NEW])
        index = Path(folder) / "index"

        def run(rules: dict[str, TopicRule]) -> Callable[[], object]:
            settings = Settings(topics=rules)
            return lambda: topic_rules.catch_up(store, index, settings, lambda *_: None)

        figures["index without rules, s"] = _seconds(run({}))
        figures[f"{len(RULES)} new rules and what they match indexed, s"] = _seconds(run(RULES))
        figures["nothing changed, s"] = _seconds(run(RULES))
        _put(store, records[-_NEW:])
        figures[f"{_NEW} new articles, s"] = _seconds(run(RULES))
        changed = {**RULES, "oil": TopicRule("oil")}
        figures["one rule changed, s"] = _seconds(run(changed))
        matches = {name: rule.matches for name, rule in store.topic_rules().items()}
    if as_json:
        print_json({"articles": articles, "figures": figures, "matches": matches})
    else:
        rows = ((name, f"{value:.3f}") for name, value in figures.items())
        print_table(f"Topics over {articles:,} articles", ("what", "figure"), rows)
        print_table("Matches", ("rule", "articles"), matches.items())


def _records() -> chain[_Record]:
    return chain(
        corpora.records("topics/bbc.jsonl.xz", _Record),
        corpora.records("topics/reuters21578.jsonl.xz", _Record),
    )


def _inference(records: list[_Record]) -> float:
    """Milliseconds per 1,000 words, once the words have been met."""
    words = sum(len(record.body.split()) for record in records)
    for _ in range(2):
        started = time.process_time()
        for record in records:
            vocabulary.infer(record.title, record.body)
        took = time.process_time() - started
    return took / words * 1e6


def _put(store: Store, records: list[_Record]) -> None:
    with store.transaction():
        for record in records:
            url = f"https://bench.example/{record.id}"
            store.put(Article(article_id(url), url, "Bench", record.title, record.body))


def _seconds(work: Callable[[], object]) -> float:
    started = time.monotonic()
    work()
    return time.monotonic() - started
