"""Every competency question is well described and gives its expected answer, with and without what can be inferred."""

from __future__ import annotations

import json
from functools import lru_cache

import pyoxigraph as ox
import pytest

from kg.reasoning import closure_quads
from ontology.load import ontology_files
from ontology.namespaces import IHUB
from ontology.questions import AUDIENCES, Question, questions, read_question
from tests.ontology.worlds import BASE, FIXTURES

QUESTIONS = {question.name: question for question in questions()}
EXPECTED = FIXTURES / "questions" / "expected"


@lru_cache(maxsize=2)
def release(*, inferred: bool) -> ox.Store:
    """A store with a named graph for each part of the world, as a release has one for each collection."""
    store = ox.Store()
    for name in ("concepts", "graph"):
        graph = ox.NamedNode(f"{BASE}collection/{name}")
        store.load(
            path=FIXTURES / "questions" / f"{name}.ttl", format=ox.RdfFormat.TURTLE, base_iri=BASE, to_graph=graph
        )
    if inferred:
        model = [
            ox.Quad(*map(_named, triple))
            for path in ontology_files()
            for triple in ox.parse(path=path, format=ox.RdfFormat.TURTLE)
        ]
        store.extend(closure_quads(model, list(store), ox.NamedNode(BASE + "collection/inferred")))
    return store


def _named(term: object) -> object:
    return ox.NamedNode(f"{BASE}.well-known/genid/{term.value}") if isinstance(term, ox.BlankNode) else term


def answer(question: Question, *, inferred: bool = False) -> list[dict[str, str]]:
    """The question's answer, one dictionary a row, IRIs shortened."""
    solutions = release(inferred=inferred).query(question.query, base_iri=BASE, use_default_graph_as_union=True)
    names = [variable.value for variable in solutions.variables]
    return [{name: _short(row[name]) for name in names if row[name] is not None} for row in solutions]


def _short(term: ox.NamedNode | ox.Literal) -> str:
    return term.value.replace(IHUB, "ihub:").removeprefix(BASE)


def expected(name: str) -> list[dict[str, str]]:
    return json.loads((EXPECTED / f"{name}.json").read_text(encoding="utf-8"))


def test_there_are_at_least_forty_questions_and_every_audience_asks_some() -> None:
    assert len(QUESTIONS) >= 40
    for audience in AUDIENCES:
        assert sum(question.audience == audience for question in QUESTIONS.values()) >= 8


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_is_answered(name: str) -> None:
    assert answer(QUESTIONS[name]) == expected(name)


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_has_the_same_answer_with_what_is_inferred(name: str) -> None:
    assert answer(QUESTIONS[name], inferred=True) == expected(name)


@pytest.mark.parametrize("name", QUESTIONS)
def test_an_expected_answer_is_not_empty(name: str) -> None:
    assert expected(name)


def test_no_expected_answer_is_left_over() -> None:
    assert {path.stem for path in EXPECTED.glob("*.json")} == set(QUESTIONS)


def test_titles_are_questions_and_differ() -> None:
    titles = [question.title for question in QUESTIONS.values()]
    assert all(title.endswith("?") for title in titles)
    assert len(set(titles)) == len(titles)


def test_a_question_without_an_explanation_is_refused_by_name(tmp_path) -> None:
    path = tmp_path / "bare.rq"
    path.write_text("# title: What?\n# audience: teacher\n\nSELECT * { ?s ?p ?o }")
    with pytest.raises(ValueError, match=r"bare\.rq: the line '# explanation"):
        read_question(path)


def test_an_unknown_audience_is_refused(tmp_path) -> None:
    path = tmp_path / "odd.rq"
    path.write_text("# title: What?\n# audience: everybody\n# explanation: None.\n\nSELECT * { ?s ?p ?o }")
    with pytest.raises(ValueError, match="everybody"):
        read_question(path)


def test_an_explanation_may_run_over_lines(tmp_path) -> None:
    path = tmp_path / "long.rq"
    path.write_text("# title: What?\n# audience: teacher\n# explanation: One\n#   two.\n# a comment\nASK { ?s ?p ?o }")
    assert read_question(path).explanation == "One two."
