"""Scenarios can be had in every format, their pages hold a description for search engines, and losses are told."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from lxml import etree

if TYPE_CHECKING:
    from flask.testing import FlaskClient


@pytest.mark.parametrize(
    ("suffix", "media_type"),
    [
        ("md", "text/markdown"),
        ("amb.json", "application/ld+json"),
        ("lom.xml", "application/xml"),
        ("lom-strict.xml", "application/xml"),
    ],
)
def test_every_format_is_there_for_every_scenario(client: FlaskClient, suffix: str, media_type: str) -> None:
    for name in ("robot-ka", "minimal-song", "checking-a-photo"):
        response = client.get(f"/doc/scenario/{name}.{suffix}")
        assert (response.status_code, response.mimetype) == (200, media_type)
        assert f"http://127.0.0.1:8000/id/scenario/{name}" in response.text
        assert "data-kind/original" in response.text
        assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_addresses_in_exports_are_those_of_the_deployment(client: FlaskClient) -> None:
    document = client.get("/doc/scenario/robot-ka.amb.json", base_url="http://elsewhere.example").json
    assert document["mainEntityOfPage"][0]["id"] == "http://127.0.0.1:8000/doc/scenario/robot-ka"
    assert document["encoding"][0]["contentUrl"] == "http://127.0.0.1:8000/doc/scenario/robot-ka.md"


def test_a_page_holds_a_description_that_no_title_can_break(client: FlaskClient) -> None:
    page = client.get("/doc/scenario/minimal-song").text
    (script,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    document = json.loads(script)
    assert document["name"] == 'A song from three notes </script> & "quotes" <b>'
    assert document["@type"] == "LearningResource"
    tree = etree.HTML(page)
    assert tree.findtext(".//h1") == document["name"]


def test_a_page_shows_what_a_teacher_needs_on_paper(client: FlaskClient) -> None:
    page = client.get("/doc/scenario/checking-a-photo").text
    assert 'id="activity-2"' in page
    imprint = page.partition('class="print-imprint"')[2].partition("</footer>")[0]
    assert "http://127.0.0.1:8000/id/scenario/checking-a-photo" in imprint
    assert "CC BY 4.0" in imprint


def test_losses_are_shown_to_people_and_programs(client: FlaskClient) -> None:
    page = client.get("/exports")
    assert page.status_code == 200
    assert "Exports, and what they lose" in page.text
    report = client.get("/exports.json").json
    assert [row["label"] for row in report["formats"]][:3] == ["Markdown", "AMB", "IEEE LOM"]
    assert report["stated"]["name"] == report["scenarios"] == 7
    tag = client.get("/exports.json").headers["ETag"]
    assert client.get("/exports.json", headers={"If-None-Match": tag}).status_code == 304
