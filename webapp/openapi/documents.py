"""Everything but the search: entities, the model, SPARQL, and the ways to take and follow the data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.exporting.formats import EXPORT_FORMATS
from kg.harvesting.dump_formats import DUMP_FORMATS
from kg.harvesting.feed import FEED_MEDIA_TYPES
from kg.media_types import RDF_MEDIA_TYPES
from kg.sparql.formats import GRAPH_FORMATS, TABLE_FORMATS
from ontology.entity_types import ENTITY_TYPES
from webapp.companions import COMPANIONS
from webapp.openapi.parts import RDF, content, get, path_parameter, query, reference, suffix

if TYPE_CHECKING:
    from kg.exporting.formats import ExportFormat
    from webapp.companions import Companion
    from webapp.openapi.parts import Json

__all__ = ["document_paths"]

_HTML: Final = "text/html"
_XML: Final = "application/xml"
_OBJECT: Final[Json] = {"type": "object"}
_TEXT: Final[Json] = {"type": "string", "minLength": 1}
_SUFFIXES: Final = {media.suffix: media.media_type for media in RDF_MEDIA_TYPES}
_FEEDS: Final = {media.suffix: media.media_type for media in FEED_MEDIA_TYPES}
_SLUG: Final = path_parameter("slug", _TEXT, "May hold slashes and any letters.", "robot-ka")
_LANG: Final = query("lang", {"type": "string"}, "The reader's language, before those of Accept-Language.")
_PAGE: Final = query(
    "page", {"type": "integer", "minimum": 1, "maximum": 1_000_000}, "Which hundred of what refers to it."
)


def document_paths(version: str) -> Json:
    """Return the paths.

    Args:
        version: The version of the ontology.
    """
    return {**_entities(), **_model(version), **_sparql(), **_harvesting(), **_discovery(), **_health()}


def _entities() -> Json:
    of_scenarios: list[ExportFormat | Companion] = [*EXPORT_FORMATS, *COMPANIONS]
    documents = sorted({*RDF, *(form.media_type for form in of_scenarios)})
    suffixes = ", ".join(f"`.{media.suffix}`" for media in RDF_MEDIA_TYPES)
    further = ", ".join(f"`.{form.suffix}`" for form in of_scenarios)
    segment = path_parameter("segment", {"type": "string", "enum": list(ENTITY_TYPES)}, "The type of entity.")
    anything = path_parameter("segment", {"type": "string", "enum": [*ENTITY_TYPES, "genid"]}, "The type of entity.")
    return {
        "/id/{segment}/{slug}": get(
            "Redirect from an entity's IRI to the document that suits Accept",
            {},
            parameters=[segment, _SLUG],
            statuses=[303, 404, 406, 410],
        ),
        "/.well-known/genid/{slug}": get(
            "Redirect from the IRI of a nameless part of the ontology",
            {},
            parameters=[_SLUG],
            statuses=[303, 404, 406, 410],
        ),
        "/doc/{segment}/{slug}": get(
            "The page about an entity, or one of its documents",
            content([_HTML, *documents], _OBJECT),
            parameters=[anything, _SLUG, _PAGE, _LANG],
            statuses=[304, 404, 410],
            description=f"A document has the page's address and a suffix: {suffixes}; of scenarios also {further}.",
        ),
    }


def _model(version: str) -> Json:
    versions = path_parameter("version", {"type": "string", "enum": [version]})
    rdf = content(RDF, {})
    return {
        "/ontology": get("The ontology", content([_HTML]), statuses=[303, 406], parameters=[_LANG]),
        "/ontology/{version}.{suffix}": get(
            "One version of the ontology", rdf, parameters=[versions, suffix(_SUFFIXES)], statuses=[404]
        ),
        "/ontology/diagram.svg": get("Diagram of the main classes", content(["image/svg+xml"]), parameters=[_LANG]),
        "/shapes": get("Redirect to the SHACL shapes", {}, statuses=[303, 406]),
        "/shapes/{version}.{suffix}": get(
            "The SHACL shapes of one version", rdf, parameters=[versions, suffix(_SUFFIXES)], statuses=[404]
        ),
        "/context/v1.jsonld": get("The JSON-LD context of all documents", content(["application/ld+json"], _OBJECT)),
        "/exports": get("What each export format keeps and loses", content([_HTML]), statuses=[304]),
        "/exports.json": get("The same as JSON", content(["application/json"], _OBJECT), statuses=[304]),
    }


def _sparql() -> Json:
    rows = (*TABLE_FORMATS, *GRAPH_FORMATS)
    types = sorted({name for row in rows for name in (row.media_type, *row.aliases)} | {_HTML})
    answer = content(types)
    statuses = [304, 400, 403, 406, 413, 414, 415, 422, 504]
    graphs: Json = {"type": "array", "items": {"type": "string", "format": "iri"}}
    text: Json = {"type": "string", "format": "sparql-query"}
    names = sorted({row.name for row in rows} | {"html"})
    parameters = [
        query("default-graph-uri", graphs, "A named graph of the default graph."),
        query("named-graph-uri", graphs, "A named graph of the data set."),
        query("format", {"type": "string", "enum": ["", *names]}, "Instead of the Accept header."),
    ]
    path = get(
        "SPARQL 1.1 query, or without one the description of the service",
        answer,
        parameters=[query("query", text), *parameters],
        statuses=statuses,
        description="Limits, errors and examples are in docs/sparql.md.",
    )
    form: Json = {"type": "object", "required": ["query"], "properties": {"query": text}}
    body = {
        "required": True,
        "content": {
            "application/sparql-query": {"schema": text},
            "application/x-www-form-urlencoded": {"schema": form},
        },
    }
    post = get("SPARQL 1.1 query in the body", answer, parameters=parameters, statuses=statuses)["get"]
    options: Json = {"summary": "What the endpoint takes", "responses": {"204": {"description": "Headers only."}}}
    options["responses"] |= {"429": reference("responses", "429")}
    examples = get("Example queries, as a page or RDF", content([_HTML, *RDF]), statuses=[406])
    path |= {"post": {**post, "requestBody": body}, "options": options}
    completions = get("Terms that the editor completes", content(["application/json"], {}), statuses=[304])
    return {"/sparql": path, "/sparql/examples": examples, "/sparql/completions": completions}


def _harvesting() -> Json:
    number = path_parameter("number", {"type": "integer", "minimum": 1})
    log = path_parameter("log", _TEXT, "Identifier of the history, from `/feed`.")
    release = path_parameter("release_id", {"type": "string", "pattern": "^[0-9a-f]{16}$"}, "A release that is kept.")
    name = path_parameter("name", _TEXT, "A file that `/dumps/` lists, or `SHA256SUMS`.", "all.nq.gz")
    files = {form.packed or form.media_type for form in DUMP_FORMATS.values()} | {"text/plain"}
    oai = _oai()
    return {
        "/oai": {"get": oai, "post": _as_form(oai)},
        "/oai/rdf.xsd": get("The XML schema of the OAI-PMH format rdf", content([_XML]), statuses=[304]),
        "/feed": get("Redirect to the event stream", {}, statuses=[303, 404]),
        "/feed.{suffix}": get(
            "The event stream: where its pages are",
            content(_FEEDS.values()),
            parameters=[suffix(_FEEDS)],
            statuses=[304, 404],
        ),
        "/feed/{log}/{number}": get(
            "Redirect from a member to its page", {}, parameters=[log, number], statuses=[303, 404]
        ),
        "/feed/{log}/{number}.{suffix}": get(
            "A page of the event stream",
            content(_FEEDS.values()),
            parameters=[log, number, suffix(_FEEDS)],
            statuses=[304, 404],
        ),
        "/dumps/": get("The dumps of the release, as a page", content([_HTML])),
        "/dumps/current/{name}": get("Redirect to a file of the release", {}, parameters=[name], statuses=[302]),
        "/dumps/{release_id}/{name}": get(
            "A dump, or the part of it that Range asks for",
            content(sorted(files)),
            parameters=[release, name],
            statuses=[304, 404, 416],
        ),
    }


_OAI: Final = ("verb", "metadataPrefix", "identifier", "set", "from", "until", "resumptionToken")


def _oai() -> Json:
    parameters = [query(name, {"type": "string"}) for name in _OAI]
    text = "As the protocol demands, errors in the arguments are answered with 200 and said in the body."
    operation: Json = get("OAI-PMH 2.0", content(["text/xml"]), parameters=parameters, description=text)["get"]
    return operation


def _as_form(operation: Json) -> Json:
    properties = {name: {"type": "string"} for name in _OAI}
    body = {"application/x-www-form-urlencoded": {"schema": {"type": "object", "properties": properties}}}
    responses = {**operation["responses"], "413": reference("responses", "413")}
    kept = {name: value for name, value in operation.items() if name != "parameters"}
    return {**kept, "responses": responses, "requestBody": {"content": body}}


def _discovery() -> Json:
    rdf, suffixes = content(RDF), [suffix(_SUFFIXES)]
    number = path_parameter("number", {"type": "integer", "minimum": 1})
    return {
        "/catalog": get("Redirect to the DCAT catalogue", {}, statuses=[303, 406]),
        "/catalog.{suffix}": get("The DCAT catalogue", rdf, parameters=suffixes, statuses=[304, 404]),
        "/.well-known/void": get("Redirect to the VoID description", {}, statuses=[303]),
        "/void.{suffix}": get("The VoID description", rdf, parameters=suffixes, statuses=[304, 404]),
        "/.well-known/api-catalog": get("The APIs (RFC 9727)", content(["application/linkset+json"], _OBJECT)),
        "/openapi.yaml": get("This description", content(["application/yaml"]), statuses=[304]),
        "/sitemap.xml": get("The index of the site map", content([_XML]), statuses=[304]),
        "/sitemap-{number}.xml": get(
            "A part of the site map", content([_XML]), parameters=[number], statuses=[304, 404]
        ),
        "/robots.txt": get("What crawlers may read", content(["text/plain"])),
        "/llms.txt": get("What is here, for language models", content(["text/plain"]), statuses=[304]),
    }


def _health() -> Json:
    state: Json = {"type": "object", "required": ["status"], "properties": {"status": {"type": "string"}}}
    ready = get("Whether the server can answer", content(["application/json"], state))
    unready = {"description": "Not yet; `detail` says why.", "content": content(["application/json"], state)}
    ready["get"]["responses"]["503"] = unready
    return {
        "/healthz": get("Whether the server lives", content(["application/json"], state)),
        "/readyz": ready,
    }
