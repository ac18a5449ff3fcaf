"""Writing descriptions of our own - catalogue, statistics - as triples, with names in their customary short form."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pyoxigraph as ox

from ontology.namespaces import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kg.media_types import RdfMediaType

__all__ = ["Description", "Iri"]


class Iri(str):
    """A full IRI; every other string is a text."""

    __slots__ = ()


class Description:
    """Triples in the order in which they are added; each once."""

    def __init__(self) -> None:
        self._triples: dict[ox.Triple, None] = {}

    def add(self, subject: str, predicate: str, *values: object) -> None:
        """Add a triple for each value.

        Args:
            subject: A full IRI.
            predicate: A prefixed name.
            values: An :class:`Iri`, a number, a moment, a truth value, a text, or a pair of a lexical form and the
                prefixed name of its datatype; None is passed over.
        """
        for value in values:
            if value is not None:
                self._triples[ox.Triple(ox.NamedNode(subject), _named(predicate), _term(value))] = None

    def texts(self, subject: str, predicate: str, texts: Mapping[str, str]) -> None:
        """Add a text in each of its languages."""
        for language, text in texts.items():
            literal = ox.Literal(text) if language == "und" else ox.Literal(text, language=language)
            self._triples[ox.Triple(ox.NamedNode(subject), _named(predicate), literal)] = None

    @staticmethod
    def name(curie: str) -> Iri:
        """Return the IRI of a prefixed name."""
        return Iri(_named(curie).value)

    def serialise(self, media: RdfMediaType) -> bytes:
        """Return the triples in a serialisation."""
        return ox.serialize(self._triples, format=media.format, prefixes=PREFIXES) or b""


def _named(curie: str) -> ox.NamedNode:
    prefix, local = curie.split(":", 1)
    return ox.NamedNode(PREFIXES[prefix] + local)


def _term(value: object) -> ox.NamedNode | ox.Literal:
    if isinstance(value, Iri):
        return ox.NamedNode(value)
    if isinstance(value, tuple):
        return ox.Literal(value[0], datatype=_named(value[1]))
    if isinstance(value, dt.datetime):
        return ox.Literal(value.strftime("%Y-%m-%dT%H:%M:%SZ"), datatype=_named("xsd:dateTime"))
    if isinstance(value, bool | int | str):
        return ox.Literal(value)
    raise TypeError(f"not a value of a triple: {value!r}")
