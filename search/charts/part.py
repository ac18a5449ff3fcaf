"""The ``charts`` part of a release: the numbers as JSON, and each chart as an SVG without its labels.

Labels are put in when a chart is shown (:func:`search.charts.drawing.lettered`), in whatever language the reader wants;
there is room for the longest.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kg.reuse import NO_REUSE, digest_of
from ontology.namespaces import PREFIXES
from search.charts.counting import MINUTES, Chart, charts
from search.charts.drawing import draw_bars, draw_grid, most_lines
from search.columns import Columns
from search.facets import FacetIndex

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.graph import Graph
    from kg.reuse import Reuse

__all__ = ["NUMBERS", "ChartsPart", "minutes_label"]

NUMBERS: Final = "charts.json"
"""The file of the numbers, in the part's directory."""

FORMAT: Final = "charts-1"
"""Changes when the files are laid out in another way."""

_MAKERS: Final = ("counting.py", "drawing.py", "part.py")
_NOTATION: Final = PREFIXES["skos"] + "notation"


class ChartsPart:
    """Draws the charts; must come after the ``search`` part, whose columns it counts.

    Args:
        id_base: The base of entities' IRIs.
        reuse: Drawings of numbers that may not have changed.
    """

    name = "charts"

    def __init__(self, id_base: str, reuse: Reuse = NO_REUSE) -> None:
        self._reuse = reuse
        self._id_base = id_base

    def fingerprint(self) -> str:
        """Return the format, the digest of the code and the versions of the libraries that draw."""
        made_by = f"altair-{version('altair')}+vl-convert-{version('vl-convert-python')}"
        return f"{FORMAT}.{_code_digest()}+{made_by}"

    def build(self, graph: Graph, directory: Path, progress: Callable[[str, int, int], None]) -> dict[str, Any]:
        """Write the numbers and the drawings."""
        index = directory.parent / "search"
        columns = Columns(index / "columns")
        found = charts(FacetIndex(index / "facets", len(columns.work_of)), columns)
        body = json.dumps([asdict(chart) for chart in found], ensure_ascii=False, separators=(",", ":"))
        (directory / NUMBERS).write_text(body, encoding="utf-8")
        for done, chart in enumerate(found):
            self._draw(chart, graph, directory / f"{chart.name}.svg")
            progress("charts", done + 1, len(found))
        return {"charts": [chart.name for chart in found]}

    def _draw(self, chart: Chart, graph: Graph, path: Path) -> None:
        lines = [most_lines(self._labels(chart.field, value, graph)) for value in chart.rows]
        heads: list[int] = []
        if chart.column_field is not None:
            heads = [most_lines(self._labels(chart.column_field, v, graph), column=True) for v in chart.columns]

        def make(path: Path) -> None:
            if chart.column_field is None:
                drawing = draw_bars(lines, [counts[0] for counts in chart.counts])
            else:
                drawing = draw_grid(lines, max(heads), chart.counts)
            path.write_text(drawing, encoding="utf-8")

        drawn = json.dumps([asdict(chart), lines, heads]).encode()
        self._reuse.file(digest_of(b"charts", drawn), path, make)

    def _labels(self, field: str, value: str, graph: Graph) -> list[str]:
        """Return the labels of a value in all languages, as long as they may be shown."""
        if field == "minutes":
            return [minutes_label(value)]
        iri = f"{self._id_base}language/{value}" if field == "language" else value
        number = f"{graph.value(iri, _NOTATION) or ''} " if field == "competence" else ""
        return [number + text for text in graph.labels(iri).values()]


def minutes_label(most: str) -> str:
    """Return what a bar of times is called, in no language.

    >>> minutes_label("30"), minutes_label("45"), minutes_label("")
    ('1-30 min', '31-45 min', '> 360 min')
    """
    if not most:
        return f"> {MINUTES[-1]} min"
    place = MINUTES.index(int(most))
    return f"{MINUTES[place - 1] + 1 if place else 1}-{most} min"


@lru_cache(maxsize=1)
def _code_digest() -> str:
    digest = hashlib.sha256()
    for name in _MAKERS:
        digest.update(Path(__file__).with_name(name).read_bytes())
    return digest.hexdigest()[:8]
