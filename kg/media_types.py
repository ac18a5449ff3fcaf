"""The one media-type table: for each RDF serialisation its suffix, its media type and the serialiser that writes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pyoxigraph import RdfFormat

__all__ = ["RDF_MEDIA_TYPES", "RdfMediaType", "by_suffix"]


@dataclass(frozen=True)
class RdfMediaType:
    """One RDF serialisation.

    Attributes:
        suffix: File suffix without the dot, as in ``/doc/scenario/x.ttl``.
        media_type: The registered media type.
        label: What people call it.
        format: The serialiser.
        aliases: Other media types that clients send for the same thing.
    """

    suffix: str
    media_type: str
    label: str
    format: RdfFormat
    aliases: tuple[str, ...] = ()


RDF_MEDIA_TYPES: Final[tuple[RdfMediaType, ...]] = (
    RdfMediaType("ttl", "text/turtle", "Turtle", RdfFormat.TURTLE, ("application/x-turtle",)),
    RdfMediaType("jsonld", "application/ld+json", "JSON-LD", RdfFormat.JSON_LD, ("application/json",)),
    RdfMediaType("rdf", "application/rdf+xml", "RDF/XML", RdfFormat.RDF_XML, ("application/xml", "text/xml")),
    RdfMediaType("nt", "application/n-triples", "N-Triples", RdfFormat.N_TRIPLES, ("text/plain",)),
    RdfMediaType("trig", "application/trig", "TriG", RdfFormat.TRIG, ("application/x-trig",)),
    RdfMediaType("nq", "application/n-quads", "N-Quads", RdfFormat.N_QUADS),
)
"""In order of preference when a client accepts anything."""


def by_suffix(suffix: str) -> RdfMediaType | None:
    """Return the row with this file suffix, or None.

    >>> by_suffix("ttl").media_type
    'text/turtle'
    """
    return next((row for row in RDF_MEDIA_TYPES if row.suffix == suffix), None)
