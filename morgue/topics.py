"""Commands about topics: topics, topics check, topics train, topics forget."""

import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice

import click

from archive.article import Article
from archive.identity import labels
from archive.ingest.topics import model as topic_model
from archive.ingest.topics import training
from archive.ingest.topics.given import reinfer, stated
from archive.ingest.topics.inference import inference
from archive.ingest.topics.model import About, Model
from archive.store import Store
from archive.store.topics import TopicCount
from archive.topic_rules import without_rules
from archive.wording import counted
from indexer.request import Request
from indexer.search import search as search_articles
from morgue import topic_rules
from morgue.output import (
    QueryCommand,
    common,
    json_option,
    print_json,
    progress,
    say,
)
from morgue.output import site as this_site
from morgue.site import WAIT_FOR_LOCK, Site

_SHOWN = 10
_BATCH = 500
# Families of origins that are no source's own word.
_FAMILIES: Mapping[str, str] = {
    "user": "yours",
    "rule": "rule",
    "vocabulary": "vocabulary",
    "model": "model",
}


@click.group(
    invoke_without_command=True,
    short_help="List the topics and who named them; rules; learning.",
    epilog="Example: morgue topics --json",
)
@json_option
@common
@click.pass_context
def topics(context: click.Context, as_json: bool) -> None:
    """List the archive's topics and who named them, your rules, and what infers the rest."""
    if context.invoked_subcommand:
        return
    site = this_site()
    with site.open() as store:
        counts = store.topic_counts()
        matched = store.rule_counts()
        waiting = topic_rules.due(store, site.settings)
    model = topic_model.load(site.topic_model)
    if as_json:
        print_json(
            {
                "topics": [
                    {"topic": c.topic, "articles": c.articles, "origins": _by_family(c)}
                    for c in counts
                ],
                "rules": [
                    {
                        "name": name,
                        "query": rule.query,
                        "articles": matched.get(name),
                        "waiting": name in waiting,
                    }
                    for name, rule in site.settings.topics.items()
                ],
                "model": model.about if model else None,
            }
        )
        return
    _show_topics(counts)
    _show_rules(site, matched, waiting)
    say()
    if model is None:
        say("Where a source names no topic, the vocabulary infers it.")
    else:
        say("Where a source names no topic, your model infers it, for topics it has not learnt")
        say("the vocabulary does.")
        _show_model(model.about)


def _by_family(count: TopicCount) -> dict[str, int]:
    """Origins as a reader knows them: in whichever way a source said it, it is the source's."""
    families: dict[str, int] = {}
    for origin, articles in count.origins.items():
        family = _FAMILIES.get(origin, "source")
        families[family] = families.get(family, 0) + articles
    return families


def _show_topics(counts: list[TopicCount]) -> None:
    if not counts:
        say("No article has a topic yet.")
    for count in counts:
        origins = " · ".join(f"{name} {n:,}" for name, n in _by_family(count).items())
        say(f"{count.articles:>9,}  {count.topic}  ({origins})")


def _show_rules(site: Site, matched: Mapping[str, int], waiting: list[str]) -> None:
    for name, rule in site.settings.topics.items():
        say()
        if name in matched:
            runs = ", runs anew with the next update" if name in waiting else ""
            say(f"Rule {name}: {counted(matched[name], 'article')}{runs}")
        else:
            say(f"Rule {name}: runs with the next update")
        say(f"    {rule.query}")


def _show_model(about: About) -> None:
    say()
    say(f"Learnt on {about.trained[:10]} from {counted(about.articles, 'labelled article')}.")
    say("On articles that it had not seen (five-fold cross-validation):")
    say(f"{'articles':>9}  precision  recall     F1")
    for score in about.scores:
        note = "" if score.used else "  (too often wrong: not used)"
        figures = f"{score.precision:>9.3f}  {score.recall:>6.3f}  {score.f1:>5.3f}"
        say(f"{score.examples:>9,}  {figures}  {score.topic}{note}")
    say(f"{'in all':>9}  {about.precision:>9.3f}  {about.recall:>6.3f}  {about.f1:>5.3f}")


@topics.command(
    cls=QueryCommand,
    short_help="Show what a rule or a query matches.",
    epilog="Example: morgue topics check 'fentanyl OR narcotic*'",
)
@click.argument("rule", nargs=-1, required=True, metavar="NAME|QUERY")
@json_option
@common
def check(rule: tuple[str, ...], as_json: bool) -> None:
    """Show what a rule matches, before it is used: one of morgue.toml, or any query."""
    site = this_site()
    text = " ".join(rule)
    named = site.settings.topics.get(text)
    query = named.query if named else text
    with site.open() as store, site.engine(store) as engine:
        equivalents = site.settings.search.groups
        results = search_articles(Request(query, limit=_SHOWN), engine, store, equivalents)
        ids = topic_rules.matches(query, engine, equivalents)
        before = store.rule_matches(text) if named else set()
    notices = results.query.notices
    if as_json:
        print_json(
            {
                "rule": text if named else None,
                "query": query,
                "articles": len(ids),
                "new": len(ids - before) if named else None,
                "gone": len(before - ids) if named else None,
                "notices": list(notices),
                "hits": [hit.kept.article.facts() for hit in results.hits],
            }
        )
        return
    for notice in notices:
        say(f"Note: {notice}.")
    say(f"“{query}” matches {counted(len(ids), 'article')}.")
    if named:
        say(f"With the next update {len(ids - before):,} come and {len(before - ids):,} go.")
    for hit in results.hits:
        article = hit.kept.article
        day = article.published.iso[:10] if article.published else "undated"
        say(f"    {day} · {article.source} · {article.headline} · {article.id}")
    if len(ids) > len(results.hits):
        say(f"    and {len(ids) - len(results.hits):,} more")


@topics.command(
    short_help="Learn topics from your own labelled articles.",
    epilog="Example: morgue topics train --use",
)
@click.option("--use", is_flag=True, help="Use what was learnt without asking.")
@click.option("--apply", is_flag=True, help="Infer the topics of old articles anew, too.")
@json_option
@common
def train(use: bool, apply: bool, as_json: bool) -> None:
    """Learn topics from the articles that were given one by sources, rules or you.

    Shows how well it does on articles that it had not seen, and asks before it is
    used; without a terminal it needs --use. Needs scikit-learn: pip install
    'morgue[train]'.
    """
    site = this_site()
    with site.open() as store, site.lock(WAIT_FOR_LOCK):
        examples = list(islice(_labelled(store), training.MOST_ARTICLES))
        model = training.train(examples, datetime.now(UTC).isoformat(timespec="seconds"))
    if not as_json:
        _show_model(model.about)
        say()
    if not use and not as_json and sys.stdin.isatty() and sys.stdout.isatty():
        use = click.confirm("Use it from now on?")
    changed = None
    if use:
        with site.open() as store, site.lock(WAIT_FOR_LOCK):
            model.save(site.topic_model)
            if apply:
                changed = _apply(site, store, model, as_json)
    if as_json:
        print_json({"used": use, "changed": changed, "model": model.about})
    elif use:
        say(f"{site.topic_model.name} is used from now on.{_told(changed)}")
    else:
        say("It is not used: `morgue topics train --use` does.")


@topics.command(
    short_help="Go back to the vocabulary.", epilog="Example: morgue topics forget --apply"
)
@click.option("--apply", is_flag=True, help="Infer the topics of old articles anew, too.")
@json_option
@common
def forget(apply: bool, as_json: bool) -> None:
    """Go back to the vocabulary, and remove what `morgue topics train` learnt."""
    site = this_site()
    changed = None
    with site.open() as store, site.lock(WAIT_FOR_LOCK):
        there = site.topic_model.exists()
        site.topic_model.unlink(missing_ok=True)
        if apply:
            changed = _apply(site, store, None, as_json)
    if as_json:
        print_json({"forgotten": there, "changed": changed})
    elif there:
        say(f"The vocabulary infers topics again.{_told(changed)}")
    else:
        say(f"No model was in use; the vocabulary infers topics.{_told(changed)}")


def _told(changed: int | None) -> str:
    if changed is None:
        return " Articles that are here keep their topics; --apply infers theirs anew."
    return f" {counted(changed, 'article')} here changed topics."


def _labelled(store: Store) -> Iterator[training.Labelled]:
    """Yield the articles that somebody gave a topic."""
    for article in store.articles():
        if given := stated(article):
            classified = bool(stated(without_rules(article)))
            yield training.Labelled(article.headline, article.text, given, classified)


def _apply(site: Site, store: Store, model: Model | None, as_json: bool) -> int:
    """Infer anew the topics of all articles that have inferred ones or none."""
    infer = inference(model)
    total = store.counts().articles
    changed = 0
    batch: list[Article] = []

    def write() -> None:
        with store.transaction():
            for article in batch:
                store.relabel(article)
        batch.clear()

    with progress(as_json) as show:
        for done, article in enumerate(store.articles(), start=1):
            now = reinfer(article, infer)
            if labels(now) != labels(article):
                changed += 1
                batch.append(now)
            if len(batch) >= _BATCH:
                write()
            show("topics", done, total)
        write()
        topic_rules.catch_up(store, site.index, site.settings, show)
    return changed
