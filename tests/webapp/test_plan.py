"""A plan is its address: it shows what it holds and lacks, every link makes another plan, and all its forms agree."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from typing import TYPE_CHECKING

import pytest
import rdflib
from icalendar import Calendar
from lxml import html
from pyld import jsonld

from kg.settings import Settings
from search.index import SearchPart
from tests.kg.shelf import with_one_withdrawn
from webapp import create_app

if TYPE_CHECKING:
    from flask.testing import FlaskClient

BASE = "http://127.0.0.1:8000/"
TWO = "s=checking-a-photo&s=river-data"
SCHEMA = rdflib.Namespace("https://schema.org/")


def page(client: FlaskClient, address: str, **headers: str) -> html.HtmlElement:
    response = client.get(address, headers=headers)
    assert response.status_code == 200, response.text
    return html.fromstring(response.text)


def titles(tree: html.HtmlElement) -> list[str]:
    return [link.text for link in tree.xpath("//ol[@class='plan-list']//h3/a")]


@pytest.fixture
def names(client: FlaskClient) -> dict[str, str]:
    hits = client.get("/api/plan?" + "&".join(f"s={slug}" for slug in SLUGS)).get_json()["scenarios"]
    return {hit["slug"]: hit["title"] for hit in hits}


SLUGS = ("checking-a-photo", "strong-passwords", "river-data", "podcast-nb", "robot-ka", "minimal-song")


def test_without_scenarios_it_says_how_to_begin(client: FlaskClient) -> None:
    tree = page(client, "/plan")
    assert "There is no scenario" not in tree.text_content()
    assert tree.xpath("//form//input[@name='competence']")
    assert tree.xpath("//nav//a[@href='/plan']")


def test_it_lists_scenarios_in_order_with_their_time(client: FlaskClient, names: dict[str, str]) -> None:
    tree = page(client, f"/plan?{TWO}")
    assert titles(tree) == [names["checking-a-photo"], names["river-data"]]
    assert "2 scenarios · 3 lessons · 135 min" in tree.xpath("string(//p[@class='plan-sum'])")


def test_links_move_and_remove_scenarios(client: FlaskClient, names: dict[str, str]) -> None:
    tree = page(client, f"/plan?{TWO}&lessons=4")
    (down,) = tree.xpath("//li[@id='scenario-1']//a[contains(., 'Down')]/@href")
    moved = page(client, down)
    assert titles(moved) == [names["river-data"], names["checking-a-photo"]]
    assert "lessons=4" in down
    (up,) = moved.xpath("//li[@id='scenario-2']//a[contains(., 'Up')]/@href")
    assert titles(page(client, up)) == titles(tree)
    (remove,) = tree.xpath("//li[@id='scenario-1']//a[contains(., 'Remove')]/@href")
    assert titles(page(client, remove)) == [names["river-data"]]


def test_a_scenario_found_by_words_is_added_by_a_link(client: FlaskClient, names: dict[str, str]) -> None:
    tree = page(client, "/plan?s=river-data&find=photo")
    (add,) = tree.xpath(f"//li[h3/a[text()={json.dumps(names['checking-a-photo'])}]]//a[contains(., 'Add')]/@href")
    assert titles(page(client, add)) == [names["river-data"], names["checking-a-photo"]]


def test_time_is_summed_by_subject(client: FlaskClient) -> None:
    sums = {e["iri"].rsplit("/", 1)[1]: e["minutes"] for e in client.get(f"/api/plan?{TWO}").get_json()["subjects"]}
    assert sums == {"media-literacy": 45, "geography": 90, "mathematics": 90}


def test_a_scenario_without_a_time_is_said_to_have_none(client: FlaskClient) -> None:
    answer = client.get("/api/plan?s=minimal-song&s=robot-ka").get_json()
    assert (answer["lessons"], answer["minutes"], answer["untimed"]) == (2, 45, 1)
    assert "1 scenario does not say how long it takes" in page(client, "/plan?s=minimal-song").text_content()


def test_the_board_tells_covered_from_missing_and_leads_to_a_search(client: FlaskClient) -> None:
    tree = page(client, "/plan?s=checking-a-photo&competence=digcomp22-1")
    rows = {row.xpath("string(th)")[:3]: row for row in tree.xpath("//table[@class='plan-board']//tr[td]")}
    assert "Covered" in rows["1.2"].text_content()
    assert rows["1.2"].xpath(".//a[@href='#scenario-1']")
    assert "Missing" in rows["1.1"].text_content()
    assert "No scenario here teaches it yet" in rows["1.1"].text_content()
    (search,) = rows["1.3"].xpath(".//a[contains(., 'Find scenarios')]/@href")
    assert page(client, search).xpath("//article")


def test_what_is_suggested_covers_what_is_missing(client: FlaskClient, names: dict[str, str]) -> None:
    tree = page(client, "/plan?s=checking-a-photo&competence=1&competence=4.2")
    suggested = {link.text for link in tree.xpath("//section[@aria-labelledby='suggestions']//h3/a")}
    assert suggested == {names["strong-passwords"], names["river-data"]}
    (add_all,) = tree.xpath("//a[contains(@class, 'plan-add-all')]/@href")
    answer = client.get(add_all.partition("#")[0].replace("/plan", "/api/plan")).get_json()
    assert {e["competence"]["iri"].rsplit("-", 1)[1] for e in answer["coverage"] if e["coveredBy"]} == {
        "1.2",
        "1.3",
        "4.2",
    }


@pytest.mark.parametrize(
    ("goal", "reasons"),
    [
        ("competence=1.3&lessons=1", {"1.3": "lessons"}),
        ("competence=1.3&level=isced-1", {"1.3": "filters"}),
        ("competence=5.4", {"5.4": "nowhere"}),
        ("competence=1.2&competence=4.2&lessons=1", {"4.2": "lessons"}),
    ],
)
def test_it_says_why_a_competence_stays_open(client: FlaskClient, goal: str, reasons: dict[str, str]) -> None:
    proposal = client.get(f"/api/plan?{goal}").get_json()["proposal"]
    assert {gap["competence"]["iri"].rsplit("-", 1)[1]: gap["reason"] for gap in proposal["gaps"]} == reasons
    assert proposal["proven"]


def test_lessons_of_the_plan_count_towards_the_goal(client: FlaskClient) -> None:
    answer = client.get("/api/plan?s=river-data&competence=1.2&lessons=2").get_json()
    assert answer["proposal"]["scenarios"] == []
    assert answer["proposal"]["gaps"][0]["reason"] == "lessons"
    assert answer["proposal"]["lessonsForAll"] == 1


def test_a_work_is_suggested_in_the_readers_language(client: FlaskClient) -> None:
    for language, slug in (("et", "checking-a-photo-et"), ("en", "checking-a-photo")):
        answer = client.get(f"/api/plan?competence=1.2&lang={language}").get_json()
        assert [e["slug"] for e in answer["proposal"]["scenarios"]] == [slug]


@pytest.mark.parametrize("slug", ["\0", "checking-a-photo\0", "\0sb`d"])
def test_a_slug_with_a_nul_is_nobodys(client: FlaskClient, slug: str) -> None:
    assert client.get("/api/plan", query_string={"s": slug}).status_code == 200
    assert client.get("/api/search", query_string={"q": slug}).status_code in {200, 400}


def test_an_unknown_scenario_is_told(client: FlaskClient) -> None:
    tree = page(client, "/plan?s=checking-a-photo&s=%3Cb%3Enothing")
    assert "There is no scenario “<b>nothing” here" in tree.text_content()
    (remove,) = tree.xpath("//section[@aria-labelledby='unavailable']//a/@href")
    assert "nothing" not in remove
    answer = client.get("/api/plan?s=nothing").get_json()
    assert [(e["slug"], e["state"]) for e in answer["unavailable"]] == [("nothing", "unknown")]
    row = next(csv.DictReader(io.StringIO(client.get("/plan.csv?s=nothing").text)))
    assert (row["position"], row["state"]) == ("1", "unknown")


def test_a_withdrawn_scenario_is_told_with_its_reason(tmp_path_factory: pytest.TempPathFactory) -> None:
    settings = Settings.from_environment({"IHUB_HOME": str(tmp_path_factory.mktemp("home")), "IHUB_EMBEDDER": "none"})
    with_one_withdrawn(settings, [SearchPart(None, settings.home / "cache" / "embeddings.sqlite")])
    client = create_app(settings).test_client()
    text = page(client, "/plan?s=old&s=new").xpath("string(//section[@aria-labelledby='unavailable'])")
    assert "“An <old> lesson” was withdrawn on" in text
    assert "Its licence was not what it seemed." in text
    assert client.get("/api/plan?s=old").get_json()["unavailable"][0]["state"] == "withdrawn"


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("lessons=0", "lessons"),
        ("lessons=1&lessons=2", "lessons"),
        ("lesson_minutes=9", "lesson_minutes"),
        ("competence=nonsense", "competence"),
        ("level=nonsense", "level"),
        ("name=" + "x" * 81, "name"),
        ("s=" + "x" * 301, "s"),
        ("&".join(f"s={n}" for n in range(61)), "s"),
    ],
)
@pytest.mark.parametrize("path", ["/plan", "/api/plan", "/plan.csv", "/plan.jsonld"])
def test_a_bad_parameter_is_named(client: FlaskClient, path: str, query: str, field: str) -> None:
    response = client.get(f"{path}?{query}")
    assert (response.status_code, response.get_json()["parameter"]) == (400, field)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("", "start"),
        ("start=2027-02-30", "start"),
        ("start=2027-01-11&mo=25:00", "mo"),
        ("start=2027-01-11&zone=../etc/passwd", "zone"),
        ("start=2027-01-11&zone=Europe/Nowhere", "zone"),
        ("start=9999-12-31", "start"),
        ("start=2027-01-11&nonsense=1", "nonsense"),
    ],
)
def test_a_bad_timetable_is_named(client: FlaskClient, query: str, field: str) -> None:
    response = client.get(f"/plan.ics?s=river-data&{query}")
    assert (response.status_code, response.get_json()["parameter"]) == (400, field)


def test_addresses_are_canonical(client: FlaskClient) -> None:
    iri = f"{BASE}id/scenario/river-data"
    address = client.get(f"/api/plan?lesson_minutes=45&lessons=3&competence=1.3&s={iri}&s=river-data").get_json()
    assert address["address"] == "http://localhost/plan?s=river-data&competence=digcomp22-1.3&lessons=3"


def test_the_table_reads_back(client: FlaskClient, names: dict[str, str]) -> None:
    rows = list(csv.DictReader(io.StringIO(client.get(f"/plan.csv?{TWO}&competence=1.2").text)))
    assert [row["title"] for row in rows] == [names["checking-a-photo"], names["river-data"]]
    assert [row["lessons"] for row in rows] == ["1", "2"]
    assert [bool(row["covers"]) for row in rows] == [True, False]


def calendar(client: FlaskClient, query: str) -> Calendar:
    response = client.get(f"/plan.ics?{query}")
    assert response.status_code == 200, response.text
    assert response.mimetype == "text/calendar"
    assert all(len(line.encode()) <= 75 for line in response.text.split("\r\n")), "lines are folded"
    return Calendar.from_ical(response.data)


def test_the_calendar_puts_lessons_at_the_times_of_the_week(client: FlaskClient, names: dict[str, str]) -> None:
    found = calendar(client, f"{TWO}&start=2027-01-12&mo=10:15&th=08:00&zone=Europe/Tallinn&name=Spring,+%3B8%5C")
    assert str(found["X-WR-CALNAME"]) == "Spring, ;8\\"
    events = found.events
    assert [event.start.strftime("%m-%d %H:%M") for event in events] == ["01-14 08:00", "01-18 10:15", "01-21 08:00"]
    assert {event.end - event.start for event in events} == {dt.timedelta(minutes=45)}
    assert [str(event["SUMMARY"]) for event in events] == [
        names["checking-a-photo"],
        f"{names['river-data']} (1/2)",
        f"{names['river-data']} (2/2)",
    ]
    assert events[0].start.utcoffset() == dt.timedelta(hours=2)
    assert [str(zone["TZID"]) for zone in found.walk("VTIMEZONE")] == ["Europe/Tallinn"]
    assert str(events[0]["URL"]) == f"{BASE}doc/scenario/checking-a-photo"


def test_events_keep_their_identifiers_and_float_without_a_zone(client: FlaskClient) -> None:
    first, again = (calendar(client, f"{TWO}&start={day}") for day in ("2027-01-12", "2027-03-02"))
    assert [str(e["UID"]) for e in first.events] == [str(e["UID"]) for e in again.events]
    assert len({str(e["UID"]) for e in first.events}) == 3
    assert [event.start.isoformat() for event in first.events[:2]] == ["2027-01-12T09:00:00", "2027-01-19T09:00:00"]


def test_the_json_ld_is_an_ordered_list_of_scenarios(client: FlaskClient) -> None:
    response = client.get(f"/plan.jsonld?{TWO}&s=n%3Co%7D+thing&name=Spring")
    assert response.mimetype == "application/ld+json"
    document = response.get_json()
    context = client.get("/context/v1.jsonld").get_json()
    assert document["@context"] == f"{BASE}context/v1.jsonld"
    document["@context"] = context["@context"]
    graph = rdflib.Graph().parse(data=jsonld.to_rdf(document, {"format": "application/n-quads"}), format="nt")
    plan = graph.value(predicate=rdflib.RDF.type, object=SCHEMA.ItemList)
    assert (plan, rdflib.RDF.type, SCHEMA.Course) in graph
    assert graph.value(plan, SCHEMA.name) == rdflib.Literal("Spring", lang="en")
    items = sorted(graph.objects(plan, SCHEMA.itemListElement), key=lambda item: graph.value(item, SCHEMA.position))
    assert [str(graph.value(item, SCHEMA.item)) for item in items][:2] == [
        f"{BASE}id/scenario/checking-a-photo",
        f"{BASE}id/scenario/river-data",
    ]
    assert len(items) == 3
    (expanded,) = jsonld.expand(document)
    assert len(expanded["https://schema.org/teaches"]) == 2
    assert all("undefined" not in key for key in expanded)


def test_links_stay_in_the_readers_language(client: FlaskClient) -> None:
    tree = page(client, f"/fi/plan?{TWO}&find=photo")
    links = tree.xpath("//main//a/@href")
    assert links
    assert all(link.startswith(("/fi/", "http://localhost/fi/", "#")) for link in links), links


def test_texts_in_other_languages_are_marked(client: FlaskClient) -> None:
    tree = page(client, f"/plan?{TWO}")
    assert [link.get("lang") for link in tree.xpath("//ol[@class='plan-list']//h3/a")] == ["en", "lt"]
