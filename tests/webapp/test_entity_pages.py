"""Each kind of entity is told in a reader's words; counts lead to their searches; sources may disagree in the open."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from lxml import html

from ontology.entity_types import ENTITY_TYPES
from webapp.entity_pages import ENTITY_PAGES
from webapp.entity_pages.kinds import KINDS

if TYPE_CHECKING:
    from flask.testing import FlaskClient

ONE_OF_EACH = [
    *("collection/core", "competence/digcomp22-1.2", "framework/digcomp22", "proficiency/digcomp22-4"),
    *("subject/mathematics", "level/isced-2", "grade/ee-7", "theme/ai-literacy", "tool/ville"),
    *("practice/school-mentoring-model", "practice-kind/coCreation", "phase/mapping-needs", "component/leadership"),
    *("mentoring/helsinki-kevatkumpu", "mentoring-level/interSchool", "school/kobuleti-n1", "hub/porvoo"),
    *("network/progetiger", "organisation/harno", "role/teacher", "target-group/policyBodies"),
    *("evidence/testimonial-kobuleti", "evidence-kind/testimonial", "evidence-strength/anecdotal"),
    *("figure/target-schools", "quantity/schools", "dimension/leadership-practices", "indicator/digital-maturity"),
    *("incentive/skills", "policy/recommendation-package", "characteristic/clear-vision", "event/final-conference"),
    *("project/ihub4schools", "deliverable/d3-3", "publication/newsletter-2", "place/tallinn", "country/EE"),
    *(
        "language/ka",
        "grouping/pair",
        "learning-type/collaboration",
        "co-authorship/annotating",
        "resource-type/activityPlan",
    ),
    *("audience/mentor", "interactivity/active", "access/login", "data-kind/synthetic", "review-status/draft"),
    *("completeness/complete", "alignment-source/machine", "scheme/subjects", "work/fx-photo"),
]


def page(client: FlaskClient, address: str) -> html.HtmlElement:
    response = client.get(address)
    assert response.status_code == 200, f"{address}: {response.text[:300]}"
    return html.fromstring(response.text)


def section(tree: html.HtmlElement, title: str) -> html.HtmlElement:
    """The section whose heading begins with ``title``."""
    found = [s for s in tree.xpath("//section[h2]") if s.xpath("normalize-space(h2)").startswith(title)]
    assert found, (title, tree.xpath("//h2/text()"))
    return found[0]


def texts(tree: html.HtmlElement) -> list[str]:
    return [link.text_content() for link in tree.xpath(".//a")]


def total_of(client: FlaskClient, address: str) -> int:
    parts = urlsplit(address)
    assert parts.path == "/search"
    answer = json.loads(client.get(f"/api/search?{parts.query}").text)
    return int(answer["total"])


def test_every_kind_has_a_deliberate_view() -> None:
    assert set(KINDS) == set(ENTITY_TYPES)
    assert set(ENTITY_PAGES) == {kind.class_iri for kind in ENTITY_TYPES.values()}


@pytest.mark.parametrize("entity", ONE_OF_EACH)
def test_a_page_of_every_kind_has_its_parts(hubs: FlaskClient, entity: str) -> None:
    response = hubs.get(f"/doc/{entity}")
    if response.status_code == 404:
        pytest.fail(f"{entity} is not in the collections; take another of its kind")
    tree = html.fromstring(response.text)
    assert len(tree.xpath("//h1")) == 1
    assert tree.xpath("//p[@class='kind-line']")
    assert tree.xpath("//details[@id='statements']//dl")
    assert not tree.xpath("//*[@style]")
    assert len(set(tree.xpath("//@id"))) == len(tree.xpath("//@id"))


def test_no_list_of_the_pages_is_without_bound(hubs: FlaskClient) -> None:
    tree = page(hubs, "/doc/quantity/schools")
    listed = section(tree, "Figures that sources report")
    assert len(listed.xpath(".//li")) <= 24
    tree = page(hubs, "/doc/organisation/european-commission")
    listed = section(tree, "Figures it reports")
    counted = int(listed.xpath("string(h2/span)"))
    assert counted >= len(listed.xpath(".//li"))


def test_a_competence_says_where_it_stands(hubs: FlaskClient) -> None:
    tree = page(hubs, "/doc/competence/digcomp22-1.2")
    assert tree.xpath("string(//h1)").startswith("1.2 ")
    assert texts(tree.xpath("//nav[@class='crumbs']")[0]) == [
        "Competences",
        "DigComp 2.2",
        "1 Information and data literacy",
    ]
    assert {"1.1", "1.3"} == {
        text.split()[0] for text in texts(section(tree, "Beside it")) if text[0].isdigit() and "." in text[:3]
    }
    mappings = section(tree, "In other frameworks")
    assert any("DigComp 3.0" in text for text in texts(mappings))
    levels = tree.xpath("//dl[@class='levels']/dt")
    assert len(levels) >= 8


def test_an_area_lists_its_competences_with_counts(hubs: FlaskClient) -> None:
    tree = page(hubs, "/doc/competence/digcomp22-1")
    entries = section(tree, "Competences in it").xpath(".//li")
    assert len(entries) == 3
    for entry in entries:
        for link in entry.xpath(".//a[@class='tally']"):
            number = int(re.match(r"\d+", link.text_content())[0])  # type: ignore[index]
            assert total_of(hubs, link.get("href")) == number


@pytest.mark.parametrize("entity", ["competence/digcomp22-1", "subject/media-education", "level/isced-2"])
def test_each_number_of_the_table_is_the_total_of_its_search(hubs: FlaskClient, entity: str) -> None:
    tree = page(hubs, f"/doc/{entity}")
    cells = tree.xpath("//table[@class='cross']//td/a")
    assert cells
    for link in cells:
        assert total_of(hubs, link.get("href")) == int(link.text_content())


def test_the_table_links_carry_both_filters(hubs: FlaskClient) -> None:
    tree = page(hubs, "/doc/competence/digcomp22-1.2")
    address = tree.xpath("//table[@class='cross']//tr[th[@scope='row']]/td[position() > 1]/a/@href")[0]
    asked = parse_qs(urlsplit(address).query)
    assert asked["competence"] == ["digcomp22-1.2"]
    assert set(asked) == {"competence", "subject", "level"}


def test_a_competence_says_which_subjects_have_nothing_yet(hubs: FlaskClient) -> None:
    missing = page(hubs, "/doc/competence/digcomp22-1.2").xpath("//p[strong='Nothing yet for:']")[0]
    assert "Music" in texts(missing)
    assert "Media education" not in texts(missing)


def test_a_competence_without_scenarios_says_so(hubs: FlaskClient) -> None:
    tree = page(hubs, "/doc/competence/digcomp22-5.4")
    assert "There are no scenarios for this yet." in section(tree, "Scenarios").text_content()
    assert not tree.xpath("//table[@class='cross']")


def test_a_subject_leads_to_all_its_scenarios(hubs: FlaskClient) -> None:
    tree = page(hubs, "/doc/subject/media-education")
    counted = int(section(tree, "Scenarios").xpath("string(h2/span)"))
    assert counted == total_of(hubs, "/search?subject=media-education") > 0


def test_a_hub_shows_places_schools_partners_and_practices(hubs: FlaskClient) -> None:
    tree = page(hubs, "/doc/hub/fx-valley")
    on_map = section(tree, "On the map")
    assert on_map.xpath(".//*[local-name()='circle']")
    assert on_map.xpath(".//ol/li")[0].text_content() == "Valley"
    assert "Not on the map" in on_map.text_content()
    assert "Hamlet" in texts(on_map)
    schools = texts(section(tree, "Schools"))
    assert "Upper school" in schools
    assert "Lower school <b>bold</b>" in schools, "names are shown as text"
    assert texts(section(tree, "Partners")) == ["Valley museum"]
    assert "Visits" in texts(section(tree, "What it works with"))


def test_mentoring_is_told_with_phase_and_period(hubs: FlaskClient) -> None:
    row = section(page(hubs, "/doc/hub/fx-valley"), "Who mentors whom").xpath(".//tbody/tr")[0]
    cells = [cell.text_content().strip() for cell in row.xpath("td")]
    assert cells[:4] == ["Upper school", "Lower school <b>bold</b>", "Visits", "Mapping needs"]
    assert "January 10, 2027 to June 20, 2027" in cells[4]


def test_sources_that_disagree_stand_side_by_side(hubs: FlaskClient) -> None:
    figures = section(page(hubs, "/doc/hub/fx-valley"), "Reported figures")
    groups = {group.xpath("string(h3/a)"): group for group in figures.xpath(".//div[h3]")}
    teachers = groups["Teachers"]
    assert "The sources do not agree" in teachers.text_content()
    assert [p.text.strip() for p in teachers.xpath(".//p[@class='reported-value']")] == ["40", "about 55"]
    assert {"https://example.org/report", "https://example.org/newspaper"} <= set(teachers.xpath(".//a/@href"))
    assert "do not agree" not in groups["Schools"].text_content()


def test_every_figure_names_its_source(hubs: FlaskClient) -> None:
    for reported in page(hubs, "/doc/project/ihub4schools").xpath("//div[@class='reported']"):
        assert "Source:" in reported.text_content(), reported.text_content()


def test_a_figure_shows_what_others_say_of_the_same(hubs: FlaskClient) -> None:
    tree = page(hubs, "/doc/figure/fx-teachers-report")
    assert "The sources do not agree." in tree.xpath("string(//p[@class='notice'])")
    assert "Teachers in the newspaper" in texts(section(tree, "Other figures"))
    assert not page(hubs, "/doc/figure/fx-schools").xpath("//p[@class='notice']")


def test_an_organisation_tells_what_it_takes_part_in(hubs: FlaskClient) -> None:
    tree = page(hubs, "/doc/organisation/tallinn-university")
    assert "iHub4Schools" in texts(section(tree, "Projects"))
    assert "Future School" in texts(section(tree, "Practices it developed"))


def test_places_and_countries_tell_schools_from_other_organisations(hubs: FlaskClient) -> None:
    tree = page(hubs, "/doc/country/EE")
    assert "Upper school" in texts(section(tree, "Schools"))
    assert "Upper school" not in texts(section(tree, "Organisations"))
    assert page(hubs, "/doc/place/tallinn").xpath("//figure[@class='place-map']")
    assert not page(hubs, "/doc/place/adjara").xpath("//figure[@class='place-map']")


def test_phases_come_in_their_order(hubs: FlaskClient) -> None:
    phases = texts(section(page(hubs, "/doc/practice/dynamic-process"), "Phases"))
    assert phases[0] == "Anchoring meeting"
    assert phases[-1] == "Evaluation and reflection"


def test_synthetic_entities_are_marked(hubs: FlaskClient) -> None:
    assert page(hubs, "/doc/hub/fx-valley").xpath("//*[contains(@class, 'mark-synthetic')]")
    assert not page(hubs, "/doc/hub/porvoo").xpath("//*[contains(@class, 'mark-synthetic')]")


def test_texts_in_another_language_say_so(hubs: FlaskClient) -> None:
    tree = page(hubs, "/et/doc/hub/fx-valley")
    assert tree.get("lang") == "et"
    upper = next(a for a in tree.xpath("//section[@aria-labelledby='schools']//a") if a.text == "Ülakool")
    assert upper.get("lang") is None
    museum = tree.xpath("//section[@aria-labelledby='partners']//a")[0]
    assert museum.get("lang") == "en"


def test_remaining_statements_are_unfolded_on_further_pages(hubs: FlaskClient) -> None:
    assert page(hubs, "/doc/scheme/subjects").xpath("//details[@id='statements']/@open") == []
    assert page(hubs, "/doc/scheme/subjects?page=2").xpath("//details[@id='statements']/@open") == [""]


def test_nameless_parts_of_the_ontology_have_a_page_too(hubs: FlaskClient) -> None:
    assert page(hubs, "/doc/genid/c14n1").xpath("//h1")


def test_an_entity_leads_to_its_network(hubs: FlaskClient) -> None:
    [address] = page(hubs, "/doc/hub/fx-valley").xpath("//a[starts-with(@href, '/graph')]/@href")
    assert "Upper school" in page(hubs, address).text_content()
