"""What the shapes find in one document that is being written, beside a release that has all that it may refer to."""

from __future__ import annotations

from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from kg.candidates import Candidate
from kg.documents import Document, normalise
from kg.errors import DocumentError
from kg.triples import document_quads, graph_name
from kg.validation import Validator

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from kg.graph import Graph
    from ontology.validate import Finding

__all__ = ["judge"]

_UNSAVED: Final = Path("unsaved")
_GRAPH: Final = "unsaved"
_ONE_AT_A_TIME: Final = Lock()
"""rdflib's parser of SPARQL fails in two threads at once (measured); and one thread uses all of a processor."""


def judge(
    node: Mapping[str, Any],
    graph: Graph,
    id_base: str,
    new: Collection[str] = (),
    beside: Collection[Mapping[str, Any]] = (),
) -> list[Finding]:
    """Return what the shapes find in a document, the same as a build would.

    Args:
        node: The document.
        graph: The release's graph.
        id_base: Base of the entities' IRIs.
        new: Identifiers that the document may refer to and that are not in the release yet.
        beside: Documents that are to be published with it, to which it may refer, too.

    Raises:
        DocumentError: It is no document of the model, or refers to what does not exist; the error's field says where.
    """
    candidate = _candidate(node, id_base)
    with_it = {id_base + other["id"]: _candidate(other, id_base) for other in beside}
    others = candidate.references(id_base)
    for iri in sorted(others):
        if iri not in graph and iri not in with_it and iri.removeprefix(id_base) not in new:
            cause = f"refers to {iri.removeprefix(id_base)}, which does not exist"
            raise DocumentError(cause, field=candidate.field_of(iri))
    surroundings = [quad for iri in others for quad in graph.quads(iri)]
    surroundings += [quad for other in with_it.values() for quad in other.quads]
    iri = id_base + candidate.document.identifier
    with _ONE_AT_A_TIME:
        return Validator(id_base, surroundings).validate({iri: candidate}).get(iri, [])


def _candidate(node: Mapping[str, Any], id_base: str) -> Candidate:
    document = Document(normalise(dict(node)), _UNSAVED, 1)
    return Candidate(document, _GRAPH, document_quads(document, graph_name(_GRAPH, id_base), id_base))
