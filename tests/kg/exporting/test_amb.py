"""AMB descriptions keep to the profile's own JSON Schema, and say in its lists what ours mean."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyld import jsonld

from kg.exporting.amb import amb_document
from ontology.namespaces import IHUB
from tests.kg.exporting.world import FULL, HOSTILE, ID_BASE, PAGE, TEXT, source_of

CONTEXT = {
    "id": "@id",
    "type": "@type",
    "@vocab": "http://schema.org/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "prefLabel": {"@id": "skos:prefLabel", "@container": "@language"},
}
"""What the profile's context says, as far as we use it."""


def expanded(document: dict[str, Any]) -> dict[str, Any]:
    (node,) = jsonld.expand({**document, "@context": [CONTEXT, *document["@context"][1:]]})
    return node


def test_a_full_description_is_valid(amb_schema: Any) -> None:
    assert list(amb_schema.iter_errors(amb_document(source_of(FULL), PAGE, TEXT))) == []


def test_the_validator_finds_what_is_wrong(amb_schema: Any) -> None:
    document = amb_document(source_of(FULL), PAGE, TEXT)
    for field, wrong in (("about", [{"id": "https://e.example/x"}]), ("id", "no uri"), ("datePublished", "soon")):
        assert list(amb_schema.iter_errors({**document, field: wrong})), field


def test_concepts_stand_beside_their_matches_in_the_lists_of_the_profile() -> None:
    document = amb_document(source_of(FULL))
    subjects = [concept["id"] for concept in document["about"]]
    assert "http://w3id.org/kim/schulfaecher/s1013" in subjects  # informatics, above robotics
    assert f"{ID_BASE}subject/robotics" in subjects
    assert [c["id"] for c in document["educationalLevel"]] == [
        "https://w3id.org/kim/educationalLevel/level_2",
        "https://w3id.org/kim/educationalLevel/level_3",
    ]
    assert document["learningResourceType"][0]["id"] == "https://w3id.org/kim/hcrt/lesson_plan"
    assert document["audience"][0]["id"] == "http://purl.org/dcx/lrmi-vocabs/educationalAudienceRole/student"
    assert document["conditionsOfAccess"]["id"] == "http://w3id.org/kim/conditionsOfAccess/login"
    assert {c["id"] for c in document["teaches"]} >= {"https://w3id.org/kim/digcomp/g_3"}


def test_a_subject_without_a_match_is_an_alignment(amb_schema: Any) -> None:
    document = amb_document(source_of({**FULL, "about": ["subject/first-language"]}))
    assert "about" not in document
    names = [a["targetName"] for a in document["educationalAlignment"] if a["alignmentType"] == "educationalSubject"]
    assert names[0] == "Emakeel ja kirjandus" or len(names) == 2
    assert list(amb_schema.iter_errors(document)) == []


def test_a_licence_that_the_profile_does_not_list_is_information_on_use(amb_schema: Any) -> None:
    licence = "http://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
    document = amb_document(source_of({**FULL, "license": licence}))
    assert "license" not in document
    assert document["usageInfo"] == licence
    assert list(amb_schema.iter_errors(document)) == []


def test_class_time_is_no_media_duration() -> None:
    document = amb_document(source_of(FULL))
    assert document["timeRequired"] == "PT4321M"
    assert "duration" not in document


@pytest.mark.parametrize(("tag", "default"), [("et", "et"), ("nb-NO", "nb"), ("sma", "en"), ("zh-Hant-TW", "zh")])
def test_the_default_language_is_that_of_the_text(amb_schema: Any, tag: str, default: str) -> None:
    document = amb_document(source_of({**FULL, "inLanguage": [tag], "name": {tag: "A title"}}))
    assert {"@language": default} in document["@context"]
    assert list(amb_schema.iter_errors(document)) == []
    (name,) = expanded(document)["http://schema.org/name"]
    assert name["@language"] in {tag.lower(), default, tag}
    if default == "en":
        assert name["@language"] == "sma"


def test_the_kind_of_data_is_said() -> None:
    (kind,) = expanded(amb_document(source_of(FULL)))[IHUB + "dataKind"]
    assert kind["@id"] == f"{ID_BASE}data-kind/adapted"


def test_addresses_are_uris(amb_schema: Any) -> None:
    document = amb_document(source_of({**FULL, "id": "scenario/რობოტი-é"}))
    assert document["id"].isascii()
    assert list(amb_schema.iter_errors(document)) == []


def test_hostile_text_stays_text(amb_schema: Any) -> None:
    hostile = {**FULL, "name": {"et": HOSTILE}, "description": {"et": HOSTILE}, "keywords": {"et": [HOSTILE]}}
    document = amb_document(source_of(hostile))
    assert (document["name"], document["keywords"]) == (HOSTILE, [HOSTILE])
    assert list(amb_schema.iter_errors(document)) == []


TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), min_size=1)


@settings(max_examples=50)
@given(TEXTS, st.sampled_from(["et", "ka", "nb", "en-GB", "sma"]), TEXTS)
def test_any_text_comes_through(title: str, tag: str, word: str) -> None:
    node = {**FULL, "inLanguage": [tag], "name": {tag: title}, "keywords": {tag: [word]}}
    document = amb_document(source_of(node, vocabularies=False))
    assert document["name"] == title
    assert document["keywords"] == [word]
