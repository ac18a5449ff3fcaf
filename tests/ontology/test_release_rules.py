"""Rules over a whole release: the queries find what is wrong, in rdflib and in a store, and only that."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from ontology.load import release_shapes_graph
from ontology.validate import sparql_rules, validate
from tests.ontology.worlds import BASE, turtle, world

if TYPE_CHECKING:
    from rdflib import Graph

CASES = {
    "a scenario that goes back to itself": (
        "<scenario/heat-map> schema:isBasedOn <scenario/cold-map> .",
        "Origin-cycle",
        {"scenario/heat-map", "scenario/heat-map-fi", "scenario/cold-map"},
    ),
    "a reference to what is not there": (
        "<evidence/yard-story> ihub:evidenceFor <scenario/gone> .",
        "Reference-dangling",
        {"evidence/yard-story"},
    ),
    "two numbers for one thing from one source": (
        """<figure/again> a ihub:ReportedFigure ; ihub:figureOf <hub/north> ; ihub:quantityKind <quantity/schools> ;
           ihub:value 13.0 ; ihub:figureStatus ihub:achieved ; dcterms:source <https://example.org/report> .""",
        "FigureTwice-rule",
        {"figure/again", "figure/schools-north"},
    ),
    "an identifier given twice in a collection": (
        """<scenario/copy> schema:identifier "portal:1" ; ihub:collection <collection/imports> .""",
        "IdentifierTwice-rule",
        {"scenario/copy", "scenario/imported"},
    ),
}


def by_store(graph: Graph) -> set[tuple[str, str]]:
    """Run the rules' queries as they stand, the way a release does."""
    store = ox.Store()
    store.load(graph.serialize(format="nt").encode(), format=ox.RdfFormat.N_TRIPLES)
    rules = sparql_rules(release_shapes_graph())
    return {(row["this"].value, rule.shape) for rule in rules for row in store.query(rule.select)}


def by_rdflib(graph: Graph) -> set[tuple[str, str]]:
    return {(finding.focus, finding.shape) for finding in validate(graph, release_shapes_graph())}


@pytest.mark.parametrize("find", [by_store, by_rdflib])
def test_the_good_world_keeps_all_rules(find) -> None:
    assert find(world()) == set()


@pytest.mark.parametrize("find", [by_store, by_rdflib])
@pytest.mark.parametrize("case", CASES)
def test_a_broken_rule_is_found(case: str, find) -> None:
    added, shape, entities = CASES[case]
    found = find(world() + turtle(added))
    assert found == {(BASE + entity, "https://w3id.org/ihub/shapes#" + shape) for entity in entities}


def test_references_to_other_sites_are_not_followed() -> None:
    elsewhere = turtle("<scenario/cold-map> schema:isBasedOn <https://example.org/id/scenario/x> .")
    assert by_store(world() + elsewhere) == set()


def test_rules_carry_messages_and_severity() -> None:
    rules = {rule.shape.rpartition("#")[2]: rule for rule in sparql_rules(release_shapes_graph())}
    assert rules["Origin-cycle"].severity == "Violation"
    assert rules["Reference-dangling"].severity == "Warning"
    assert "{?value}" in rules["Reference-dangling"].message["et"]
    finding = rules["Reference-dangling"].finding("a", "b")
    assert "b" in finding.message["en"].split("refers to ")[1][:2]
