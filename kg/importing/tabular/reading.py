"""Reading a spreadsheet from first to last row: which sheets hold what, and a record for each scenario."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from kg.errors import ImportSourceError
from kg.importing.adapter import Record
from kg.importing.tabular.columns import scenario_columns, step_columns
from kg.importing.tabular.lessons import identifier_of, missing_fields, read_lesson
from kg.importing.tabular.plan import make_plan
from kg.importing.tabular.steps import StepStore, read_step, sort_steps
from kg.importing.tabular.table import Row, Table
from kg.importing.tabular.values import FieldError, RowValues

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kg.importing.adapter import Run
    from kg.importing.tabular.column_map import ColumnMap, SheetMap
    from kg.importing.tabular.plan import Plan

__all__ = ["EXAMPLE_MARK", "HELP_MARK", "SheetReader"]

EXAMPLE_MARK: Final = "#example"
"""The identifier of the template's example row, which an import passes over."""

HELP_MARK: Final = "ihub:"
"""How the first cell of the template's help sheets begins; nobody need be told that they hold no scenarios."""

_ACTIVITY: Final = "activity."

_MOST_WORDS: Final = 1000
"""Different words of a field that are counted; of more, the first are example enough."""


class SheetReader:
    """Reads the tables of one source.

    Args:
        run: The run of the adapter; what people should know is noted there.
        tables: The sheets.
        how: The column map.
        file: The source.
        activities: A second file's table of activities, for sources of one table.
    """

    def __init__(
        self, run: Run, tables: list[Table], how: ColumnMap, file: Path, activities: Table | None = None
    ) -> None:
        self._run = run
        self._how = how
        self._file = file
        self._seen: dict[bytes, tuple[int, str]] = {}
        self._missing: Counter[str] = Counter()
        self._counts: Counter[str] = Counter()
        self._left_out: dict[str, Counter[str]] = {}
        self._plans, self._steps = self._choose(tables, activities)

    def records(self) -> Iterator[Record]:
        """Yield a record for each scenario, and one for each row that is none."""
        for plan in [*self._plans, *([self._steps] if self._steps else [])]:
            self._run.notes.extend([*plan.table.notes, *plan.notes()])
        offset = 0
        with StepStore() as store:
            if self._steps:
                self._fill(store, self._steps)
            for plan in self._plans:
                last = offset
                for group in self._groups(plan):
                    last = offset + group[-1].number
                    at: dict[str, Any] = {"sheet": plan.table.name or None, "row": group[0].number}
                    yield replace(self._record(plan, group, store), number=offset + group[0].number, **at)
                offset = last
            if self._steps:
                yield from self._left(store, self._steps, offset)
        self._summarise()

    def _choose(self, tables: list[Table], activities: Table | None) -> tuple[list[Plan], Plan | None]:
        """Decide which tables hold scenarios and which one holds activities, and say which are passed over."""
        plans, steps = [], None
        if activities is not None:
            steps = make_plan(activities, step_columns(), self._how.activities, self._file)
            if steps is None:
                self._refuse([activities], "the scenario and the name of an activity")
        chosen = _named(tables, self._how.scenarios, self._file)
        of_steps = _named(tables, self._how.activities, self._file)
        for table in tables:
            named = chosen is not None and table in chosen
            named_steps = of_steps is not None and table in of_steps
            if (table.hidden or _is_help(table)) and not named and not named_steps:
                continue
            plan = (
                make_plan(table, scenario_columns(), self._how.scenarios, self._file)
                if chosen is None or named
                else None
            )
            other = (
                self._steps_plan(table) if steps is None and (named_steps or of_steps is None) and not named else None
            )
            if other and (named_steps or plan is None or len(other.feeds) >= len(plan.feeds)):
                steps = other
            elif plan:
                plans.append(plan)
            elif chosen is None:
                self._run.notes.append(f"sheet {table.name!r}: no column is understood as a title; passed over")
        if not plans:
            self._refuse([table for table in tables if chosen is None or table in chosen], "the title of a lesson")
        return plans, steps

    def _steps_plan(self, table: Table) -> Plan | None:
        plan = make_plan(table, step_columns(), self._how.activities, self._file)
        return plan if plan and {"scenario", "name"} <= plan.feeds.keys() else None

    def _refuse(self, tables: list[Table], what: str) -> None:
        shown = []
        for table in tables:
            row = next((row for row in table.rows() if not row.fault), None)
            names = ", ".join(cell for cell in row.cells if cell)[:300] if row else "nothing"
            shown.append((f"sheet {table.name!r}: " if table.name else "") + names)
        cause = f"no column is understood as {what}; the first row says: {'; '.join(shown) or 'nothing'}"
        hint = "if it holds lessons, say which column is which: --option columns=FILE, see docs/import.md"
        raise ImportSourceError(cause, file=self._file, hint=hint)

    def _fill(self, store: StepStore, plan: Plan) -> None:
        spanning = ""
        for row in _data(plan, self._how):
            values = RowValues(row, plan, step_columns(), self._how, self._run.concepts)
            # A cell left empty under a scenario's name means the same scenario, as people write lists.
            spanning = values.text("scenario") or spanning
            store.add(spanning, row)
        store.finish()

    def _groups(self, plan: Plan) -> Iterator[list[Row]]:
        """Yield the rows of each scenario: one, or several where the rows hold its activities."""
        inline = any(name.startswith(_ACTIVITY) for name in plan.feeds)
        group: list[Row] = []
        key: str | None = None
        for row in _data(plan, self._how):
            if not inline or row.fault:
                if group:
                    yield group
                    group, key = [], None
                yield [row]
                continue
            own = self._key(plan, row)
            if group and own is not None and own != key:
                yield group
                group = []
            key = own or key
            group.append(row)
        if group:
            yield group

    def _key(self, plan: Plan, row: Row) -> str | None:
        """Return what identifies the scenario of a row; None where the row goes on with the one before."""
        try:
            return identifier_of(self._values(plan, row))
        except FieldError:
            return None

    def _values(self, plan: Plan, row: Row, prefix: str = "") -> RowValues:
        columns = step_columns() if prefix else scenario_columns()
        return RowValues(row, plan, columns, self._how, self._run.concepts, prefix)

    def _record(self, plan: Plan, group: list[Row], store: StepStore) -> Record:
        row = group[0]
        values = self._values(plan, row)
        raw: dict[str, Any] = _raw(plan, group)
        identifier = None
        try:
            _check_whole(plan, row)
            identifier = identifier_of(values)
            self._check_new(identifier, values, plan, row)
            steps, cells = self._steps_of(plan, group, identifier, values, store)
            if cells:
                raw["activities"] = cells
            lesson = read_lesson(values, steps, self._how, self._run.concepts, template=plan.template)
        except FieldError as error:
            return Record(row.number, _json(raw), identifier=identifier, cause=error.cause, field=error.field)
        missing = missing_fields(lesson, self._run.concepts)
        self._counts["rows"] += 1
        self._counts["incomplete"] += bool(missing)
        self._missing.update(missing if plan.template else [])
        if not missing:
            lesson = replace(lesson, document={**lesson.document, "completeness": "completeness/complete"})
        for name, words in values.left_out.items():
            for word in words:
                self._leave_out(name, word)
        return Record(row.number, _json(raw), lesson=lesson, identifier=identifier)

    def _check_new(self, identifier: str, values: RowValues, plan: Plan, row: Row) -> None:
        """Refuse a second row of the same identifier; only a digest of each is remembered."""
        digest = hashlib.blake2b(identifier.encode(), digest_size=12).digest()
        first = self._seen.setdefault(digest, (row.number, plan.table.name))
        if first != (row.number, plan.table.name):
            where = f"row {first[0]}" + (f" of sheet {first[1]}" if first[1] != plan.table.name else "")
            field = "identifier" if values.has("identifier") else "title"
            cause = f"{identifier!r} stands in {where} already; each scenario needs an identifier of its own"
            raise FieldError(values.column(field), cause)

    def _steps_of(
        self, plan: Plan, group: list[Row], identifier: str, values: RowValues, store: StepStore
    ) -> tuple[tuple[Any, ...], list[dict[str, str]]]:
        readers = [
            self._values(plan, row, _ACTIVITY) for row in group if any(n.startswith(_ACTIVITY) for n in plan.feeds)
        ]
        cells: list[dict[str, str]] = []
        if self._steps:
            for number, texts in store.take(identifier, values.text("title") or ""):
                row = Row(number, texts)
                readers.append(RowValues(row, self._steps, step_columns(), self._how, self._run.concepts))
                cells.append(_cells(self._steps, row))
        found = [step for reader in readers if (step := read_step(reader))]
        for reader in readers:
            for name, words in reader.left_out.items():
                values.left_out.setdefault(f"{_ACTIVITY}{name}", []).extend(words)
        try:
            steps = sort_steps(found)
        except ValueError as error:
            raise FieldError((self._steps or plan).table.name or "activities", str(error)) from None
        # In the template an activity is in class unless its row says otherwise, as its help says.
        if (self._steps or plan).template:
            steps = tuple(step if step.in_class is not None else replace(step, in_class=True) for step in steps)
        return steps, cells

    def _left(self, store: StepStore, plan: Plan, offset: int) -> Iterator[Record]:
        for number, texts in store.left():
            row = Row(number, texts)
            values = RowValues(row, plan, step_columns(), self._how, self._run.concepts)
            name = values.text("scenario")
            cause = f"{name!r} is neither identifier nor name of a scenario in this file" if name else "is empty"
            at: dict[str, Any] = {"sheet": plan.table.name or None, "row": number}
            yield Record(offset + number, _json(_raw(plan, [row])), cause=cause, field=_in_row(values, row), **at)

    def _leave_out(self, field: str, word: str) -> None:
        words = self._left_out.setdefault(field, Counter())
        if word in words or len(words) < _MOST_WORDS:
            words[word] += 1

    def _summarise(self) -> None:
        for field, words in self._left_out.items():
            most = ", ".join(f"{word!r} ({count})" for word, count in words.most_common(5))
            self._run.notes.append(f"left out, since it is not understood: {field}: {most}")
        if self._missing:
            most = ", ".join(f"{_label(name)} ({count})" for name, count in self._missing.most_common(5))
            counts = f"{self._counts['incomplete']} of {self._counts['rows']}"
            self._run.notes.append(f"{counts} scenarios are not complete; what lacks most often: {most}")


def _is_help(table: Table) -> bool:
    """Whether it is empty or one of the template's help sheets."""
    first = next(iter(table.rows()), None)
    return first is None or first.cell(0).startswith(HELP_MARK)


def _named(tables: list[Table], stated: SheetMap, file: Path) -> list[Table] | None:
    """Return the tables that a map names, by name or number; None where it names none."""
    if not stated.sheets or stated.sheets == ("*",):
        return None
    found = []
    for name in stated.sheets:
        table = next((table for table in tables if table.name.strip().casefold() == name.strip().casefold()), None)
        if table is None and name.isdigit() and 0 < int(name) <= len(tables):
            table = tables[int(name) - 1]
        if table is None:
            names = ", ".join(table.name for table in tables if table.name) or "a CSV file has none"
            raise ImportSourceError(f"has no sheet {name!r}", file=file, field="sheet", hint=f"there are: {names}")
        found.append(table)
    return found


def _data(plan: Plan, how: ColumnMap) -> Iterator[Row]:
    """Yield the rows after the header, without the example and, if so asked, without hidden ones."""
    identifier = [feed.source.index for feed in plan.feeds.get("identifier", ()) if feed.source]
    identifier += [feed.source.index for feed in plan.feeds.get("scenario", ()) if feed.source]
    for row in plan.table.rows():
        example = any(row.cell(index).casefold().startswith(EXAMPLE_MARK) for index in identifier)
        if row.number > plan.header.last_row and not example and not (row.hidden and how.skip_hidden):
            yield row


def _raw(plan: Plan, group: list[Row]) -> dict[str, Any]:
    """Return the rows as they stand, without their numbers: moved within the sheet, a row is the same record."""
    raw: dict[str, Any] = {"sheet": plan.table.name} if plan.table.name else {}
    raw["cells"] = _cells(plan, group[0])
    if len(group) > 1:
        raw["further_rows"] = [_cells(plan, row) for row in group[1:]]
    return raw


def _cells(plan: Plan, row: Row) -> dict[str, str]:
    from kg.importing.tabular.table import column_letter

    cells: dict[str, str] = {}
    for index, text in enumerate(row.cells):
        if text:
            name = plan.header.names[index] if index < len(plan.header.names) else ""
            key = name if name and name not in cells else f"{name} ({column_letter(index)})".strip()
            cells[key] = text
    return cells


def _json(raw: dict[str, Any]) -> str:
    return json.dumps(raw, ensure_ascii=False)


def _check_whole(plan: Plan, row: Row) -> None:
    if row.fault:
        raise FieldError(f"sheet {plan.table.name}" if plan.table.name else "row", row.fault)


def _in_row(values: RowValues, row: Row) -> str:
    return f"{values.column('scenario')}, row {row.number}"


def _label(field: str) -> str:
    names = {"reviewStatus": "review_status"}
    column = scenario_columns().by_field.get(names.get(field, field))
    return column.label["en"] if column else field
