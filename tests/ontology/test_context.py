"""The shared JSON-LD context gives every reader the same triples, and has a key for whatever the model can say."""

from __future__ import annotations

import json

import pyoxigraph as ox
import pytest
from pyld import jsonld
from rdflib import OWL, RDF, Graph, URIRef

from ontology.entity_types import ENTITY_TYPES, segment_of_class
from ontology.load import context, ontology_files
from ontology.namespaces import IHUB, PREFIXES
from tests.ontology.worlds import BASE

DOCUMENT = {
    "id": "scenario/heat-map",
    "type": "LearningScenario",
    "name": {"en": "Hot spots", "et": "Kuumad kohad", "ka": "ცხელი წერტილები"},
    "keywords": {"en": ["heat", "map"]},
    "inLanguage": ["en", "et"],
    "license": "https://creativecommons.org/licenses/by/4.0/",
    "datePublished": "2026-11-22",
    "about": ["subject/geography", "subject/mathematics"],
    "minutes": 90,
    "needsPupilDevices": False,
    "alignment": [
        {
            "id": "scenario/heat-map#alignment-1",
            "type": "Alignment",
            "competence": "competence/digcomp22-1.3",
            "confidence": "0.5",
        }
    ],
    "activity": [
        {
            "id": "scenario/heat-map#activity-1",
            "type": "Activity",
            "position": 1,
            "minutes": 90,
            "inClass": True,
            "tool": ["tool/qgis"],
            "material": [{"id": "scenario/heat-map#activity-1-material-1", "type": "Material", "name": {"en": "Grid"}}],
        }
    ],
}

RELATED = {
    "id": "figure/teachers",
    "type": "ReportedFigure",
    "figureOf": "project/lake",
    "quantityKind": "quantity/teachers",
    "value": "600",
    "figureStatus": "ihub:targeted",
    "valueQualifier": "ihub:approximately",
    "reportedOn": "2022-01-31",
    "startDate": "2021-01-01",
    "scope": {"en": "All hubs"},
    "source": "https://example.org/report",
}


@pytest.mark.parametrize("document", [DOCUMENT, RELATED], ids=["scenario", "figure"])
def test_two_json_ld_processors_read_the_same_triples(document: dict[str, object]) -> None:
    text = json.dumps({"@context": dict(context()), **document})
    fast = {str(t) for t in ox.parse(text.encode(), format=ox.RdfFormat.JSON_LD, base_iri=BASE)}
    quads = jsonld.to_rdf(json.loads(text), {"base": BASE, "format": "application/n-quads"})
    slow = {str(t) for t in ox.parse(quads.encode(), format=ox.RdfFormat.N_TRIPLES)}
    assert fast == slow
    assert len(fast) >= len(document) - 1


def test_a_figure_s_status_is_an_individual_of_the_ontology() -> None:
    text = json.dumps({"@context": dict(context()), **RELATED})
    triples = list(ox.parse(text.encode(), format=ox.RdfFormat.JSON_LD, base_iri=BASE))
    status = [t.object for t in triples if t.predicate.value == IHUB + "figureStatus"]
    assert status == [ox.NamedNode(IHUB + "targeted")]


def test_every_class_has_a_name_in_the_context() -> None:
    graph = Graph().parse(ontology_files()[0], format="turtle")
    classes = {str(s).removeprefix(IHUB) for s in graph.subjects(RDF.type, OWL.Class) if str(s).startswith(IHUB)}
    assert {name for name in classes if context().get(name) != f"ihub:{name}"} <= {"FigureStatus", "ValueQualifier"}


DERIVED = {
    "activityOf", "basisOf", "basisOfTransitively", "comesFromCountry", "country", "developsArea", "hasEvidence",
    "hasFigure", "hasSchool", "inSubjectArea", "isBasedOnTransitively", "level", "machineDraftedLanguage", "menteeIn",
    "mentorIn", "mentoredBy", "mentors", "practisedIn", "previousPhase", "teachesEquivalent", "usesTool",
}  # fmt: skip
"""Properties that follow from others, or that only vocabularies use, and that documents therefore never state."""


def test_every_property_that_documents_state_has_a_key() -> None:
    graph = Graph().parse(ontology_files()[0], format="turtle")
    properties = {
        str(s).removeprefix(IHUB)
        for kind in (OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)
        for s in graph.subjects(RDF.type, kind)
    }
    keys = {term["@id"] if isinstance(term, dict) else term for term in context().values()}
    assert {name for name in properties if f"ihub:{name}" not in keys} == DERIVED


def test_the_context_uses_only_prefixes_of_the_one_map() -> None:
    for key, term in context().items():
        iri = term["@id"] if isinstance(term, dict) else term
        if isinstance(iri, str) and iri.startswith("http"):
            assert PREFIXES[key] == iri


def test_every_entity_type_is_a_class_and_found_by_it() -> None:
    graph = Graph().parse(ontology_files()[0], format="turtle")
    for segment, kind in ENTITY_TYPES.items():
        assert segment_of_class(kind.class_iri) == segment
        if kind.class_iri.startswith(IHUB):
            assert (URIRef(kind.class_iri), RDF.type, OWL.Class) in graph
