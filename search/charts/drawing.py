"""Drawing a chart by Vega-Lite, as an SVG that pages take in and put labels in the reader's language into.

Nothing in a drawing depends on the fonts of the machine that builds: labels are broken into lines by their number of
characters, and every place is computed from the numbers. Colours are attributes, so that a drawing stands alone, and
classes too, by which a page sets its own: light or dark.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["Label", "broken", "draw_bars", "draw_grid", "lettered", "most_lines"]

Label = tuple[str, str]
"""A text and its language."""

_INK, _SOFT, _MARK = "#1d2430", "#545d6c", "#0b5a70"
_CLASSES: Final = {_INK: "chart-ink", _SOFT: "chart-soft", _MARK: "chart-mark"}
_WIDTH: Final = 400
_LABELS: Final = 176
"""Width of the column of labels, to which they are flush right."""
_GAP: Final = 8
_COUNT: Final = 44
_LINE: Final = 15
_ROW_MARGIN: Final = 9
_FONT: Final = 13
_BAR: Final = 18
_LEAST_ROW: Final = 30
_CHARACTERS: Final = 24
_COLUMN_CHARACTERS: Final = 11
_LARGEST_DOT: Final = 26
"""Diameter of the dot of the largest number."""
_SVG: Final = "http://www.w3.org/2000/svg"
_PARSER: Final = etree.XMLParser(resolve_entities=False, no_network=True)


def draw_bars(lines: Sequence[int], counts: Sequence[int]) -> str:
    """Return horizontal bars with their numbers behind them.

    Args:
        lines: For each bar the lines of its label, in the language that takes the most (:func:`most_lines`).
        counts: The number of each bar.
    """
    import altair as alt

    places, total = _places(lines, 0)
    values = [{"label": f"row-{row}", "n": n, "y": y} for row, (n, y) in enumerate(zip(counts, places, strict=True))]
    start, end = _LABELS + _GAP, _WIDTH - _COUNT
    length = alt.X("n:Q", axis=None, scale=alt.Scale(domain=[0, max([*counts, 1])], range=[start, end]))
    base = alt.Chart(alt.InlineData(values=values)).encode(y=_place("y", total))
    bars = base.mark_bar(color=_MARK, orient="horizontal", size=_BAR).encode(x=length)
    behind = base.mark_text(align="left", dx=5, color=_INK).encode(x=length, text=alt.Text("n:Q", format="d"))
    return _svg([bars, _labels(base), behind], total)


def draw_grid(lines: Sequence[int], head_lines: int, counts: Sequence[Sequence[int]]) -> str:
    """Return a dot for each row and column, as large as its number, which stands beside it.

    Args:
        lines: For each row the lines of its label, in the language that takes the most.
        head_lines: The same of the column that takes the most.
        counts: The numbers, row by row.
    """
    import altair as alt

    top = _LINE * head_lines + _ROW_MARGIN
    places, total = _places(lines, top)
    width = (_WIDTH - _LABELS - _GAP) / max(1, len(counts[0]))
    left = [_LABELS + _GAP + width * (place + 0.5) for place in range(len(counts[0]))]
    cells = [
        {"x": left[place] - 16, "behind": left[place] + 2, "y": y, "n": n}
        for numbers, y in zip(counts, places, strict=True)
        for place, n in enumerate(numbers)
    ]
    rows = [{"label": f"row-{row}", "y": y} for row, y in enumerate(places)]
    heads = [{"label": f"column-{place}", "x": x, "y": top / 2} for place, x in enumerate(left)]
    largest = max((cell["n"] for cell in cells), default=1) or 1
    y = _place("y", total)
    base = alt.Chart(alt.InlineData(values=cells)).encode(y=y)
    size = alt.Size("n:Q", legend=None, scale=alt.Scale(domain=[0, largest], range=[0, _LARGEST_DOT**2]))
    dots = base.mark_circle(color=_MARK, opacity=1).encode(x=_place("x", _WIDTH), size=size)
    shown = alt.Text("n:Q", format="d")
    numbers = base.mark_text(align="left", color=_INK).encode(x=_place("behind", _WIDTH), text=shown)
    head = alt.Chart(alt.InlineData(values=heads)).encode(y=y, x=_place("x", _WIDTH), text="label:N")
    names = _labels(alt.Chart(alt.InlineData(values=rows)).encode(y=y))
    return _svg([dots, names, numbers, head.mark_text(align="center", color=_SOFT)], total)


def lettered(drawing: str, rows: Sequence[Label], columns: Sequence[Label] = ()) -> str:
    """Return a drawing with its labels put in.

    Args:
        drawing: What :func:`draw_bars` or :func:`draw_grid` gave.
        rows: The label of each row and its language.
        columns: The same of each column.
    """
    labels = {f"row-{number}": (text, tag, _CHARACTERS) for number, (text, tag) in enumerate(rows)}
    labels |= {f"column-{number}": (text, tag, _COLUMN_CHARACTERS) for number, (text, tag) in enumerate(columns)}
    root = etree.fromstring(drawing.encode(), _PARSER)
    for element in list(root.iter(f"{{{_SVG}}}text")):
        if (found := labels.get(element.text or "")) is None:
            continue
        text, language, most = found
        lines = broken(text, most)
        element.text = None
        element.set("{http://www.w3.org/XML/1998/namespace}lang", language)
        element.set("lang", language)
        for number, line in enumerate(lines):
            span = etree.SubElement(element, f"{{{_SVG}}}tspan", x="0")
            span.set("dy", str(_LINE if number else -_LINE * (len(lines) - 1) / 2))
            span.text = line
    return etree.tostring(root, encoding="unicode")


def most_lines(texts: Iterable[str], *, column: bool = False) -> int:
    """Return the number of lines of the longest of some labels, at least 1."""
    most = _COLUMN_CHARACTERS if column else _CHARACTERS
    return max((len(broken(text, most)) for text in texts), default=1)


def _places(lines: Sequence[int], top: float) -> tuple[list[float], float]:
    """Return the middle of each row, and where the last one ends."""
    places = []
    for count in lines:
        height = max(_LINE * count + _ROW_MARGIN, _LEAST_ROW)
        places.append(top + height / 2)
        top += height
    return places, top


def _labels(base: Any) -> Any:
    import altair as alt

    return base.mark_text(align="right", color=_INK).encode(x=alt.value(_LABELS), text="label:N")


def _place(field: str, length: float) -> Any:
    """Return the position that a field holds in user units."""
    import altair as alt

    scale = alt.Scale(domain=[0, length], range=[0, length], nice=False)
    axis = alt.Y if field == "y" else alt.X
    return axis(f"{field}:Q", axis=None, scale=scale)


def _svg(layers: Sequence[Any], height: float) -> str:
    import altair as alt
    import vl_convert

    drawn = alt.layer(*layers).properties(
        width=_WIDTH, height=height, padding=0, autosize="none", background="transparent"
    )
    text = {"font": "sans-serif", "fontSize": _FONT, "lineHeight": _LINE, "baseline": "middle", "limit": 0}
    drawn = drawn.configure_view(stroke=None).configure_text(**text)
    return _cleaned(vl_convert.vegalite_to_svg(drawn.to_dict()), height)


def _cleaned(drawing: str, height: float) -> str:
    """Leave what is seen: a page names the whole in words, and Vega's names of the marks would be read out besides."""
    root = etree.fromstring(drawing.encode(), _PARSER)
    for element in root.iter():
        for name in [
            n for n in map(str, element.attrib) if n.startswith("aria-") or n in {"role", "class", "pointer-events"}
        ]:
            del element.attrib[name]
        if colour := _CLASSES.get(element.get("fill", "")):
            element.set("class", colour)
    for element in list(root.iter(f"{{{_SVG}}}path", f"{{{_SVG}}}g", f"{{{_SVG}}}rect"))[::-1]:
        parent = element.getparent()
        unseen = element.get("fill") is None and element.tag != f"{{{_SVG}}}g"
        if parent is not None and (unseen or (element.tag == f"{{{_SVG}}}g" and not len(element))):
            parent.remove(element)
    for name in ("width", "height", "class", "version"):
        root.attrib.pop(name, "")
    root.set("viewBox", f"0 0 {_WIDTH} {math.ceil(height)}")
    etree.cleanup_namespaces(root)
    return etree.tostring(root, encoding="unicode")


def broken(text: str, most: int) -> list[str]:
    """Return a label broken at spaces into lines of at most some characters, longer words in two.

    >>> broken("Information and data literacy", 16)
    ['Information and', 'data literacy']
    >>> broken("Tietojenkäsittelytiede", 12)
    ['Tietojenkäs-', 'ittelytiede']
    """
    lines: list[str] = []
    for word in text.split():
        rest = word
        if lines and len(lines[-1]) + 1 + len(rest) <= most:
            lines[-1] += f" {rest}"
            continue
        while len(rest) > most:
            lines.append(f"{rest[: most - 1]}-")
            rest = rest[most - 1 :]
        lines.append(rest)
    return lines or [""]
