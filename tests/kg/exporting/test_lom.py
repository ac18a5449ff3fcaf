"""LOM records are valid against the standard's schemas, hold texts in all languages and hide nothing in markup."""

from __future__ import annotations

from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from kg.exporting.lom import lom_element, lom_xml
from ontology.namespaces import SCHEMA
from tests.kg.exporting.world import FULL, HOSTILE, ID_BASE, PAGE, source_of

NAMES = {"l": "http://ltsc.ieee.org/xsd/LOM", "ihub": "https://w3id.org/ihub/ns#"}


def record(node: dict[str, Any], *, extensions: bool = True, vocabularies: bool = True) -> etree._Element:
    source = source_of(node, vocabularies=vocabularies)
    return etree.fromstring(lom_xml(source, PAGE, extensions=extensions))


def texts(element: etree._Element, path: str) -> dict[str | None, str | None]:
    return {string.get("language"): string.text for string in element.findall(path, NAMES)}


@pytest.mark.parametrize(("schema", "extensions"), [("loose", True), ("strict", False)])
@pytest.mark.parametrize(
    "change",
    [
        {},
        {"id": "scenario/რობოტი-é"},
        {"name": {"et": HOSTILE}, "keywords": {"et": [HOSTILE]}},
        {"minAge": None},
        {"maxAge": None},
        {"publisher": None, "creator": None},
        {"license": None, "creditText": None},
        {"inLanguage": ["zh-Hant-TW", "nb-NO"]},
        {"reviewStatus": "review-status/withdrawn"},
        {"learningResourceType": ["resource-type/assessment", "resource-type/other"]},
    ],
)
def test_a_record_is_valid(lom_schemas: Any, schema: str, extensions: bool, change: dict[str, Any]) -> None:
    element = record({key: v for key, v in {**FULL, **change}.items() if v is not None}, extensions=extensions)
    lom_schemas[schema].assertValid(element)


def test_without_extensions_nothing_of_ours_is_in_it(lom_schemas: Any) -> None:
    loose, strict = record(FULL), record(FULL, extensions=False)
    assert loose.findall(".//ihub:*", NAMES)
    assert not strict.findall(".//ihub:*", NAMES)
    assert not lom_schemas["strict"].validate(loose)


def test_texts_are_in_all_their_languages() -> None:
    element = record(FULL)
    assert texts(element, "l:general/l:title/l:string") == {"et": "Pealkiri üks", "en": "Title one"}
    assert texts(element, "l:general/l:description/l:string") == {"et": "Kirjeldus üks", "en": "Description one"}
    assert [k.text for k in element.findall("l:general/l:keyword/l:string", NAMES)] == ["keyword", "teine", "võtmesõna"]
    assert texts(element, "l:rights/l:description/l:string") == {
        "x-t-cc-url": "https://creativecommons.org/licenses/by/4.0/",
        "et": "Credit where it is due",
    }


def test_a_subject_is_a_path_from_the_broadest() -> None:
    element = record(FULL)
    paths = {
        tuple(path.xpath("l:taxon/l:id/text()", namespaces=NAMES))
        for path in element.xpath("l:classification[l:purpose/l:value='discipline']/l:taxonPath", namespaces=NAMES)
    }
    assert (f"{ID_BASE}subject/informatics", f"{ID_BASE}subject/robotics") in paths


def test_the_kind_of_data_is_said_without_extensions_too() -> None:
    element = record(FULL, extensions=False)
    assert f"{ID_BASE}data-kind/adapted" in element.xpath("//l:taxon/l:id/text()", namespaces=NAMES)


def test_class_time_is_typical_learning_time_and_no_duration_of_media() -> None:
    element = record(FULL)
    assert element.findtext("l:educational/l:typicalLearningTime/l:duration", None, NAMES) == "PT4321M"
    assert element.find("l:technical/l:duration", NAMES) is None


def test_an_activity_keeps_its_fields_in_the_extension() -> None:
    (activity,) = record(FULL).findall("ihub:activity", NAMES)
    assert activity.find("ihub:grouping", NAMES).get("resource") == f"{ID_BASE}grouping/pair"  # type: ignore[union-attr]
    assert activity.findtext("ihub:name", None, NAMES) == "Tegevuse nimi"
    assert activity.find("ihub:material", NAMES).get("id") == "activity-1-material-1"  # type: ignore[union-attr]


def test_hostile_text_stays_text() -> None:
    element = record({**FULL, "name": {"et": HOSTILE}, "creditText": HOSTILE})
    assert texts(element, "l:general/l:title/l:string") == {"et": HOSTILE}
    assert not element.xpath("//*[local-name()='script']")


CHARACTERS = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")
XML = st.text(CHARACTERS, min_size=1, max_size=40)


@settings(max_examples=50)
@given(XML, st.sampled_from(["et", "ka", "en-gb"]), XML)
def test_any_text_comes_through(title: str, tag: str, word: str) -> None:
    node = {**FULL, "name": {tag: title}, "keywords": {tag: [word]}}
    element = record(node, vocabularies=False)
    assert texts(element, "l:general/l:title/l:string") == {tag: title}
    assert [k.text for k in element.findall("l:general/l:keyword/l:string", NAMES)] == [word]


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40))
def test_what_xml_cannot_hold_does_not_break_it(title: str) -> None:
    """No document holds such characters, but a vocabulary might."""
    source = source_of(FULL, vocabularies=False)
    name = ox.Literal(title, language="fi")
    graph = ox.NamedNode(f"{ID_BASE}collection/tests")
    source.graph.store.add(ox.Quad(ox.NamedNode(source.iri), ox.NamedNode(SCHEMA + "name"), name, graph))
    again = etree.fromstring(etree.tostring(lom_element(source)))
    assert len(texts(again, "l:general/l:title/l:string")["fi"] or "") <= len(title)
