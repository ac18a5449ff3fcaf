"""The record of what a SPARQL server holds for one deployment: a small graph in the server itself.

It names the release, each published graph with its size and checksum, and the staging graphs of a publication under
way. While graphs are being exchanged it names no release, so that nobody takes a mixture for one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from ontology.namespaces import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kg.store.connection import StoreConnection

__all__ = ["GraphState", "Publication", "publication_graph", "read_publication"]

_IDENTIFIER: Final = PREFIXES["dcterms"] + "identifier"
_HAS_PART: Final = PREFIXES["dcterms"] + "hasPart"
_REQUIRES: Final = PREFIXES["dcterms"] + "requires"
_TRIPLES: Final = PREFIXES["void"] + "triples"


@dataclass(frozen=True)
class GraphState:
    """The content of a named graph: how many triples, and the SHA-256 of its sorted N-Quads."""

    triples: int
    sha256: str


@dataclass(frozen=True)
class Publication:
    """What a server holds.

    Attributes:
        release: Identifier of the release, or None where none is published or graphs are being exchanged.
        graphs: The named graphs of the release; those whose exchange was broken off are missing.
        owned: Every named graph that this deployment has put there.
        staging: Staging graphs that may be there.
    """

    release: str | None = None
    graphs: Mapping[str, GraphState] = field(default_factory=dict)
    owned: frozenset[str] = frozenset()
    staging: frozenset[str] = frozenset()


def publication_graph(base_iri: str) -> str:
    """Return the graph that holds the record of the deployment with this base IRI."""
    return base_iri + "sparql#publication"


def read_publication(connection: StoreConnection, base_iri: str) -> Publication:
    """Read the record.

    Raises:
        StoreError: The server does not answer.
    """
    marker = publication_graph(base_iri)
    rows = connection.select(f"SELECT ?s ?p ?o {{ GRAPH <{marker}> {{ ?s ?p ?o }} }}", [marker])
    said: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        said.setdefault((row["s"].value, row["p"].value), []).append(row["o"].value)
    owned = frozenset(said.get((marker, _HAS_PART), []))
    return Publication(
        release=next(iter(said.get((marker, _IDENTIFIER), [])), None),
        graphs={
            iri: GraphState(int(said[iri, _TRIPLES][0]), said[iri, _IDENTIFIER][0])
            for iri in owned
            if (iri, _TRIPLES) in said and (iri, _IDENTIFIER) in said
        },
        owned=owned,
        staging=frozenset(said.get((marker, _REQUIRES), [])),
    )


def record_staging(base_iri: str, staging: Iterable[str], owned: Iterable[str]) -> str:
    """Return the update that records graphs before anything is written into them."""
    marker = publication_graph(base_iri)
    lines = [f"<{marker}> <{_REQUIRES}> <{iri}> ." for iri in sorted(staging)]
    lines += [f"<{marker}> <{_HAS_PART}> <{iri}> ." for iri in sorted(owned)]
    return f"INSERT DATA {{ GRAPH <{marker}> {{ {' '.join(lines)} }} }}"


def record_exchange(base_iri: str) -> str:
    """Return the update that withdraws the release's name while its graphs are exchanged."""
    marker = publication_graph(base_iri)
    return f"DELETE WHERE {{ GRAPH <{marker}> {{ ?s <{_IDENTIFIER}> ?identifier }} }}"


def record_release(base_iri: str, release: str, graphs: Mapping[str, GraphState]) -> list[str]:
    """Return the updates that make the record say that exactly this release is published."""
    marker = publication_graph(base_iri)
    lines = [f'<{marker}> <{_IDENTIFIER}> "{release}" .']
    for iri, state in sorted(graphs.items()):
        lines.append(f"<{marker}> <{_HAS_PART}> <{iri}> .")
        lines.append(f'<{iri}> <{_TRIPLES}> {state.triples} ; <{_IDENTIFIER}> "{state.sha256}" .')
    return [f"DROP SILENT GRAPH <{marker}>", f"INSERT DATA {{ GRAPH <{marker}> {{ {' '.join(lines)} }} }}"]
