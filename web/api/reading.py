"""Articles, sources and the state of the archive in the API."""

from typing import Final

from flask import Response, abort, current_app, request

from archive import article as model
from archive.access import Role
from archive.identity import canonical_url
from archive.store.kept import Kept
from indexer import projection
from indexer.coverage import coverage_of
from indexer.search import analyzer_of
from web import paths
from web.access import engine, open_store
from web.api import answers
from web.api.routes import Parameter, answered, blueprint, check_parameters, describe
from web.permission import needs

_REVISION: Final = Parameter(
    "revision", "an earlier state, numbered from 1", {"type": "integer", "minimum": 1}
)
_URL: Final = Parameter("url", "an address where it was seen", required=True)


@blueprint.get("/articles/<article_id>")
@describe(answers.Article, _REVISION, refusals=(400, 404, 410, 503))
def article(article_id: str) -> Response:
    """Read an article: its text, its facts, and what each was taken from."""
    check_parameters((_REVISION,))
    kept = _shown(article_id)
    store = open_store()
    revisions = {one.number: one for one in store.revisions(article_id)}
    number = int(request.args.get("revision", kept.revision))
    if number not in revisions:
        abort(404)
    found = revisions[number].article
    said = {
        **_facts(found),
        "text": found.text,
        "section": found.section,
        "caption": found.caption,
        "credits": found.credits,
        "link": found.link,
        "first_seen": kept.first_seen,
        "revision": number,
        "revisions": len(revisions),
        "addresses": [paths.told(one) for one in store.addresses(article_id)],
        "copies": [one.as_json() for one in store.copies([article_id]).get(article_id, ())],
        "provenance": [
            {"field": one.field, "value": one.value, "origin": one.origin, "chosen": one.chosen}
            for one in found.evidence
        ],
    }
    return answered(answers.answer_as(answers.Article, said))


@blueprint.get("/articles")
@describe(answers.Articles, _URL, refusals=(400, 503))
def articles() -> Response:
    """Find the articles that were seen at an address."""
    check_parameters((_URL,))
    store = open_store()
    ids = store.ids_at(canonical_url(request.args["url"]))
    kept = store.get_many(ids)
    said = {"articles": [_facts(kept[one].article) for one in ids if one in kept]}
    return answered(answers.answer_as(answers.Articles, said))


@blueprint.get("/articles/<article_id>/revisions")
@describe(answers.Revisions, refusals=(400, 404, 410, 503))
def revisions(article_id: str) -> Response:
    """List the states of an article that Morgue saw."""
    check_parameters(())
    _shown(article_id)
    return answered(
        answers.Revisions(
            [
                answers.Revision(
                    one.number,
                    one.seen,
                    one.article.headline,
                    one.article.updated.iso if one.article.updated else None,
                )
                for one in open_store().revisions(article_id)
            ]
        )
    )


@blueprint.get("/articles/<article_id>/related")
@describe(answers.Related, refusals=(400, 404, 410, 503))
def related(article_id: str) -> Response:
    """Find what else there is on an article: copies, the same story, similar ones."""
    check_parameters(())
    found = _shown(article_id).article
    index = engine()
    coverage = coverage_of(found, index, open_store(), analyzer_of(index))
    return answered(answers.answer_as(answers.Related, coverage.as_json()))


@blueprint.get("/sources")
@describe(answers.Sources, refusals=(400, 503))
@needs(Role.WRITE)
def sources() -> Response:
    """List the sources; for the role write, as addresses of feeds may hold keys."""
    check_parameters(())
    said = {"sources": [one.as_json() for one in open_store().sources()]}
    return answered(answers.answer_as(answers.Sources, said))


@blueprint.get("/status")
@describe(answers.Status, refusals=(400, 503))
def status() -> Response:
    """Say how much the archive holds, and how much of it waits for the index."""
    check_parameters(())
    store = open_store()
    waiting = projection.behind(store, engine().checkpoint())
    return answered(answers.Status(current_app.config["TITLE"], store.counts(), waiting))


def _shown(article_id: str) -> Kept:
    kept = open_store().kept(article_id)
    if kept is None:
        abort(404)
    if kept.state != "kept":
        abort(410)
    return kept


def _facts(found: model.Article) -> dict[str, object]:
    return {**found.facts(), "url": paths.told(found.url), "language": found.language}
