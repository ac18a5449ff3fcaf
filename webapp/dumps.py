"""Dumps over HTTP: files that never change under their address, and the page that lists them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, abort, current_app, redirect, render_template, send_file, url_for

from kg.harvesting.catalogue import SERVICES
from kg.harvesting.dump_formats import CHECKSUMS, DUMP_FORMATS
from ontology.language import choose
from ontology.namespaces import IHUB
from webapp.conditional import FOREVER
from webapp.harvested import harvested_release
from webapp.interface_language import gettext, message
from webapp.languages import reader_languages

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as BaseResponse

    from kg.release import Release

__all__ = ["SHOWN_TEXTS", "blueprint"]

blueprint = Blueprint("dumps", __name__)
_RELEASE: Final = re.compile(r"[0-9a-f]{16}")
SHOWN_TEXTS: Final = (
    *(message("every statement with its graph"), message("every statement"), message("an entity a line, as JSON-LD")),
    *(message("a scenario a row"), message("SPARQL endpoint"), message("OAI-PMH repository"), message("Event stream")),
    *(message("Queries over all statements of the current release."), message("Search API"), message("Atom feed")),
    message("Records of all scenarios for harvesters, with sets and deletions."),
    message("Every creation, change and withdrawal of every entity, in order."),
    message("Search by meaning, words and facets, as JSON."),
    message("New and changed scenarios, by the same filters as the search."),
)
"""What the catalogue says of formats and services; named here, because catalogues hold the texts of this package."""


@blueprint.get("/dumps/")
def index() -> str:
    """List the dumps of the current release, and the other ways to take and follow the data."""
    release = harvested_release()
    return render_template(
        "dumps.html", release=release, groups=_groups(release), services=SERVICES, formats=DUMP_FORMATS.values()
    )


@blueprint.get("/dumps/current/<name>")
def current_dump(name: str) -> BaseResponse:
    """Redirect to a file of the current release."""
    response = redirect(url_for("dumps.dump", release_id=harvested_release().id, name=name), 302)
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/dumps/<release_id>/<name>")
def dump(release_id: str, name: str) -> BaseResponse:
    """Give a file, or the part of it that a Range asks for."""
    release = current_app.extensions["ihub.harvested"].kept(release_id) if _RELEASE.fullmatch(release_id) else None
    if release is None:
        abort(404, gettext("This release is not kept here any more; /dumps/ lists those of the current one."))
    found = next((entry for entry in _files(release) if entry["name"] == name), None)
    if found is None and name != CHECKSUMS:
        abort(404)
    path = release.directory / "dumps" / name
    if not path.is_file():
        abort(404)
    response = send_file(
        path,
        mimetype=_media_type(found),
        as_attachment=found is not None,
        download_name=f"ihub-{release_id}-{name}",
        conditional=True,
        etag=f"{found['sha256'][:24]}" if found else f"{release_id}-sums",
    )
    response.headers["Cache-Control"] = FOREVER
    return response


def _media_type(entry: dict[str, Any] | None) -> str:
    if entry is None:
        return "text/plain"
    form = DUMP_FORMATS[entry["format"]]
    return form.packed or form.media_type


def _files(release: Release) -> list[dict[str, Any]]:
    files: list[dict[str, Any]] = release.manifest["parts"].get("dumps", {}).get("files", [])
    return files


def _groups(release: Release) -> list[dict[str, Any]]:
    """Return the files by collection, those of all collections first."""
    groups: dict[str | None, dict[str, Any]] = {}
    for entry in sorted(_files(release), key=lambda e: (e["collection"] or "", list(DUMP_FORMATS).index(e["format"]))):
        slug = entry["collection"]
        if slug not in groups:
            groups[slug] = {"name": _name(release, slug), "kind": _kind(release, slug), "files": []}
        groups[slug]["files"].append({**entry, "form": DUMP_FORMATS[entry["format"]]})
    return list(groups.values())


def _kind(release: Release, slug: str | None) -> tuple[str, str] | None:
    """Return what kind of data a collection says it holds, and the language of these words."""
    kind = release.graph.iri(_collection(release, slug), IHUB + "dataKind") if slug else None
    return choose(release.graph.labels(kind), reader_languages()) if kind else None


def _collection(release: Release, slug: str) -> str:
    return f"{release.id_base}collection/{slug}"


def _name(release: Release, slug: str | None) -> tuple[str, str] | None:
    """Return what a collection is called and in which language; None for all collections together."""
    if slug is None:
        return None
    return choose(release.graph.labels(_collection(release, slug)), reader_languages()) or (slug.capitalize(), "en")
