"""One document in the making is judged as a build would judge it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from kg.errors import DocumentError
from kg.judging import judge
from kg.validation import field_of
from tests.conftest import COLLECTIONS

if TYPE_CHECKING:
    from kg.release import Release

BASE = "http://127.0.0.1:8000/id/"


@pytest.fixture
def scenario() -> dict[str, Any]:
    """A scenario of the fixture collection, with what its collection says for all."""
    folder = COLLECTIONS / "classroom"
    defaults = yaml.safe_load((folder / "collection.yaml").read_text(encoding="utf-8"))["defaults"]
    return {**defaults, **next(yaml.safe_load_all((folder / "scenarios.yaml").read_text(encoding="utf-8")))}


def fields(document: dict[str, Any], release: Release) -> set[str | None]:
    """The fields that keep a document out."""
    return {field_of(f) for f in judge(document, release.graph, BASE) if f.severity == "Violation"}


def test_what_is_in_a_release_is_found_valid(scenario: dict[str, Any], release: Release) -> None:
    assert fields(scenario, release) == set()


def test_minutes_that_are_no_number_are_found_and_end_nothing(scenario: dict[str, Any], release: Release) -> None:
    activity = {"name": {"en": "A"}, "description": {"en": "B"}, "inClass": True, "grouping": "grouping/pair"}
    scenario["activity"] = [{**activity, "minutes": 10}, {**activity, "minutes": "long"}]
    assert "activity-2.minutes" in fields(scenario, release)


def test_a_reference_to_nothing_is_told_by_its_field(scenario: dict[str, Any], release: Release) -> None:
    with pytest.raises(DocumentError) as caught:
        judge({**scenario, "about": ["subject/alchemy"]}, release.graph, BASE)
    assert caught.value.field == "about"


def test_what_comes_with_the_document_may_be_referred_to(scenario: dict[str, Any], release: Release) -> None:
    scenario["creator"] = ["contributor/c-1"]
    with pytest.raises(DocumentError):
        judge(scenario, release.graph, BASE)
    assert judge(scenario, release.graph, BASE, {"contributor/c-1"}) is not None


def test_many_are_judged_at_once(scenario: dict[str, Any], release: Release) -> None:
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda _: fields({**scenario, "minAge": 200}, release), range(12)))
    assert found == [{"minAge"}] * 12
