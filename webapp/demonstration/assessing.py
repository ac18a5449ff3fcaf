"""Schools of the demonstration assess themselves: their contacts send sheets with rounds of past half-years."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

from webapp.demonstration.accounts import contact_email
from webapp.demonstration.data import load
from webapp.demonstration.visitor import Visitor
from webapp.demonstration.world import hubs
from webapp.taking_part.assessment.instrument import STATEMENTS

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    from flask import Flask

__all__ = ["assess", "months", "write_rounds"]

_HALVES: Final = (5, 11)  # the month of each half-year in which schools assess themselves


def assess(app: Flask, password: str, today: dt.date, addresses: Mapping[str, str]) -> None:
    """Send each contact's sheet.

    Args:
        app: The site.
        password: The password of everybody.
        today: The day on which the demonstration is filled.
        addresses: Of each school, the page of its profile.

    Raises:
        TakingPartError: The site refuses a sheet.
    """
    told = load("rounds")
    for hub in hubs():
        for school in hub["contacts"]:
            contact = Visitor(app, contact_email(hub["slug"], school), password)
            page = f"/school/{addresses[school].rpartition('/')[2]}/self-assessment"
            sheet = write_rounds(told[school], months(today, len(told[school])))
            contact.send_file(f"{page}/upload", page, "sheet", "rounds.csv", sheet)


def months(today: dt.date, count: int) -> list[str]:
    """Return a month in each of the last half-years that are over on a day, the first first.

    >>> import datetime as dt
    >>> months(dt.date(2027, 3, 14), 3)
    ['2025-11', '2026-05', '2026-11']
    """
    this = today.year * 2 + (today.month - 1) // 6
    return [f"{half // 2}-{_HALVES[half % 2]:02}" for half in range(this - count, this)]


def write_rounds(rounds: Iterable[str], months: Iterable[str]) -> bytes:
    """Return a sheet of rounds; each is a text of levels in the order of the statements, ``-`` where there is none."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(["month", "statement", "level"])
    for levels, month in zip(rounds, months, strict=True):
        for name, level in zip(STATEMENTS, levels.replace(" ", ""), strict=True):
            writer.writerow([month, name, level.replace("-", "")])
    return buffer.getvalue().encode()
