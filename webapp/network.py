"""The neighbourhood of any entity as a network to explore, a list that holds the same, and JSON; docs/coverage.md."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from flask import Blueprint, Response, jsonify, render_template, request

from kg.neighbourhood import neighbourhood
from kg.terms import is_iri
from ontology.entity_types import ENTITY_TYPES
from search.request import ParameterError
from webapp.addresses import iri_path
from webapp.conditional import of_release
from webapp.languages import served
from webapp.network_view import legend, network_json, page_view
from webapp.parameters import refuse_unknown
from webapp.problems import problem

if TYPE_CHECKING:
    from kg.neighbourhood import Neighbourhood

__all__ = ["LIMIT", "LONGEST", "MOST_LIMIT", "MOST_OPEN", "PARAMETERS", "blueprint"]

blueprint = Blueprint("network", __name__)

PARAMETERS: Final = frozenset({"about", "open", "limit", "lang"})
"""Everything that ``/api/graph`` understands."""

LIMIT: Final = 24
"""Neighbours of each entity that are shown when nothing else is asked for."""

MOST_LIMIT: Final = 60
"""The largest ``limit``."""

MOST_OPEN: Final = 8
"""Entities besides the first whose neighbours are shown too."""

LONGEST: Final = 2000
"""Characters of the longest name of an entity."""
_ADDRESS: Final = re.compile(r"(?:^|/)(?:id|doc)/(?P<name>[^/]+/.+)$")


class UnknownEntity(ParameterError):  # noqa: N818 - it is what is answered, as a page that is not there
    """A parameter names nothing that is here; answered with 404."""


@blueprint.get("/graph")
def graph() -> str:
    """Show the network and the list of an entity's neighbours; without an entity, a form that asks for one."""
    if not request.args.get("about", "").strip():
        return render_template("graph.html", legend=legend(), view=None)
    found, limit = _asked()
    return render_template("graph.html", legend=legend(), view=page_view(found, limit, LIMIT))


@blueprint.get("/api/graph")
def graph_json() -> Response:
    """Answer with nodes and edges as JSON."""
    refuse_unknown(PARAMETERS)
    found, _ = _asked()
    return of_release(lambda: jsonify(network_json(found)), page=True)


@blueprint.app_errorhandler(UnknownEntity)
def _unknown(error: UnknownEntity) -> Response:
    return problem(404, f"{error.field} {error.cause}", kind="unknown-entity", parameter=error.field, hint=error.hint)


def _asked() -> tuple[list[Neighbourhood], int]:
    """Return the neighbourhoods that this request asks for, the first that of ``about``, and the limit of each.

    Raises:
        ParameterError: A parameter cannot be used.
    """
    about = request.args.getlist("about")
    if len(about) > 1:
        raise ParameterError("is given more than once", field="about")
    first = _entity("about", about[0] if about else "")
    others = [_entity("open", text) for text in request.args.getlist("open") if text.strip()]
    centres = list(dict.fromkeys([first, *others]))
    if len(centres) > MOST_OPEN + 1:
        raise ParameterError(f"is given more than {MOST_OPEN} times", field="open")
    limit = _limit()
    base = served().release.id_base
    return [neighbourhood(served().graph, iri, base, limit) for iri in centres], limit


def _limit() -> int:
    text = request.args.get("limit", "").strip()
    if not text:
        return LIMIT
    if not (text.isascii() and text.isdigit() and len(text) < 4 and 1 <= int(text) <= MOST_LIMIT):
        raise ParameterError(f"must be a whole number from 1 to {MOST_LIMIT}", field="limit")
    return int(text)


def _entity(field: str, text: str) -> str:
    """Return the entity that ``text`` names: an IRI, the address of its page, ``type/slug``, or a slug alone."""
    stated = text.strip()
    if not stated:
        raise ParameterError("is missing", field=field, hint="an IRI, type/slug or slug of an entity")
    if len(stated) > LONGEST:
        raise ParameterError(f"is longer than {LONGEST} characters", field=field)
    base = served().release.manifest["base_iri"]
    found = _ADDRESS.search(stated)
    name = iri_path(quote(found["name"] if found else stated, safe="/%"))
    names = [name] if "/" in name else [f"{segment}/{name}" for segment in ENTITY_TYPES]
    for iri in (f"{base}id/{each}" for each in names):
        if is_iri(iri) and iri.removeprefix(f"{base}id/").partition("/")[0] in ENTITY_TYPES and iri in served().graph:
            return iri
    raise UnknownEntity(f"{stated[:80]!r} is no entity here", field=field, hint="an IRI, type/slug or slug")
