"""The tools: what each takes, and how it asks the site."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from ontology.questions import AUDIENCES, questions
from search.fields import EXCLUDING, FACETS
from search.request import FILTERS, NUMBERS, ORDERS
from search.spellings import short_value
from webapp.languages import served
from webapp.mcp.inside import Inside, RefusedError
from webapp.search_labels import value_label
from webapp.search_texts import TEXTS

if TYPE_CHECKING:
    from kg.settings import Settings

__all__ = ["TOOLS", "ToolSpec"]

Arguments = Mapping[str, Any]

_MOST_CHARS: Final = 200_000
"""Longest answer of a tool: models read no more. Longer ones are refused, never cut."""

_PAGE: Final = 10
_MOST_CONCEPTS: Final = 500
_DOCUMENTS: Final = {"jsonld": "jsonld", "turtle": "ttl", "markdown": "md", "amb": "amb.json"}
_RESULTS: Final = {"json": "application/sparql-results+json", "csv": "text/csv", "turtle": "text/turtle"}
_LANGUAGE: Final = {"type": "string", "description": "Language of labels and reasons, such as et.", "maxLength": 35}


@dataclass(frozen=True)
class ToolSpec:
    """One tool.

    Attributes:
        name: Its name.
        title: What people call it.
        description: What it does, for the model.
        properties: JSON Schemas of its arguments.
        required: Which of them must be given.
        run: Answers; raises an IhubError with what is wrong.
    """

    name: str
    title: str
    description: str
    properties: Mapping[str, Any]
    required: tuple[str, ...]
    run: Callable[[Inside, Arguments], str]

    @property
    def input_schema(self) -> dict[str, Any]:
        """The JSON Schema of all arguments."""
        return {
            "type": "object",
            "properties": dict(self.properties),
            "required": list(self.required),
            "additionalProperties": False,
        }


def _search(site: Inside, arguments: Arguments) -> str:
    pairs = [("q", arguments.get("query", "")), ("facets", "none"), ("limit", str(arguments.get("limit", _PAGE)))]
    pairs += [(name, value) for name in FILTERS for value in arguments.get(name, ())]
    pairs += [(name, str(arguments[name])) for name in NUMBERS if name in arguments]
    pairs += [(name, arguments[name]) for name in ("sort", "cursor", "lang") if name in arguments]
    return site.get("/api/search", pairs)


def _entity(site: Inside, arguments: Arguments) -> str:
    iri, base = arguments["iri"], _settings(site).base_iri
    name = iri.removeprefix(base).removeprefix("id/").partition("#")[0]
    if "://" in name or "/" not in name:
        raise RefusedError("is no entity of this repository", field="iri", hint=f"such as {base}id/scenario/...")
    path = quote(name, safe="%!$&'()*+,/:;=@~")
    suffix = _DOCUMENTS[arguments.get("format", "jsonld")]
    pairs = [("page", str(arguments["page"]))] if "page" in arguments else []
    return _bounded(site.get(f"/doc/{path}.{suffix}", pairs, "*/*"), "ask for another format or page")


def _concepts(site: Inside, arguments: Arguments) -> str:
    """Return the values that a filter takes, with labels in the language asked for."""
    name, wanted = str(arguments["filter"]), str(arguments.get("contains", "")).casefold()
    with site.request(arguments.get("lang")):
        values = sorted(set(served().filter_values[EXCLUDING.get(name, name)].values()))
        above = served().engine.facets.broader[name]
        rows: list[dict[str, Any]] = [
            {
                "value": short_value(name, value),
                "label": value_label(name, value),
                **({"iri": value} if "://" in value else {}),
                **({"broader": [short_value(name, b) for b in above[value]]} if above.get(value) else {}),
            }
            for value in values
        ]
    found = [row for row in rows if wanted in row["label"].casefold() or wanted in row["value"]]
    if len(found) > _MOST_CONCEPTS:
        raise RefusedError(f"{len(found)} concepts are more than {_MOST_CONCEPTS}", hint="narrow them with contains")
    return json.dumps({"filter": name, "total": len(found), "concepts": found}, ensure_ascii=False)


def _sparql(site: Inside, arguments: Arguments) -> str:
    media_type = _RESULTS[arguments.get("format", "json")]
    accept = f"{media_type}, text/turtle;q=0.9, application/sparql-results+json;q=0.8"
    text = site.post("/sparql", arguments["query"], "application/sparql-query; charset=utf-8", accept)
    return _bounded(text, "add a LIMIT, or aggregate")


def _examples(_site: Inside, arguments: Arguments) -> str:
    wanted, audience = arguments.get("contains", "").casefold(), arguments.get("audience")
    found = [
        {"name": q.name, "title": q.title, "audience": q.audience, "explanation": q.explanation, "query": q.query}
        for q in questions()
        if audience in {None, q.audience} and wanted in f"{q.title} {q.explanation}".casefold()
    ]
    return json.dumps({"total": len(found), "queries": found}, ensure_ascii=False)


def _bounded(text: str, hint: str) -> str:
    if len(text) > _MOST_CHARS:
        raise RefusedError(f"the answer has {len(text)} characters, more than {_MOST_CHARS}", hint=hint)
    return text


def _settings(site: Inside) -> Settings:
    settings: Settings = site.app.extensions["ihub.site"].settings
    return settings


def _filters() -> dict[str, Any]:
    values = {"type": "array", "items": {"type": "string"}, "maxItems": 50}
    found: dict[str, Any] = {name: {**values, "description": f"{TEXTS[name]}. Any of these."} for name in FILTERS}
    for name, most in NUMBERS.items():
        found[name] = {"type": "integer", "minimum": 0, "maximum": most, "description": TEXTS[name]}
    return found


TOOLS: Final = (
    ToolSpec(
        "search_scenarios",
        "Search learning scenarios",
        "Search classroom learning scenarios by meaning, in any language, with filters whose values list_concepts "
        "tells. Every hit says why it is one, its licence and the kind of its data: say so when it is synthetic.",
        {
            "query": {
                "type": "string",
                "description": "Words, a title or an IRI; without it all that pass the filters.",
            },
            **_filters(),
            "sort": {"type": "string", "enum": list(ORDERS), "description": "relevance by default."},
            "limit": {"type": "integer", "minimum": 1, "maximum": 50, "description": f"Hits; {_PAGE} by default."},
            "cursor": {"type": "string", "description": "`next` of the former page."},
            "lang": _LANGUAGE,
        },
        (),
        _search,
    ),
    ToolSpec(
        "get_entity",
        "Read an entity",
        "Read everything about a scenario, competence, school, hub, practice or any other entity by its IRI.",
        {
            "iri": {"type": "string", "description": "The IRI, or its end: scenario/heat-map."},
            "format": {
                "type": "string",
                "enum": list(_DOCUMENTS),
                "description": "jsonld by default; markdown and amb are for scenarios only.",
            },
            "page": {"type": "integer", "minimum": 1, "description": "Which hundred of what refers to it."},
        },
        ("iri",),
        _entity,
    ),
    ToolSpec(
        "list_concepts",
        "List concepts",
        "List the values that a filter of search_scenarios takes: subjects, competences, levels, tools and so on.",
        {
            "filter": {"type": "string", "enum": list(FACETS)},
            "contains": {"type": "string", "description": "Only those whose label or value holds this."},
            "lang": _LANGUAGE,
        },
        ("filter",),
        _concepts,
    ),
    ToolSpec(
        "run_sparql",
        "Query with SPARQL",
        "Run a read-only SPARQL 1.1 query over the whole graph. example_queries shows its classes and properties.",
        {
            "query": {"type": "string", "description": "The query; the common prefixes need no declaration."},
            "format": {
                "type": "string",
                "enum": list(_RESULTS),
                "description": "json by default; turtle for CONSTRUCT.",
            },
        },
        ("query",),
        _sparql,
    ),
    ToolSpec(
        "example_queries",
        "Example queries",
        "Questions that people ask of this graph, each with the SPARQL that answers it.",
        {
            "audience": {"type": "string", "enum": list(AUDIENCES)},
            "contains": {"type": "string", "description": "Only those whose title or explanation holds this."},
        },
        (),
        _examples,
    ),
)
"""Every tool, in the order in which they are listed."""
