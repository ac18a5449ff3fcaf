"""What a scenario is based on and what is based on it, as a tree: from the first sources down, each work once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from ontology.namespaces import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.graph import Graph

__all__ = ["Branch", "Lineage", "lineage"]

_BASED_ON: Final = SCHEMA + "isBasedOn"
_MOST: Final = 40
_FEW: Final = 4


@dataclass
class Branch:
    """A work in the tree: its IRI, and the works that are based on it.

    ``others`` tells how many more are based on it than the tree has room for.
    """

    iri: str
    adaptations: list[Branch] = field(default_factory=list)
    others: int = 0


@dataclass(frozen=True)
class Lineage:
    """The trees that a scenario stands in, by their first sources; empty where it stands alone.

    A work with several sources, or one in a loop, stands where it is met first.
    """

    roots: list[Branch]

    def __bool__(self) -> bool:
        """Whether there is anything beside the scenario itself."""
        return any(root.adaptations for root in self.roots)


def lineage(graph: Graph, iri: str, most: int = _MOST) -> Lineage:
    """Return the tree of what a scenario comes from and what came of it.

    All of its sources are in it, up to ``most``; then the works based on them and on it. Of a source's works beside
    this scenario's own line only a few are shown.

    Args:
        graph: The graph.
        iri: The scenario.
        most: How many works the tree has room for; it also bounds how far chains are followed.
    """
    line = _sources(graph, iri, most)
    roots = [work for work in line if not set(graph.iris(work, _BASED_ON)) & line.keys()]
    # Works that are based on each other have no first one: the one that was met last is as good as any.
    branches = {root: Branch(root) for root in roots or [next(reversed(line))]}
    _grow(graph, branches, line, iri, most)
    return Lineage([branches[root] for root in roots or list(branches)[:1]])


def _sources(graph: Graph, iri: str, most: int) -> dict[str, None]:
    """Return a scenario and all that it goes back to, the nearest first."""
    line: dict[str, None] = {iri: None}
    waiting = [iri]
    while waiting and len(line) < most:
        for source in graph.iris(waiting.pop(0), _BASED_ON):
            if source not in line and len(line) < most:
                line[source] = None
                waiting.append(source)
    return line


def _grow(graph: Graph, branches: dict[str, Branch], line: Iterable[str], iri: str, most: int) -> None:
    """Add to the first works what is based on them, level by level, until there is no more room."""
    own = set(line)
    below = {iri}
    waiting = list(branches)
    while waiting:
        work = waiting.pop(0)
        found = [other for other in graph.subjects(_BASED_ON, work) if other not in branches]
        # The scenario's own line goes first, so that the bound never cuts it off.
        found.sort(key=lambda other: (other not in own, other))
        room = max(0, most - len(branches)) if work in below else _FEW
        for place, other in enumerate(found):
            if other in own or (place < room and len(branches) < most):
                branch = branches[other] = Branch(other)
                branches[work].adaptations.append(branch)
                waiting.append(other)
                if work in below:
                    below.add(other)
            else:
                branches[work].others += 1
