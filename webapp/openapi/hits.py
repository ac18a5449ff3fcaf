"""Schemas of what the search answers; docs/search.md says what the members mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from webapp.openapi.parts import reference

if TYPE_CHECKING:
    from webapp.openapi.parts import Json

__all__ = ["HIT_SCHEMAS"]

_TEXT: Final[Json] = {"type": "string"}
_IRI: Final[Json] = {"type": "string", "format": "iri"}
_COUNT: Final[Json] = {"type": "integer", "minimum": 0}
_OPTIONAL_TEXT: Final[Json] = {"type": ["string", "null"]}
_OPTIONAL_COUNT: Final[Json] = {"type": ["integer", "null"], "minimum": 0}
_SPANS: Final[Json] = {
    "type": "array",
    "description": "Start and end of what matches, in code points from 0.",
    "items": {"type": "array", "items": _COUNT, "minItems": 2, "maxItems": 2},
}


def _object(required: Json, optional: Json | None = None) -> Json:
    return {"type": "object", "required": list(required), "properties": {**required, **(optional or {})}}


def _list(items: Json) -> Json:
    return {"type": "array", "items": items}


_HIT: Final = _object(
    {
        "iri": _IRI,
        "url": _TEXT,
        "title": _TEXT,
        "titleLanguage": _TEXT,
        "titleHighlights": _SPANS,
        "readerTitle": {"oneOf": [_object({"text": _TEXT, "language": _TEXT}), {"type": "null"}]},
        "language": _TEXT,
        "languages": _list(_TEXT),
        "snippet": _TEXT,
        "snippetLanguage": _TEXT,
        "snippetHighlights": _SPANS,
        "score": {"type": "number"},
        "collection": _OPTIONAL_TEXT,
        "dataKind": {"enum": ["original", "adapted", "synthetic", None]},
        "licence": _OPTIONAL_TEXT,
        "sourceIdentifier": _OPTIONAL_TEXT,
        "subjects": _list(reference("schemas", "Concept")),
        "levels": _list(reference("schemas", "Concept")),
        "competences": _list(reference("schemas", "Concept")),
        "minutes": _OPTIONAL_COUNT,
        "organisations": _list(reference("schemas", "Concept")),
        "tools": _list(reference("schemas", "Concept")),
        "published": _OPTIONAL_TEXT,
        "ages": {"type": ["array", "null"], "items": _COUNT, "minItems": 2, "maxItems": 2},
        "uses": _COUNT,
        "translations": _list(_object({"iri": _IRI, "url": _TEXT, "title": _TEXT, "language": _OPTIONAL_TEXT})),
        "reasons": _list(reference("schemas", "Reason")),
    },
    {"signals": {"type": "object", "additionalProperties": {"type": ["number", "null"]}}},
)
_REASON: Final = _object(
    {"kind": _TEXT, "text": _TEXT},
    {
        "iri": _IRI,
        "askedAs": _TEXT,
        "suggested": {"type": "boolean"},
        "field": _TEXT,
        "passage": _TEXT,
        "passageKind": _TEXT,
    }
    | {"language": _TEXT, "highlights": _SPANS, "words": _list(_TEXT)},
)
_OFFER: Final = _object(
    {
        "text": _TEXT,
        "start": _COUNT,
        "end": _COUNT,
        "label": _TEXT,
        "query": _TEXT,
        "total": _OPTIONAL_COUNT,
        "url": _TEXT,
    }
    | {"parameters": _list({"type": "array", "items": _TEXT, "minItems": 2, "maxItems": 2})}
)
_RESULT: Final = _object(
    {
        "release": _TEXT,
        "query": _TEXT,
        "address": _TEXT,
        "total": _COUNT,
        "next": _OPTIONAL_TEXT,
        "results": _list(reference("schemas", "Hit")),
        "facets": {"type": "object", "additionalProperties": _list(reference("schemas", "FacetValue"))},
        "constraints": _list(_OFFER),
        "notices": _list({"enum": ["words-only"]}),
    },
    {"relaxations": _list(_object({"drop": _list(_TEXT), "labels": _list(_TEXT), "total": _COUNT, "url": _TEXT}))},
)
_SUGGESTION: Final = _object(
    {"kind": _TEXT, "iri": _IRI, "text": _TEXT, "language": _TEXT, "start": _OPTIONAL_COUNT, "length": _OPTIONAL_COUNT}
    | {"label": _TEXT, "url": _TEXT},
    {"value": _TEXT, "total": _COUNT},
)
_MORE: Final = _object(
    {
        "competence": reference("schemas", "Concept"),
        "subject": reference("schemas", "Concept"),
        "others": _COUNT,
        "url": _TEXT,
    }
)

HIT_SCHEMAS: Final[Json] = {
    "Concept": _object({"iri": _IRI, "label": _TEXT}, {"language": _TEXT}),
    "Reason": _REASON,
    "FacetValue": _object({"value": _TEXT, "label": _TEXT, "count": _COUNT}, {"broader": _list(_TEXT)}),
    "Hit": _HIT,
    "SearchResult": _RESULT,
    "Suggestions": _object({"query": _TEXT, "suggestions": _list(_SUGGESTION)}),
    "Similar": _object({"release": _TEXT, "results": _list(reference("schemas", "Hit")), "more": _list(_MORE)}),
}
"""The components, by name."""
