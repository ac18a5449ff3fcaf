"""The tables about drafts besides these: who writes at one together, links to join, and files that became drafts."""

from __future__ import annotations

import datetime as dt  # noqa: TC003 - SQLAlchemy reads annotations
from typing import Any, Final

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from webapp.taking_part.models import Table

__all__ = ["CoWriter", "DraftLink", "Upload"]

_DIGEST: Final = 64
_ID: Final = 32


class CoWriter(Table):
    """Somebody who writes at a draft together with others; of a draft that nobody shares there are none."""

    __tablename__ = "draft_people"

    draft_id: Mapped[str] = mapped_column(ForeignKey("drafts.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True)
    named: Mapped[bool]
    """Whether the person is to be among the authors of what is published, named as they chose."""
    joined: Mapped[dt.datetime]
    version: Mapped[int]
    """The last version of the draft that this person made; 0 for none."""


class DraftLink(Table):
    """A link by which one more person joins a draft, of which only a digest is kept."""

    __tablename__ = "draft_links"

    digest: Mapped[str] = mapped_column(String(_DIGEST), primary_key=True)
    draft_id: Mapped[str] = mapped_column(ForeignKey("drafts.id", ondelete="CASCADE"), index=True)
    expires: Mapped[dt.datetime]


class Upload(Table):
    """A spreadsheet that somebody uploaded: what became of each of its rows. The file itself is not kept."""

    __tablename__ = "uploads"

    id: Mapped[str] = mapped_column(String(_ID), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    hub: Mapped[str]
    file: Mapped[str]
    """The name that the file had."""
    report: Mapped[dict[str, Any]]
    """As :class:`webapp.taking_part.uploads.Report` has it."""
    created: Mapped[dt.datetime]
