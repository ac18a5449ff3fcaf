"""How often an account or an address may be tried before it must wait."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete

from webapp.taking_part.models import Failure
from webapp.taking_part.moments import now
from webapp.taking_part.state import people
from webapp.taking_part.tokens import keyed_digest

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

__all__ = ["ACCOUNT", "ADDRESS", "WINDOW", "forget", "seconds_to_wait"]

WINDOW: Final = dt.timedelta(minutes=15)
"""Tries are counted for so long from the first, and so long is the wait from then on."""

ACCOUNT: Final = 5
"""Failed tries of one account."""

ADDRESS: Final = 50
"""Failed tries from one address; a school has many people behind one."""


def seconds_to_wait(account: str, client: str) -> int:
    """Count a try before it is made; return 0, or the seconds until there may be one.

    It is counted first, so that a hundred tries at once are a hundred. :func:`forget` takes back what succeeded.
    """
    with people().database.writing() as session:
        session.execute(delete(Failure).where(Failure.since < now() - WINDOW))
        return max(_count(session, "account", account, ACCOUNT), _count(session, "address", client, ADDRESS))


def forget(session: Session, account: str, client: str) -> None:
    """Begin to count an account's tries anew, and take back one of its address."""
    session.execute(delete(Failure).where(Failure.digest == _digest("account", account)))
    found = session.get(Failure, _digest("address", client))
    if found:
        found.count -= 1


def _count(session: Session, kind: str, subject: str, most: int) -> int:
    found = session.get(Failure, _digest(kind, subject), with_for_update=True)
    if found is None:
        session.add(Failure(digest=_digest(kind, subject), count=1, since=now()))
        return 0
    if found.count >= most:
        return math.ceil((found.since + WINDOW - now()).total_seconds()) or 1
    found.count += 1
    return 0


def _digest(kind: str, subject: str) -> str:
    return keyed_digest(people().key, f"failure {kind}", subject)
