"""What is made of a scenario outlives it: published adaptations stay when their original is withdrawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from kg.stated_document import listed
from webapp.taking_part.models import Proposal

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sqlalchemy.orm import Session

__all__ = ["outlived", "withdrawn_documents", "without_withdrawn"]

_ORIGINS: Final = ("isBasedOn", "translationOfWork")


def withdrawn_documents(session: Session) -> frozenset[str]:
    """Return the identifiers of everything that was withdrawn."""
    return frozenset(session.scalars(select(Proposal.document).where(Proposal.state == "withdrawn")))


def outlived(session: Session, proposal: str | None) -> frozenset[str]:
    """Return what a proposal may be made of though it was withdrawn: anything, once it was accepted; else nothing."""
    found = session.get(Proposal, proposal) if proposal else None
    return withdrawn_documents(session) if found and found.published_number else frozenset()


def without_withdrawn(document: Mapping[str, Any], gone: Collection[str]) -> dict[str, Any]:
    """Return a document that refers to no withdrawn original, since a build leaves out what refers to nothing.

    Who made the original is still named: the credit says it in words, with its address.

    >>> without_withdrawn({"id": "scenario/b", "isBasedOn": ["scenario/a"]}, {"scenario/a"})
    {'id': 'scenario/b', 'isBasedOn': []}
    """
    kept = {
        key: [one for one in listed(document[key]) if one not in gone]
        for key in _ORIGINS
        if any(one in gone for one in listed(document.get(key)))
    }
    return {**document, **kept}
