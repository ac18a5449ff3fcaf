"""Scenarios as schema.org LearningResource, embedded in their pages."""

from __future__ import annotations

import json

from markupsafe import Markup

from kg.exporting.schema_org import learning_resource
from kg.exporting.source import Source
from webapp.addresses import published_address
from webapp.languages import served

__all__ = ["embedded"]


def embedded(iri: str) -> Markup:
    """Return the JSON-LD of a scenario, safe to stand inside a script element."""
    text = json.dumps(learning_resource(Source(served().graph, iri), published_address(iri)), ensure_ascii=False)
    # A title may hold "</script>" or "<!--", and JavaScript takes some separators for the end of a line.
    safe = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return Markup(safe.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029"))  # noqa: S704 - escaped above
