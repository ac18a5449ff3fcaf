"""The hubs that people take part in: those of the release."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from flask import abort

from ontology.namespaces import IHUB
from webapp.languages import label, served
from webapp.taking_part.roles import ALL_HUBS

if TYPE_CHECKING:
    from collections.abc import Collection

    from kg.graph import Graph

__all__ = ["Hub", "all_hubs", "hub_or_404", "hubs_among", "made_up_hubs"]

_SYNTHETIC: Final = "data-kind/synthetic"


class Hub(NamedTuple):
    """A hub, and what the reader calls it."""

    identifier: str
    name: str
    language: str

    @property
    def slug(self) -> str:
        """The last part of its identifier, as it stands in addresses."""
        return self.identifier.partition("/")[2]


def all_hubs() -> list[Hub]:
    """Return the hubs of the release, by name."""
    found = served()
    base = found.release.id_base
    iris = found.graph.instances(f"{IHUB}RegionalInnovationHub")
    return sorted((Hub(iri.removeprefix(base), *label(iri)) for iri in iris), key=lambda hub: hub.name)


def hubs_among(identifiers: Collection[str]) -> list[Hub]:
    """Return those of the hubs, all of them where :data:`ALL_HUBS` is among the identifiers."""
    return [hub for hub in all_hubs() if ALL_HUBS in identifiers or hub.identifier in identifiers]


def hub_or_404(slug: str) -> Hub:
    """Return the hub whose address has this slug; answers 404 where there is none."""
    return next((hub for hub in all_hubs() if hub.slug == slug), None) or abort(404)


def made_up_hubs(graph: Graph, id_base: str) -> frozenset[str]:
    """Return the identifiers of the hubs that are for demonstrations: what they publish is made up like themselves."""
    iris = graph.instances(f"{IHUB}RegionalInnovationHub")
    synthetic = (iri for iri in iris if graph.iri(iri, IHUB + "dataKind") == id_base + _SYNTHETIC)
    return frozenset(iri.removeprefix(id_base) for iri in synthetic)
