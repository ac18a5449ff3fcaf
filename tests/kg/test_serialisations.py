"""Every serialisation of a description reads back to the same triples, whatever people wrote."""

from __future__ import annotations

import json

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.describe import Description, serialise
from kg.media_types import RDF_MEDIA_TYPES
from kg.xml_text import without_invalid
from ontology.load import context
from tests.kg.test_framing import ADDRESS, ROOT, iris, literals, predicates

lexical = st.builds(ox.Triple, iris, predicates, st.one_of(iris, literals))
triples = st.lists(lexical, max_size=10)
MEDIA = {media.suffix: media for media in RDF_MEDIA_TYPES}


def described(stated: list[ox.Triple]) -> Description:
    return Description(ROOT, sorted(set(stated), key=str), 1, 1, [], 0)


def read(data: bytes, suffix: str) -> set[ox.Triple]:
    return {ox.Triple(q.subject, q.predicate, q.object) for q in ox.parse(data, format=MEDIA[suffix].format)}


@pytest.mark.parametrize("suffix", sorted(set(MEDIA) - {"jsonld", "rdf"}))
@settings(max_examples=150)
@given(stated=triples)
def test_it_reads_back(suffix: str, stated: list[ox.Triple]) -> None:
    assert read(serialise(described(stated), MEDIA[suffix], ADDRESS), suffix) == set(stated)


@settings(max_examples=150)
@given(stated=triples)
def test_json_ld_reads_back(stated: list[ox.Triple]) -> None:
    document = json.loads(serialise(described(stated), MEDIA["jsonld"], ADDRESS))
    own = document["@context"]
    document["@context"] = [dict(context()), *(own[1:] if isinstance(own, list) else [])]
    assert read(json.dumps(document).encode(), "jsonld") == set(stated)


@settings(max_examples=150)
@given(stated=triples)
def test_rdf_xml_reads_back_but_for_what_xml_cannot_hold(stated: list[ox.Triple]) -> None:
    stated = [triple for triple in stated if _is_element_name(triple.predicate.value)]
    said = {ox.Triple(t.subject, t.predicate, _readable(t.object)) for t in stated}
    assert read(serialise(described(stated), MEDIA["rdf"], ADDRESS), "rdf") == said


def _is_element_name(iri: str) -> bool:
    """Whether RDF/XML can write a predicate at all: its end must be an XML name (RDF 1.1 XML Syntax, section 5)."""
    return iri[-1:].isalpha()


def _readable(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> ox.NamedNode | ox.Literal:
    assert isinstance(term, ox.NamedNode | ox.Literal)
    if isinstance(term, ox.NamedNode):
        return term
    # XML readers take each way of ending a line for a line feed, unless it is written as a reference.
    text = without_invalid(term.value)
    if term.language:
        return ox.Literal(text, language=term.language)
    return ox.Literal(text, datatype=term.datatype)
