"""The schema.org description has what search engines and Bioschemas ask for, in the types that they read."""

from __future__ import annotations

import re
from typing import Any, Final

import pytest

from kg.exporting.schema_org import PROFILE, learning_resource
from tests.kg.exporting.world import FULL, HOSTILE, ID_BASE, PAGE, source_of

# Bioschemas TrainingMaterial (https://bioschemas.org/profiles/TrainingMaterial/1.0-RELEASE): marginality, and the types
# that its validation schema (BioSchemas/specifications, TrainingMaterial_v1.0-RELEASE.json) allows.
MINIMUM: Final = {"@context": str, "@type": str, "@id": str, "description": str, "keywords": list, "name": str}
RECOMMENDED: Final = {
    "about": "DefinedTerm",
    "abstract": str,
    "audience": "EducationalAudience",
    "author": "Organization",
    "competencyRequired": "DefinedTerm",
    "contributor": "Person",
    "creativeWorkStatus": "DefinedTerm",
    "dateModified": "date",
    "datePublished": "date",
    "educationalLevel": "DefinedTerm",
    "identifier": str,
    "inLanguage": list,
    "learningResourceType": "DefinedTerm",
    "license": "url",
    "teaches": "DefinedTerm",
    "timeRequired": "duration",
    "url": "url",
    "version": str,
}
# Properties that schema.org 30.0 defines for LearningResource or one of its supertypes (CreativeWork, Thing).
KNOWN: Final = {
    *(
        "about",
        "abstract",
        "accessibilityFeature",
        "accessibilityHazard",
        "additionalType",
        "alternateName",
        "assesses",
    ),
    *("audience", "author", "competencyRequired", "conditionsOfAccess", "contributor", "creativeWorkStatus", "creator"),
    *(
        "creditText",
        "dateModified",
        "datePublished",
        "description",
        "disambiguatingDescription",
        "educationalAlignment",
    ),
    *(
        "educationalLevel",
        "exampleOfWork",
        "hasPart",
        "identifier",
        "inLanguage",
        "interactivityType",
        "isAccessibleForFree",
    ),
    *("isBasedOn", "isPartOf", "keywords", "learningResourceType", "license", "mainEntityOfPage", "name", "position"),
    *("publisher", "sameAs", "teaches", "timeRequired", "translationOfWork", "typicalAgeRange", "url", "version"),
}
PATTERNS: Final = {"date": r"\d{4}-\d\d-\d\d", "duration": r"PT\d+M", "url": r"https?://\S+"}


def has_type(value: Any, wanted: str | type) -> bool:
    values = value if isinstance(value, list) and wanted is not list else [value]
    if isinstance(wanted, type):
        return all(isinstance(item, wanted) and item for item in values)
    if wanted in PATTERNS:
        return all(isinstance(item, str) and re.fullmatch(PATTERNS[wanted], item) for item in values)
    return all(item["@type"] == wanted and (item.get("name") or item.get("educationalRole")) for item in values)


@pytest.fixture(scope="module")
def full() -> dict[str, Any]:
    return learning_resource(source_of(FULL), PAGE)


@pytest.mark.parametrize(("name", "wanted"), [*MINIMUM.items(), *RECOMMENDED.items()])
def test_a_property_of_the_profile_is_there_in_its_type(full: dict[str, Any], name: str, wanted: str | type) -> None:
    assert has_type(full[name], wanted), full[name]


def test_it_says_which_profile_it_conforms_to(full: dict[str, Any]) -> None:
    assert full["http://purl.org/dc/terms/conformsTo"]["@id"] == PROFILE
    without = learning_resource(source_of({k: v for k, v in FULL.items() if k != "description"}))
    assert "http://purl.org/dc/terms/conformsTo" not in without


def test_only_properties_of_schema_org_are_used(full: dict[str, Any]) -> None:
    assert {name for name in full if not name.startswith(("@", "http://purl.org/"))} <= KNOWN
    for part in full["hasPart"]:
        assert {name for name in part if not name.startswith("@")} <= KNOWN


def test_a_scenario_without_keywords_gets_the_names_of_its_concepts() -> None:
    node = {k: v for k, v in FULL.items() if k != "keywords"}
    assert learning_resource(source_of(node))["keywords"][:2] == ["Matemaatika", "Robootika"]


def test_levels_grades_and_ages_are_said() -> None:
    found = learning_resource(source_of({**FULL, "educationalLevel": ["level/isced-2"]}))
    assert found["educationalLevel"]["@id"] == f"{ID_BASE}level/isced-2"
    assert found["typicalAgeRange"] == "13-19"
    assert found["educationalAlignment"][0]["alignmentType"] == "educationalLevel"


def test_the_kind_of_data_is_said(full: dict[str, Any]) -> None:
    assert full["additionalType"] == f"{ID_BASE}data-kind/adapted"
    assert full["disambiguatingDescription"]


def test_a_person_is_a_person_and_an_organisation_is_none(full: dict[str, Any]) -> None:
    assert full["contributor"]["@type"] == "Person"
    assert full["publisher"]["@type"] == "Organization"


def test_hostile_text_stays_text() -> None:
    assert learning_resource(source_of({**FULL, "name": {"et": HOSTILE}}))["name"] == HOSTILE
