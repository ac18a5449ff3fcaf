"""The column map: a YAML file that says which column of somebody's sheet means what (docs/import.md)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from kg.documents import load_yaml
from kg.errors import DocumentError, ImportSourceError
from kg.importing.tabular.columns import scenario_columns, step_columns
from kg.importing.tabular.minutes import LESSON_MINUTES
from kg.vocabulary import fold

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from kg.importing.tabular.columns import ColumnSet

__all__ = ["ColumnMap", "Rule", "SheetMap", "load_map"]

_UNITS: Final = ("minutes", "hours", "lessons")
_CHOICES: Final = {
    "date-order": ("dmy", "mdy"),
    "unreadable": ("reject", "keep"),
    "hidden-rows": ("read", "skip"),
    "unit": _UNITS,
}
_KEYS: Final = frozenset(
    {"sheet", "header", "columns", "ignore", "language", "licence", "lesson-minutes", "date-order", "encoding"}
    | {"delimiter", "unreadable", "hidden-rows", "activities", "guess", "publisher", "attribution"}
)
_SHEET_KEYS: Final = frozenset({"sheet", "header", "columns", "ignore", "guess"})
_RULE_KEYS: Final = frozenset({"column", "language", "separator", "value", "values", "unit"})


@dataclass(frozen=True)
class Rule:
    """How a field is filled: from a column, or with the same value in every row.

    Attributes:
        column: The column's header, or its letters.
        language: Language of the column's texts.
        separator: What parts the values of a cell, where it is not the usual.
        value: The value in every row, or where the cell is empty.
        values: What a cell's value stands for, by folded value; None means that it says nothing.
        unit: What a duration without a unit counts.
    """

    column: str | None = None
    language: str | None = None
    separator: str | None = None
    value: str | None = None
    values: Mapping[str, str | None] = field(default_factory=dict)
    unit: str = "minutes"


@dataclass(frozen=True)
class SheetMap:
    """What the map says of one sheet: rows of the header, names or numbers of sheets; empty where it says nothing."""

    sheets: tuple[str, ...] = ()
    header: tuple[int, ...] = ()
    rules: Mapping[str, tuple[Rule, ...]] = field(default_factory=dict)
    ignore: frozenset[str] = frozenset()
    guess: bool = True


@dataclass(frozen=True)
class ColumnMap:
    """A column map; without a file, what is usual."""

    scenarios: SheetMap = field(default_factory=SheetMap)
    activities: SheetMap = field(default_factory=SheetMap)
    language: str | None = None
    licence: str | None = None
    publisher: str | None = None
    attribution: str | None = None
    lesson_minutes: int = LESSON_MINUTES
    date_order: str = "dmy"
    encoding: str | None = None
    delimiter: str | None = None
    keep_unreadable: bool = False
    skip_hidden: bool = False


class _MapError(Exception):
    """Something in a map cannot be used: the field, and why."""


def load_map(path: Path | None, options: Mapping[str, str]) -> ColumnMap:
    """Return the column map of a file, with the command line's options over what it says.

    Args:
        path: The YAML file; None for no map.
        options: Any of the map's keys that take one plain value.

    Raises:
        ImportSourceError: The file cannot be read, or says what cannot be meant; it names the field.
    """
    stated = _read(path) if path else {}
    try:
        _no_others(stated, _KEYS, "")
        return _column_map({**stated, **options})
    except _MapError as error:
        field_name, cause = error.args
        raise ImportSourceError(cause, file=path or "--option", field=field_name) from None


def _read(path: Path) -> dict[str, Any]:
    try:
        nodes = load_yaml(path)
    except DocumentError as error:
        raise ImportSourceError(error.cause, file=path, hint="docs/import.md shows a column map") from error
    except OSError as error:
        raise ImportSourceError(f"cannot be read: {error.strerror or error}", file=path) from error
    if len(nodes) != 1 or not isinstance(nodes[0], dict):
        raise ImportSourceError("must hold one mapping", file=path, hint="docs/import.md shows a column map")
    return nodes[0]


def _column_map(stated: Mapping[str, Any]) -> ColumnMap:
    lesson = stated.get("lesson-minutes", LESSON_MINUTES)
    if not str(lesson).isdigit() or not 0 < int(lesson) <= 600:
        raise _MapError("lesson-minutes", f"{lesson!r} is no number of minutes")
    return ColumnMap(
        scenarios=_sheet_map(stated, scenario_columns(), step_columns(), ""),
        activities=_activities(stated.get("activities", {})),
        language=_text(stated, "language"),
        licence=_text(stated, "licence"),
        publisher=_text(stated, "publisher"),
        attribution=_text(stated, "attribution"),
        lesson_minutes=int(lesson),
        date_order=_choice(stated, "date-order", ""),
        encoding=_text(stated, "encoding"),
        delimiter=_text(stated, "delimiter"),
        keep_unreadable=_choice(stated, "unreadable", "") == "keep",
        skip_hidden=_choice(stated, "hidden-rows", "") == "skip",
    )


def _activities(stated: object) -> SheetMap:
    if not isinstance(stated, dict):
        raise _MapError("activities", "must be a mapping with the keys sheet, header and columns")
    _no_others(stated, _SHEET_KEYS, "activities.")
    return _sheet_map(stated, step_columns(), None, "activities.")


def _sheet_map(stated: Mapping[str, Any], columns: ColumnSet, steps: ColumnSet | None, where: str) -> SheetMap:
    sheets = stated.get("sheet", ())
    ignore = _listed(stated.get("ignore", ()))
    rules = stated.get("columns", {})
    # On the command line, columns names the file of the map, which is read by now.
    if isinstance(rules, str):
        rules = {}
    if not isinstance(rules, dict):
        raise _MapError(f"{where}columns", "must say for each field which column it is")
    fields = set(columns.by_field)
    if steps is not None:
        fields |= {f"activity.{name}" for name in steps.by_field if name != "scenario"}
    return SheetMap(
        sheets=tuple(str(sheet) for sheet in _listed(sheets)),
        header=_header(stated.get("header", ()), f"{where}header"),
        rules={name: _rules(name, rule, fields, f"{where}columns.") for name, rule in rules.items()},
        ignore=frozenset(fold(str(name)) for name in ignore),
        guess=str(stated.get("guess", "true")).lower() not in {"false", "no"},
    )


def _rules(name: str, stated: object, fields: set[str], where: str) -> tuple[Rule, ...]:
    if name not in fields:
        raise _MapError(f"{where}{name}", f"is no field; there are: {', '.join(sorted(fields))}")
    return tuple(_rule(rule, f"{where}{name}") for rule in _listed(stated))


def _rule(stated: object, where: str) -> Rule:
    if isinstance(stated, str | int):
        return Rule(column=str(stated))
    if not isinstance(stated, dict):
        raise _MapError(where, "must be a column's header or letter, or a mapping")
    _no_others(stated, _RULE_KEYS, f"{where}.")
    if "column" not in stated and "value" not in stated:
        raise _MapError(where, "names neither a column nor a value")
    values = stated.get("values", {})
    if not isinstance(values, dict):
        raise _MapError(f"{where}.values", "must say for each value what it stands for")
    return Rule(
        column=_text(stated, "column"),
        language=_text(stated, "language"),
        separator=stated.get("separator"),
        value=_text(stated, "value"),
        values={fold(str(key)): None if value is None else str(value) for key, value in values.items()},
        unit=_choice(stated, "unit", f"{where}."),
    )


def _header(stated: object, where: str) -> tuple[int, ...]:
    numbers = tuple(_listed(stated))
    if len(numbers) > 2 or not all(str(number).isdigit() for number in numbers):
        raise _MapError(where, "must be the number of the header's row, or of both its rows; 0 for none")
    rows = tuple(int(str(number)) for number in numbers)
    if len(rows) == 2 and rows[1] != rows[0] + 1:
        raise _MapError(where, "must name two rows that follow each other")
    return rows


def _choice(stated: Mapping[str, Any], key: str, where: str) -> str:
    choices = _CHOICES[key]
    value = str(stated.get(key, choices[0]))
    if value not in choices:
        raise _MapError(f"{where}{key}", f"{value!r} is none of: {', '.join(choices)}")
    return value


def _text(stated: Mapping[str, Any], key: str) -> str | None:
    value = stated.get(key)
    if isinstance(value, dict | list):
        raise _MapError(key, "must be one plain value")
    return None if value is None else str(value)


def _listed(value: object) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _no_others(stated: Mapping[str, Any], known: frozenset[str], where: str) -> None:
    for key in stated:
        if key not in known:
            raise _MapError(f"{where}{key}", f"is unknown; there are: {', '.join(sorted(known))}")
