"""``/sparql``: the SPARQL 1.1 Protocol for programs, and a form with a table of results for people."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from flask import Blueprint, Response, current_app, request
from werkzeug.local import LocalProxy

from kg.sparql import errors
from kg.sparql.description import describe
from kg.sparql.formats import GRAPH_FORMATS, TABLE_FORMATS, formats_for, named_format
from kg.sparql.messages import QueryRequest
from webapp.negotiation import negotiate
from webapp.problems import problem
from webapp.sparql_page import endpoint_address, result_page
from webapp.sparql_request import ACCEPT_POST, ProtocolError, ProtocolRequest, client_of, read_request

if TYPE_CHECKING:
    from kg.sparql.client import SparqlService
    from kg.sparql.formats import ResultFormat

__all__ = ["blueprint"]

blueprint = Blueprint("sparql", __name__)

_METHODS: Final = "GET, HEAD, POST, OPTIONS"
_HTML: Final = "text/html"
_PAGES: Final = (_HTML, "application/xhtml+xml")
_STATUS: Final[dict[type[errors.SparqlError], int]] = {
    errors.MalformedQueryError: 400,
    errors.UnsupportedFunctionError: 400,
    errors.UpdateRefusedError: 400,
    errors.QueryTooComplexError: 400,
    errors.FederationRefusedError: 403,
    errors.UnrepresentableResultError: 406,
    errors.QueryTooLongError: 413,
    errors.MemoryExceededError: 422,
    errors.ResultTooLargeError: 422,
    errors.EngineFailureError: 422,
    errors.BudgetExceededError: 429,
    errors.ClientGoneError: 503,
    errors.ServiceBusyError: 503,
    errors.ServiceUnavailableError: 503,
    errors.DeadlineExceededError: 504,
}


@blueprint.route("/sparql", methods=["OPTIONS"], provide_automatic_options=False)
def preflight() -> Response:
    """Say what the endpoint takes, to people's tools and to browsers that ask before a cross-origin request."""
    headers = {
        "Allow": _METHODS,
        "Accept-Post": ACCEPT_POST,
        "Access-Control-Allow-Methods": _METHODS,
        "Access-Control-Allow-Headers": "Accept, Content-Type, If-None-Match",
        "Access-Control-Max-Age": "86400",
    }
    return Response(status=204, headers=headers)


@blueprint.route("/sparql", methods=["GET", "POST"], provide_automatic_options=False)
def endpoint() -> Response:
    """Answer a query, describe the service, or show the form."""
    service = _service()
    try:
        asked = read_request(request, service.limits.query_max_chars)
        if asked.query is None:
            return _describe(service, asked)
        return _answer(service, asked, asked.query)
    except ProtocolError as error:
        return problem(error.status, error.detail, headers=error.headers)


def _service() -> SparqlService:
    """Return the service of the release that this request is answered from, looked up once."""
    found: SparqlService | LocalProxy[SparqlService] = current_app.extensions["ihub.sparql"]
    return found._get_current_object() if isinstance(found, LocalProxy) else found


@blueprint.after_request
def _allow_any_origin(response: Response) -> Response:
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = "ETag, Retry-After, Allow, Accept-Post"
    return response


def _describe(service: SparqlService, asked: ProtocolRequest) -> Response:
    chosen = _choose(asked, GRAPH_FORMATS, "CONSTRUCT")
    if chosen is None:
        return _page(result_page(asked))
    row, content_type = chosen
    try:
        answer = describe(service, endpoint_address(), row.name)
    except errors.SparqlError as error:
        return _refusal(error, asked)
    return _data(answer.body, content_type, answer.etag)


def _answer(service: SparqlService, asked: ProtocolRequest, text: str) -> Response:
    try:
        client = client_of(request.remote_addr)
        asking = QueryRequest(text, "json", asked.default_graphs, asked.named_graphs, client)
        query = service.prepare(asking)
        chosen = _choose(asked, formats_for(query.screened.form), query.screened.form)
        if chosen is None:
            name = "json" if formats_for(query.screened.form) is TABLE_FORMATS else "ttl"
            query = service.in_format(query, name)
            return _page(result_page(asked, answer=service.execute(query, client_fd=_client_descriptor())))
        row, content_type = chosen
        query = service.in_format(query, row.name)
        if query.etag and query.etag in request.if_none_match:
            return _data(b"", content_type, query.etag, status=304)
        answer = service.execute(query, client_fd=_client_descriptor())
    except errors.SparqlError as error:
        return _refusal(error, asked)
    if answer.format != row.name:  # only where the form could not be read from the text
        row = named_format(answer.format, "SELECT" if answer.kind != "graph" else "CONSTRUCT") or row
        content_type = row.content_type
    return _data(answer.body, content_type, answer.etag)


def _choose(asked: ProtocolRequest, rows: tuple[ResultFormat, ...], form: str) -> tuple[ResultFormat, str] | None:
    """Return the format and the Content-Type to answer in, or None for the page.

    Raises:
        ProtocolError: Nothing that is acceptable can be had.

    """
    if asked.format:
        if asked.format.strip().lower() in {"html", *_PAGES}:
            return None
        row = named_format(asked.format, form)
        if row:
            return row, row.content_type
        status = 406 if named_format(asked.format, "SELECT") or named_format(asked.format, "CONSTRUCT") else 400
        raise ProtocolError(
            status, f"format={asked.format[:40]} is none of {', '.join(row.name for row in rows)}, html"
        )
    chosen = _acceptable(request.headers.get("Accept"), rows)
    if chosen is None:
        raise ProtocolError(
            406, "none of the accepted media types can be had; available: " + ", ".join([*_by_type(rows), _HTML])
        )
    if chosen in _PAGES:
        return None
    return _by_type(rows)[chosen], f"{chosen}; charset=utf-8"


@lru_cache(maxsize=512)  # programs send the same few headers again and again
def _acceptable(accept: str | None, rows: tuple[ResultFormat, ...]) -> str | None:
    return negotiate(accept, [*_by_type(rows), *_PAGES])


@lru_cache(maxsize=8)
def _by_type(rows: tuple[ResultFormat, ...]) -> dict[str, ResultFormat]:
    return {row.media_type: row for row in rows} | {alias: row for row in rows for alias in row.aliases}


def _client_descriptor() -> int | None:
    """Return the descriptor of the client's connection under gunicorn, to notice that it hangs up."""
    connection = request.environ.get("gunicorn.socket")
    return connection.fileno() if connection else None


def _data(body: bytes, content_type: str, etag: str, *, status: int = 200) -> Response:
    response = Response(body, status, content_type=content_type)
    response.headers["Vary"] = "Accept"
    response.headers["Cache-Control"] = "no-cache" if etag else "no-store"
    if etag:
        response.set_etag(etag)
    return response


def _page(body: str, status: int = 200) -> Response:
    response = Response(body, status, content_type=f"{_HTML}; charset=utf-8")
    response.headers["Vary"] = "Accept, Accept-Language"
    response.headers["Cache-Control"] = "no-cache"
    return response


def _refusal(error: errors.SparqlError, asked: ProtocolRequest) -> Response:
    status = _STATUS.get(type(error), 400)
    if status == 413 and request.method != "POST":
        status = 414
    headers = {"Retry-After": str(error.retry_after)} if error.retry_after else {}
    wants_page = (asked.format or "").lower() == "html" or (
        not asked.format and negotiate(request.headers.get("Accept"), [TABLE_FORMATS[0].media_type, *_PAGES]) in _PAGES
    )
    if wants_page:
        response = _page(result_page(asked, error=error), status)
        response.headers.update(headers)
        return response
    line, column, source = (getattr(error, name, None) for name in ("line", "column", "source_line"))
    return problem(
        status,
        error.cause,
        kind=error.outcome,
        headers=headers,
        hint=error.hint,
        line=line,
        column=column,
        sourceLine=source,
        retryAfter=error.retry_after,
    )
