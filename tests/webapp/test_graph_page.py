"""The graph page: a list that is complete without JavaScript, the same as data for the drawing and as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.webapp.test_pages import page

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from lxml.html import HtmlElement

COMPETENCE = "competence/digcomp22-1.2"
BASE = "http://127.0.0.1:8000/id/"


def listed(tree: HtmlElement) -> set[str]:
    return set(tree.xpath("//ul[@class='neighbours']/li//a/@data-node"))


def test_the_list_and_the_drawing_have_the_same_neighbours(client: FlaskClient) -> None:
    tree = page(client, f"/graph?about={COMPETENCE}")
    data = json.loads(tree.xpath("string(//script[@id='graph-data'])"))
    assert {node["key"] for node in data["nodes"]} == {COMPETENCE, *listed(tree)}
    assert {"competence/digcomp22-1", "scenario/checking-a-photo"} <= listed(tree)
    ends = {key for edge in data["edges"] for key in (edge["source"], edge["target"])}
    assert ends == {node["key"] for node in data["nodes"]}
    assert {"source": "scenario/checking-a-photo", "target": COMPETENCE, "label": "teaches"} in data["edges"]


def test_neighbours_lead_to_their_pages_and_open_by_links(client: FlaskClient) -> None:
    tree = page(client, f"/graph?about={COMPETENCE}")
    assert all(client.get(link).status_code == 200 for link in tree.xpath("//a[@data-node]/@href")[:5])
    link = tree.xpath("//a[@data-expand='scenario/checking-a-photo']/@href")[0]
    opened = page(client, link)
    assert len(opened.xpath("//section[@class='centre']")) == 2
    assert "level/isced-2" in listed(opened) - listed(tree)
    [closed] = opened.xpath("//section[h2/@id='centre-2']//a[@data-swap and contains(., 'Leave out')]/@href")
    assert listed(page(client, closed)) == listed(tree)


def test_what_is_left_out_is_counted_and_leads_to_the_page(client: FlaskClient) -> None:
    tree = page(client, f"/graph?about={COMPETENCE}&limit=2")
    assert len(listed(tree)) == 2
    more = tree.xpath("//ul[@class='neighbours']/li/a[contains(., 'more on its page')]")
    assert more
    assert {link.get("href") for link in more} == {f"/doc/{COMPETENCE}"}
    found = client.get(f"/api/graph?about={COMPETENCE}&limit=2").get_json()
    assert sum(entry["count"] for entry in found["leftOut"]) == sum(int(link.text.split()[0]) for link in more)


@pytest.mark.parametrize(
    "about",
    [BASE + COMPETENCE, COMPETENCE, "digcomp22-1.2", f"http://localhost/et/doc/{COMPETENCE}", f" {COMPETENCE} "],
)
def test_an_entity_may_be_named_in_any_usual_way(client: FlaskClient, about: str) -> None:
    found = client.get("/api/graph", query_string={"about": about}).get_json()
    assert found["about"] == BASE + COMPETENCE


def test_json_names_nodes_and_edges(client: FlaskClient) -> None:
    found = client.get(f"/fi/api/graph?about={COMPETENCE}&open=scenario/checking-a-photo").get_json()
    nodes = {node["iri"]: node for node in found["nodes"]}
    assert {iri for iri, node in nodes.items() if node["expanded"]} == {
        BASE + COMPETENCE,
        BASE + "scenario/checking-a-photo",
    }
    assert all({edge["source"], edge["target"]} <= set(nodes) for edge in found["edges"])
    level = nodes[BASE + "level/isced-2"]
    assert (level["label"], level["language"], level["family"]) == ("Yläkoulu", "fi", "curriculum")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("", "about"),
        ("about=", "about"),
        ("about=" + 3000 * "x", "about"),
        (f"about={COMPETENCE}&about={COMPETENCE}", "about"),
        (f"about={COMPETENCE}&limit=0", "limit"),
        (f"about={COMPETENCE}&limit=many", "limit"),
        (f"about={COMPETENCE}&depth=2", "depth"),
        (
            f"about={COMPETENCE}"
            + "".join(f"&open=competence/digcomp22-{n}.1" for n in (1, 2, 3, 4, 5))
            + "".join(f"&open=competence/digcomp22-{n}" for n in (1, 2, 3, 4)),
            "open",
        ),
    ],
)
def test_what_cannot_be_used_is_named(client: FlaskClient, query: str, field: str) -> None:
    response = client.get(f"/api/graph?{query}")
    assert (response.status_code, response.get_json()["parameter"]) == (400, field)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("about=nothing", "about"),
        ("about=a/b", "about"),
        ("about=http://elsewhere.org/x", "about"),
        ("about=%3Cscript%3E", "about"),
        (f"about={COMPETENCE}&open=nothing", "open"),
    ],
)
def test_what_is_not_here_is_named(client: FlaskClient, query: str, field: str) -> None:
    response = client.get(f"/api/graph?{query}")
    assert (response.status_code, response.get_json()["parameter"]) == (404, field)


def test_without_an_entity_the_page_asks_for_one(client: FlaskClient) -> None:
    tree = page(client, "/graph")
    assert tree.xpath("//form[@class='graph-form']//input[@name='about' and @required]")
    for link in tree.xpath("//main//p/a/@href"):
        assert page(client, link).xpath("//ul[@class='neighbours']")


def test_shapes_tell_kinds_apart_without_colour(client: FlaskClient) -> None:
    shapes = page(client, "/graph").xpath("//ul[@class='legend']//polygon/@points")
    assert len(shapes) == len(set(shapes)) == 9


def test_hostile_names_are_shown_as_text(client: FlaskClient) -> None:
    response = client.get("/graph?about=</script><script>alert(1)</script>", headers={"Accept": "text/html"})
    assert response.status_code == 404
    assert "<script>alert" not in response.text


def test_each_family_of_the_drawing_has_a_shape_in_its_script() -> None:
    from pathlib import Path

    from webapp.network_view import FAMILIES

    script = (Path(__file__).parents[2] / "webapp" / "frontend" / "src" / "graph.js").read_text("utf-8")
    assert all(f"\n  {family}: " in script for family in FAMILIES)
