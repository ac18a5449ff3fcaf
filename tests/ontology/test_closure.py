"""What the OWL 2 RL closure adds is what people query through, and nothing that is false."""

from __future__ import annotations

from functools import lru_cache

import pyoxigraph as ox
import pytest
from rdflib import OWL, RDF, Graph
from rdflib.collection import Collection

from kg.reasoning import closure_quads
from ontology.load import ontology_files
from ontology.namespaces import PREFIXES
from tests.ontology.worlds import BASE, world


def quads(graph: Graph) -> list[ox.Quad]:
    """The graph's quads, with IRIs in place of blank nodes."""
    text = graph.skolemize().serialize(format="nt")
    return list(ox.parse(text.encode(), format=ox.RdfFormat.N_QUADS))


@lru_cache(maxsize=1)
def closure() -> frozenset[ox.Triple]:
    """The world and all that follows from it under the ontology."""
    model = Graph()
    for path in ontology_files():
        model.parse(path, format="turtle")
    stated = quads(world())
    inferred = closure_quads(quads(model), stated, ox.NamedNode(BASE + "collection/inferred"))
    return frozenset(quad.triple for quad in (*stated, *inferred))


def holds(*statement: str) -> bool:
    def iri(text: str) -> ox.NamedNode:
        start, _, rest = text.partition(":")
        expanded = PREFIXES[start] + rest if start in PREFIXES else text
        return ox.NamedNode(expanded if ":" in expanded else BASE + text)

    return ox.Triple(*map(iri, statement)) in closure()


@pytest.mark.parametrize(
    "statement",
    [
        "scenario/two-sources ihub:developsArea competence/digcomp22-1",
        "scenario/two-sources ihub:teachesEquivalent competence/digcomp30-1.2",
        "scenario/heat-map ihub:inSubjectArea subject/mathematics",
        "scenario/heat-map ihub:usesTool tool/qgis",
        "scenario/cold-map ihub:isBasedOnTransitively scenario/heat-map",
        "scenario/heat-map ihub:basisOfTransitively scenario/cold-map",
        "scenario/heat-map ihub:basisOf scenario/heat-map-fi",
        "scenario/heat-map ihub:comesFromCountry country/EE",
        "scenario/heat-map#activity-1 ihub:activityOf scenario/heat-map",
        "scenario/heat-map rdf:type schema:LearningResource",
        "scenario/heat-map rdf:type schema:CreativeWork",
        "scenario/heat-map lrmi:teaches competence/digcomp22-1.3",
        "scenario/heat-map dcterms:license https://creativecommons.org/licenses/by/4.0/",
        "scenario/heat-map-fi prov:wasDerivedFrom scenario/heat-map",
        "school/alder ihub:mentors school/birch",
        "school/birch ihub:mentoredBy school/alder",
        "school/cedar ihub:inCountry country/FI",
        "school/alder org:memberOf hub/north",
        "school/alder rdf:type org:Organization",
        "hub/north ihub:hasSchool school/alder",
        "hub/north org:hasMember school/alder",
        "practice/peer-learning ihub:hasEvidence evidence/peer-study",
        "practice/peer-learning ihub:practisedIn hub/north",
        "evidence/peer-study rdf:type ihub:Evidence",
        "project/lake ihub:hasFigure figure/teachers-target",
        "figure/teachers-target schema:observationAbout project/lake",
        "phase/planning ihub:previousPhase phase/mapping-needs",
        "project/shore ihub:relatedProject project/lake",
        "deliverable/l1 rdf:type bibo:Document",
    ],
)
def test_a_statement_follows(statement: str) -> None:
    assert holds(*statement.split())


@pytest.mark.parametrize(
    "statement",
    [
        "scenario/cold-map schema:isBasedOn scenario/heat-map",
        "scenario/heat-map schema:teaches competence/digcomp22-2.2",
        "scenario/heat-map ihub:developsArea competence/digcomp22-2",
        "school/birch ihub:mentors school/alder",
        "school/cedar ihub:inCountry country/EE",
        "scenario/heat-map ihub:inHub hub/north",
    ],
)
def test_a_statement_does_not_follow(statement: str) -> None:
    assert not holds(*statement.split())


def test_nothing_is_of_two_disjoint_kinds() -> None:
    model = Graph().parse(ontology_files()[0], format="turtle")
    (axiom,) = model.subjects(RDF.type, OWL.AllDisjointClasses)
    disjoint = {str(class_) for class_ in Collection(model, model.value(axiom, OWL.members))}
    kinds: dict[str, set[str]] = {}
    for triple in closure():
        if triple.predicate.value == str(RDF.type) and triple.object.value in disjoint:
            kinds.setdefault(triple.subject.value, set()).add(triple.object.value)
    assert len(kinds) > 100
    assert [(subject, found) for subject, found in kinds.items() if len(found) > 1] == []
