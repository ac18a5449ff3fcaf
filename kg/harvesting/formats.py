"""The metadata formats of records: what a harvester names in ``metadataPrefix``, and what writes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kg.describe import describe, serialise
from kg.harvesting.oai_dc import NAMESPACE, SCHEMA_LOCATION, oai_dc
from kg.media_types import by_suffix
from kg.xml_text import without_invalid
from ontology.namespaces import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.graph import Graph

__all__ = ["METADATA_FORMATS", "MetadataFormat"]


@dataclass(frozen=True)
class MetadataFormat:
    """One metadata format.

    Attributes:
        prefix: The ``metadataPrefix``.
        namespace: The namespace of the element that it gives.
        schema: Where its XML schema is: an address, or a path below this site's base IRI.
        write: Gives the element for a scenario's IRI, without an XML declaration.
    """

    prefix: str
    namespace: str
    schema: str
    write: Callable[[Graph, str], str]


def _rdf(graph: Graph, iri: str) -> str:
    """Return the scenario's description as ``rdf:RDF``, the same as the entity's own RDF/XML document."""
    media = by_suffix("rdf")
    if media is None:
        raise LookupError("the media-type table has no RDF/XML")
    text = serialise(describe(graph, iri), media).decode()
    return without_invalid(text[text.index("<rdf:RDF") :])


METADATA_FORMATS: Final[dict[str, MetadataFormat]] = {
    row.prefix: row
    for row in (
        MetadataFormat("oai_dc", NAMESPACE, SCHEMA_LOCATION, oai_dc),
        MetadataFormat("rdf", PREFIXES["rdf"], "oai/rdf.xsd", _rdf),
    )
}
"""Format by prefix."""
