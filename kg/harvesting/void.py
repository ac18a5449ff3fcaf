"""The VoID description: how big each graph is and what it holds, as counted at build (https://www.w3.org/TR/void/)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kg.harvesting.catalogue import WHOLE_DATASET
from kg.harvesting.triples import Description, Iri

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kg.release import Release

__all__ = ["void_description"]

_FEATURES: Final = ("N-Triples", "N-Quads", "Turtle", "TriG", "JSON-LD", "RDF_XML")


def void_description(release: Release) -> Description:
    """Return the description of all data together and of each named graph, with the links that lead elsewhere."""
    base = str(release.manifest["base_iri"])
    whole = f"{base}{WHOLE_DATASET}"
    out = Description()
    name = Description.name
    document = f"{base}.well-known/void"
    out.add(document, "rdf:type", name("void:DatasetDescription"))
    out.add(document, "foaf:primaryTopic", Iri(whole))
    out.texts(whole, "dcterms:title", {"en": "ihub learning scenarios, all collections"})
    out.add(whole, "foaf:homepage", Iri(base))
    out.add(whole, "void:uriSpace", f"{base}id/")
    out.add(whole, "void:sparqlEndpoint", Iri(f"{base}sparql"))
    out.add(whole, "void:feature", *(Iri(f"http://www.w3.org/ns/formats/{feature}") for feature in _FEATURES))
    for entry in release.manifest["parts"].get("dumps", {}).get("files", ()):
        if entry["format"] in {"nq.gz", "ttl.gz"}:
            slug = entry["collection"]
            dataset = whole if slug is None else f"{base}id/collection/{slug}"
            out.add(dataset, "void:dataDump", Iri(f"{base}dumps/{release.id}/{entry['name']}"))
    statistics = release.manifest["parts"].get("statistics")
    if statistics:
        _counts(out, whole, statistics["union"], f"{document}#all")
        for number, (graph, counts) in enumerate(statistics["graphs"].items()):
            out.add(whole, "void:subset", Iri(graph))
            _counts(out, graph, counts, f"{document}#graph-{number}")
    return out


def _counts(out: Description, dataset: str, counts: Mapping[str, Any], prefix: str) -> None:
    name = Description.name
    out.add(dataset, "rdf:type", name("void:Dataset"))
    out.add(dataset, "void:triples", counts["triples"])
    out.add(dataset, "void:entities", counts["entities"])
    out.add(dataset, "void:distinctSubjects", counts["subjects"])
    out.add(dataset, "void:classes", len(counts["classes"]))
    out.add(dataset, "void:properties", len(counts["properties"]))
    for number, (iri, count) in enumerate(counts["classes"].items()):
        partition = f"{prefix}-class-{number}"
        out.add(dataset, "void:classPartition", Iri(partition))
        out.add(partition, "void:class", Iri(iri))
        out.add(partition, "void:entities", count)
    for number, (iri, count) in enumerate(counts["properties"].items()):
        partition = f"{prefix}-property-{number}"
        out.add(dataset, "void:propertyPartition", Iri(partition))
        out.add(partition, "void:property", Iri(iri))
        out.add(partition, "void:triples", count)
    for number, (predicate, space, count) in enumerate(counts["links"]):
        linkset, target = f"{prefix}-links-{number}", f"{prefix}-links-{number}-target"
        out.add(dataset, "void:subset", Iri(linkset))
        out.add(linkset, "rdf:type", name("void:Linkset"))
        out.add(linkset, "void:linkPredicate", Iri(predicate))
        out.add(linkset, "void:subjectsTarget", Iri(dataset))
        out.add(linkset, "void:objectsTarget", Iri(target))
        out.add(linkset, "void:triples", count)
        out.add(target, "rdf:type", name("void:Dataset"))
        out.add(target, "void:uriSpace", space)
