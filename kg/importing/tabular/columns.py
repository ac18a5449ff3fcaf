"""The columns that a sheet of scenarios or of activities may have, by the names that people give them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kg.documents import load_yaml
from kg.vocabulary import fold

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["LANGUAGES", "Column", "ColumnSet", "scenario_columns", "step_columns"]

LANGUAGES: Final = ("en", "et", "fi", "lt", "nb", "ka")
"""The languages in which the template exists."""

_TAG: Final = re.compile(r"[\s_]*[\[(@:/_-]\s*([a-z]{2,3})(?:-[a-z]{2})?\s*[\])]?\s*$", re.IGNORECASE)
_TAGS: Final = re.compile("en|et|fi|lt|nb|nn|no|ka|de|sv|ru|lv|pl|fr|es|it|nl|da|is|uk|se|ee|ge")
_MISNAMED: Final = {"ee": "et", "ge": "ka", "se": "sv"}
"""Country codes that people take for the language's."""

_UNIT: Final = re.compile(r"\s*[\[(][^\])]*[\])]\s*$")


@dataclass(frozen=True)
class Column:
    """One column; ``columns.yaml`` says what each attribute means."""

    field: str
    kind: str
    label: Mapping[str, str]
    help: Mapping[str, str]
    also: tuple[str, ...] = ()
    list: str | None = None
    many: bool = False
    required: bool = False
    template: bool = True
    term: str | None = None

    @property
    def by_language(self) -> bool:
        """Whether the column's cells are texts, of which a sheet may have one column for each language."""
        return self.kind in {"text", "texts", "words"} and (self.list is None) and self.field not in _WITHOUT_LANGUAGE


_WITHOUT_LANGUAGE: Final = frozenset({"identifier", "attribution", "work", "scenario"})


class ColumnSet:
    """The columns of one kind of sheet, found by field or by header.

    Args:
        columns: The columns.
    """

    def __init__(self, columns: tuple[Column, ...]) -> None:
        self.columns = columns
        self.by_field = {column.field: column for column in columns}
        self._by_name: dict[str, Column] = {}
        for column in columns:
            for name in (*column.label.values(), column.field):
                self._by_name.setdefault(fold(name), column)
        for column in columns:
            for name in column.also:
                self._by_name.setdefault(fold(name), column)

    def recognise(self, header: str) -> tuple[Column, str | None] | None:
        """Return the column that ``header`` names, with the language that it names for its texts, or None.

        Units in brackets, numbers at the end and marks do not matter: ``Minutes (min)``, ``Subject 2``, ``Title*``.
        """
        if column := self._by_name.get(fold(header)):
            return column, None
        tagged = _TAG.search(header)
        if tagged and _TAGS.fullmatch(tagged[1].lower()):
            column = self._by_name.get(fold(header[: tagged.start()]))
            if column and column.by_language:
                tag = tagged[1].lower()
                return column, _MISNAMED.get(tag, tag)
        plain = re.sub(r"\s*\d+\s*$", "", _UNIT.sub("", header))
        column = self._by_name.get(fold(plain)) if plain != header else None
        return (column, None) if column else None

    def headers(self, language: str) -> list[str]:
        """Return the headers of the template in one language, in order."""
        return [column.label[language] for column in self.columns if column.template]


@lru_cache(maxsize=1)
def scenario_columns() -> ColumnSet:
    """Return the columns of a sheet of scenarios."""
    return _read("columns.yaml")


@lru_cache(maxsize=1)
def step_columns() -> ColumnSet:
    """Return the columns of a sheet of activities."""
    return _read("steps.yaml")


def _read(name: str) -> ColumnSet:
    (rows,) = load_yaml(Path(__file__).with_name(name))
    return ColumnSet(tuple(_column(row) for row in rows))


def _column(row: dict[str, Any]) -> Column:
    also = tuple(str(name) for name in row.pop("also", ()))
    return Column(**{"help": {}, **row}, also=also)
