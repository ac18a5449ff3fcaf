"""The competency questions as RDF: SHACL SPARQL executables, the common form of published example queries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox

from ontology.namespaces import PREFIXES, SCHEMA
from ontology.questions import questions

if TYPE_CHECKING:
    from kg.media_types import RdfMediaType

__all__ = ["questions_document"]

_SH = PREFIXES["sh"]


def questions_document(base_iri: str, media: RdfMediaType) -> bytes:
    """Return every question with title, audience, explanation and query text.

    Args:
        base_iri: Base of the deployment; question ``x`` is ``{base_iri}sparql/examples#x``.
        media: The serialisation.
    """
    triples: list[ox.Triple] = []
    endpoint = ox.NamedNode(f"{base_iri}sparql")
    for question in questions():
        subject = ox.NamedNode(f"{base_iri}sparql/examples#{question.name}")
        ask = "ASK" in question.query and "SELECT" not in question.query
        kind = "SPARQLAskExecutable" if ask else "SPARQLSelectExecutable"
        statements: dict[str, ox.NamedNode | ox.Literal] = {
            PREFIXES["rdf"] + "type": ox.NamedNode(_SH + kind),
            PREFIXES["rdfs"] + "label": ox.Literal(question.title, language="en"),
            PREFIXES["rdfs"] + "comment": ox.Literal(question.explanation, language="en"),
            SCHEMA + "audience": ox.Literal(question.audience, language="en"),
            _SH + ("ask" if ask else "select"): ox.Literal(question.query),
            SCHEMA + "target": endpoint,
        }
        triples += [ox.Triple(subject, ox.NamedNode(predicate), value) for predicate, value in statements.items()]
    used = {name: PREFIXES[name] for name in ("rdf", "rdfs", "schema", "sh")}
    return ox.serialize(triples, format=media.format, prefixes=used) or b""
