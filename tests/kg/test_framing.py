"""JSON-LD documents are one tree, compact under the published context, and say exactly what the triples say."""

from __future__ import annotations

import json
from typing import Any

import pyoxigraph as ox
from hypothesis import given, settings
from hypothesis import strategies as st
from pyld import jsonld

from kg.framing import frame
from ontology.load import context
from ontology.namespaces import IHUB, PREFIXES, SCHEMA

ADDRESS = "https://hub.example/context/v1.jsonld"
ROOT = "https://hub.example/id/scenario/x"
XSD = PREFIXES["xsd"]

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
iris = st.one_of(
    st.sampled_from([ROOT, f"{ROOT}#activity-1", f"{ROOT}#outcome-10", f"{ROOT}#material-2", "geo:59.4,24.7"]),
    st.sampled_from([SCHEMA + "Thing", SCHEMA, IHUB + "LearningScenario", "urn:isbn:1", "schema:x", "org:y"]),
    st.from_regex(r"https://e\.example/[a-zé/%20:]{0,8}", fullmatch=True).filter(lambda iri: "%" not in iri),
).map(ox.NamedNode)
keys = st.sampled_from(
    [v["@id"] if isinstance(v, dict) else v for k, v in context().items() if k[0].islower() and k not in PREFIXES]
)
predicates = st.one_of(
    keys.filter(lambda name: ":" in name).map(lambda name: PREFIXES[name.split(":")[0]] + name.split(":")[1]),
    st.sampled_from([SCHEMA + "timeRequired", IHUB + "developsArea", "https://e.example/p", PREFIXES["rdf"] + "type"]),
).map(ox.NamedNode)
literals = st.one_of(
    st.builds(ox.Literal, texts),
    st.builds(lambda text, tag: ox.Literal(text, language=tag), texts, st.sampled_from(["en", "et", "ka", "nb", "zh"])),
    st.builds(
        lambda text, name: ox.Literal(text, datatype=ox.NamedNode(XSD + name)),
        st.one_of(texts, st.sampled_from(["1", "007", "-0", "1e3", "true", "0", "2026-11-22", "12345678901234567890"])),
        st.sampled_from(["integer", "boolean", "decimal", "date", "duration", "anyURI"]),
    ),
)
triples = st.lists(st.builds(ox.Triple, iris, predicates, st.one_of(iris, literals)), max_size=12)


def with_context(document: dict[str, Any]) -> dict[str, Any]:
    """The document with the published context written into it."""
    own = document["@context"]
    others = own[1:] if isinstance(own, list) else []
    return {**document, "@context": [dict(context()), *others]}


def parsed(document: dict[str, Any]) -> set[ox.Triple]:
    text = json.dumps(with_context(document))
    return {quad.triple for quad in ox.parse(text, format=ox.RdfFormat.JSON_LD)}


@given(triples)
def test_nothing_is_lost_and_nothing_added(given_triples: list[ox.Triple]) -> None:
    assert parsed(frame(given_triples, ROOT, ADDRESS)) == set(given_triples)


@settings(max_examples=20)  # it takes its time over so large a context
@given(triples)
def test_an_independent_processor_reads_the_same(given_triples: list[ox.Triple]) -> None:
    document = with_context(frame(given_triples, ROOT, ADDRESS))
    lines = jsonld.to_rdf(document, {"format": "application/n-quads"})
    assert {quad.triple for quad in ox.parse(lines, format=ox.RdfFormat.N_QUADS)} == set(given_triples)


def _unordered(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _unordered(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return sorted((_unordered(inner) for inner in value), key=lambda inner: json.dumps(inner, sort_keys=True))
    return value


def test_it_is_what_compaction_gives(release: Any) -> None:
    """An independent processor's compaction of our document is our document."""
    from kg.describe import describe

    for name in ("scenario/checking-a-photo", "subject/mathematics", "collection/classroom"):
        iri = f"http://127.0.0.1:8000/id/{name}"
        document = frame(describe(release.graph, iri).triples, iri, ADDRESS)
        again = jsonld.compact(jsonld.expand(with_context(document)), dict(context()))
        ours = {key: value for key, value in document.items() if key != "@context"}
        theirs = {key: value for key, value in again.items() if key != "@context"}
        assert _unordered(theirs) == _unordered(ours)


def test_parts_are_nested_in_order_and_written_once() -> None:
    activities = [ox.NamedNode(f"{ROOT}#activity-{number}") for number in (10, 9, 1)]
    root, position = ox.NamedNode(ROOT), ox.NamedNode(SCHEMA + "position")
    said = [ox.Triple(root, ox.NamedNode(IHUB + "activity"), part) for part in activities]
    said += [ox.Triple(root, ox.NamedNode(SCHEMA + "hasPart"), part) for part in activities]
    said += [ox.Triple(part, position, ox.Literal(number + 1)) for number, part in enumerate(activities)]
    document = frame(said, ROOT, ADDRESS)
    assert [part["id"].split("-")[-1] for part in document["activity"]] == ["1", "9", "10"]
    assert [part["position"] for part in document["activity"]] == [3, 2, 1]
    assert all(isinstance(part, str) for part in document["hasPart"])
    assert "@included" not in document


def test_an_iri_is_never_taken_for_a_compact_one() -> None:
    place = ox.Triple(ox.NamedNode(ROOT), ox.NamedNode(SCHEMA + "sameAs"), ox.NamedNode("geo:59.4,24.7"))
    document = frame([place], ROOT, ADDRESS)
    assert document["sameAs"] == "geo:59.4,24.7"
    assert parsed(document) == {place}
