"""The JSON API: search, suggestions while typing, and similar scenarios; docs/search.md describes it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response, abort, current_app, jsonify, request

from search.autocomplete import TITLE
from search.request import (
    FILTERS,
    NUMBERS,
    ParameterError,
    SearchRequest,
    clean_query,
    encode_cursor,
    parse_request,
)
from search.spellings import short_value
from webapp.addresses import document_address
from webapp.answers import finished
from webapp.languages import label, reader_languages, served
from webapp.parameters import refuse_unknown
from webapp.presentation import hit_entry, result_json
from webapp.problems import problem
from webapp.search_address import address
from webapp.search_export import csv_response

if TYPE_CHECKING:
    from search.autocomplete import Completion

__all__ = ["PARAMETERS", "blueprint", "search_request"]

blueprint = Blueprint("api", __name__, url_prefix="/api")

PARAMETERS: Final = frozenset(
    {
        "q",
        "limit",
        "cursor",
        "sort",
        "explain",
        "suggested",
        "constraints",
        "facets",
        "format",
        "lang",
        *FILTERS,
        *NUMBERS,
    }
)
"""Everything that ``/api/search`` understands."""

_SUGGESTIONS: Final = 10
_LONGEST_TYPED: Final = 200


@blueprint.get("/search")
def search() -> Response:
    """Answer a search as JSON, or with ``format=csv`` as a table."""
    if request.args.get("format", "json") != "csv":
        return finished(_search_json)
    refuse_unknown(PARAMETERS)
    return csv_response(search_request(), stated_limit=_has_limit())


@blueprint.get("/search.csv")
def search_csv() -> Response:
    """Answer a search as a table of all its hits."""
    refuse_unknown(PARAMETERS)
    return csv_response(search_request(), stated_limit=_has_limit())


@blueprint.get("/suggest")
def suggest() -> Response:
    """Answer with concepts and titles that what was typed may become."""
    return finished(_suggestions)


def _suggestions() -> Response:
    refuse_unknown({"q", "limit", "lang"})
    asked = parse_request(
        {name: values for name, values in request.args.lists() if name in {"q", "limit"}},
        served().filter_values,
        served().release.id,
        longest=_LONGEST_TYPED,
        largest_page=50,
    )
    most = asked.limit if _has_limit() else _SUGGESTIONS
    found = served().engine.complete(asked.query, most)
    return _kept(jsonify(query=asked.query, suggestions=[_suggestion(one, asked.query) for one in found]))


@blueprint.get("/similar/<segment>/<slug>")
def similar(segment: str, slug: str) -> Response:
    """Answer with scenarios like one, each in one language only, and what more there is for its competences."""
    refuse_unknown({"subject", "limit", "lang"})
    iri = f"{served().release.id_base}{segment}/{slug}"
    if served().engine.row(iri) is None:
        abort(404)
    asked = search_request()
    hits = served().engine.similar(iri, asked.limit if _has_limit() else 10, reader_languages())
    more = []
    for entry in served().engine.more_like(iri, asked.filters.get("subject", ())):
        filters = {"competence": (entry.competence,), "subject": (entry.subject,)}
        more.append(
            {
                "competence": {"iri": entry.competence, "label": label(entry.competence)[0]},
                "subject": {"iri": entry.subject, "label": label(entry.subject)[0]},
                "others": entry.others,
                "url": address(SearchRequest(filters=filters), absolute=True),
            }
        )
    shown = SearchRequest(languages=reader_languages())
    return jsonify(release=served().release.id, results=[hit_entry(hit, shown) for hit in hits], more=more)


@blueprint.app_errorhandler(ParameterError)
def _bad_parameter(error: ParameterError) -> Response:
    return problem(400, f"{error.field} {error.cause}", kind="bad-parameter", parameter=error.field, hint=error.hint)


def search_request() -> SearchRequest:
    """Return the search that this HTTP request asks for.

    Raises:
        ParameterError: A parameter cannot be used.
    """
    settings = current_app.extensions["ihub.site"].settings
    return parse_request(
        dict(request.args.lists()),
        served().filter_values,
        served().release.id,
        longest=settings.query_max_chars,
        largest_page=settings.page_size_max,
        languages=reader_languages(),
    )


def _search_json() -> Response:
    refuse_unknown(PARAMETERS)
    form = request.args.get("format", "json")
    if form != "json":
        raise ParameterError(f"{form[:80]!r} is neither json nor csv", field="format")
    asked = search_request()
    result = served().engine.search(asked)
    end = asked.offset + len(result.hits)
    cursor = encode_cursor(served().release.id, end) if end < result.total else None
    response = _kept(Response(result_json(result, asked, cursor), mimetype="application/json"))
    response.headers["Link"] = f'<{address(asked, endpoint="api.search", absolute=True)}>; rel="canonical"'
    return response


def _kept(response: Response) -> Response:
    """Let clients keep an answer until the release changes: nothing else changes it but what they ask for."""
    asked = (served().release.id, request.url, *reader_languages())
    response.set_etag(hashlib.sha256("\n".join(asked).encode()).hexdigest()[:24])
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Vary"] = "Accept-Language"
    return response


def _has_limit() -> bool:
    return bool(request.args.get("limit", "").strip())


def _suggestion(found: Completion, typed: str) -> dict[str, Any]:
    entry: dict[str, Any] = {"kind": found.field, "iri": found.iri, "text": found.text, "language": found.language}
    entry["start"] = found.start if found.start >= 0 else None
    entry["length"] = len(clean_query(typed)) if found.start >= 0 else None
    if found.field == TITLE:
        return {**entry, "label": found.text, "url": document_address(found.iri, absolute=True)}
    url = address(SearchRequest(filters={found.field: (found.iri,)}), absolute=True)
    value = short_value(found.field, found.iri)
    return {**entry, "label": label(found.iri)[0], "value": value, "total": found.works, "url": url}
