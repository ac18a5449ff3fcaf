"""docs/data-model.md names every key of documents, and its worked example is what the loader makes of it."""

from __future__ import annotations

import re
from pathlib import Path

import pyoxigraph as ox
import pytest
from rdflib import Graph
from rdflib.compare import to_canonical_graph

from kg.documents import read_yaml
from kg.triples import document_quads
from ontology.entity_types import ENTITY_TYPES
from ontology.load import context
from ontology.namespaces import PREFIXES

PAGE = (Path(__file__).parents[2] / "docs" / "data-model.md").read_text(encoding="utf-8")
EXAMPLE_BASE = "https://example.org/id/"


def _keys() -> list[str]:
    """Keys of documents: not prefixes, not classes, not keywords of JSON-LD."""
    others = {*PREFIXES, "id", "type"}
    return [key for key in context() if key[0].islower() and key not in others]


@pytest.mark.parametrize("key", _keys())
def test_a_key_is_on_the_page(key: str) -> None:
    assert re.search(rf"`{key}`|\*{key}\*", PAGE)


@pytest.mark.parametrize("segment", [s for s, kind in ENTITY_TYPES.items() if "hub/ns#" in kind.class_iri])
def test_a_kind_of_entity_is_on_the_page(segment: str) -> None:
    assert f"`{segment}/`" in PAGE


def test_the_worked_example_gives_the_triples_that_the_page_shows(tmp_path: Path) -> None:
    yaml, turtle = (re.search(rf"```{kind}\n(.*?)```", PAGE, re.DOTALL)[1] for kind in ("yaml", "turtle"))
    file = tmp_path / "two-sources.yaml"
    file.write_text(yaml, encoding="utf-8")
    (document,) = read_yaml(file)
    quads = document_quads(document, ox.NamedNode(EXAMPLE_BASE + "collection/example"), EXAMPLE_BASE)
    made = Graph().parse(data="".join(f"{quad.triple} .\n" for quad in quads), format="nt")
    prefixes = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())
    shown = Graph().parse(data=prefixes + turtle, format="turtle")
    assert set(to_canonical_graph(made)) == set(to_canonical_graph(shown))
