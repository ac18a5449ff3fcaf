"""What people may be at a hub."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from webapp.interface_language import message

__all__ = ["ALL_HUBS", "MAY_INVITE", "ROLE_NAMES", "Role"]


class Role(StrEnum):
    """A role at one hub, or at all of them (:data:`ALL_HUBS`); a person may have several."""

    CONTRIBUTOR = "contributor"
    EDITOR = "editor"
    COORDINATOR = "coordinator"
    ADMINISTRATOR = "administrator"


ALL_HUBS: Final = "*"
"""Stands for every hub in a membership."""

ROLE_NAMES: Final = {
    Role.CONTRIBUTOR: message("Contributor"),
    Role.EDITOR: message("Editor"),
    Role.COORDINATOR: message("Coordinator"),
    Role.ADMINISTRATOR: message("Administrator"),
}
"""What people call the roles."""

MAY_INVITE: Final = {
    Role.CONTRIBUTOR: frozenset[Role](),
    Role.EDITOR: frozenset({Role.CONTRIBUTOR, Role.EDITOR}),
    Role.COORDINATOR: frozenset({Role.CONTRIBUTOR, Role.EDITOR, Role.COORDINATOR}),
    Role.ADMINISTRATOR: frozenset(Role),
}
"""Whom each role may invite to its hub."""
