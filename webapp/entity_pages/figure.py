"""The page about one reported figure: what it says, who says it, and what other sources say of the same."""

from __future__ import annotations

from typing import Any

from kg.figures import contradict, figures_of, read_figure
from webapp.entity_pages import general, told
from webapp.entity_pages.figures import figure_view, group_view
from webapp.languages import served

__all__ = ["view"]


def view(iri: str) -> dict[str, Any]:
    """Return what the page about a figure shows."""
    graph = served().graph
    figure = read_figure(graph, iri)
    same = figures_of(graph, figure.of) if figure.of else []
    others = [other for other in same if other.quantity == figure.quantity and other.iri != iri]
    return {
        **general.view(iri),
        "figure": figure_view(figure),
        "of": told.link(figure.of) if figure.of else None,
        "quantity": told.link(figure.quantity) if figure.quantity else None,
        "others": group_view(others),
        "contradicted": any(contradict(figure, other) for other in others),
    }
