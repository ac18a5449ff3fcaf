"""Reading the numbers as they may be told: of days and months that are over, in steps of five.

What is under five is withheld: one view of a scenario on one day could tell of a person's visit. The steps are those of
monitoring (:mod:`kg.monitoring.disclosure`).
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flask import current_app

from kg.monitoring.disclosure import shown_total
from kg.scenario import SCENARIO_CLASS
from ontology.namespaces import IHUB
from webapp.languages import served
from webapp.usage.file import rows_of_items, rows_of_kind, usage_file

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

__all__ = ["PERIODS", "UsageTable", "hub_usage", "kind_usage", "scenario_usage"]

PERIODS: Final = ("day", "month")
"""By what numbers of a kind are told."""

_LENGTHS: Final = {"day": len("2027-03-01"), "month": len("2027-03")}


@dataclass(frozen=True)
class UsageTable:
    """Numbers as they may be told.

    Attributes:
        periods: Days (``2027-03-01``) or months (``2027-03``) that are over, in order.
        rows: By detail or scenario the number of each period; None is a number under 5.
    """

    periods: list[str]
    rows: dict[str, dict[str, int | None]]


def kind_usage(kind: str, per: str, *, robots: bool = False) -> UsageTable:
    """Return what was counted of a kind, by its details.

    Args:
        kind: One of :data:`webapp.usage.kinds.KINDS`.
        per: One of :data:`PERIODS`. Days that are long past are told by month only.
        robots: Whether to tell of programs, else of people.
    """
    length = _LENGTHS[per]
    found = rows_of_kind(_file(), kind, robots=robots)
    return _table(((day[:length], detail, n) for day, detail, n in found if len(day) >= length), length)


def scenario_usage(kind: str, *, robots: bool = False, among: Collection[str] | None = None) -> UsageTable:
    """Return what was counted of scenarios by month; only those with five in one month at least.

    Args:
        kind: One of :data:`webapp.usage.kinds.ITEM_KINDS`.
        robots: Whether to tell of programs, else of people.
        among: The scenarios to tell of, as ``scenario/...``; all if not given.
    """
    found = rows_of_items(_file(), kind, robots=robots)
    wanted = found if among is None else [row for row in found if row[1] in set(among)]
    table = _table(wanted, _LENGTHS["month"])
    told = {item: row for item, row in table.rows.items() if any(row.values())}
    return UsageTable(table.periods, dict(sorted(told.items(), key=lambda entry: (-_sum(entry[1]), entry[0]))))


def hub_usage(hub: str, kind: str = "page", *, robots: bool = False) -> UsageTable:
    """Return what was counted of a hub's scenarios in the release, by month.

    Args:
        hub: The IRI of the hub.
        kind: One of :data:`webapp.usage.kinds.ITEM_KINDS`.
        robots: Whether to tell of programs, else of people.
    """
    graph = served().graph
    base = served().release.id_base
    theirs = [iri for iri in graph.subjects(f"{IHUB}hub", hub) if SCENARIO_CLASS in graph.types(iri)]
    return scenario_usage(kind, robots=robots, among=[iri.removeprefix(base) for iri in theirs])


def _file() -> Path:
    return usage_file(current_app.extensions["ihub.site"].settings)


def _table(rows: Iterable[tuple[str, str, int]], length: int) -> UsageTable:
    this = dt.datetime.now(dt.UTC).date().isoformat()[:length]
    counts: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for period, name, number in rows:
        if period < this:
            counts[name][period] += number
    periods = sorted({period for row in counts.values() for period in row})
    told = {name: {period: shown_total(row[period]) for period in periods} for name, row in counts.items()}
    return UsageTable(periods, told)


def _sum(row: dict[str, int | None]) -> int:
    return sum(number or 0 for number in row.values())
