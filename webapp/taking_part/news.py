"""What has happened since somebody last looked: decisions on what is theirs, and what waits for them as editors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from webapp.taking_part.chronicle import Happening, happenings
from webapp.taking_part.models import Person, Proposal
from webapp.taking_part.moments import now
from webapp.taking_part.roles import ALL_HUBS

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Sequence

    from sqlalchemy.orm import Session

    from webapp.taking_part.state import Visitor

__all__ = ["News", "find_news", "mark_seen", "waiting_counts"]


@dataclass(frozen=True)
class News:
    """What happened to somebody's proposals since they last looked.

    Attributes:
        items: Proposals with what others did to them, the last first.
        until: Up to when this is all.
    """

    items: list[tuple[Proposal, Happening]]
    until: dt.datetime


def find_news(session: Session, visitor: Visitor, proposals: Sequence[Proposal]) -> News:
    """Return what others did to a visitor's proposals since the visitor last looked.

    What happens in the second in which somebody looks is news the next time, rather than never.
    """
    until, own = now(), {proposal.id: proposal for proposal in proposals}
    seen = session.scalars(select(Person.news_seen).where(Person.id == visitor.person)).one()
    found = [
        (own[identifier], happening)
        for identifier, happening in happenings(session, Proposal.agent_id == visitor.agent)
        if happening.agent != visitor.agent and (seen is None or happening.time >= seen)
    ]
    return News(sorted(found, key=lambda item: item[1].time, reverse=True), until)


def mark_seen(session: Session, visitor: Visitor, until: dt.datetime) -> None:
    """Keep that somebody has seen what happened before a point in time, unless they have seen more already."""
    person = session.get_one(Person, visitor.person, with_for_update=True)
    until = min(until, now())
    person.news_seen = max(person.news_seen or until, until)


def waiting_counts(session: Session, hubs: Collection[str]) -> dict[str, int]:
    """Return how many proposals wait at each of the hubs, or at every one for :data:`ALL_HUBS`."""
    query = (
        select(Proposal.hub, func.count().label("waiting")).where(Proposal.state == "waiting").group_by(Proposal.hub)
    )
    if ALL_HUBS not in hubs:
        query = query.where(Proposal.hub.in_(hubs))
    return {row.hub: row.waiting for row in session.execute(query)}
