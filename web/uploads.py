"""Uploads: files that a reader hands in are in the store when the answer comes.

The index takes them in by an update, a process of its own.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flask import Blueprint, current_app, render_template, request, url_for

from archive.access import Role
from archive.errors import IngestError
from archive.ingest import files
from archive.ingest.decide import Outcome
from archive.store import Store
from archive.store.kept import Kept
from web.access import open_store, today
from web.intake import intake
from web.permission import needs, takes
from web.sources import LONGEST_NAME, begun, name_in_form, topics_in_form

if TYPE_CHECKING:
    from archive.ingest.uploads import Taken

blueprint = Blueprint("uploads", __name__)

TOGETHER: Final = 200 * 1024 * 1024
"""Bytes that all files of one form may have."""
LARGEST: Final = 50 * 1024 * 1024
MOST: Final = 500
_FORM: Final = 1024 * 1024
_SHOWN: Final = 10
_MOST_REASONS: Final = 10

_WORDS: Final = {
    Outcome.NEW: "new",
    Outcome.REVISED: "a new revision",
    Outcome.COMPLETED: "completed",
    Outcome.RELABELLED: "here already; source or topics changed",
    Outcome.UNCHANGED: "here already, unchanged",
    Outcome.COPY: "a copy of what is here",
}


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one file: (words, address, headline) of its articles, and reasons.

    *more* articles, and *unread* reasons, are not listed.
    """

    name: str
    articles: list[tuple[str, str, str]]
    more: int
    reasons: tuple[str, ...]
    unread: int


@blueprint.get("/sources/upload")
@needs(Role.WRITE)
def form() -> str:
    """Ask for files."""
    return _form(None)


@blueprint.post("/sources/upload")
@takes(TOGETHER + _FORM)
@needs(Role.WRITE)
def upload() -> str | tuple[str, int]:
    """Keep the files in the form, read them into the store, and tell what became of each."""
    from archive.ingest import uploads
    from archive.ingest.folders import FolderSettings
    from archive.ingest.run import Run

    sent = [file for file in request.files.getlist("files") if file.filename]
    if not sent:
        return _form("No file was chosen."), 400
    if len(sent) > MOST:
        return _form(f"These are {len(sent):,} files; {MOST:,} are taken at a time."), 400
    said = FolderSettings(source=name_in_form() or "", topics=topics_in_form())
    store = open_store()
    folder = uploads.folder_of(current_app.config["SITE"])
    desk = intake()
    try:
        with desk.readers() as readers:
            taken = uploads.take(
                store,
                folder,
                [(file.filename or "", file.stream) for file in sent],
                said,
                Run(today(), readers, desk.infer(), desk.settings.columns.named()),
            )
    except IngestError as error:
        return _form(f"Nothing was kept: the archive’s folder {error.reason}."), 503
    kept = any(one.articles for one in taken)
    counts = {
        outcome: sum(o is outcome for one in taken for o, _ in one.articles) for outcome in Outcome
    }
    return render_template(
        "uploaded.html",
        told=[_told(store, one) for one in taken],
        new=counts[Outcome.NEW],
        failed=sum(bool(one.failures) for one in taken),
        kept=kept,
        run=begun(files.key(folder)) if kept else None,
    )


def _told(store: Store, one: "Taken") -> Told:
    shown = store.get_many([article for _, article in one.articles[:_SHOWN]])
    return Told(
        one.name,
        [
            (_WORDS[outcome], _url(shown[article]), shown[article].article.headline)
            for outcome, article in one.articles[:_SHOWN]
            if article in shown
        ],
        max(0, len(one.articles) - _SHOWN),
        one.failures[:_MOST_REASONS],
        max(0, len(one.failures) - _MOST_REASONS),
    )


def _url(found: Kept) -> str:
    article = found.article
    return url_for("article.article", article_id=article.id, slug=article.slug)


def _form(wrong: str | None) -> str:
    return render_template(
        "upload.html",
        wrong=wrong,
        endings=", ".join(files.ENDINGS),
        accept=",".join(files.ENDINGS),
        largest=LARGEST,
        together=TOGETHER,
        longest=LONGEST_NAME,
    )
