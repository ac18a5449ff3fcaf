"""Documents become quads by the shared context alone; an independent JSON-LD processor reads the same triples."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import rdflib
from pyld import jsonld

from kg.documents import Document, normalise, read_yaml
from kg.triples import document_quads, graph_name
from ontology.load import context
from tests.conftest import COLLECTIONS

BASE = "http://127.0.0.1:8000/id/"
GRAPH = graph_name("classroom", BASE)
DEFAULTS = {"type": "LearningScenario"}
DOCUMENTS = [d for d in read_yaml(COLLECTIONS / "classroom" / "scenarios.yaml", DEFAULTS) if isinstance(d, Document)]


def quads_of(**fields: object) -> set[str]:
    document = Document(normalise({"id": "scenario/x", "type": "LearningScenario", **fields}), Path("x.yaml"), 1)
    return {str(quad.triple) for quad in document_quads(document, GRAPH, BASE)}


def test_minutes_are_a_duration_too() -> None:
    assert any("timeRequired" in line and '"PT45M"' in line for line in quads_of(minutes=45))


def test_an_example_makes_its_work() -> None:
    lines = quads_of(exampleOfWork="work/w")
    assert any(line.startswith(f"<{BASE}work/w>") and "ScenarioWork" in line for line in lines)


def test_every_entity_says_its_collection() -> None:
    assert f"<{BASE}scenario/x> <https://w3id.org/ihub/ns#collection> <{BASE}collection/classroom>" in quads_of()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.identifier)
def test_another_processor_reads_the_same(document: Document) -> None:
    ours = rdflib.Graph()
    stated = [q for q in document_quads(document, GRAPH, BASE) if "/ns#collection" not in q.predicate.value]
    derived = ("timeRequired", "workExample", "ScenarioWork")
    lines = [f"{q.triple} .\n" for q in stated if not any(name in str(q) for name in derived)]
    ours.parse(data="".join(lines), format="nt")
    node = {"@context": context(), **document.data}
    theirs = rdflib.Graph()
    options = {"base": BASE, "format": "application/n-quads"}
    theirs.parse(data=jsonld.to_rdf(json.loads(json.dumps(node)), options), format="nt")
    assert set(ours) == set(theirs)
