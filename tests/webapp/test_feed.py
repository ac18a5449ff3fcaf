"""The feed: a client that knows nothing but LDES and TREE replays it and holds exactly what is served."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import rdflib
import requests
from rdflib.namespace import DCTERMS, RDF

from kg.harvesting import feed
from kg.release import roll_back
from tests.kg.shelf import Shelf
from tests.webapp.loopback import served_on_loopback
from webapp import create_app

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.release import Release
    from kg.settings import Settings

# rdflib's own parsers use what rdflib deprecates.
pytestmark = pytest.mark.filterwarnings("ignore:.*Dataset:DeprecationWarning")

LDES = rdflib.Namespace("https://w3id.org/ldes#")
TREE = rdflib.Namespace("https://w3id.org/tree#")
AS = rdflib.Namespace("https://www.w3.org/ns/activitystreams#")
HOSTILE = "␀␋␦ </script> \" ''' \\ \n ]]> & \U0001f600"


class Client:
    """Follows a feed from its entry; asks again only for what may have changed."""

    def __init__(self, entry: str, base: str) -> None:
        self.entry = entry
        self.base = base  # the server under test stands elsewhere than its base IRI says
        self.entities: dict[str, frozenset[str]] = {}
        self.closed: dict[str, bytes] = {}
        self.done: set[str] = set()
        self.asked: list[str] = []

    def get(self, address: str) -> tuple[requests.Response, rdflib.Dataset]:
        self.asked.append(address)
        response = requests.get(
            address.replace("http://127.0.0.1:8000", self.base), headers={"Accept": "application/trig"}, timeout=10
        )
        assert response.status_code == 200, address
        dataset = rdflib.Dataset(default_union=False)
        dataset.parse(data=response.content, format="trig")
        return response, dataset

    def synchronise(self) -> None:
        _, root = self.get(self.entry)
        stream = root.value(predicate=RDF.type, object=LDES.EventStream)
        assert stream is not None
        view = root.value(stream, TREE.view)
        nodes = {}
        for relation in root.objects(view, TREE.relation):
            path = root.value(relation, TREE.path)
            assert path == root.value(stream, LDES.timestampPath)
            if root.value(relation, RDF.type) == TREE.GreaterThanOrEqualToRelation:
                nodes[str(root.value(relation, TREE.node))] = str(root.value(relation, TREE.value))
        for node in sorted(nodes, key=lambda n: (nodes[n], int(n.rsplit("/", 1)[-1].split(".")[0]))):
            if node not in self.closed:
                self.take(node)

    def take(self, node: str) -> None:
        response, page = self.get(node)
        stream = page.value(predicate=RDF.type, object=LDES.EventStream)
        created, deleted = (page.value(stream, LDES[f"version{kind}Object"]) for kind in ("Create", "Delete"))
        assert (created, deleted) == (AS.Create, AS.Delete)
        members = sorted(page.objects(stream, TREE.member), key=lambda m: int(str(m).rsplit("-", 1)[-1]))
        for member in members:
            if str(member) in self.done:
                continue
            self.done.add(str(member))
            entity = str(page.value(member, page.value(stream, LDES.versionOfPath)))
            kind = page.value(member, RDF.type)
            if kind == deleted:
                self.entities.pop(entity, None)
            else:
                assert (kind == created) == (entity not in self.entities)
                lines = page.graph(member).serialize(format="nt").splitlines()
                self.entities[entity] = frozenset(filter(None, lines))
        if "immutable" in response.headers["Cache-Control"]:
            assert page.value(rdflib.URIRef(node), LDES.immutable)
            self.closed[node] = response.content


def said(release: Release) -> dict[str, frozenset[str]]:
    """What a release says of each entity, read from its quads by another parser."""
    dataset = rdflib.Dataset()
    dataset.parse(release.quads_file, format="nquads")
    triples: dict[str, rdflib.Graph] = {}
    for subject, predicate, value, _ in dataset.quads():
        triples.setdefault(str(subject).split("#")[0], rdflib.Graph()).add((subject, predicate, value))
    return {
        iri: frozenset(filter(None, graph.serialize(format="nt").splitlines()))
        for iri, graph in triples.items()
        if iri.startswith("http://127.0.0.1:8000/id/")
    }


@pytest.fixture
def shelf(settings: Settings) -> Shelf:
    shelf = Shelf(settings)
    for number in range(7):
        shelf.put(f"s{number}")
    shelf.put("hostile", HOSTILE, keywords={"en": [HOSTILE]})
    return shelf


@pytest.fixture
def address(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr(feed.Feed.__init__, "__defaults__", (4,))
    with served_on_loopback(create_app(shelf.settings)) as address:
        yield address


def test_a_client_follows_seven_releases_and_a_rollback(shelf: Shelf, address: str) -> None:
    shelf.release()
    client = Client("http://127.0.0.1:8000/feed", address)
    late = Client("http://127.0.0.1:8000/feed", address)
    first = None
    steps = [
        lambda: None,
        lambda: shelf.put("s0", "Changed"),
        lambda: (shelf.take("s1"), shelf.take("s2")),
        lambda: (shelf.put("new"), shelf.put("newer", learningOutcome=[{"description": {"en": "A part"}}])),
        lambda: shelf.put("s1", "Back again"),
        lambda: shelf.take("hostile", "It was hostile."),
        lambda: (shelf.put("hostile", HOSTILE), shelf.put("newer", "Without its part")),
    ]
    for step in steps:
        step()
        release = shelf.release()
        first = first or release
        kept = dict(client.closed)
        client.synchronise()
        assert client.entities == said(release)
        assert client.closed.items() >= kept.items()
    roll_back(shelf.settings, first.id)
    client.synchronise()
    assert client.entities == said(first)
    late.synchronise()
    assert late.entities == client.entities
    assert late.closed == client.closed
    assert len(late.closed) > 3


def test_what_a_client_has_is_not_sent_again(shelf: Shelf, address: str) -> None:
    shelf.release()
    log = requests.get(f"{address}/feed", timeout=10).url
    root = requests.get(log, timeout=10)
    assert root.headers["Cache-Control"] == "no-cache"
    again = requests.get(log, headers={"If-None-Match": root.headers["ETag"]}, timeout=10)
    assert (again.status_code, again.content) == (304, b"")
    shelf.put("more")
    shelf.release()
    assert requests.get(log, headers={"If-None-Match": root.headers["ETag"]}, timeout=10).status_code == 200


@pytest.mark.parametrize(
    ("accept", "suffix"),
    [("application/trig", "trig"), ("application/ld+json", "jsonld"), ("application/n-quads", "nq"), ("*/*", "trig")],
)
def test_the_entry_and_members_lead_to_a_document_in_the_asked_serialisation(
    shelf: Shelf, address: str, accept: str, suffix: str
) -> None:
    release = shelf.release()
    for path in ("/feed", f"/feed/{release.history.log_id()}/1"):
        answer = requests.get(address + path, headers={"Accept": accept}, allow_redirects=False, timeout=10)
        assert answer.status_code == 303
        assert answer.headers["Location"].endswith(f"{path}.{suffix}")
        page = requests.get(address + f"{path}.{suffix}", timeout=10)
        assert page.status_code == 200
        assert page.headers["Access-Control-Allow-Origin"] == "*"


def test_all_serialisations_say_the_same(shelf: Shelf, address: str) -> None:
    release = shelf.release()
    path = f"{address}/feed/{release.history.log_id()}/2"
    graphs = []
    for suffix, name in (("trig", "trig"), ("nq", "nquads")):
        dataset = rdflib.Dataset()
        dataset.parse(data=requests.get(f"{path}.{suffix}", timeout=10).text.replace(f"2.{suffix}", "2.x"), format=name)
        graphs.append(set(dataset.quads()))
    assert graphs[0] == graphs[1]
    entities = requests.get(f"{path}.jsonld", timeout=10).json()
    assert str(entities).count("isVersionOf") >= 4


def test_pages_that_are_not_there_are_not_found(shelf: Shelf, address: str) -> None:
    release = shelf.release()
    log = release.history.log_id()
    for path in ("other/1.trig", f"{log}/0.trig", f"{log}/99.trig", f"{log}/1.ttl", f"{log}/x.trig"):
        assert requests.get(f"{address}/feed/{path}", timeout=10).status_code == 404


def test_a_member_is_a_version_with_a_time_and_the_reason_of_its_end(shelf: Shelf, address: str) -> None:
    shelf.release()
    shelf.take("s0", "Its author asked for it.")
    release = shelf.release()
    event = release.history.events(0, 1000)[-1]
    number = -(-event.number // 4)
    dataset = rdflib.Dataset()
    dataset.parse(
        data=requests.get(f"{address}/feed/{release.history.log_id()}/{number}.trig", timeout=10).text, format="trig"
    )
    member = rdflib.URIRef(f"http://127.0.0.1:8000/feed/{release.history.log_id()}/{number}#event-{event.number}")
    assert str(dataset.value(member, DCTERMS.isVersionOf)).endswith("/id/scenario/s0")
    assert dataset.value(member, DCTERMS.created).toPython() == event.time
    assert str(dataset.value(member, rdflib.RDFS.comment)) == "Its author asked for it."
