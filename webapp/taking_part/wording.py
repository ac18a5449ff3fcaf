"""Fields and values of documents as readers call them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ontology.form_fields import form_fields
from webapp.interface_language import gettext
from webapp.languages import label, pick, served
from webapp.taking_part.comparing import FALSE, TRUE, Words
from webapp.taking_part.state import id_base
from webapp.taking_part.stories import story_fields

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["WORDS", "field_name", "in_words", "value_name"]

_PLACE: Final = re.compile(r"(activity|learningOutcome|alignment)-(\d+)(\.|$)")
_IDENTIFIER: Final = re.compile(r"[a-z-]+/[\w.-]+")
_SHAPES: Final = {"activity": "Activity", "learningOutcome": "Outcome"}


def in_words(rows: Iterable[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Return rows with fields and values as readers call them, not as documents do."""
    return [(field_name(row[0]), *(value_name(text) for text in row[1:])) for row in rows]


def field_name(name: str) -> str:
    """Return what the shapes' messages call a field: of an activity, ``Activity 2: Minutes``."""
    base = id_base()
    scenario, part = story_fields(base) | form_fields("Scenario", base), _PLACE.match(name)
    key = name[part.end() if part else 0 :].partition(".")[0]
    fields = form_fields(_SHAPES[part[1]], base) if part and part[1] in _SHAPES else scenario
    if part and part[1] == "alignment":
        return pick(scenario["teaches"].name)[0]
    text = pick(fields[key].name)[0] if key in fields else key
    if not part:
        return text
    whole = f"{pick(scenario[part[1]].name)[0]} {part[2]}"
    return f"{whole}: {text}" if text else whole


def value_name(text: str) -> str:
    """Return the labels of identifiers, yes or no for what is true or false, and any other text as it is."""
    if text in {TRUE, FALSE}:
        return gettext("Yes") if text == TRUE else gettext("No")
    items, graph = text.split(", "), served().graph
    if not all(_IDENTIFIER.fullmatch(item) for item in items):
        return text
    iris = [f"{id_base()}{item}" for item in items]
    return ", ".join(label(iri)[0] for iri in iris) if all(iri in graph for iri in iris) else text


WORDS: Final = Words(field_name, value_name)
"""Fields and values as this reader calls them."""
