"""The pieces that operations are put together from: parameters, contents, and the answers that all of them share."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from kg.media_types import RDF_MEDIA_TYPES
from webapp.problems import PROBLEM_JSON

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = ["RDF", "RESPONSES", "SCHEMAS", "Json", "content", "get", "path_parameter", "query", "reference", "suffix"]

Json = dict[str, Any]
"""A part of the document."""

RDF: Final = tuple(media.media_type for media in RDF_MEDIA_TYPES)
"""The media types of the RDF serialisations."""

_PROBLEM: Final[Json] = {
    "type": "object",
    "description": "What is wrong, by RFC 9457. Kinds of problems have members of their own besides.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string"},
        "parameter": {"type": "string", "description": "The parameter at fault."},
        "hint": {"type": "string", "description": "What to do about it."},
        "retryAfter": {"type": "integer", "description": "Seconds after which to try again."},
    },
}

SCHEMAS: Final[Json] = {"Problem": _PROBLEM}
"""Schemas that responses refer to."""


def reference(kind: str, name: str) -> Json:
    """Return a reference to a component."""
    return {"$ref": f"#/components/{kind}/{name}"}


def content(media_types: Iterable[str], schema: Json | None = None) -> Json:
    """Return the content of an answer: JSON types with ``schema``, all others as they are."""
    return {name: {"schema": schema} if schema and name.endswith("json") else {} for name in media_types}


def _problem(status: int, text: str, headers: Json | None = None) -> Json:
    body = {
        PROBLEM_JSON: {"schema": reference("schemas", "Problem")},
        "application/json": {"schema": reference("schemas", "Problem")},
        "text/html": {},
        "text/plain": {},
    }
    return {"description": f"{HTTPStatus(status).phrase}: {text}", "content": body, "headers": headers or {}}


_RETRY: Final[Json] = {
    "Retry-After": {"description": "Seconds after which to try again.", "schema": {"type": "integer"}}
}
_PLACE: Final[Json] = {"Location": {"description": "Where it is.", "schema": {"type": "string"}}}

RESPONSES: Final[Json] = {
    "302": {"description": "Found: the present file.", "headers": _PLACE, "content": {"text/html": {}}},
    "303": {
        "description": "See Other: the document that suits Accept.",
        "headers": _PLACE,
        "content": {"text/html": {}},
    },
    "304": {"description": "Not Modified: the client's copy still holds."},
    "400": _problem(400, "a parameter cannot be used; `parameter` names it."),
    "403": _problem(403, "the service is read-only, asks no other server and takes no foreign origin."),
    "404": _problem(404, "there is no such thing."),
    "405": _problem(405, "the method is not taken here.", {"Allow": {"schema": {"type": "string"}}}),
    "406": _problem(406, "no accepted media type can be had; `alternatives` lists what there is."),
    "410": {
        "description": "Gone: it was withdrawn; the answer says when and why.",
        "content": {**_problem(410, "")["content"], **content(RDF)},
    },
    "413": _problem(413, "the request is too large."),
    "414": _problem(414, "the address is too long; use POST."),
    "415": _problem(
        415, "the body is of a media type that is not taken.", {"Accept-Post": {"schema": {"type": "string"}}}
    ),
    "416": _problem(416, "the file has no such part.", {"Content-Range": {"schema": {"type": "string"}}}),
    "422": _problem(422, "the query needs too much memory or gives too large an answer."),
    "429": _problem(429, "this client has used what it may.", _RETRY),
    "500": _problem(500, "the server failed to answer."),
    "503": _problem(503, "the service cannot answer at the moment.", _RETRY),
    "504": _problem(504, "the query took too long."),
}
"""The answers that are alike everywhere, by status."""


def get(
    summary: str,
    answer: Json,
    *,
    parameters: Sequence[Json] = (),
    statuses: Sequence[int] = (),
    description: str = "",
    headers: Json | None = None,
) -> Json:
    """Return a path with the operation GET.

    Args:
        summary: What it does, in a sentence without a full stop.
        answer: The content of its 200, or nothing where it only redirects.
        parameters: Its parameters.
        statuses: Further answers of :data:`RESPONSES` that it gives; 429 and 503 go without saying.
        description: What else is to be known.
        headers: Headers of its 200.
    """
    responses: Json = {}
    if answer:
        responses["200"] = {
            "description": "The answer.",
            "content": answer,
            **({"headers": headers} if headers else {}),
        }
    responses |= {str(status): reference("responses", str(status)) for status in sorted({*statuses, 405, 429, 503})}
    operation: Json = {"summary": summary, "responses": responses}
    if description:
        operation["description"] = description
    if parameters:
        operation["parameters"] = list(parameters)
    return {"get": operation}


def query(name: str, schema: Json, description: str = "") -> Json:
    """Return a parameter of the query string; arrays are given as repeated parameters."""
    found: Json = {"name": name, "in": "query", "schema": schema}
    return {**found, "description": description} if description else found


def path_parameter(name: str, schema: Json, description: str = "", example: str | None = None) -> Json:
    """Return a part of the path."""
    found: Json = {"name": name, "in": "path", "required": True, "schema": schema}
    if description:
        found["description"] = description
    return {**found, "example": example} if example else found


def suffix(media: Mapping[str, str]) -> Json:
    """Return the parameter that names a serialisation, by suffix."""
    return path_parameter(
        "suffix", {"type": "string", "enum": list(media)}, "; ".join(f"`{s}`: {m}" for s, m in media.items())
    )
