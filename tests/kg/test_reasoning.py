"""Reasoning by rules gives what the reasoner gives, statement for statement."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.reasoning import _by_reasoner, _by_rules, _chains, _facts, closure_quads
from kg.rules import Rules
from kg.vocabulary import model_quads
from ontology.namespaces import PREFIXES

BASE = "https://example.org/id/"
OWL, RDF, RDFS = (PREFIXES[name] for name in ("owl", "rdf", "rdfs"))
GRAPH = ox.NamedNode("https://example.org/graph")
MODEL = model_quads(BASE)
TERMS = _facts(MODEL)
PROPERTIES = sorted(s.value for s, p, o in TERMS if p.value == RDF + "type" and o.value.endswith("ObjectProperty"))
CLASSES = sorted(s.value for s, p, o in TERMS if p.value == RDF + "type" and o.value == OWL + "Class")

things = st.sampled_from([f"{BASE}thing/{number}" for number in range(6)])
links = st.tuples(things, st.sampled_from([*PROPERTIES, "https://example.org/unknown"]), things)
types = st.tuples(things, st.just(RDF + "type"), st.sampled_from(CLASSES))


def facts(*rows: tuple[str, str, str]) -> list[ox.Quad]:
    return [ox.Quad(*(ox.NamedNode(term) for term in row), GRAPH) for row in rows]


@settings(max_examples=60, deadline=None)
@given(st.lists(links | types, max_size=25))
def test_rules_conclude_what_the_reasoner_concludes(rows: list[tuple[str, str, str]]) -> None:
    stated = _facts(facts(*rows))
    assert Rules.suffice(TERMS, stated)
    chains = _chains(MODEL)
    assert _by_rules(TERMS, stated, chains) - TERMS == _by_reasoner(TERMS, stated, chains) - TERMS


AXIOMS = st.tuples(
    st.sampled_from(["a", "b", "c", "d"]),
    st.sampled_from([RDFS + "subPropertyOf", OWL + "inverseOf", OWL + "equivalentProperty"]),
    st.sampled_from(["a", "b", "c", "d"]),
) | st.tuples(
    st.sampled_from(["a", "b", "c", "d"]),
    st.just(RDF + "type"),
    st.sampled_from([OWL + "TransitiveProperty", OWL + "SymmetricProperty"]),
)
USES = st.tuples(st.sampled_from("uvwxy"), st.sampled_from("abcd"), st.sampled_from("uvwxy"))


@settings(max_examples=60, deadline=None)
@given(st.lists(AXIOMS, max_size=6), st.lists(USES, max_size=10))
def test_rules_hold_for_any_hierarchy_of_properties(
    axioms: list[tuple[str, str, str]], uses: list[tuple[str, str, str]]
) -> None:
    def row(*terms: str) -> tuple[str, str, str]:
        first, second, third = (term if ":" in term else f"https://example.org/{term}" for term in terms)
        return first, second, third

    model, stated = _facts(facts(*(row(*a) for a in axioms))), _facts(facts(*(row(*u) for u in uses)))
    assert Rules.suffice(model, stated)
    assert _by_rules(model, stated, []) == _by_reasoner(model, stated, [])


@pytest.mark.parametrize(
    "axiom",
    [
        (BASE + "p", RDF + "type", OWL + "FunctionalProperty"),
        (BASE + "p", OWL + "someValuesFrom", BASE + "C"),
        (BASE + "x", OWL + "sameAs", BASE + "y"),
    ],
)
def test_what_concludes_from_several_statements_is_left_to_the_reasoner(axiom: tuple[str, str, str]) -> None:
    assert not Rules.suffice(_facts(facts(axiom)), set())
    assert not Rules.suffice(set(), _facts(facts(axiom)))


def test_the_reasoner_still_concludes_where_rules_do_not_suffice() -> None:
    model = facts((BASE + "mother", RDF + "type", OWL + "FunctionalProperty"))
    stated = facts((BASE + "x", BASE + "mother", BASE + "y"), (BASE + "x", BASE + "mother", BASE + "z"))
    same = ox.Triple(ox.NamedNode(BASE + "y"), ox.NamedNode(OWL + "sameAs"), ox.NamedNode(BASE + "z"))
    assert same in {quad.triple for quad in closure_quads(model, stated, GRAPH)}
