"""How one kind of entity is told: the form of the rows of :mod:`webapp.entity_pages.kinds`.

A property is written as a prefixed name; ``^`` before it asks who refers to the entity by it, and
``^ihub:hub of ihub:School`` only for those of a class; ``but`` and another class leaves out those of that one.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from webapp.interface_language import message

__all__ = ["SAME", "Kind"]


class Kind(NamedTuple):
    """How one kind of entity is told.

    Attributes:
        facts: Short answers: a name and the properties that hold them.
        sections: Lists: a heading and the paths that lead to their entries.
        scenarios: The search filter by which its scenarios are found.
        cross: The facets of a table of its scenarios: rows and columns.
        figures: Whether sources report figures of it.
    """

    facts: tuple[tuple[str, str], ...] = ()
    sections: tuple[tuple[str, str], ...] = ()
    scenarios: str | None = None
    cross: tuple[str, str] | None = None
    figures: bool = False


SAME: Final = (message("The same elsewhere"), "skos:exactMatch")
