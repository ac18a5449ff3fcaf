"""Where the model's files are, and the two of them that programs read most: the JSON-LD context and the shapes."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rdflib import Graph

__all__ = [
    "context",
    "context_file",
    "ontology_files",
    "question_files",
    "release_shapes_graph",
    "shape_files",
    "shapes_graph",
    "vocabulary_files",
]

_FOLDER: Final = Path(__file__).parent


@lru_cache(maxsize=1)
def context() -> Mapping[str, Any]:
    """Return the shared JSON-LD context: each document key, class name and prefix with its definition.

    It is the value of ``@context``, parsed once. Treat it as read-only.

    >>> context()["id"]
    '@id'
    """
    terms: dict[str, Any] = json.loads(context_file().read_text(encoding="utf-8"))["@context"]
    return terms


def context_file() -> Path:
    """Return the file of the shared JSON-LD context."""
    return _FOLDER / "context.jsonld"


def ontology_files() -> list[Path]:
    """Return the Turtle files of the ontology graph: the terms, then their alignments."""
    return [_FOLDER / "core.ttl", _FOLDER / "alignments.ttl"]


def vocabulary_files() -> list[Path]:
    """Return the Turtle files of the SKOS vocabularies, by name. Their relative IRIs resolve against ``{base}id/``."""
    return sorted((_FOLDER / "vocab").glob("*.ttl"))


def shape_files() -> list[Path]:
    """Return the Turtle files of the SHACL shapes that apply to batches of documents, by name.

    Rules that can only be judged over a whole release are elsewhere: :func:`release_shapes_graph`.
    """
    return sorted((_FOLDER / "shapes").glob("*.ttl"))


def question_files() -> list[Path]:
    """Return the files of the competency questions, by name."""
    return sorted((_FOLDER / "questions").glob("*.rq"))


@lru_cache(maxsize=4)
def shapes_graph(base_iri: str) -> Graph:
    """Return the shapes of :func:`shape_files` as one graph, parsed once for each base. Treat it as read-only.

    Args:
        base_iri: Base of this deployment's entities (``{base}id/``), against which shapes name concepts such as
            ``<completeness/complete>``.
    """
    return _parsed(shape_files(), base_iri)


def release_shapes_graph() -> Graph:
    """Return the shapes that can only be judged over a whole release, all of them constraints in SPARQL.

    :func:`ontology.validate.sparql_rules` turns them into queries that a store can run as they stand.
    """
    return _parsed([_FOLDER / "shapes" / "prefixes.ttl", *sorted((_FOLDER / "shapes" / "cross").glob("*.ttl"))], "")


def _parsed(files: list[Path], base_iri: str) -> Graph:
    from rdflib import Graph

    graph = Graph()
    for path in files:
        graph.parse(path, format="turtle", publicID=base_iri or None)
    return graph
