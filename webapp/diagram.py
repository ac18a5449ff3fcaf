"""The diagram of the model: which main classes there are and which properties connect them, drawn as SVG.

Where a class stands is chosen here; what is drawn - labels and connections - is read from the ontology.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple
from xml.sax.saxutils import escape

from ontology.namespaces import IHUB, SCHEMA
from webapp.interface_language import gettext
from webapp.languages import label

if TYPE_CHECKING:
    from kg.graph import Graph

__all__ = ["class_diagram"]

_PLACES: Final = {
    "Subject": (0, 0),
    "EducationalLevel": (1, 0),
    "Competence": (2, 0),
    "CompetenceFramework": (3, 0),
    "DigitalTool": (0, 1),
    "LearningScenario": (1, 1),
    "Alignment": (2, 1),
    "ProficiencyLevel": (3, 1),
    "Material": (0, 2),
    "Activity": (1, 2),
    "LearningOutcome": (2, 2),
    "Evidence": (3, 2),
    "School": (0, 3),
    "RegionalInnovationHub": (1, 3),
    "MentoringPractice": (2, 3),
    "ProcessPhase": (3, 3),
    "MentoringRelation": (0, 4),
    "Project": (1, 4),
    "ReportedFigure": (2, 4),
    "Deliverable": (3, 4),
}
"""Column and row of each class that is drawn."""

_REUSED: Final = {
    ("LearningScenario", "Subject"): "about",
    ("LearningScenario", "EducationalLevel"): "educationalLevel",
    ("LearningScenario", "Competence"): "teaches",
}
"""Connections by properties of schema.org, of whose use our ontology says nothing."""

_WIDTH, _HEIGHT, _BOX_WIDTH, _BOX_HEIGHT, _MARGIN = 270, 130, 190, 46, 20


_ARROW_TIP: Final = (
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
    '<path d="M0 0 8 4 0 8z" fill="#545d6c"/></marker></defs>'
)


class _Edge(NamedTuple):
    start: str
    end: str
    label: str


def class_diagram(graph: Graph) -> str:
    """Return the diagram as SVG, with the labels of the reader's language and a text alternative."""
    columns, rows = (1 + max(place[axis] for place in _PLACES.values()) for axis in (0, 1))
    width, height = columns * _WIDTH + _MARGIN, rows * _HEIGHT
    edges = _edges(graph)
    sentences = "; ".join(f"{label(IHUB + e.start)[0]} - {e.label} - {label(IHUB + e.end)[0]}" for e in edges)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" font-family="sans-serif">',
        f"<title>{escape(gettext('Main classes of the ontology'))}</title><desc>{escape(sentences)}</desc>",
        _ARROW_TIP,
        f'<rect width="{width}" height="{height}" fill="#fdfcf9"/>',
        *(_line(edge) for edge in edges),
        *(_box(name) for name in _PLACES),
        *(_caption(edge) for edge in edges),
        "</svg>",
    ]
    return "\n".join(parts)


def _edges(graph: Graph) -> list[_Edge]:
    """Return the connections between neighbouring boxes, one for each pair; others would run through boxes."""
    names = {pair: [f"schema:{name}"] for pair, name in _REUSED.items()}
    for prop in graph.instances("http://www.w3.org/2002/07/owl#ObjectProperty"):
        starts = [iri.removeprefix(IHUB) for iri in graph.iris(prop, SCHEMA + "domainIncludes")]
        ends = [iri.removeprefix(IHUB) for iri in graph.iris(prop, SCHEMA + "rangeIncludes")]
        for pair in ((start, end) for start in starts for end in ends):
            if _are_neighbours(*pair) and pair not in _REUSED:
                names.setdefault(pair, []).append(label(prop)[0])
    kept = {pair: found for pair, found in names.items() if _goes_first(pair, names)}
    return [_Edge(*pair, min(sorted(found), key=len)) for pair, found in sorted(kept.items())]


def _are_neighbours(start: str, end: str) -> bool:
    if start not in _PLACES or end not in _PLACES or start == end:
        return False
    return all(abs(one - other) <= 1 for one, other in zip(_PLACES[start], _PLACES[end], strict=True))


def _goes_first(pair: tuple[str, str], names: dict[tuple[str, str], list[str]]) -> bool:
    """Whether a pair is drawn in this direction: that of more properties, else downwards, else to the right."""
    back = names.get(pair[::-1], [])
    if len(names[pair]) != len(back):
        return len(names[pair]) > len(back)
    return _PLACES[pair[0]][::-1] < _PLACES[pair[1]][::-1]


def _centre(name: str) -> tuple[float, float]:
    column, row = _PLACES[name]
    return _MARGIN + column * _WIDTH + _BOX_WIDTH / 2, row * _HEIGHT + _HEIGHT / 2


def _border(name: str, towards: str) -> tuple[float, float]:
    """Return where the line from the centre of a box towards another leaves the box."""
    (x, y), (to_x, to_y) = _centre(name), _centre(towards)
    dx, dy = to_x - x, to_y - y
    across = (_BOX_WIDTH / 2) / abs(dx) if dx else float("inf")
    along = (_BOX_HEIGHT / 2) / abs(dy) if dy else float("inf")
    share = min(across, along)
    return x + dx * share, y + dy * share


def _line(edge: _Edge) -> str:
    (x1, y1), (x2, y2) = _border(edge.start, edge.end), _border(edge.end, edge.start)
    ends = f'x1="{x1:.0f}" y1="{y1:.0f}" x2="{x2:.0f}" y2="{y2:.0f}"'
    return f'<line {ends} stroke="#b3b0a6" stroke-width="1.3" marker-end="url(#tip)"/>'


def _box(name: str) -> str:
    x, y = _centre(name)
    text, language = label(IHUB + name)
    rect = f'x="{x - _BOX_WIDTH / 2:.0f}" y="{y - _BOX_HEIGHT / 2:.0f}" width="{_BOX_WIDTH}" height="{_BOX_HEIGHT}"'
    return (
        f'<rect {rect} rx="7" fill="#e4f0f3" stroke="#0b5a70"/>'
        f'<text x="{x:.0f}" y="{y + 5:.0f}" text-anchor="middle" font-size="14" fill="#1d2430" lang="{language}">'
        f"{escape(text)}</text>"
    )


def _caption(edge: _Edge) -> str:
    (x1, y1), (x2, y2) = _border(edge.start, edge.end), _border(edge.end, edge.start)
    x, y = x1 + (x2 - x1) * 0.45, y1 + (y2 - y1) * 0.45
    return (
        f'<text x="{x:.0f}" y="{y - 3:.0f}" text-anchor="middle" font-size="10.5" fill="#545d6c" '
        f'stroke="#fdfcf9" stroke-width="3" paint-order="stroke">{escape(edge.label)}</text>'
    )
