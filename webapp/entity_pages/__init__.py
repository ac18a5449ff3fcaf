"""What the page about an entity shows, by the entity's kind: one module a kind, and one row here.

The frame that all pages share (title, formats, what refers to the entity, links) is made by :mod:`webapp.entities`.
Most kinds are told by a row of :data:`webapp.entity_pages.kinds.KINDS`; the others have a template of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ontology.entity_types import ENTITY_TYPES
from webapp.entity_pages import competence, figure, general, hub, scenario
from webapp.languages import served

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["ENTITY_PAGES", "EntityPage", "entity_page"]


class EntityPage(NamedTuple):
    """How one kind of entity is shown."""

    template: str
    """The template's name."""

    view: Callable[[str], dict[str, Any]]
    """Returns what the template shows of the entity with this IRI, besides the frame."""


_GENERAL: Final = EntityPage("kinds/entity.html", general.view)
"""Tells what :data:`webapp.entity_pages.kinds.KINDS` says of the kind."""

_OWN: Final[Mapping[str, EntityPage]] = {
    "scenario": EntityPage("scenario.html", scenario.view),
    "competence": EntityPage("kinds/competence.html", competence.view),
    "framework": EntityPage("kinds/framework.html", competence.framework_view),
    "hub": EntityPage("kinds/hub.html", hub.view),
    "figure": EntityPage("kinds/figure.html", figure.view),
    "place": EntityPage("kinds/place.html", hub.place_view),
}

ENTITY_PAGES: Final[Mapping[str, EntityPage]] = {
    kind.class_iri: _OWN.get(segment, _GENERAL) for segment, kind in ENTITY_TYPES.items()
}
"""The kinds with a page of their own, by class; an entity of several is shown as the one that comes first here."""


def entity_page(iri: str) -> EntityPage:
    """Return how the entity with this IRI is shown: as its class says, else by what all entities have."""
    types = frozenset(served().graph.types(iri))
    return next((page for kind, page in ENTITY_PAGES.items() if kind in types), _GENERAL)
