"""VoID statistics of a release: counted once at build, in one pass over its quads, by graph and for their union."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from ontology.namespaces import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kg.graph import Graph

__all__ = ["StatisticsPart"]

FORMAT: Final = "statistics-1"
"""Changes when something else is counted."""

_TYPE: Final = f"<{PREFIXES['rdf']}type>".encode()
_LINKS: Final = frozenset(
    f"<{PREFIXES[prefix]}{name}>".encode()
    for prefix, name in (
        ("skos", "exactMatch"),
        ("skos", "closeMatch"),
        ("skos", "broadMatch"),
        ("skos", "narrowMatch"),
        ("skos", "relatedMatch"),
        ("owl", "sameAs"),
        ("owl", "equivalentClass"),
        ("owl", "equivalentProperty"),
        ("rdfs", "seeAlso"),
    )
)
"""Properties whose objects in other namespaces make linksets."""


@dataclass
class _Count:
    """What is counted of a graph while its lines go by in canonical order."""

    triples: int = 0
    subjects: int = 0
    entities: int = 0
    classes: Counter[bytes] = field(default_factory=Counter)
    properties: Counter[bytes] = field(default_factory=Counter)
    links: Counter[tuple[bytes, bytes]] = field(default_factory=Counter)
    last: bytes = b""

    def add(self, subject: bytes, predicate: bytes, value: bytes, base: bytes) -> None:
        """Count one statement."""
        self.triples += 1
        if subject != self.last:
            self.last = subject
            self.subjects += 1
            self.entities += subject.startswith(base) and b"#" not in subject
        self.properties[predicate] += 1
        if predicate == _TYPE:
            self.classes[value] += 1
        elif predicate in _LINKS and value.startswith(b"<") and not value.startswith(base):
            self.links[predicate, _namespace(value)] += 1

    def described(self) -> dict[str, Any]:
        """Return the counts as the manifest has them."""
        return {
            "triples": self.triples,
            "subjects": self.subjects,
            "entities": self.entities,
            "classes": {iri[1:-1].decode(): n for iri, n in sorted(self.classes.items())},
            "properties": {iri[1:-1].decode(): n for iri, n in sorted(self.properties.items())},
            "links": [[p[1:-1].decode(), space.decode(), n] for (p, space), n in sorted(self.links.items())],
        }


class StatisticsPart:
    """The ``statistics`` part of a release; all of it stands in the manifest's entry.

    Args:
        id_base: The base of entities' IRIs.
    """

    name = "statistics"

    def __init__(self, id_base: str) -> None:
        self._base = f"<{id_base}".encode()

    def fingerprint(self) -> str:
        """Return the version of what is counted."""
        return FORMAT

    def build(self, graph: Graph, directory: Path, progress: Callable[[str, int, int], None]) -> dict[str, Any]:
        """Count; ``graphs`` has each graph's counts by IRI and ``union`` those of all distinct triples."""
        del graph, progress  # the quads file is quicker to read through than the store
        graphs: dict[bytes, _Count] = {}
        union = _Count()
        last = b""
        with (directory.parent / "quads.nq").open("rb") as lines:
            for line in lines:
                end = line.rindex(b" <")
                subject, predicate, value = line[:end].split(b" ", 2)
                graphs.setdefault(line[end + 2 : -4], _Count()).add(subject, predicate, value, self._base)
                if line[:end] != last:
                    union.add(subject, predicate, value, self._base)
                    last = line[:end]
        return {"graphs": {g.decode(): c.described() for g, c in sorted(graphs.items())}, "union": union.described()}


def _namespace(iri: bytes) -> bytes:
    """Return the start of an IRI up to its last slash or number sign."""
    inner = iri[1:-1]
    return inner[: max(inner.rfind(b"/"), inner.rfind(b"#")) + 1]
