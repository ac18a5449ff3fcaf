"""Activities: read from their own sheet and kept on disk until their scenario comes, or from the scenario's rows."""

from __future__ import annotations

import json
import sqlite3
from typing import TYPE_CHECKING, Any, Self

from kg.importing.lesson import LessonStep
from kg.importing.tabular.values import FieldError, RowValues
from kg.vocabulary import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.importing.tabular.table import Row

__all__ = ["StepStore", "read_step", "sort_steps"]


def read_step(values: RowValues) -> tuple[int | None, LessonStep] | None:
    """Return the activity of one row with its position, where it states one; None where the row tells of none.

    Raises:
        FieldError: A cell cannot be read.
    """
    name, description = values.texts("name"), values.texts("description")
    if not name and not description:
        return None
    in_class = values.yes_no("in_class")
    step = LessonStep(
        name=name,
        description=description,
        minutes=values.minutes("minutes"),
        in_class=in_class,
        grouping=_first(values.words("grouping")),
        learning_type=_first(values.words("learning_type")),
        co_authorship=_first(values.words("co_authorship")),
        tools=tuple(values.words("tools")),
        displays=tuple(values.words("displays")),
        outcomes=tuple(_outcome(values, word) for word in values.words("outcomes")),
    )
    return values.number("position"), step


def sort_steps(found: list[tuple[int | None, LessonStep]]) -> tuple[LessonStep, ...]:
    """Return activities by position; those without one come where their row stands.

    Raises:
        ValueError: Two have the same position.
    """
    positions = [position for position, _ in found if position is not None]
    if len(set(positions)) != len(positions):
        twice = next(position for position in positions if positions.count(position) > 1)
        raise ValueError(f"two activities have the position {twice}")
    if len(positions) == len(found):
        found = sorted(found, key=lambda item: item[0] or 0)
    return tuple(step for _, step in found)


def _first(words: list[str]) -> str | None:
    return words[0] if words else None


def _outcome(values: RowValues, word: str) -> int:
    digits = word.strip().lstrip("#").removeprefix("outcome-")
    if not digits.isdigit() or int(digits) < 1:
        raise FieldError(values.column("outcomes"), f"{word!r} is no number of an outcome, such as 1")
    return int(digits)


class StepStore:
    """Rows of a sheet of activities, by scenario; on disk, so that any number of them takes little memory.

    The database is SQLite's own temporary file, which vanishes when it is closed.
    """

    def __init__(self) -> None:
        self._database = sqlite3.connect("")
        self._database.execute("CREATE TABLE step (scenario TEXT, number INTEGER, cells TEXT, used INTEGER DEFAULT 0)")

    def __enter__(self) -> Self:
        """Return the store."""
        return self

    def __exit__(self, *_: object) -> None:
        """Remove the store."""
        self._database.close()

    def add(self, scenario: str, row: Row) -> None:
        """Keep a row of the scenario that is called or identified so."""
        cells = json.dumps(row.cells, ensure_ascii=False)
        self._database.execute("INSERT INTO step VALUES (?, ?, ?, 0)", (_key(scenario), row.number, cells))

    def finish(self) -> None:
        """Make the rows quick to find, after the last was added."""
        self._database.execute("CREATE INDEX step_scenario ON step (scenario)")

    def take(self, *names: str) -> list[tuple[int, tuple[str, ...]]]:
        """Return number and cells of the rows of a scenario, which may be meant by any of ``names``."""
        keys = tuple({_key(name) for name in names if name})
        marks = ", ".join("?" * len(keys))
        # Only question marks are put into the statement.
        found = self._database.execute(
            f"SELECT number, cells FROM step WHERE scenario IN ({marks}) ORDER BY number",  # noqa: S608
            keys,
        ).fetchall()
        if found:
            self._database.execute(f"UPDATE step SET used = 1 WHERE scenario IN ({marks})", keys)  # noqa: S608
        return [(number, tuple(json.loads(cells))) for number, cells in found]

    def left(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Yield number and cells of the rows that no scenario asked for."""
        rows: list[Any] = self._database.execute("SELECT number, cells FROM step WHERE used = 0 ORDER BY number")  # type: ignore[assignment]
        for number, cells in rows:
            yield number, tuple(json.loads(cells))


def _key(name: str) -> str:
    """Return what identifiers and names are compared by; marks count where there is nothing else."""
    return fold(name) or name.strip()
