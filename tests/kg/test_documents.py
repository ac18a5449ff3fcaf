"""Documents are read into one normal form, and whatever is wrong with one is said with its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.documents import Document, normalise, read_json_lines, read_yaml
from kg.errors import DocumentError

if TYPE_CHECKING:
    from pathlib import Path

SCENARIO = {"id": "scenario/x", "type": "LearningScenario"}


def test_parts_get_identifiers_types_and_positions() -> None:
    document = normalise({**SCENARIO, "activity": [{"minutes": 5}, {"minutes": 6, "outcome": ["#outcome-1"]}]})
    first, second = document["activity"]
    assert first == {"id": "scenario/x#activity-1", "type": "Activity", "minutes": 5, "position": 1}
    assert second["position"] == 2
    assert second["outcome"] == ["scenario/x#outcome-1"]


def test_stated_positions_are_kept() -> None:
    document = normalise({**SCENARIO, "activity": [{"position": 2}, {"minutes": 5}]})
    assert [part.get("position") for part in document["activity"]] == [2, None]


def test_materials_of_activities_have_identifiers_of_their_own() -> None:
    document = normalise({**SCENARIO, "activity": [{"material": [{"name": {"en": "Map"}}]}]})
    assert document["activity"][0]["material"][0]["id"] == "scenario/x#activity-1-material-1"


def test_stated_alignments_say_what_is_taught() -> None:
    alignments = [
        {"competence": "competence/a"},
        {"competence": "competence/b", "alignmentSource": "alignment-source/machine"},
    ]
    assert normalise({**SCENARIO, "alignment": alignments})["teaches"] == ["competence/a"]


def test_normal_form_is_its_own_normal_form() -> None:
    once = normalise(
        {**SCENARIO, "activity": [{"name": {"no": "Kart"}}], "learningOutcome": [{"description": {"en": "I can"}}]}
    )
    assert normalise(once) == once


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"id": None}, "id"),
        ({"id": "x"}, "id"),
        ({"id": "unheard-of/x"}, "id"),
        ({"id": "scenario/a b"}, "id"),
        ({"type": None}, "type"),
        ({"type": "Unheard"}, "type"),
        ({"colour": "red"}, "colour"),
        ({"name": "A title"}, "name"),
        ({"name": {"english!": "A"}}, "name"),
        ({"name": {"en": 5}}, "name"),
        ({"about": [{"name": "x"}]}, "about"),
        ({"about": ["a b"]}, "about"),
        ({"minutes": {"en": 5}}, "minutes"),
        ({"activity": ["walk"]}, "activity[1]"),
        ({"activity": [{}, {"nmae": {"en": "x"}}]}, "activity[2].nmae"),
        ({"activity": [{"id": "scenario/other#activity-1"}]}, "activity[1].id"),
    ],
)
def test_errors_name_the_field(change: dict[str, object], field: str) -> None:
    with pytest.raises(DocumentError) as caught:
        normalise({**SCENARIO, **change})
    assert caught.value.field == field


def test_norwegian_is_not_false(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(
        "id: scenario/x\ntype: LearningScenario\nname:\n  no: Kart\nneedsPupilDevices: false\n", encoding="utf-8"
    )
    (document,) = read_yaml(path)
    assert isinstance(document, Document)
    assert document.data["name"] == {"no": "Kart"}
    assert document.data["needsPupilDevices"] is False


def test_defaults_yield_to_what_a_document_says(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("id: scenario/x\nminutes: 30\n", encoding="utf-8")
    (document,) = read_yaml(path, {"type": "LearningScenario", "minutes": 45})
    assert isinstance(document, Document)
    assert document.data["minutes"] == 30


def test_a_bad_line_leaves_the_others_standing(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(
        b'{"id":"scenario/a","type":"LearningScenario"}\n{bad\n\n[1]\n{"id":"scenario/b","type":"LearningScenario"}\n'
    )
    good, bad, worse, last = read_json_lines(path)
    assert isinstance(good, Document)
    assert isinstance(last, Document)
    assert (bad.record, worse.record, last.record) == (2, 4, 5)


def test_deeply_nested_json_is_an_error_and_no_crash(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"id":"scenario/a","type":"LearningScenario","x":' + "[" * 100_000 + "]" * 100_000 + "}\n")
    (found,) = read_json_lines(path)
    assert isinstance(found, DocumentError)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=8), children, max_size=3),
    max_leaves=8,
)
KEYS = st.sampled_from(
    ["id", "type", "name", "about", "activity", "minutes", "alignment", "learningOutcome", "material", "keywords"]
)


@given(st.dictionaries(KEYS, JSON))
def test_any_json_gives_a_document_or_an_error(node: dict[str, object]) -> None:
    try:
        document = normalise({**SCENARIO, **node})
    except DocumentError as error:
        assert error.cause
    else:
        assert normalise(document) == document
