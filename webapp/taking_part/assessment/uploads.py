"""Taking a sheet into a school's rounds: all of it or nothing, and nothing that was kept is lost unasked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp.interface_language import message
from webapp.taking_part.assessment.rounds import find_round, save_round

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from webapp.taking_part.assessment.models import Assessment
    from webapp.taking_part.assessment.sheet import Sheet

__all__ = ["ChangedMeanwhile", "take_in"]


class ChangedMeanwhile(Exception):  # noqa: N818 - it ends a transaction, nothing is wrong
    """Somebody else has changed a round while a sheet was taken in; nothing of the sheet is kept."""


def take_in(session: Session, school: str, sheet: Sheet, *, agent: str, replace: bool) -> int:
    """Keep what a sheet without mistakes says; return how many rounds it made or changed.

    What is empty in the sheet stays as it is kept. Where it says something else than what is kept, that is added to the
    sheet's mistakes and nothing is kept, unless ``replace``.

    Args:
        session: The transaction.
        school: The school.
        sheet: What the file says; may get mistakes.
        agent: Who does it.
        replace: Whether the sheet's levels and notes go before those that are kept.

    Raises:
        ChangedMeanwhile: Somebody else was quicker; the transaction must not be kept.
    """
    wanted = []
    for month, given in sheet.answers.items():
        kept = find_round(session, school, month)
        if kept is not None and not replace:
            _compare(kept, sheet)
        answers = {**(kept.answers if kept else {}), **given}
        note = sheet.notes.get(month) or (kept.note if kept else "")
        changed = kept is None or (kept.answers, kept.note) != (answers, note)
        if changed and (answers or note):
            wanted.append((month, kept.version if kept else 0, answers, note))
    if sheet.mistakes:
        return 0
    for month, version, answers, note in wanted:
        if not save_round(session, school, month, version, answers, note, agent=agent):
            raise ChangedMeanwhile
    return len(wanted)


def _compare(kept: Assessment, sheet: Sheet) -> None:
    for name, level in sheet.answers[kept.month].items():
        if kept.answers.get(name, level) != level:
            text = message("%(month)s has level %(kept)s here already, and %(level)s in the file.")
            row = sheet.rows[kept.month, name]
            sheet.refuse(row, "level", text, month=kept.month, kept=kept.answers[name], level=level)
    note = sheet.notes.get(kept.month)
    if note and kept.note and kept.note != note:
        text = message("%(month)s has another note here already.")
        sheet.refuse(sheet.rows[kept.month, "note"], "note", text, month=kept.month)
