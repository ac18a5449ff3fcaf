"""What the interface calls those who ask the example questions."""

from __future__ import annotations

from typing import Final

from webapp.interface_language import gettext, message

__all__ = ["audience_name"]

_NAMES: Final = {
    "teacher": message("Teacher"),
    "researcher": message("Researcher"),
    "hub coordinator": message("Hub coordinator"),
    "policy maker": message("Policy maker"),
}
"""By the audiences of :mod:`ontology.questions`."""


def audience_name(audience: str) -> str:
    """Return the name of an audience for this reader."""
    return gettext(_NAMES[audience])
