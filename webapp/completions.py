"""What the query editor completes: prefixes, classes and properties of the model, and concepts, with labels."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, jsonify

from ontology.load import context
from ontology.namespaces import IHUB, PREFIXES
from webapp.conditional import code_digest, conditional
from webapp.languages import label, pick, reader_languages, served

if TYPE_CHECKING:
    from flask import Response
    from werkzeug.wrappers import Response as BaseResponse

    from kg.graph import Graph

__all__ = ["blueprint"]

blueprint = Blueprint("completions", __name__)

_OWL: Final = PREFIXES["owl"]
_CLASS: Final = _OWL + "Class"
_PROPERTIES: Final = (_OWL + "ObjectProperty", _OWL + "DatatypeProperty", _OWL + "AnnotationProperty")
_CUSTOMARY: Final = tuple(
    f"{prefix}:{name}"
    for prefix, name in (
        ("rdf", "type"), ("rdfs", "label"), ("rdfs", "subClassOf"), ("skos", "prefLabel"), ("skos", "altLabel"),
        ("skos", "notation"), ("skos", "definition"), ("skos", "broader"), ("skos", "narrower"), ("skos", "inScheme"),
        ("skos", "exactMatch"), ("skos", "closeMatch"), ("dcterms", "title"), ("dcterms", "license"),
        ("dcterms", "source"), ("dcterms", "isPartOf"), ("prov", "wasDerivedFrom"),
    )
)  # fmt: skip
"""Properties of other vocabularies by which concepts and collections are described; no document key stands for them."""
_WORD: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d+")


@blueprint.get("/sparql/completions")
def completions() -> BaseResponse:
    """Answer with all that is completed, in the reader's language; it changes with the release only."""
    state = "\n".join(("completions", served().release.id, code_digest(), *reader_languages()))
    response = conditional(state, _answer)
    response.vary.add("Accept-Language")
    return response


def _answer() -> Response:
    graph = served().graph
    reused = {_expanded(name): name for name in (*_document_names(), *_CUSTOMARY)}
    own = {f"ihub:{iri.removeprefix(IHUB)}": iri for iri in _own(graph, *_PROPERTIES)}
    properties = {name: iri for iri, name in reused.items() if not _is_class(name)} | own
    classes = {name: iri for iri, name in reused.items() if _is_class(name)}
    classes |= {f"ihub:{iri.removeprefix(IHUB)}": iri for iri in _own(graph, _CLASS)}
    return jsonify(
        release=served().release.id,
        prefixes=PREFIXES,
        classes=[_term(name, iri) for name, iri in sorted(classes.items())],
        properties=[_term(name, iri) for name, iri in sorted(properties.items())],
        concepts=_concepts(graph),
    )


def _own(graph: Graph, *classes: str) -> list[str]:
    return sorted({iri for class_iri in classes for iri in graph.instances(class_iri) if iri.startswith(IHUB)})


def _document_names() -> list[str]:
    """Return the classes and properties that documents use, as prefixed names."""
    found = []
    for definition in context().values():
        name = definition.get("@id") if isinstance(definition, dict) else definition
        if isinstance(name, str) and name.partition(":")[0] in PREFIXES and not name.endswith(("#", "/")):
            found.append(name)
    return found


def _expanded(name: str) -> str:
    prefix, _, local = name.partition(":")
    return PREFIXES[prefix] + local


def _is_class(name: str) -> bool:
    return name.partition(":")[2][:1].isupper()


def _term(name: str, iri: str) -> dict[str, str]:
    """Return a class or property: its prefixed name, its label, and what it means, where the ontology says so."""
    text, language = label(iri)
    if language == "und":  # another vocabulary's, whose labels are not kept here: its name in words
        text = " ".join(_WORD.findall(name.partition(":")[2])).lower()
    entry = {"name": name, "label": text}
    meaning, _ = pick(served().graph.texts(iri, PREFIXES["skos"] + "definition"))
    return {**entry, "meaning": meaning} if meaning else entry


def _concepts(graph: Graph) -> list[dict[str, str]]:
    """Return the concepts by label: IRI, label, and what kind of concept it is."""
    concepts = graph.instances(PREFIXES["skos"] + "Concept")
    graph.prefetch(concepts)
    found: list[dict[str, Any]] = []
    for iri in concepts:
        kind = next((class_iri for class_iri in graph.types(iri) if class_iri.startswith(IHUB)), None)
        notation = graph.value(iri, PREFIXES["skos"] + "notation") or ""
        if iri.endswith(f"/{notation}"):  # a slug that says nothing beyond the label
            notation = ""
        found.append({"iri": iri, "label": label(iri)[0], "kind": label(kind)[0] if kind else "", "notation": notation})
    return sorted(found, key=lambda entry: (entry["label"].casefold(), entry["iri"]))
