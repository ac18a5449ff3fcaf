"""What a card says of its scenario: the same wherever readers of the same languages are shown it, and so kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask import current_app, get_template_attribute

from search.remembering import Memory
from webapp.interface_language import interface_language
from webapp.languages import reader_languages, served

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Flask
    from markupsafe import Markup

__all__ = ["init_app"]

_MOST: Final = 4096
"""Scenarios whose facts are kept, in HTML; some 1 KB each."""


def init_app(app: Flask) -> None:
    """Provide ``card_facts`` to templates."""
    app.extensions["ihub.card-facts"] = Memory[Any](_MOST)
    app.jinja_env.globals["card_facts"] = _card_facts


def _card_facts(hit: Mapping[str, Any]) -> Markup:
    memory: Memory[Markup] = current_app.extensions["ihub.card-facts"]
    key = (served().release.id, interface_language(), reader_languages(), hit["iri"])
    return memory.get(key, lambda: get_template_attribute("macros.html", "facts")(hit))
