"""A shelf of small scenarios that become releases without the validation that takes most of a build's time."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from kg.documents import Document, normalise
from kg.release import Release, switch
from kg.release_writer import StepTimes, write_release
from kg.tombstones import Tombstone
from kg.triples import document_quads, graph_name
from kg.vocabulary import vocabulary_quads

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.release_writer import ReleasePart
    from kg.settings import Settings

COLLECTION = {
    "id": "collection/shelf",
    "type": "Collection",
    "name": {"en": "Shelf"},
    "license": "https://creativecommons.org/licenses/by/4.0/",
    "dataKind": "data-kind/original",
}
SCENARIO = {
    "type": "LearningScenario",
    "inLanguage": ["en"],
    "license": "https://creativecommons.org/licenses/by/4.0/",
    "creditText": "Tests",
    "dataKind": "data-kind/original",
    "completeness": "completeness/minimal",
    "about": ["subject/informatics"],
}


CONTROLS = {"␀": "\x00", "␋": "\x0b", "␦": "\ufffe"}
"""Pictures of characters that no document may hold, and the characters that a shelf's quads get in their place."""


def controlled(text: str) -> str:
    """``text`` with characters in place of their pictures."""
    for picture, character in CONTROLS.items():
        text = text.replace(picture, character)
    return text


def _controlled(quad: ox.Quad) -> ox.Quad:
    """A quad that a careless writer might have made: what serves it must bear more than documents may hold."""
    term = quad.object
    if not isinstance(term, ox.Literal) or controlled(term.value) == term.value:
        return quad
    literal = ox.Literal(controlled(term.value), language=term.language)
    return ox.Quad(quad.subject, quad.predicate, literal, quad.graph_name)


class Shelf:
    """Put scenarios on it, take them off, and make a release of what is there."""

    def __init__(self, settings: Settings, parts: Sequence[ReleasePart] = (), *, vocabularies: bool = False) -> None:
        self.settings = settings
        self.base = settings.id_base
        self.documents: dict[str, dict[str, Any]] = {"collection/shelf": COLLECTION}
        self.tombstones: list[Tombstone] = []
        self._parts = parts
        self._vocabulary = vocabulary_quads(self.base) if vocabularies else []

    def put(self, name: str, title: str = "A title", /, **fields: Any) -> None:
        node = {**SCENARIO, "id": f"scenario/{name}", "identifier": name, "name": {"en": title}, **fields}
        self.documents[node["id"]] = node

    def take(self, name: str, reason: str | None = None) -> None:
        del self.documents[f"scenario/{name}"]
        if reason:
            self.tombstones.append(Tombstone(f"scenario/{name}", reason))

    def write(self) -> Release:
        """The release of what is on the shelf; it is not made current."""
        graph = graph_name("shelf", self.base)
        nodes = [Document(normalise(node), Path("shelf"), 1) for node in self.documents.values()]
        quads = [_controlled(quad) for node in nodes for quad in document_quads(node, graph, self.base)]
        quads += self._vocabulary
        account: dict[str, Any] = {"documents": {"shelf": len(nodes)}, "inputs": "", "errors": []}
        return write_release(self.settings, quads, self._parts, account, StepTimes(), lambda *_: None, self.tombstones)

    def release(self) -> Release:
        """The release of what is on the shelf, made current."""
        release = self.write()
        switch(self.settings, release)
        return release


def with_one_withdrawn(settings: Settings, parts: Sequence[ReleasePart]) -> None:
    """Make two releases, the second of which withdrew one of two scenarios, with its reason."""
    shelf = Shelf(settings, parts)
    shelf.put("old", "An <old> lesson")
    shelf.put("new", "A new lesson")
    shelf.release()
    gc.collect()  # the first release's store is open until then, and the next is written in the same place
    shelf.take("old", "Its licence was not what it seemed.")
    shelf.release()
