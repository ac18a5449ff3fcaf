"""The result formats: for each its media type, the names that people give it, and the serialiser."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pyoxigraph import QueryResultsFormat, RdfFormat

from kg.media_types import RDF_MEDIA_TYPES

__all__ = ["GRAPH_FORMATS", "TABLE_FORMATS", "ResultFormat", "formats_for", "named_format"]


@dataclass(frozen=True)
class ResultFormat:
    """One serialisation of answers.

    Attributes:
        name: Short name, as in ``format=csv``; also the file suffix of a download.
        media_type: The registered media type.
        label: What people call it.
        serializer: The engine's format.
        names: Other values of ``format=`` that mean it.
        aliases: Other media types that clients ask for and get answered in.
        iri: Its IRI in the W3C list of formats, for the service description.

    """

    name: str
    media_type: str
    label: str
    serializer: QueryResultsFormat | RdfFormat
    names: tuple[str, ...]
    aliases: tuple[str, ...]
    iri: str

    @property
    def is_xml(self) -> bool:
        """Whether the answer is XML, which cannot carry every character."""
        return self.serializer in {QueryResultsFormat.XML, RdfFormat.RDF_XML}

    @property
    def content_type(self) -> str:
        """The Content-Type header of an answer in this format."""
        return f"{self.media_type}; charset=utf-8"


_W3C: Final = "http://www.w3.org/ns/formats/"

TABLE_FORMATS: Final[tuple[ResultFormat, ...]] = (
    ResultFormat(
        "json",
        "application/sparql-results+json",
        "JSON",
        QueryResultsFormat.JSON,
        ("srj",),
        ("application/json",),
        _W3C + "SPARQL_Results_JSON",
    ),
    ResultFormat(
        "xml",
        "application/sparql-results+xml",
        "XML",
        QueryResultsFormat.XML,
        ("srx",),
        ("application/xml", "text/xml"),
        _W3C + "SPARQL_Results_XML",
    ),
    ResultFormat("csv", "text/csv", "CSV", QueryResultsFormat.CSV, (), (), _W3C + "SPARQL_Results_CSV"),
    ResultFormat(
        "tsv", "text/tab-separated-values", "TSV", QueryResultsFormat.TSV, (), (), _W3C + "SPARQL_Results_TSV"
    ),
)
"""For SELECT and ASK, in order of preference when a client accepts anything."""

_GRAPH_NAMES: Final[dict[str, tuple[tuple[str, ...], str]]] = {
    "ttl": (("turtle",), "Turtle"),
    "jsonld": (("json-ld", "json"), "JSON-LD"),
    "rdf": (("rdfxml", "rdf+xml", "rdf/xml", "xml"), "RDF_XML"),
    "nt": (("ntriples", "n-triples", "n3"), "N-Triples"),
    "trig": ((), "TriG"),
    "nq": (("nquads", "n-quads"), "N-Quads"),
}

GRAPH_FORMATS: Final[tuple[ResultFormat, ...]] = tuple(
    ResultFormat(
        row.suffix,
        row.media_type,
        row.label,
        row.format,
        _GRAPH_NAMES[row.suffix][0],
        row.aliases,
        _W3C + _GRAPH_NAMES[row.suffix][1],
    )
    for row in RDF_MEDIA_TYPES
)
"""For CONSTRUCT and DESCRIBE; triples go into the default graph where the format has graphs."""


def formats_for(form: str) -> tuple[ResultFormat, ...]:
    """Return the formats of a query form: SELECT, ASK, CONSTRUCT or DESCRIBE; of a table for any other."""
    return GRAPH_FORMATS if form in {"CONSTRUCT", "DESCRIBE"} else TABLE_FORMATS


def named_format(name: str, form: str) -> ResultFormat | None:
    """Find the format that ``format=name`` means for a query form; ``name`` may be a media type too.

    >>> named_format("json", "SELECT").media_type, named_format("json", "CONSTRUCT").media_type
    ('application/sparql-results+json', 'application/ld+json')
    >>> named_format("Text/CSV", "ASK").name
    'csv'
    """
    wanted = name.strip().lower()
    for row in formats_for(form):
        if wanted in {row.name, row.media_type, *row.names, *row.aliases}:
            return row
    return None
