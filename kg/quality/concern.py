"""What is wrong with a collection, told so that its author finds the place."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Concern"]


@dataclass(frozen=True, order=True)
class Concern:
    """One thing to mend.

    Attributes:
        kind: What sort of trouble it is, such as ``shape``, ``near-duplicate`` or ``thin activity``.
        where: The document (its identifier) or the part of the collection that it is about.
        field: The field at fault; empty where it is the whole document.
        text: What is wrong.
    """

    kind: str
    where: str
    field: str
    text: str

    def __str__(self) -> str:
        """Format as ``kind: document: field: text``."""
        return ": ".join(part for part in (self.kind, self.where, self.field, self.text) if part)
