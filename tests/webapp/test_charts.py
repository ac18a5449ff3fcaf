"""Charts on their page: named, with a table that says the same, in the reader's language."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from search.charts.part import ChartsPart
from tests.webapp.test_coverage import total
from tests.webapp.test_pages import page
from webapp import create_app

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from kg.release import Release
    from kg.settings import Settings

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def charted(site_settings: Settings, release: Release, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """A client of a site whose release has charts."""
    home = tmp_path_factory.mktemp("charts") / "home"
    shutil.copytree(site_settings.home, home, symlinks=True, ignore=shutil.ignore_patterns("run"))
    settings = replace(site_settings, home=home, embedder="none")
    directory = (settings.home / "current").resolve() / "charts"
    directory.mkdir()
    ChartsPart(settings.id_base).build(release.graph, directory, lambda *_: None)
    app = create_app(settings)
    app.testing = True
    return app.test_client()


def test_each_chart_is_a_named_picture_beside_its_table(charted: FlaskClient) -> None:
    tree = page(charted, "/charts")
    sections = tree.xpath("//section[@class='chart']")
    assert len(sections) == 5
    for section in sections:
        [drawing] = section.xpath(".//svg")
        names = drawing.get("aria-labelledby"), drawing.get("aria-describedby")
        assert drawing.get("role") == "img"
        assert all(section.xpath("string(.//*[@id=$name])", name=name).strip() for name in names)
        [table] = section.xpath(".//table")
        numbers = {cell.text_content() for cell in table.xpath(".//td")}
        assert numbers <= {text.strip() for text in drawing.xpath(".//text//text()")}
        for link in table.xpath(".//td/a"):
            assert int(link.text) == total(charted, link.get("href"))
    assert not tree.xpath("//*[@style]")


def test_labels_are_in_the_readers_language(charted: FlaskClient) -> None:
    tree = page(charted, "/fi/charts")
    drawing = tree.xpath("//section[h2/@id='subjects']//svg")[0]
    assert {text.get("lang") for text in drawing.xpath(".//text[@lang]")} == {"fi"}
    assert "Historia" in " ".join(drawing.xpath(".//text//text()"))


def test_a_chart_is_a_file_of_its_own_too(charted: FlaskClient) -> None:
    response = charted.get("/ka/charts/subjects.svg")
    assert response.mimetype == "image/svg+xml"
    root = etree.fromstring(response.data)
    assert root.find(f"{SVG}title") is not None
    assert root.find(f"{SVG}desc") is not None
    assert charted.get("/charts/none.svg").status_code == 404


def test_a_release_without_charts_says_so(client: FlaskClient) -> None:
    assert "built without charts" in page(client, "/charts").text_content()
    assert client.get("/charts/subjects.svg").status_code == 404
