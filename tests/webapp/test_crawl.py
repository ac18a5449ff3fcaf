"""Every IRI in the graph leads somewhere: each kind of entity in every form, and each single IRI at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
import rdflib

from kg.build import SHIPPED_COLLECTIONS, build_release
from kg.media_types import RDF_MEDIA_TYPES
from kg.settings import Settings
from ontology.entity_types import ENTITY_TYPES
from search.index import SearchPart
from tests.conftest import COLLECTIONS
from tests.webapp.linked_data import BASE, triples
from webapp import create_app

if TYPE_CHECKING:
    from flask.testing import FlaskClient

pytestmark = [pytest.mark.long, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

# Nothing shipped is of these kinds yet.
EMPTY = {"contributor", "review", "observation", "indicators"}


@pytest.fixture(scope="module")
def iris(client: FlaskClient) -> set[str]:
    """Every IRI of this deployment that anything in the release is about, refers to or is named by."""
    found: set[str] = set()
    with client.application.test_request_context():
        store = client.application.extensions["ihub.site"].served().graph.store
        for quad in store.quads_for_pattern(None, None, None, None):
            terms = (quad.subject, quad.predicate, quad.object, quad.graph_name)
            found.update(term.value for term in terms if isinstance(term, ox.NamedNode))
    return {iri for iri in found if iri.startswith(BASE)}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """A site with the core collection and the fixtures."""
    settings = Settings.from_environment({"IHUB_HOME": str(tmp_path_factory.mktemp("home")), "IHUB_EMBEDDER": "none"})
    part = SearchPart(None, settings.home / "cache" / "embeddings.sqlite")
    report = build_release(settings, [COLLECTIONS, SHIPPED_COLLECTIONS / "core"], [part], strict=True)
    assert report.release, [str(error) for error in report.errors]
    app = create_app(settings)
    app.testing = True
    return app.test_client()


@pytest.mark.parametrize("segment", ENTITY_TYPES)
def test_every_kind_of_entity_says_the_same_in_every_form(client: FlaskClient, iris: set[str], segment: str) -> None:
    names = sorted({iri.split("#")[0].removeprefix(BASE) for iri in iris if iri.startswith(f"{BASE}id/{segment}/")})
    assert names or segment in EMPTY
    for name in {*names[:1], *names[-1:]}:
        address = f"/doc/{name.removeprefix('id/')}"
        graphs = [triples(client.get(f"{address}.{row.suffix}").data, row.suffix) for row in RDF_MEDIA_TYPES]
        assert all(graph == graphs[0] for graph in graphs), name
        assert not any(isinstance(term, rdflib.BNode) for triple in graphs[0] for term in triple)
        page = client.get(address)
        assert page.status_code == 200
        assert "<h1" in page.text


def test_every_iri_dereferences(client: FlaskClient, iris: set[str]) -> None:
    """Fragments lead to the document of what they are part of, which says something of them."""
    assert len(iris) > 1000
    assert any(".well-known/genid" in iri for iri in iris)
    assert any("#activity-1" in iri for iri in iris)
    for iri in sorted(iris):
        whole, _, fragment = iri.partition("#")
        redirect = client.get("/" + whole.removeprefix(BASE), headers={"Accept": "application/n-triples"})
        assert redirect.status_code == 303, iri
        answer = client.get(redirect.headers["Location"])
        assert answer.status_code == 200, iri
        assert f"<{iri}>" in answer.text, iri
        assert f"\n<{iri}> " in f"\n{answer.text}" or not fragment, iri


def test_pages_link_only_to_what_is_there(client: FlaskClient, iris: set[str]) -> None:
    """Every link of a page to this site works, for one page in ten."""
    from lxml import etree

    seen: set[str] = set()
    for name in sorted({iri.split("#")[0].removeprefix(f"{BASE}id/") for iri in iris if "/id/" in iri})[::10]:
        page = etree.HTML(client.get(f"/doc/{name}").text)
        links = {link.partition("#")[0] for link in page.xpath("//a/@href | //link/@href") if link.startswith("/")}
        for link in links - seen:
            with client.get(link) as response:
                assert response.status_code == 200, (name, link)
        seen |= links
    assert len(seen) > 500
