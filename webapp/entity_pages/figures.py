"""Reported figures as pages show them: by quantity, with who says so, contradictions marked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kg.figures import grouped
from ontology.namespaces import IHUB
from webapp.entity_pages import told
from webapp.interface_language import format_number, gettext, message
from webapp.languages import label, pick

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.figures import Figure

__all__ = ["figure_view", "group_view"]

_QUALIFIED: Final = {
    IHUB + "approximately": message("about %(number)s"),
    IHUB + "moreThan": message("more than %(number)s"),
}


def group_view(figures: Iterable[Figure]) -> list[dict[str, Any]]:
    """Return figures by quantity, with whether two of the same quantity contradict each other."""
    return [
        {
            "quantity": told.link(group.quantity) if group.quantity else None,
            "figures": [figure_view(figure) for figure in group.figures],
            "disagree": group.disagree,
        }
        for group in grouped(figures)
    ]


def figure_view(figure: Figure) -> dict[str, Any]:
    """Return one figure in words and links."""
    number = format_number(figure.value)
    text = gettext(_QUALIFIED[figure.qualifier], number=number) if figure.qualifier in _QUALIFIED else number
    return {
        "link": told.link(figure.iri),
        "value": f"{text} {figure.unit}" if figure.unit else text,
        "status": label(figure.status) if figure.status else None,
        "period": told.period(figure.start, figure.end),
        "where": [told.link(iri) for iri in figure.places or figure.countries],
        "scope": pick(figure.scope),
        "reporters": [told.link(iri) for iri in figure.reporters],
        "reported_on": told.period(figure.reported_on, figure.reported_on),
        "sources": told.references(figure.iri),
    }
