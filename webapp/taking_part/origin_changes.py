"""In what a submitted document differs from the scenario that it is made of, for those who review it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kg.scenario import SCENARIO_CLASS
from kg.stated_document import listed, stated_document
from webapp.languages import served
from webapp.taking_part.origins import answers_of, changes, matched

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["changes_from_origin", "origin_document"]


def origin_document(identifier: str) -> dict[str, Any] | None:
    """Return the document of a scenario of the release; None where there is none."""
    found = served()
    base = found.release.id_base
    if not identifier.startswith("scenario/") or SCENARIO_CLASS not in found.graph.types(base + identifier):
        return None
    return stated_document(found.graph, base + identifier, base)


def changes_from_origin(document: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Return field, text of the origin and text of the document; nothing where the document is made of no scenario.

    Two texts in different languages differ always: they then stand side by side, as a translation is read.
    """
    source = next(iter(listed(document.get("isBasedOn"))), "")
    origin = origin_document(source)
    if origin is None:
        return []
    theirs = answers_of(origin)
    return changes(theirs, matched(theirs, answers_of(document)))
