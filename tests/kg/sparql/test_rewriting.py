"""A rewritten query means what it meant, in one line that every parser reads alike, with its dataset beside it."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.sparql.errors import MalformedQueryError, UnsupportedFunctionError
from kg.sparql.rewriting import rewrite
from ontology.namespaces import PREFIXES
from ontology.questions import questions
from tests.kg.sparql.conftest import EX, quads_text

PREFIXED = {"ex": EX}


@pytest.fixture(scope="module")
def store() -> ox.Store:
    store = ox.Store()
    store.load(quads_text(6), format=ox.RdfFormat.N_QUADS)
    return store


def answers(store: ox.Store, text: str) -> list[str]:
    found = store.query(text, base_iri=EX, prefixes=PREFIXED, use_default_graph_as_union=True)
    return [str(bool(found))] if isinstance(found, ox.QueryBoolean) else sorted(map(str, found))


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { ?s ex:name ?n } # all of them",
        "SELECT*{?s<name>?n}ORDER BY?n LIMIT 3",
        "PREFIX e: <http://example.org/>\nSELECT ?s\n# a comment\nWHERE { ?s e:number 3 }",
        "BASE <http://other.example/> SELECT * { ?s <http://example.org/name> ?n }",
        'ASK { ?s ex:name "name 1"@en }',
        "ASK { ?s ex:name '''name 1'''@en }",
        r'ASK { ?s ex:name "n\u0061me 1"@en }',
        r"ASK { ?s <http://example.org/n\u0061me> ?n }",
        "SELECT (STRLEN('''a\nb\"c\\\\''') AS ?n) {}",
        "SELECT ?s { ?s ex:number ?n FILTER(?n<3&&?n>1) }",
        "CONSTRUCT { ?s ex:is ?n } WHERE { ?s ex:number ?n }",
        "CONSTRUCT WHERE { ?s ex:number ?n }",
        "SELECT ?s { ?s ex:next/^ex:next|ex:next+ ?o }",
    ],
)
def test_it_means_the_same(store: ox.Store, text: str) -> None:
    rewritten = rewrite(text, EX, PREFIXED).text
    assert "\n" not in rewritten
    found = store.query(rewritten, use_default_graph_as_union=True)
    plain = [str(bool(found))] if isinstance(found, ox.QueryBoolean) else sorted(map(str, found))
    assert plain == answers(store, text)


@pytest.mark.parametrize("question", questions(), ids=lambda question: question.name)
def test_every_question_can_be_rewritten(question: object) -> None:
    rewritten = rewrite(question.query, EX, PREFIXES).text  # type: ignore[attr-defined]
    ox.Store().query(rewritten)
    assert "#title" not in rewritten.replace(" ", "")


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=30))
def test_every_string_survives(text: str) -> None:
    escaped = "".join(f"\\U{ord(character):08x}" if character in "'\"\\\r\n#" else character for character in text)
    query = f"SELECT ('''{escaped}''' AS ?x) {{}}"
    try:
        before = [row["x"].value for row in ox.Store().query(query)]
    except SyntaxError:
        return
    assert [row["x"].value for row in ox.Store().query(rewrite(query, None, {}).text)] == before


@pytest.mark.parametrize(
    ("text", "default", "named"),
    [
        ("SELECT * { ?s ?p ?o }", None, None),
        ("SELECT * FROM <g> { ?s ?p ?o }", (EX + "g",), ()),
        ("SELECT * FROM<g>FROM NAMED<h>WHERE{ ?s ?p ?o }", (EX + "g",), (EX + "h",)),
        ("SELECT * from ex:g from named ex:h { ?s ?p ?o }", (EX + "g",), (EX + "h",)),
        ("PREFIX e: <urn:> BASE <http://b/> ASK FROM e:x FROM <y> {}", ("urn:x", "http://b/y"), ()),
        ("DESCRIBE <a> FROM <g>", (EX + "g",), ()),
        ("SELECT (1 AS ?x) { ?FROM ?NAMED 'FROM <x>' }", None, None),
    ],
)
def test_the_dataset_is_taken_out(text: str, default: tuple[str, ...] | None, named: tuple[str, ...] | None) -> None:
    rewritten = rewrite(text, EX, PREFIXED)
    assert (rewritten.default, rewritten.named) == (default, named)
    found = ox.Store().query(rewritten.text)
    assert found is not None


def test_a_description_of_iris_means_the_same_everywhere() -> None:
    rewritten = rewrite("DESCRIBE <s1> ex:s2", EX, PREFIXED)
    assert rewritten.form == "CONSTRUCT"
    assert rewritten.solutions.endswith("SELECT * WHERE { VALUES ?s { <s1> ex:s2 } ?s ?p ?o }")


@pytest.mark.parametrize(
    "text",
    [
        "SELECT (<bif:x>(1) AS ?x) {}",
        "PREFIX b: <BIF:> SELECT (b:x(1) AS ?x) {}",
        "BASE <sql:> SELECT (<x>(1) AS ?x) {}",
        r"SELECT (<\u006aava:x>(1) AS ?x) {}",
    ],
)
def test_code_of_the_server_is_not_called(text: str) -> None:
    with pytest.raises(UnsupportedFunctionError):
        rewrite(text, EX, {})


def test_what_is_no_query_is_not_sent() -> None:
    with pytest.raises(MalformedQueryError):
        rewrite("DEFINE x 'y' { }", EX, {})
    with pytest.raises(MalformedQueryError):
        rewrite("ASK FROM nowhere:x {}", EX, {})
