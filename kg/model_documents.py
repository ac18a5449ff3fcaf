"""The model's own documents - ontology and shapes - in every RDF serialisation."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg.media_types import RDF_MEDIA_TYPES, by_suffix
from kg.triples import read_turtle
from kg.vocabulary import model_graph_name
from ontology.load import ontology_files, shape_files
from ontology.namespaces import PREFIXES

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["ontology_document", "ontology_version", "shapes_document"]

_VERSION = ox.NamedNode(PREFIXES["owl"] + "versionInfo")


@lru_cache(maxsize=len(RDF_MEDIA_TYPES))
def ontology_document(suffix: str, id_base: str) -> bytes:
    """Return the ontology with its alignments in the serialisation of this suffix."""
    return _document(ontology_files(), suffix, id_base)


@lru_cache(maxsize=len(RDF_MEDIA_TYPES))
def shapes_document(suffix: str, id_base: str) -> bytes:
    """Return the SHACL shapes in the serialisation of this suffix."""
    return _document(shape_files(), suffix, id_base)


@lru_cache(maxsize=1)
def ontology_version() -> str:
    """Return the version that the ontology states."""
    quads = read_turtle(ontology_files()[0], model_graph_name(), "urn:base/")
    versions = (quad.object for quad in quads if quad.predicate == _VERSION)
    return next(version.value for version in versions if isinstance(version, ox.Literal))


def _document(files: list[Path], suffix: str, id_base: str) -> bytes:
    media = by_suffix(suffix)
    if media is None:
        raise ValueError(f"no serialisation has the suffix {suffix!r}")
    triples = [quad.triple for path in files for quad in read_turtle(path, model_graph_name(), id_base)]
    return ox.serialize(dict.fromkeys(triples), format=media.format, prefixes=PREFIXES) or b""
