"""The check of the model is green for what is shipped and names each fault of a broken copy."""

from __future__ import annotations

from functools import lru_cache

import pytest
from rdflib import DCTERMS, OWL, RDF, RDFS, SH, SKOS, Graph, Literal, URIRef

from ontology.check import CheckReport, check, check_model
from ontology.load import ontology_files, shapes_graph
from ontology.namespaces import IHUB
from ontology.reasoner import reason
from tests.ontology.worlds import BASE, SHAPES, turtle


def ontology() -> Graph:
    graph = Graph()
    for path in ontology_files():
        graph.parse(path, format="turtle")
    return graph


@lru_cache(maxsize=1)
def report() -> CheckReport:
    return check(BASE)


def test_the_shipped_model_has_no_problem() -> None:
    assert report().problems == ()


def test_the_report_tells_what_was_looked_at() -> None:
    counts = report().counts
    assert counts["class"] > 60
    assert counts["property"] > 110
    assert counts["shape"] > 400
    assert counts["question"] >= 40
    assert set(report().seconds) == {"terms", "mentions", "shapes", "shacl-shacl", "reasoner"}


def problems_without(*triples: tuple) -> str:
    graph = ontology()
    for triple in triples:
        assert triple in graph
        graph.remove(triple)
    return "\n".join(check_model(graph, Graph(), parts={"terms"}).problems)


@pytest.mark.parametrize(
    ("predicate", "problem"),
    [
        (RDFS.label, "ihub:School has no label in en, et, fi, lt, nb, ka."),
        (SKOS.definition, "ihub:School has no definition in English."),
        (SKOS.example, "ihub:School has no example in English."),
        (DCTERMS.source, "ihub:School does not name the source that it follows"),
        (RDFS.isDefinedBy, "ihub:School does not say that this ontology defines it"),
    ],
)
def test_a_term_without_its_documentation_is_named(predicate: URIRef, problem: str) -> None:
    assert problem in problems_without((URIRef(IHUB + "School"), predicate, None))


def test_a_term_that_is_used_but_not_defined_is_named_with_the_file() -> None:
    text = "SELECT * { ?s ihub:shcool ?o ; ihub:school ?p }"
    found = check_model(ontology(), Graph(), {"questions/x.rq": text}, parts={"mentions"})
    assert found.problems == ("questions/x.rq uses ihub:shcool, which the ontology does not define.",)


def test_a_term_that_only_a_shape_uses_is_named() -> None:
    shapes = turtle(f"""
        <{SHAPES}X> <{SH.path}> ihub:notThere ;
            <{SH.select}> "SELECT $this {{ $this ihub:norHere 1 }}" .
    """)
    problems = "\n".join(check_model(ontology(), shapes, parts={"mentions"}).problems)
    assert "shapes/ uses ihub:notThere" in problems
    assert "shapes/ uses ihub:norHere" in problems


def test_a_class_without_a_shape_is_named_unless_the_ontology_lists_its_members() -> None:
    problems = check_model(ontology(), Graph(), parts={"shapes"}).problems
    assert "No shape is for ihub:School." in problems
    assert "No shape is for ihub:FigureStatus." not in problems


def test_a_message_that_lacks_a_language_is_named() -> None:
    shapes = Graph() + shapes_graph(BASE)
    shape = URIRef(SHAPES + "School-name")
    (georgian,) = [text for text in shapes.objects(shape, SH.message) if text.language == "ka"]
    shapes.remove((shape, SH.message, georgian))
    report = check_model(ontology(), shapes, parts={"shapes"})
    assert report.problems == (f"<{shape}> has no message in ka.",)


def test_an_ill_formed_shape_is_reported() -> None:
    shapes = turtle(f"<{SHAPES}X> a <{SH.PropertyShape}> ; <{SH.path}> schema:name ; <{SH.minCount}> 'one' .")
    (problem,) = check_model(ontology(), shapes, parts={"shacl-shacl"}).problems
    assert "not well formed" in problem


def test_a_property_of_two_kinds_is_reported() -> None:
    graph = ontology()
    graph.add((URIRef(IHUB + "minutes"), RDF.type, OWL.ObjectProperty))
    problems = check_model(graph, Graph(), parts={"terms"}).problems
    assert problems == (f"<{IHUB}minutes> is declared as more than one kind of property.",)


def test_a_class_that_can_have_no_member_is_found_by_the_reasoner() -> None:
    graph = ontology()
    graph.add((URIRef(IHUB + "School"), RDFS.subClassOf, URIRef(IHUB + "LearningScenario")))
    verdict = reason(graph)
    assert verdict.consistent
    assert verdict.unsatisfiable == (IHUB + "School",)


def test_a_contradiction_is_found_by_the_reasoner_through_domain_and_chain() -> None:
    graph = ontology() + turtle("<x> a ihub:LearningScenario ; ihub:mentorSchool <y> .")
    assert not reason(graph).consistent


def test_the_reasoner_accepts_the_world_of_the_questions() -> None:
    data = turtle("""
        <school/a> a ihub:School ; ihub:inHub <hub/h> .
        <hub/h> a ihub:RegionalInnovationHub ; ihub:inCountry <country/EE> .
        <scenario/b> a ihub:LearningScenario ; schema:isBasedOn <scenario/a> ; schema:teaches <competence/x> .
        <scenario/a> a ihub:LearningScenario . <competence/x> a ihub:Competence ; skos:broader <competence/y> .
    """)
    assert reason(ontology() + data).consistent


def test_every_term_stands_in_the_one_namespace() -> None:
    ours = set(ontology().subjects(RDFS.isDefinedBy, URIRef("https://w3id.org/ihub/ns")))
    assert ours
    assert all(str(term).startswith(IHUB) for term in ours)


def test_the_ontology_tells_version_creator_licence_and_drafted_languages() -> None:
    graph = ontology()
    header = URIRef("https://w3id.org/ihub/ns")
    version = str(graph.value(header, OWL.versionInfo))
    assert graph.value(header, OWL.versionIRI) == URIRef(f"https://w3id.org/ihub/ns/{version}")
    drafted = set(graph.objects(header, URIRef(IHUB + "machineDraftedLanguage")))
    assert drafted == {Literal(tag) for tag in ("et", "fi", "lt", "nb", "ka")}
    for term in ("creator", "license"):
        assert (header, URIRef("http://purl.org/dc/terms/" + term), None) in graph
    assert version in str(graph.value(header, SKOS.historyNote))
