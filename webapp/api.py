"""The JSON API: search and similar scenarios."""

from __future__ import annotations

from flask import Blueprint, Response, abort, current_app, jsonify, request

from search.request import ParameterError, SearchRequest, encode_cursor, parse_request
from webapp.languages import reader_languages, served
from webapp.presentation import hit_entry, result_body
from webapp.problems import problem

__all__ = ["blueprint", "search_request"]

blueprint = Blueprint("api", __name__, url_prefix="/api")


@blueprint.get("/search")
def search() -> Response:
    """Answer a search; the parameters are those of :func:`search.request.parse_request`."""
    asked = search_request()
    result = served().engine.search(asked)
    end = asked.offset + len(result.hits)
    cursor = encode_cursor(served().release.id, end) if end < result.total else None
    response = jsonify(result_body(result, asked, cursor))
    response.headers["Vary"] = "Accept-Language"
    return response


@blueprint.get("/similar/<segment>/<slug>")
def similar(segment: str, slug: str) -> Response:
    """Answer with the scenarios most like one, each in one language only."""
    iri = f"{served().release.manifest['base_iri']}id/{segment}/{slug}"
    if served().engine.row(iri) is None:
        abort(404)
    asked = SearchRequest(languages=reader_languages())
    hits = served().engine.similar(iri, 10, reader_languages())
    return jsonify(release=served().release.id, results=[hit_entry(hit, asked) for hit in hits])


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
