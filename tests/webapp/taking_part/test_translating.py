"""Somebody translates a published scenario: text beside text, everything else as it is, and no program translates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from lxml import html
from sqlalchemy import select

from kg.release import current_release
from ontology.namespaces import SCHEMA
from tests.webapp.taking_part.test_adapting import (
    BASE,
    SA_4,
    begun,
    form_of,
    last_document,
    send,
    submitted,
    words,
)
from tests.webapp.taking_part.test_reviewing import decide, publishing
from tests.webapp.taking_part.test_stories import publish
from webapp import create_app
from webapp.taking_part.models import Draft

if TYPE_CHECKING:
    from kg.settings import Settings
    from tests.webapp.taking_part.conftest import Browser
    from webapp.taking_part.database import Database

__all__ = ["publishing"]  # in this process nothing is published in the background

ESTONIAN = {
    "name": "Mürakaart",
    "description": "Õpilased mõõdavad müra.",
    "keywords": "müra, kaart",
    "outcome-1": "Oskan müra mõõta.",
    "outcome-2": "Oskan kaarti joonistada.",
    "activity-1.name": "Mõõtmine",
    "activity-1.description": "Rühmad mõõdavad.",
    "activity-2.name": "Kaart",
    "activity-2.description": "Klass joonistab.",
}


def translation(browser: Browser, scenario: str = "rich", language: str = "et") -> str:
    return begun(browser, scenario, "translation", language=language)


def pairs(browser: Browser, draft: str) -> dict[str, tuple[str, str, str]]:
    """By the name of the field: the origin's text, its language and the language of the field."""
    page = html.fromstring(browser.get(draft).get_data(as_text=True))
    found = {}
    for field in page.xpath(
        "//form[@id='draft']//*[self::input or self::textarea][contains(@aria-describedby, '-theirs')]"
    ):
        (text,) = page.xpath(f"//*[@id='{field.get('aria-describedby')}']/p[2]")
        found[field.get("name")] = (text.text_content(), text.get("lang", ""), field.get("lang"))
    return found


def test_each_text_stands_beside_its_field(mari: Browser) -> None:
    found = pairs(mari, translation(mari))
    assert found["name"] == ("Melukartta", "fi", "et")
    assert found["abstract"][0] == "Lyhyesti: melu, mittaus, kartta."
    assert found["outcome-2"][0] == "Osaan piirtää kartan."
    assert found["activity-2.description"] == ("Luokka piirtää.", "fi", "et")
    assert list(found)[-4:] == ["product", "assessment", "adaptation", "keywords"]
    assert "about" not in found


def test_the_page_says_how_many_texts_are_left(mari: Browser) -> None:
    draft = translation(mari)
    before = len(pairs(mari, draft))
    assert f"{before} texts are not translated yet." in words(mari, draft)
    send(mari, draft, name="Mürakaart")
    assert f"{before - 1} texts are not translated yet." in words(mari, draft)
    data = {**form_of(mari, draft), **dict.fromkeys(pairs(mari, draft), "x")}
    headers = {"X-Requested-With": "fetch"}
    assert mari.client.post(f"/taking-part{draft}", data=data, headers=headers).status_code == 200
    assert "All texts are translated." in mari.get(f"{draft}/remarks").get_data(as_text=True)


def test_what_the_origin_has_in_the_language_already_is_there(mari: Browser) -> None:
    fields = form_of(mari, translation(mari, language="en"))
    assert (fields["name"], fields["description"]) == (["A map of noise"], ["Pupils measure noise."])
    assert (fields["outcome-1"], fields["outcome-2"]) == ([""], ["I can draw a map."])
    assert fields["activity-1.name"] == [""]


@pytest.mark.parametrize("language", ["fi", "", "xx", "de"])
def test_a_translation_is_into_another_language_that_the_form_has(mari: Browser, kept: Database, language: str) -> None:
    fields = {"scenario": "scenario/rich", "kind": "translation", "language": language}
    assert mari.post("/hub/east/adaptations", "/translate/rich", **fields).status_code == 422
    with kept.reading() as session:
        assert session.scalars(select(Draft)).all() == []


def test_a_translation_has_the_texts_in_its_language_and_all_the_rest_of_the_origin(
    mari: Browser, editor: Browser, kept: Database
) -> None:
    proposal = submitted(mari, translation(mari), **ESTONIAN)
    found = last_document(kept)
    assert found["inLanguage"] == ["et"]
    assert found["name"] == {"en": "A map of noise", "et": "Mürakaart"}
    assert found["keywords"] == {"et": ["müra", "kaart"]}
    assert found["learningOutcome"][0]["description"] == {"et": "Oskan müra mõõta."}
    first = found["activity"][0]
    assert first["name"] == {"et": "Mõõtmine"}
    assert (first["minutes"], first["display"], first["outcome"]) == (30, "tool/cat-display", "#outcome-1")
    assert found["minutes"] == 45
    assert found["isBasedOn"] == found["translationOfWork"] == ["scenario/rich"]
    assert (found["license"], found["dataKind"]) == (SA_4, "data-kind/adapted")
    assert found["alignment"][0]["proficiencyLevel"] == "proficiency/digcomp22-4"
    assert "Tekijä T., Koulu 2020" in found["creditText"]
    page = editor.get(f"/hub/east/proposals/{proposal}").get_data(as_text=True)
    for row in (
        ("Name", "Melukartta", "Mürakaart"),
        ("Activity 2: Description", "Luokka piirtää.", "Klass joonistab."),
    ):
        assert '<th scope="row">{}</th><td class="text">{}</td><td class="text">{}</td>'.format(*row) in page


def test_fields_may_stay_empty(mari: Browser, kept: Database) -> None:
    submitted(mari, translation(mari), name="Mürakaart", description="Õpilased mõõdavad müra.")
    found = last_document(kept)
    assert found["completeness"] == "completeness/partial"
    assert [part["description"] for part in found["learningOutcome"]] == [{"en": "I can draw a map."}]
    first, second = found["activity"]
    assert (first.get("outcome"), second["outcome"]) == (None, ["#outcome-1"])  # of two outcomes, one is left
    assert not found["activity"][0]["name"]


def test_a_translation_without_a_title_is_not_submitted(mari: Browser) -> None:
    answer = send(mari, translation(mari), "submit", description="Õpilased mõõdavad müra.")
    assert answer.status_code == 422
    assert "Translate at least the title" in answer.get_data(as_text=True)


def test_a_forged_form_changes_no_rows_and_no_facts(mari: Browser, kept: Database) -> None:
    forged: dict[str, Any] = {
        "activities": "9",
        "activity-9.name": "x",
        "minAge": "99",
        "language": "fi",
        "outcome": "x",
    }
    send(mari, translation(mari), "remove-activity-1", **forged)
    with kept.reading() as session:
        data = session.scalars(select(Draft)).one().data
    assert (data["language"], len(data["activities"]), data["values"]["minAge"]) == ("et", 2, "13")


def test_a_published_translation_is_found_from_its_original_and_from_other_translations(
    home: Settings, mari: Browser, editor: Browser, kept: Database
) -> None:
    for language, title in (("et", "Mürakaart"), ("lt", "Triukšmo žemėlapis")):
        draft = translation(mari, language=language)
        fields = {"name": title, "description": title, "outcome-1": title}
        decide(editor, submitted(mari, draft, **fields), "accept")
    publish(kept, home)
    graph = current_release(home).graph
    found = graph.subjects(SCHEMA + "translationOfWork", BASE + "scenario/rich")
    assert len(found) == 2
    app = create_app(home)
    app.testing = True
    try:
        pages = [app.test_client().get(f"/doc/{iri.removeprefix(BASE)}").text for iri in found]
        origin = html.fromstring(app.test_client().get("/doc/scenario/rich").text)
    finally:
        app.extensions["ihub.services"].close()
        app.extensions["ihub.people"].database.close()
    (listed,) = origin.xpath("//ul[@aria-labelledby='translations']")
    (tree,) = origin.xpath("//div[@aria-labelledby='family']")
    for title, language in (("Mürakaart", "Estonian"), ("Triukšmo žemėlapis", "Lithuanian")):
        assert title in listed.text_content()
        assert language in tree.text_content()
    for page in pages:
        (others,) = html.fromstring(page).xpath("//ul[@aria-labelledby='translations']")
        assert others.text_content().count("A map of noise") == 1
        assert len(others.xpath("li")) == 2
