"""What the page about an entity shows, by the entity's kind: one module a kind, and one row here.

The frame that all pages share (title, formats, what refers to the entity, links) is made by :mod:`webapp.entities`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from kg.scenario import SCENARIO_CLASS
from webapp.entity_pages import general, scenario
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


_GENERAL: Final = EntityPage("entity.html", general.view)

ENTITY_PAGES: Final[Mapping[str, EntityPage]] = {
    SCENARIO_CLASS: EntityPage("scenario.html", scenario.view),
}
"""The kinds with a page of their own, by class; an entity of several is shown as the one that comes first here."""


def entity_page(iri: str) -> EntityPage:
    """Return how the entity with this IRI is shown: as its class says, else as a plain list of its statements."""
    types = frozenset(served().graph.types(iri))
    return next((page for kind, page in ENTITY_PAGES.items() if kind in types), _GENERAL)
