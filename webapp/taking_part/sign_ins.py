"""Sessions: kept on the server, known to a browser by a cookie that nothing else reads, and ended when they are old."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from flask import g, request
from sqlalchemy import delete, or_, select, update

from webapp.taking_part.audit import record
from webapp.taking_part.models import Membership, Person, SignIn
from webapp.taking_part.moments import now
from webapp.taking_part.state import Visitor, people
from webapp.taking_part.tokens import digest, new_token

if TYPE_CHECKING:
    from flask import Response
    from sqlalchemy.orm import Session

__all__ = ["IDLE", "LONGEST", "begin", "cookie_name", "end", "end_all", "find_visitor", "send_cookie", "session_token"]

IDLE: Final = dt.timedelta(hours=12)
"""A session that nobody used for so long is over."""

LONGEST: Final = dt.timedelta(days=14)
"""A session is over after so long, used or not."""

_FRESH: Final = dt.timedelta(minutes=5)  # how exactly it is known when a session was last used


def secure() -> bool:
    """Whether browsers reach this site by https."""
    return request.is_secure or people().settings.base_iri.startswith("https://")


def cookie_name() -> str:
    """Return the name of the session's cookie; by its prefix browsers hold an https site to the rules (RFC 6265bis)."""
    return "__Host-ihub-session" if secure() else "ihub-session"


def session_token() -> str | None:
    """Return the token of this request's session: that of a session that has just begun, or what the browser sent."""
    begun: str | None = g.get("session_token", request.cookies.get(cookie_name()))
    return begun or None


def find_visitor() -> Visitor | None:
    """Return who this browser is signed in as."""
    token = session_token()
    if token is None:
        return None
    database, moment = people().database, now()
    with database.reading() as session:
        row = session.execute(
            select(SignIn, Person).join(Person).where(SignIn.digest == digest(token), Person.disabled.is_(None))
        ).one_or_none()
        if row is None:
            return None
        sign_in, person = row
        if moment - sign_in.seen > IDLE or moment - sign_in.created > LONGEST:
            return None
        roles = session.execute(select(Membership.hub, Membership.role).where(Membership.person_id == person.id))
        found = Visitor(
            person=person.id,
            agent=person.agent_id,
            name=person.name,
            roles=frozenset((hub, role) for hub, role in roles),
            session=sign_in.digest,
            since=sign_in.created,
        )
        stale = moment - sign_in.seen > _FRESH
    if stale:
        with database.writing() as session:
            session.execute(update(SignIn).where(SignIn.digest == found.session).values(seen=moment))
    return found


def begin(session: Session, person: Person, how: str) -> None:
    """Sign this browser in as a person, with a new token; :func:`send_cookie` hands it over.

    Args:
        session: The transaction.
        person: Whom.
        how: By what, for the log, such as ``password``.
    """
    former, moment, token = session_token(), now(), new_token()
    over = or_(SignIn.seen < moment - IDLE, SignIn.created < moment - LONGEST)
    session.execute(delete(SignIn).where(or_(over, SignIn.digest == digest(former or ""))))
    session.add(SignIn(digest=digest(token), person_id=person.id, created=moment, seen=moment))
    record(session, "sign-in", agent=person.agent_id, role="self", about=how)
    g.session_token = token


def end(session: Session, found: Visitor) -> None:
    """Sign this browser out."""
    session.execute(delete(SignIn).where(SignIn.digest == found.session))
    g.session_token = ""


def end_all(session: Session, person_id: str, *, but: str = "") -> None:
    """Sign a person out everywhere, but for the session with the digest ``but``."""
    session.execute(delete(SignIn).where(SignIn.person_id == person_id, SignIn.digest != but))


def send_cookie(response: Response) -> None:
    """Hand the browser the token of a session that began in this request, or take away that of one that ended."""
    token: str | None = g.get("session_token")
    if token is None:
        return
    age = LONGEST if token else dt.timedelta(0)
    response.set_cookie(cookie_name(), token, max_age=age, secure=secure(), httponly=True, samesite="Lax", path="/")
