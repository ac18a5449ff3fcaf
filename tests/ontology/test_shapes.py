"""Every constraint of every shape lets the good world pass and catches a copy of an entity that breaks it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import pyshacl
import pytest
import yaml
from rdflib import DCTERMS, RDF, SH, Graph, URIRef

from ontology.check import LANGUAGES
from ontology.flatten import flatten, targets
from ontology.validate import Finding, validate
from tests.ontology.worlds import BASE, FIXTURES, SHAPES, Breaker, shapes, turtle, world

if TYPE_CHECKING:
    from rdflib.term import Node

NOT_CONSTRAINTS = {SH.path, SH.message, SH.severity, SH.targetNode, SH.targetClass, RDF.type}
WITHIN_XONE = {
    URIRef(f"{SHAPES}Observation-{case}-{what}") for case in ("shown", "withheld") for what in ("value", "suppressed")
}
"""Shapes whose results stay inside the sh:xone that uses them."""


@lru_cache(maxsize=1)
def flat() -> Graph:
    return flatten(shapes(), world())


def constraints() -> list[tuple[URIRef, URIRef]]:
    """Every constraint of a property shape that sets one, as shape and parameter."""
    return sorted(
        (shape, parameter)
        for shape in shapes().subjects(RDF.type, SH.PropertyShape)
        if shape not in WITHIN_XONE
        for parameter in set(shapes().predicates(shape)) - NOT_CONSTRAINTS
        if parameter not in (SH.property, SH.targetSubjectsOf)
    )


@lru_cache(maxsize=1)
def caught() -> tuple[dict[tuple[URIRef, URIRef], URIRef], set[tuple[str, str]]]:
    """Break every constraint, each in a copy of its own, in one graph; return the copies and what was found."""
    good = world()
    breaker = Breaker(shapes(), good)
    owners = {inner: owner for owner, inner in shapes().subject_objects(SH.property)}
    copies = {}
    for shape, parameter in constraints():
        found = targets(shape, flat(), good) or targets(owners[shape], shapes(), good)
        focus = _fullest(good, found, shapes().value(shape, SH.path))
        copies[shape, parameter] = breaker.break_(shape, parameter, focus)
    findings = validate(good + breaker.broken, shapes())
    return copies, {(finding.focus, finding.shape) for finding in findings}


def _fullest(graph: Graph, nodes: set[URIRef], path: object) -> URIRef:
    """The focus node that says most, preferably with a value of the path."""
    return max(nodes, key=lambda n: ((n, path, None) in graph, len(list(graph.predicates(n))), n))


def test_the_good_world_passes_without_even_a_suggestion_for_its_complete_scenarios() -> None:
    findings = validate(world(), shapes())
    assert [f for f in findings if f.severity != "Info"] == []
    assert not [f for f in findings if f.focus.startswith(BASE + "scenario/heat-map") and "-fi" not in f.focus]


@pytest.mark.parametrize(("shape", "parameter"), constraints(), ids=lambda iri: iri.rpartition("#")[2])
def test_a_broken_copy_is_caught(shape: URIRef, parameter: URIRef) -> None:
    copies, found = caught()
    assert (str(copies[shape, parameter]), str(shape)) in found


def test_bulk_evaluation_finds_what_plain_pyshacl_finds() -> None:
    broken = world()
    for predicate in ("https://w3id.org/ihub/ns#dataKind", "https://schema.org/creator", DCTERMS.source):
        broken.remove((None, URIRef(predicate), None))
    core = Graph()
    core += (triple for triple in shapes() if triple[1] != SH.sparql)
    _, report, _ = pyshacl.validate(broken, shacl_graph=core, inplace=True)
    plain = {_key(report, result) for result in report.subjects(RDF.type, SH.ValidationResult)}
    assert len(plain) > 50
    assert {(f.focus, f.path, f.value, f.severity, f.shape) for f in validate(broken, shapes())} == plain


def _key(report: Graph, result: Node) -> tuple[str | None, ...]:
    path = report.value(result, SH.resultPath)
    value = report.value(result, SH.value)
    return (
        str(report.value(result, SH.focusNode)),
        str(path) if isinstance(path, URIRef) else None,
        None if value is None else str(value),
        str(report.value(result, SH.resultSeverity)).rpartition("#")[2],
        str(report.value(result, SH.sourceShape)),
    )


RULES = yaml.safe_load((FIXTURES / "broken_rules.yaml").read_text(encoding="utf-8"))


def breaking(*rules: str) -> Graph:
    """The world with statements exchanged so that these rules are broken."""
    graph = world()
    for rule in map(RULES.__getitem__, rules):
        gone = turtle(f"{rule['subject']} {rule['was']} .")
        assert all(triple in graph for triple in gone)
        graph -= gone
        graph += turtle(f"{rule['subject']} {rule['becomes']} .")
    return graph


def shapes_that_complain(graph: Graph) -> set[str]:
    return {finding.shape.rpartition("#")[2] for finding in validate(graph, shapes()) if finding.severity != "Info"}


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_of_the_model_is_kept(rule: str) -> None:
    assert RULES[rule]["shape"] in shapes_that_complain(breaking(rule))


CC = "https://creativecommons.org/licenses/"
ZERO = "https://creativecommons.org/publicdomain/zero/1.0/"
OGL = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
LICENCES = [
    (CC + "by/4.0/", CC + "by/4.0/", set()),
    (CC + "by/4.0/", CC + "by-sa/4.0/", set()),
    (CC + "by/3.0/", CC + "by/4.0/", set()),
    (CC + "by/4.0/", CC + "by-nc/4.0/", set()),
    (CC + "by/4.0/", ZERO, {"Derived-licence"}),
    (CC + "by/4.0/", OGL, {"Derived-licence"}),
    (CC + "by-sa/3.0/", CC + "by-sa/3.0/", set()),
    (CC + "by-sa/3.0/", CC + "by-sa/4.0/", set()),
    (CC + "by-sa/4.0/", CC + "by-sa/3.0/", {"Derived-licence"}),
    (CC + "by-sa/3.0/", CC + "by/4.0/", {"Derived-licence"}),
    (CC + "by-nc/4.0/", CC + "by/4.0/", {"Derived-licence"}),
    (CC + "by-nc/4.0/", CC + "by-nc-sa/4.0/", set()),
    (CC + "by-nc-sa/4.0/", CC + "by-nc/4.0/", {"Derived-licence"}),
    (CC + "by-nd/4.0/", CC + "by-nd/4.0/", {"Derived-licence"}),
    ("http://creativecommons.org/licenses/by-sa/3.0/ee/", CC + "by-sa/3.0/", set()),
    (ZERO, CC + "by/4.0/", set()),
    (OGL, CC + "by/4.0/", {"DerivedLicenceUnclear-rule"}),
    (OGL, OGL, set()),
]


@pytest.mark.parametrize(("source", "derived", "expected"), LICENCES)
def test_a_derived_licence_is_judged_by_the_source(source: str, derived: str, expected: set[str]) -> None:
    data = turtle(f"""
        <scenario/a> a ihub:LearningScenario ; schema:license <{source}> .
        <scenario/b> a ihub:LearningScenario ; schema:license <{derived}> ; schema:isBasedOn <scenario/a> .
    """)
    complaints = {f.shape.rpartition("#")[2] for f in validate(data, shapes()) if f.focus == BASE + "scenario/b"}
    assert complaints & {"Derived-licence", "DerivedLicenceUnclear-rule"} == expected


def test_unclear_licences_only_warn() -> None:
    data = turtle(f"""
        <scenario/a> schema:license <{OGL}> .
        <scenario/b> schema:license <{CC}by/4.0/> ; schema:isBasedOn <scenario/a> .
    """)
    assert {f.severity for f in validate(data, shapes()) if "Unclear" in f.shape} == {"Warning"}


def test_constraints_in_sparql_find_the_same_in_one_query_as_node_by_node() -> None:
    broken = breaking("a gap in the positions", "homework counted as classroom time", "an outcome of another scenario")
    broken += turtle(f"<scenario/cold-map> schema:license <{ZERO}> .")
    rules = {str(constraint) for constraint in shapes().objects(None, SH.sparql)}
    _, report, _ = pyshacl.validate(broken, shacl_graph=shapes(), inplace=True)
    by_node = {
        (str(report.value(result, SH.focusNode)), str(constraint))
        for result, constraint in report.subject_objects(SH.sourceConstraint)
    }
    assert len(by_node) > 3
    assert {(f.focus, f.shape) for f in validate(broken, shapes()) if f.shape in rules} == by_node


def test_a_finding_says_what_where_and_what_to_do_in_six_languages() -> None:
    findings = validate(breaking("minutes that do not add up"), shapes())
    (finding,) = [finding for finding in findings if finding.severity == "Violation"]
    assert (finding.focus, finding.value, finding.path) == (BASE + "scenario/two-sources", "40", None)
    assert set(finding.message) == set(LANGUAGES)
    assert "40" in finding.message["ka"]
    assert "{" not in "".join(finding.message.values())


def test_a_finding_of_shacl_core_names_property_and_value() -> None:
    broken = breaking("a school in a hub that is not there")
    assert [f for f in validate(broken, shapes()) if f.shape == SHAPES + "School-inHub"] == [
        Finding(
            focus=BASE + "school/alder",
            path="https://w3id.org/ihub/ns#inHub",
            value=BASE + "hub/none",
            message={str(m.language): str(m) for m in shapes().objects(URIRef(SHAPES + "School-inHub"), SH.message)},
            severity="Violation",
            shape=SHAPES + "School-inHub",
        )
    ]


def test_imports_need_only_what_their_completeness_promises() -> None:
    minimal = turtle("""
        <scenario/m> a ihub:LearningScenario ; schema:name "Bare"@en ; schema:inLanguage "en" ;
            schema:license <https://creativecommons.org/licenses/by/4.0/> ; schema:creditText "Somebody" ;
            ihub:dataKind <data-kind/original> ; ihub:completeness <completeness/minimal> .
        <data-kind/original> a ihub:DataKind . <completeness/minimal> a ihub:CompletenessLevel .
    """)
    scenario = URIRef(BASE + "scenario/m")
    assert [f for f in validate(minimal, shapes()) if f.focus == str(scenario)] == []
    partial = turtle("""
        <completeness/partial> a ihub:CompletenessLevel .
        <scenario/m> ihub:completeness <completeness/partial> .
    """)
    minimal.remove((scenario, URIRef("https://w3id.org/ihub/ns#completeness"), None))
    found = {f.shape.rpartition("#")[2] for f in validate(minimal + partial, shapes()) if f.focus == str(scenario)}
    assert found == {"Partial-description-missing", "Partial-classified"}
