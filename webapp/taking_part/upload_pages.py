"""Pages on which somebody uploads a filled spreadsheet, and is told what became of each row."""

from __future__ import annotations

import contextlib
import fcntl
import io
import tempfile
import time
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from flask import Response, abort, redirect, render_template, request, url_for
from sqlalchemy import select

from kg.errors import ImportSourceError
from kg.importing.apart import read_apart
from kg.importing.tabular.template import template_workbook
from ontology.form_fields import form_fields
from webapp.interface_language import gettext, interface_language
from webapp.languages import pick
from webapp.taking_part.draft_models import Upload
from webapp.taking_part.hubs import hub_or_404
from webapp.taking_part.layout import LANGUAGES
from webapp.taking_part.models import Draft
from webapp.taking_part.state import blueprint, id_base, people, require_visitor
from webapp.taking_part.uploads import MOST_DRAFTS, RowReport, keep_upload

if TYPE_CHECKING:
    from collections.abc import Iterator

    from werkzeug.datastructures import FileStorage
    from werkzeug.wrappers import Response as AnyResponse

    from kg.importing.apart import ReadFile

__all__ = ["template", "upload", "uploaded"]

_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LARGEST: Final = 3 << 20
_MEGABYTE: Final = 1 << 20
_TURN_SECONDS: Final = 20
_KEYS: Final = {
    "subjects": "about",
    "levels": "educationalLevel",
    "competences": "teaches",
    "requires": "competencyRequired",
    "tools": "tool",
    "languages": "inLanguage",
    "licence": "license",
    "resource_types": "learningResourceType",
}
"""Keys of documents for what an importer calls fields of a lesson, where these differ."""

_BINARY: Final = (b"PK", b"\xd0\xcf\x11\xe0")  # beginnings of workbooks, new, old and of other programs


@blueprint.get("/template.xlsx")
def template() -> Response:
    """Hand out the spreadsheet to fill in, in the reader's language."""
    language = interface_language() if interface_language() in LANGUAGES else LANGUAGES[0]
    response = Response(_template(language, id_base()), mimetype=_XLSX)
    response.headers["Content-Disposition"] = f'attachment; filename="scenarios-{language}.xlsx"'
    return response


@blueprint.route("/hub/<hub>/upload", methods=["GET", "POST"])
def upload(hub: str) -> str | tuple[str, int] | AnyResponse:
    """Take a spreadsheet, and make drafts of it."""
    place, sent = hub_or_404(hub), request.files.get("file")
    if request.method == "GET":
        return _page(hub)
    if sent is None or not sent.filename:
        return _page(hub, gettext("Choose a file first.")), 422
    try:
        read = _read(sent)
    except ImportSourceError as error:
        return _page(hub, _told(error, sent.filename)), 422
    except TimeoutError:
        return _page(hub, gettext("Another spreadsheet is being read just now. Try again in a minute.")), 503
    with people().database.writing() as session:
        kept = keep_upload(
            session, read, person=require_visitor().person, hub=place.identifier, file=sent.filename,
            id_base=id_base(), language=interface_language(),
        )  # fmt: skip
    return redirect(url_for("taking_part.uploaded", upload=kept), 303)


@blueprint.get("/uploads/<upload>")
def uploaded(upload: str) -> str:
    """Show what became of a spreadsheet's rows, also later."""
    with people().database.reading() as session:
        found = session.get(Upload, upload)
        if found is None or found.person_id != require_visitor().person:
            abort(404)
        report = found.report
        rows = [RowReport(**row) for row in report["rows"]]
        made = [row.draft for row in rows if row.draft]
        there = set(session.scalars(select(Draft.id).where(Draft.id.in_(made))))
    shown = {"rows": rows, "there": there, "notes": report["notes"], "more": report["more"], "most": MOST_DRAFTS}
    return render_template("taking_part/uploaded.html", upload=found, field_name=_field_name, **shown)


def _page(hub: str, mistake: str = "") -> str:
    shown = {"mistake": mistake, "most": MOST_DRAFTS, "megabytes": _LARGEST // _MEGABYTE}
    return render_template("taking_part/upload.html", hub=hub_or_404(hub), **shown)


def _read(sent: FileStorage) -> ReadFile:
    """Read a file, a workbook or a text table as its first bytes say, whatever it is called.

    Raises:
        ImportSourceError: It cannot be read.
        TimeoutError: Others are reading.
    """
    content = sent.stream.read(_LARGEST + 1)
    if len(content) > _LARGEST:
        raise ImportSourceError(gettext("is larger than %(megabytes)s MB", megabytes=_LARGEST // _MEGABYTE))
    if not content:
        raise ImportSourceError(gettext("is empty"))
    adapter = "xlsx" if content.startswith(_BINARY) else "csv"
    with tempfile.TemporaryDirectory(prefix="ihub-upload-") as folder, _turn():
        path = Path(folder) / f"file.{adapter}"
        path.write_bytes(content)
        return read_apart(path, adapter, id_base(), MOST_DRAFTS)


@contextlib.contextmanager
def _turn() -> Iterator[None]:
    """Read one file at a time on this machine: each may take a whole processor and much memory."""
    run = people().settings.home / "run"
    run.mkdir(parents=True, exist_ok=True)
    with (run / "upload.lock").open("w") as file:
        until = time.monotonic() + _TURN_SECONDS
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > until:
                    raise TimeoutError from None
                time.sleep(0.2)
        yield


def _told(error: ImportSourceError, file: str) -> str:
    """Return what is wrong with a file; hints that are for the command line are left out."""
    hint = f" ({error.hint})" if error.hint and "--" not in error.hint else ""
    return ": ".join(part for part in (file, error.field, f"{error.cause}{hint}") if part)


def _field_name(key: str) -> str:
    """Return what the shapes' messages call a field of a scenario or an activity; other names stay."""
    part, _, own = key.rpartition(".")
    own = _KEYS.get(own, own)
    fields = form_fields("Activity" if part == "activity" else "Scenario", id_base())
    return pick(fields[own].name)[0] if own in fields else key


@lru_cache(maxsize=len(LANGUAGES))
def _template(language: str, id_base: str) -> bytes:
    kept = io.BytesIO()
    template_workbook(language, id_base).save(kept)
    return kept.getvalue()
