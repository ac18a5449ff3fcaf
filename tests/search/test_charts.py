"""Charts show the totals of searches; the same release gives the same bytes; labels go in whole, in any language."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from search.charts.drawing import broken, draw_bars, lettered
from search.charts.part import NUMBERS, ChartsPart
from search.request import SearchRequest

if TYPE_CHECKING:
    from pathlib import Path

    from kg.release import Release
    from search.engine import SearchEngine

SVG = "{http://www.w3.org/2000/svg}"


def build(release: Release, directory: Path) -> dict[str, bytes]:
    """Build the part over the release's own search index; returns its files."""
    (directory / "charts").mkdir(parents=True)
    (directory / "search").symlink_to(release.directory / "search")
    part = ChartsPart(release.id_base)
    described = part.build(release.graph, directory / "charts", lambda *_: None)
    files = {path.name: path.read_bytes() for path in (directory / "charts").iterdir()}
    assert set(files) == {NUMBERS, *(f"{name}.svg" for name in described["charts"])}
    return files


@pytest.fixture(scope="module")
def files(lab_release: Release, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return build(lab_release, tmp_path_factory.mktemp("charts"))


def test_the_same_release_gives_the_same_bytes(lab_release: Release, files: dict[str, bytes], tmp_path: Path) -> None:
    assert build(lab_release, tmp_path) == files


def test_every_number_is_the_total_of_its_search(lab: SearchEngine, files: dict[str, bytes]) -> None:
    charts = json.loads(files[NUMBERS])
    assert {chart["name"] for chart in charts} >= {"languages-by-level", "subjects", "competence-areas", "minutes"}
    for chart in charts:
        if chart["field"] == "minutes":
            continue
        for row, counts in zip(chart["rows"], chart["counts"], strict=True):
            for column, count in zip(chart["columns"] or [None], counts, strict=True):
                filters = {chart["field"]: (row,)} | ({chart["column_field"]: (column,)} if column else {})
                assert lab.total(SearchRequest(filters=filters)) == count, (chart["name"], row, column)


def test_each_bar_of_times_is_what_the_search_finds_between_its_ends(
    lab: SearchEngine, files: dict[str, bytes]
) -> None:
    [chart] = [chart for chart in json.loads(files[NUMBERS]) if chart["name"] == "minutes"]
    least = 0
    for most, [count] in zip(chart["rows"], chart["counts"], strict=True):
        asked = SearchRequest(minutes_min=least, minutes_max=int(most) if most else None)
        assert lab.total(asked) == count, most
        least = int(most or 0) + 1
    assert sum(count for [count] in chart["counts"])


def test_a_drawing_stands_alone_and_says_nothing_twice(files: dict[str, bytes]) -> None:
    for name, content in files.items():
        if name.endswith(".svg"):
            root = etree.fromstring(content)
            attributes = {attribute for element in root.iter() for attribute in element.attrib}
            assert not [a for a in attributes if a in {"style", "role", "id"} or a.startswith(("aria-", "on"))]
            assert not list(root.iter(f"{SVG}style", f"{SVG}script", f"{SVG}image"))
            assert root.get("viewBox")


def test_labels_go_in_as_texts_in_lines_with_their_language() -> None:
    drawn = lettered(draw_bars([2, 1], [3, 5]), [("Ohjelmointi <ja> tietojenkäsittely", "fi"), ("ქა", "ka")])
    found = [(t.get("lang"), [span.text for span in t]) for t in etree.fromstring(drawn.encode()).iter(f"{SVG}text")]
    assert ("fi", ["Ohjelmointi <ja>", "tietojenkäsittely"]) in found
    assert ("ka", ["ქა"]) in found
    assert "row-" not in drawn


def test_no_line_is_longer_than_there_is_room_for() -> None:
    assert all(len(line) <= 10 for line in broken("Donaudampfschifffahrtsgesellschaft und Co", 10))
    assert "".join(broken("Donaudampfschifffahrt", 10)).replace("-", "") == "Donaudampfschifffahrt"


def test_the_fingerprint_names_what_draws(lab_release: Release) -> None:
    assert "altair-" in ChartsPart("x").fingerprint()
    assert "vl-convert-" in ChartsPart("x").fingerprint()
