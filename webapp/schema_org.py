"""Scenarios as schema.org LearningResource, embedded in their pages."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from markupsafe import Markup

from kg.exporting.schema_org import learning_resource
from webapp.addresses import published_address

if TYPE_CHECKING:
    from kg.exporting.source import Source

__all__ = ["embedded"]


def embedded(source: Source) -> Markup:
    """Return the JSON-LD of a scenario, safe to stand inside a script element."""
    text = json.dumps(learning_resource(source, published_address(source.iri)), ensure_ascii=False)
    # A title may hold "</script>" or "<!--", and JavaScript takes some separators for the end of a line.
    safe = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return Markup(safe.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029"))  # noqa: S704 - escaped above
