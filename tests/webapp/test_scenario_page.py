"""A scenario's page tells what a teacher asks of a lesson, in the reader's language as far as there is text in it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from lxml import etree, html

from kg.exporting.citation import bibtex, citation, csl_json
from kg.exporting.source import Source
from kg.lineage import lineage
from kg.scenario import read_scenario
from kg.settings import Settings
from search.index import SearchPart
from tests.kg.shelf import Shelf
from tests.webapp.linked_data import BASE
from webapp import create_app
from webapp.entity_pages.timeline import timeline
from webapp.interface_language import INTERFACE_LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from flask.testing import FlaskClient

    from kg.release import Release

RICH = {
    "inLanguage": ["et"],
    "name": {"et": "Soojuskaart kooliõuest", "en": "A heat map of the schoolyard"},
    "description": {"et": "Paarid mõõdavad ja kaardistavad.", "en": "Pairs measure and map."},
    "about": ["subject/geography"],
    "educationalLevel": ["level/isced-2"],
    "nationalGrade": ["grade/ee-7"],
    "teaches": ["competence/digcomp22-1.3"],
    "alignment": [
        {"id": "#alignment-1", "competence": "competence/digcomp22-1.3", "proficiencyLevel": "proficiency/digcomp22-4"},
        {
            "id": "#alignment-2",
            "competence": "competence/digcomp22-3.1",
            "alignmentSource": "alignment-source/machine",
            "confidence": 0.62,
        },
    ],
    "minAge": 12,
    "maxAge": 14,
    "minutes": 60,
    "preparationMinutes": 20,
    "needsPupilDevices": False,
    "exampleOfWork": "work/heat",
    "isBasedOn": ["scenario/weather", "https://example.org/original"],
    "adaptationNote": {"et": "Paberil."},
    "assessment": {"et": "Paar seletab teisele paarile ühe kuuma koha."},
    "creditText": "Mari & Co",
    "datePublished": "2026-03-05",
    "learningOutcome": [{"id": "#outcome-1", "description": {"et": "Seletab, miks asfalt on soojem."}}],
    "activity": [
        {
            "id": "#activity-1",
            "position": 1,
            "name": {"et": "Mõõtmine"},
            "description": {"et": "Paarid mõõdavad."},
            "minutes": 45,
            "inClass": True,
            "grouping": "grouping/pair",
            "tool": ["tool/cat-camera"],
        },
        {"id": "#activity-2", "position": 2, "name": {"et": "Kodutöö"}, "minutes": 30, "inClass": False},
        {
            "id": "#activity-3",
            "position": 3,
            "name": {"et": "Kaart"},
            "minutes": 15,
            "inClass": True,
            "grouping": "grouping/wholeClass",
        },
    ],
    "material": [
        {
            "id": "#material-1",
            "name": {"et": "Tööleht"},
            "url": "https://example.org/sheet",
            "license": "https://creativecommons.org/licenses/by-sa/4.0/",
        }
    ],
}
PLAIN = {
    "license": "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
    "creditText": "A portal",
    "text": {"en": "Key points:\n- Trees are plants\n- Leaves differ\n\nLook at them.\nThen draw."},
}
STORY = {
    "id": "evidence/story",
    "type": "ImplementationStory",
    "name": {"en": "How it went in spring"},
    "whatHappened": {"en": "Pupils asked for a second day."},
    "whatChanged": {"en": "The map was made on paper."},
    "evidenceKind": "evidence-kind/story",
    "evidenceFor": ["scenario/heat"],
    "groupSizeBand": "20-29",
    "source": ["https://example.org/story"],
}


@pytest.fixture(scope="module")
def shelf_release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """A release of a full description, a plain text, and what stands around them."""
    settings = Settings.from_environment({"IHUB_HOME": str(tmp_path_factory.mktemp("home")), "IHUB_EMBEDDER": "none"})
    part = SearchPart(None, settings.home / "cache" / "embeddings.sqlite")
    shelf = Shelf(settings, [part], vocabularies=True)
    shelf.put("heat", **RICH)
    shelf.put("heat-fi", inLanguage=["fi"], name={"fi": "Lämpökartta"}, exampleOfWork="work/heat")
    shelf.put("plain", "Naming trees", **PLAIN)
    shelf.put("weather", "Weather in a box", teaches=["competence/digcomp22-1.3"], about=["subject/geography"])
    shelf.put("heat-small", "Heat for the small", isBasedOn=["scenario/heat"])
    shelf.put("hen", "The hen", isBasedOn=["scenario/egg"])
    shelf.put("egg", "The egg", isBasedOn=["scenario/hen"])
    shelf.documents["evidence/story"] = STORY
    return shelf.release()


@pytest.fixture(scope="module")
def shelf_app(shelf_release: Release) -> Iterator[Flask]:
    """The application over that release."""
    home = str(shelf_release.directory.parents[1])
    app = create_app(Settings.from_environment({"IHUB_HOME": home, "IHUB_EMBEDDER": "none"}))
    app.testing = True
    yield app
    app.extensions["ihub.services"].close()


@pytest.fixture
def reader(shelf_app: Flask) -> FlaskClient:
    return shelf_app.test_client()


def page(client: FlaskClient, name: str, language: str = "en", prefix: str = "") -> html.HtmlElement:
    response = client.get(f"{prefix}/doc/scenario/{name}", headers={"Accept-Language": language})
    assert response.status_code == 200
    return html.fromstring(response.text)


def section(tree: html.HtmlElement, name: str) -> str:
    """The words of the part of the page under a heading."""
    (found,) = tree.xpath(f"//section[@aria-labelledby='{name}']")
    return " ".join(found.text_content().split())


def test_the_glance_says_what_one_needs_to_know_first(reader: FlaskClient) -> None:
    told = page(reader, "heat").xpath("string(//dl[@class='glance'])")
    for said in (
        "Geography",
        "12–14",
        "60 min",
        "20 min",
        "Not needed",
        "Pair work",
        "Estonian",
        "CC BY 4.0",
        "Camera",
    ):
        assert said in told


def test_outcomes_assessment_and_materials_are_told(reader: FlaskClient) -> None:
    tree = page(reader, "heat")
    assert "Seletab, miks asfalt on soojem." in section(tree, "outcomes")
    assert "Paar seletab teisele" in section(tree, "assessment")
    assert section(tree, "materials") == "Materials Tööleht CC BY-SA 4.0"
    assert tree.xpath("//li[@id='material-1']/a/@href")[0] == "https://example.org/sheet"


def test_stated_and_suggested_competences_are_told_apart(reader: FlaskClient) -> None:
    tree = page(reader, "heat")
    stated, suggested = section(tree, "competences-stated"), section(tree, "competences-suggested")
    assert "1.3" in stated
    assert "Level 4" in stated
    assert "3.1" not in stated
    assert "3.1" in suggested
    assert "62%" in suggested
    assert "Nobody has checked these suggestions." in suggested


def test_a_competence_leads_to_more_for_it_in_the_same_subject(reader: FlaskClient) -> None:
    (more,) = page(reader, "heat").xpath("//a[@class='more-like']")
    assert more.text == "1 more in Geography"
    found = reader.get(more.get("href"))
    assert "Weather in a box" in found.text
    assert not page(reader, "weather").xpath("//a[@class='more-like'][contains(text(), '0 more')]")


def test_activities_are_a_list_in_order_with_their_times(reader: FlaskClient) -> None:
    tree = page(reader, "heat")
    steps = [" ".join(step.text_content().split()) for step in tree.xpath("//ol[@class='timeline']/li")]
    assert [step.partition(" min")[0] for step in steps] == ["45", "30", "15"]
    assert "minute 0–45" in steps[0]
    assert "Pair work" in steps[0]
    assert "Camera" in steps[0]
    assert "outside class" in steps[1]
    assert "minute 45–60" in steps[2]
    (line,) = tree.xpath("//svg[@class='timeline-line']")
    assert line.get("aria-hidden") == "true"
    assert [(part.get("x"), part.get("width")) for part in line.iter("rect")] == [("0.0%", "75.0%"), ("75.0%", "25.0%")]
    assert not tree.xpath("//*[@style] | //style")


def test_no_time_is_claimed_after_an_activity_of_unknown_length(shelf_release: Release) -> None:
    activities = read_scenario(shelf_release.graph, f"{BASE}id/scenario/heat").activities
    unknown = [activity.__class__(**{**activity.__dict__, "minutes": None}) for activity in activities[:1]]
    found = timeline([*unknown, *activities[1:]])
    assert [(step.start, step.end) for step in found.steps] == [(None, None), (None, None), (None, None)]
    assert found.segments == []


def test_stories_of_use_are_told(reader: FlaskClient) -> None:
    told = section(page(reader, "heat"), "evidence")
    for said in ("How it went in spring", "Pupils asked for a second day.", "The map was made on paper.", "20-29"):
        assert said in told
    assert not page(reader, "plain").xpath("//section[@aria-labelledby='evidence']")


def test_origin_shows_sources_and_adaptations_as_a_tree(reader: FlaskClient) -> None:
    tree = page(reader, "heat")
    (here,) = tree.xpath("//ul[@class='family']//*[@aria-current='page']")
    assert here.text == "A heat map of the schoolyard"
    above = [link.text for link in tree.xpath("//div[@aria-labelledby='family']/ul/li/a")]
    assert above == ["Weather in a box", "example.org/original"]
    below = here.xpath("../ul//a")
    assert [link.text for link in below] == ["Heat for the small"]
    assert not page(reader, "plain").xpath("//*[@id='family']")


def test_works_that_are_based_on_each_other_make_a_finite_tree(shelf_release: Release, reader: FlaskClient) -> None:
    found = lineage(shelf_release.graph, f"{BASE}id/scenario/hen")
    (root,) = found.roots
    assert [root.iri, *(work.iri for work in root.adaptations)] == [
        f"{BASE}id/scenario/egg",
        f"{BASE}id/scenario/hen",
    ]
    assert "The egg" in section(page(reader, "hen"), "origin")


def test_a_tree_has_no_more_works_than_it_has_room_for(settings: Settings) -> None:
    shelf = Shelf(settings)
    shelf.put("root")
    for number in range(12):
        shelf.put(f"child-{number:02}", isBasedOn=["scenario/root"])
    graph = shelf.release().graph
    (root,) = lineage(graph, f"{BASE}id/scenario/root", 5).roots
    assert (len(root.adaptations), root.others) == (4, 8)
    (beside,) = lineage(graph, f"{BASE}id/scenario/child-11").roots
    assert beside.adaptations[0].iri.endswith("child-11"), "the scenario itself is never left out"
    assert len(beside.adaptations) + beside.others == 12


def test_a_text_in_another_language_says_so_and_has_the_readers_summary(reader: FlaskClient) -> None:
    tree = page(reader, "heat", "en")
    assert tree.xpath("//h1/@lang") == ["et"]
    assert "Language of the text: Estonian." in tree.xpath("string(//div[@class='text-language'])")
    summary = tree.xpath("//p[@class='summary-for-reader']")[0]
    assert summary.text_content() == "A heat map of the schoolyard Pairs measure and map."
    assert summary.get("lang") is None, "it is in the language of the page"
    own = page(reader, "heat", "et")
    assert "Language of the text" not in own.xpath("string(//div[@class='text-language'])")
    assert not own.xpath("//h1/@lang | //p[@class='summary-for-reader']")


def test_translations_are_offered_in_their_own_language(reader: FlaskClient) -> None:
    (link,) = page(reader, "heat").xpath("//div[@class='text-language']//a")
    assert (link.text, link.get("lang"), link.get("hreflang")) == ("Lämpökartta", "fi", "fi")
    assert link.get("href") == "/doc/scenario/heat-fi"


def test_every_text_in_another_language_says_which(reader: FlaskClient) -> None:
    for language in INTERFACE_LANGUAGES:
        tree = page(reader, "heat", language, f"/{language}")
        assert tree.get("lang") == language
        for text in ("Paarid mõõdavad.", "Tööleht", "Seletab, miks asfalt on soojem."):
            (found,) = tree.xpath(f"//main//*[text()='{text}']")
            assert found.xpath("ancestor-or-self::*[@lang][1]/@lang") == ["et"]
        subject = tree.xpath("//dl[@class='glance']//a")[0]
        assert subject.xpath("ancestor-or-self::*[@lang][1]/@lang") == [language]


def test_a_plain_text_has_no_empty_headings(reader: FlaskClient) -> None:
    tree = page(reader, "plain")
    names = tree.xpath("//article[@class='scenario']//h2/@id")
    assert names == ["text", "origin", "citing"]
    assert [item.text for item in tree.xpath("//section[@class='text']//li")] == ["Trees are plants", "Leaves differ"]
    assert tree.xpath("count(//section[@class='text']//p)") == 2
    assert not tree.xpath("//dl[@class='glance']//dd[not(normalize-space())]")


def test_the_licence_is_put_in_words(reader: FlaskClient) -> None:
    assert "if you name its authors" in section(page(reader, "heat"), "citing")
    told = section(page(reader, "plain"), "citing")
    assert "OGL UK 3.0" in told
    assert "A portal" in told


def test_how_to_cite_names_authors_title_year_iri_and_release(reader: FlaskClient, shelf_release: Release) -> None:
    cited = page(reader, "heat").xpath("string(//*[@id='citation'])")
    assert cited == (f"Mari & Co (2026). Soojuskaart kooliõuest. Shelf, {shelf_release.id}. {BASE}id/scenario/heat")


def test_the_citation_comes_for_reference_managers(reader: FlaskClient, shelf_release: Release) -> None:
    found = reader.get("/doc/scenario/heat.csl.json")
    assert found.mimetype == "application/vnd.citationstyles.csl+json"
    (item,) = json.loads(found.data)
    assert item["author"] == [{"literal": "Mari & Co"}]
    assert item["issued"] == {"date-parts": [[2026, 3, 5]]}
    assert item["URL"] == f"{BASE}id/scenario/heat"
    entry = reader.get("/doc/scenario/heat.bib").text
    assert entry.startswith("@misc{heat,\n  author = {{Mari \\& Co}},")
    assert f"version = {{{shelf_release.id}}}" in entry


def test_a_title_cannot_break_out_of_bibtex(shelf_release: Release) -> None:
    cited = citation(Source(shelf_release.graph, f"{BASE}id/scenario/heat"), "r")
    hostile = cited.__class__(**{**cited.__dict__, "title": "50 % {of} \\input $x$ #1 a_b ~ ^", "published": ""})
    title = bibtex(hostile).decode().split("title = ")[1].splitlines()[0]
    assert title == (r"{{50 \% \{of\} \textbackslash{}input \$x\$ \#1 a\_b \textasciitilde{} \textasciicircum{}}},")
    assert "issued" not in json.loads(csl_json(hostile))[0]


def test_the_code_for_the_print_leads_to_the_iri_and_lasts(reader: FlaskClient) -> None:
    (image,) = page(reader, "heat").xpath("//img[@class='print-code']")
    assert image.get("loading") == "lazy", "only a print needs it"
    found = reader.get(image.get("src"))
    assert found.mimetype == "image/svg+xml"
    assert "immutable" in found.headers["Cache-Control"]
    drawing = etree.fromstring(found.data)
    assert drawing.get("viewBox")
    assert not drawing.xpath("//@style | //*[local-name()='script' or local-name()='style']")
    again = reader.get(image.get("src"), headers={"If-None-Match": found.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("suffix", ["bib", "csl.json", "qr.svg"])
def test_only_scenarios_have_companions(reader: FlaskClient, suffix: str) -> None:
    assert reader.get(f"/doc/scenario/plain.{suffix}").status_code == 200
    assert reader.get(f"/doc/subject/geography.{suffix}").status_code == 404
    assert reader.get(f"/doc/scenario/unheard-of.{suffix}").status_code == 404


def test_all_downloads_are_there_and_answer(reader: FlaskClient) -> None:
    links = page(reader, "heat").xpath("//section[@aria-labelledby='take']//dl//a")
    assert len(links) == len({link.get("href") for link in links}) == 12
    for link in links:
        found = reader.get(link.get("href"))
        assert (found.status_code, found.mimetype) == (200, link.get("type"))


def test_links_stay_in_the_language_of_the_path_and_caches_know(reader: FlaskClient) -> None:
    tree = page(reader, "heat", "en", "/fi")
    assert tree.xpath("//dl[@class='glance']//a/@href")[0] == "/fi/doc/subject/geography"
    tags = {reader.get(f"{prefix}/doc/scenario/heat").headers["ETag"] for prefix in ("", "/fi", "/ka")}
    assert len(tags) == 3
    assert page(reader, "heat", "en").xpath("//dl[@class='glance']//a/@href")[0] == "/doc/subject/geography"


def test_buttons_wait_for_the_script(reader: FlaskClient) -> None:
    buttons = page(reader, "heat").xpath("//article//button")
    assert len(buttons) == 3
    assert all(button.get("hidden") is not None for button in buttons)
