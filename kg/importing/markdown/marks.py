"""Marks that generators of sites understand and a reader does not see; found in time linear in the text."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["without_marks"]

_SPANS: Final = (("<!--", "-->"), ("{%", "%}"), ("{{", "}}"))
_ATTRIBUTES: Final = re.compile(r"\{:?[ \t]*[.#:][^{}\n]{0,200}\}|\{[\w-]{1,40}=[^{}\n]{0,200}\}")
"""Such as {.activity} and {:target="_blank"}."""
_DIVISION: Final = re.compile(r"[ ]{0,3}:{3,}[ \t]*\{?\.?(?P<kind>[\w-]*)")
"""Such as "::: objectives"; without a name it ends the one before."""
_TASK: Final = re.compile(r"---[ \t]*/?[a-z][\w /-]{0,40}---[ \t]*")
"""Such as "--- task ---" and "--- /task ---"."""
_FENCE: Final = re.compile(r"[ ]{0,3}(?:`{3,}|~{3,})")
_LONGEST_OPTIONS: Final = 40
"""Lines of metadata that a task may have of its own."""


def without_marks(source: str) -> tuple[str, dict[str, str]]:
    """Return the text without marks, and what stands in the named divisions of it, by the name in lower case."""
    for opening, closing in _SPANS:
        source = _without_spans(source, opening, closing)
    lines = source.split("\n")
    kept: list[str] = []
    divisions: dict[str, list[str]] = {}
    open_divisions: list[str] = []
    number, in_code = 0, False
    while number < len(lines):
        line = lines[number]
        number += 1
        if _FENCE.match(line):
            in_code = not in_code
        if not in_code and (found := _DIVISION.match(line)):
            if found["kind"]:
                open_divisions.append(found["kind"].lower())
            elif open_divisions:
                open_divisions.pop()
            kept.append("")  # a mark ends the paragraph before it
            continue
        if not in_code and _TASK.fullmatch(line):
            number = _after_options(lines, number)
            kept.append("")
            continue
        line = line if in_code else _ATTRIBUTES.sub("", line)
        kept.append(line)
        if open_divisions:
            divisions.setdefault(open_divisions[-1], []).append(line)
    return "\n".join(kept), {kind: "\n".join(inside) for kind, inside in divisions.items()}


def _without_spans(source: str, opening: str, closing: str) -> str:
    pieces, position = [], 0
    while (start := source.find(opening, position)) >= 0:
        end = source.find(closing, start + len(opening))
        if end < 0:
            break
        pieces.append(source[position:start])
        position = end + len(closing)
    return "".join([*pieces, source[position:]])


def _after_options(lines: list[str], number: int) -> int:
    """Return the line after the metadata of a task, which stand between two lines of three hyphens."""
    if number < len(lines) and lines[number].strip() == "---":
        for end in range(number + 1, min(number + _LONGEST_OPTIONS, len(lines))):
            if lines[end].strip() == "---":
                return end + 1
    return number
