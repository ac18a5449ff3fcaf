"""The page about an entity of any kind: all that is stated about it."""

from __future__ import annotations

from typing import Any

from webapp.entity_view import statement_view
from webapp.languages import served

__all__ = ["view"]


def view(iri: str) -> dict[str, Any]:
    """Return the statements about an entity."""
    return {"statements": statement_view(served().graph, iri)}
