"""The metadata formats of records: what a harvester names in ``metadataPrefix``, and what writes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox
from lxml import etree

from kg.exporting.lom import lom_element
from kg.exporting.lom_elements import LOM
from kg.exporting.source import Source
from kg.harvesting.oai_dc import NAMESPACE, SCHEMA_LOCATION, oai_dc
from kg.xml_text import without_invalid
from ontology.namespaces import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.graph import Graph

_PREFIXES: Final = {name: PREFIXES[name] for name in ("dcterms", "ihub", "lrmi", "schema", "xsd")}

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
    """Return what is said of the scenario and its parts as ``rdf:RDF``.

    Labels of others and their statements about it, which its own documents have besides, would change without a change
    of its datestamp.
    """
    triples = {quad.triple for subject in (iri, *graph.parts(iri)) for quad in graph.quads(subject)}
    ordered = sorted(triples, key=str)
    text = (ox.serialize(ordered, format=ox.RdfFormat.RDF_XML, prefixes=_PREFIXES) or b"").decode()
    return without_invalid(text[text.index("<rdf:RDF") :])


def _lom(graph: Graph, iri: str) -> str:
    """Return the scenario's LOM record, the same as its own ``.lom.xml``."""
    record = lom_element(Source(graph, iri), iri.replace("/id/", "/doc/", 1))
    return str(etree.tostring(record, encoding="unicode"))


METADATA_FORMATS: Final[dict[str, MetadataFormat]] = {
    row.prefix: row
    for row in (
        MetadataFormat("oai_dc", NAMESPACE, SCHEMA_LOCATION, oai_dc),
        MetadataFormat("lom", LOM, "http://ltsc.ieee.org/xsd/lomv1.0/lomLoose.xsd", _lom),
        MetadataFormat("rdf", PREFIXES["rdf"], "oai/rdf.xsd", _rdf),
    )
}
"""Format by prefix."""
