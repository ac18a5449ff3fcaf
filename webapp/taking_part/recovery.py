"""Recovery codes: written down by a person, each opens the account once without its password."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, func, select, update

from webapp.taking_part.audit import record
from webapp.taking_part.models import RecoveryCode
from webapp.taking_part.moments import now
from webapp.taking_part.tokens import digest, new_code

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from webapp.taking_part.models import Person

__all__ = ["codes_left", "new_codes", "use_code"]

_CODES: Final = 8


def new_codes(session: Session, person: Person) -> list[str]:
    """Return new codes for a person; former ones are of no use any more. The database knows their digests only."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    codes = [new_code() for _ in range(_CODES)]
    session.add_all(RecoveryCode(digest=_digest(person.id, code), person_id=person.id) for code in codes)
    record(session, "account.recovery-codes", agent=person.agent_id, role="self")
    return codes


def use_code(session: Session, person: Person, code: str) -> bool:
    """Whether a code is one of the person's that was not used; it is used then."""
    taken = session.execute(
        update(RecoveryCode)
        .where(RecoveryCode.digest == _digest(person.id, code), RecoveryCode.used.is_(None))
        .values(used=now())
        .returning(RecoveryCode.digest)
    ).one_or_none()
    if taken:
        record(session, "account.recover", agent=person.agent_id, role="self")
    return taken is not None


def codes_left(session: Session, person_id: str) -> int:
    """Return how many codes a person has not used."""
    unused = select(func.count()).where(RecoveryCode.person_id == person_id, RecoveryCode.used.is_(None))
    return session.scalar(unused) or 0


def _digest(person_id: str, code: str) -> str:
    return digest(f"{person_id} {code.strip().lower()}")
