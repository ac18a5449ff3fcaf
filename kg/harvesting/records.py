"""The records that harvesters see: every scenario that is there and every one that was withdrawn, as of one edition."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from kg.history import EVENT_COLUMNS, EVENT_TABLES, VISIBLE

if TYPE_CHECKING:
    import datetime as dt

    from kg.history import Edition, Event, History

__all__ = ["RecordList", "Selection"]

_SCENARIOS: Final = "scenario/"
_IN_SET: Final = "JOIN membership ON membership.seq = events.seq JOIN sets ON sets.id = membership.spec"
_RANGE: Final = f"events.seq > :after AND events.edition BETWEEN :first AND :last AND {VISIBLE}"
_SCENARIO: Final = "events.name >= 'scenario/' AND events.name < 'scenario0'"  # "0" follows "/" in ASCII

_MEMBERS: Final = "membership AS m JOIN events ON events.seq = m.seq WHERE m.spec = sets.id"
_SETS: Final = f"SELECT spec FROM sets WHERE EXISTS (SELECT 1 FROM {_MEMBERS} AND {VISIBLE}) ORDER BY spec"  # noqa: S608


@dataclass(frozen=True)
class Selection:
    """What a harvester asks for: a set, and first and last moment of change, both inclusive; None leaves it open."""

    set_spec: str | None = None
    since: dt.datetime | None = None
    until: dt.datetime | None = None


class RecordList:
    """The records as of an edition; it never changes, so that a list can be read in pages over days.

    Args:
        history: The history.
        edition: The edition; what came after it is not seen.
    """

    def __init__(self, history: History, edition: Edition) -> None:
        self.history = history
        self.edition = edition
        self.count = lru_cache(maxsize=256)(self._count)
        self.sets = lru_cache(maxsize=1)(self._sets)

    def page(self, selection: Selection, after: int, limit: int) -> list[Event]:
        """Return the first ``limit`` records of a selection that follow the event number ``after``, by number."""
        order = "membership.seq" if selection.set_spec is not None else "events.seq"
        sql = f"SELECT {EVENT_COLUMNS} {self._tables(selection)} ORDER BY {order} LIMIT :limit"
        found = self.history.rows(sql, **self._values(selection, after), limit=limit)
        return [self.history.event(row) for row in found]

    def _count(self, selection: Selection) -> int:
        """Return how many records a selection has."""
        found = self.history.rows(f"SELECT COUNT(*) {self._tables(selection)}", **self._values(selection, 0))
        return int(found[0][0]) if found else 0

    def record(self, iri: str) -> Event | None:
        """Return the record of the scenario with this IRI, or None."""
        name = iri.removeprefix(self.history.id_base)
        if not iri.startswith(self.history.id_base) or not name.startswith(_SCENARIOS):
            return None
        sql = f"SELECT {EVENT_COLUMNS} {EVENT_TABLES} WHERE events.name = :name AND {VISIBLE}"
        found = self.history.rows(sql, name=name, edition=self.edition.number)
        return self.history.event(found[0]) if found else None

    def _sets(self) -> list[str]:
        """Return the setSpecs of all sets with a record, those above before those below."""
        return [spec for (spec,) in self.history.rows(_SETS, edition=self.edition.number)]

    def _tables(self, selection: Selection) -> str:
        # The conditions alone differ; every value is bound.
        if selection.set_spec is None:
            return f"{EVENT_TABLES} WHERE {_RANGE} AND {_SCENARIO}"
        return f"{EVENT_TABLES} {_IN_SET} WHERE sets.spec = :spec AND membership.seq > :after AND {_RANGE}"

    def _values(self, selection: Selection, after: int) -> dict[str, object]:
        values: dict[str, object] = {
            "after": after,
            "edition": self.edition.number,
            "first": 1,
            "last": self.edition.number,
        }
        if selection.set_spec is not None:
            values["spec"] = selection.set_spec
        if selection.since is not None:
            # All events of an edition have its time, and times never go back: a span of time is one of editions.
            sql = "SELECT COALESCE(MIN(number), :none) FROM editions WHERE time >= :time"
            values["first"] = self._edition_number(sql, selection.since, self.edition.number + 1)
        if selection.until is not None:
            sql = "SELECT COALESCE(MAX(number), :none) FROM editions WHERE time <= :time"
            values["last"] = self._edition_number(sql, selection.until, 0)
        return values

    def _edition_number(self, sql: str, time: dt.datetime, none: int) -> int:
        found = self.history.rows(sql, time=int(time.timestamp()), none=none)
        return int(found[0][0]) if found else none
