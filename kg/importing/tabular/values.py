"""The fields of one row, each read as its column's kind asks; what cannot be read names its column."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, TypeVar

from kg.importing.tabular.cells import (
    CellError,
    read_date,
    read_link,
    read_number,
    read_range,
    read_yes_no,
    split_texts,
    split_values,
)
from kg.importing.tabular.html_text import plain_text
from kg.importing.tabular.minutes import read_minutes
from kg.languages import UNDETERMINED
from kg.vocabulary import fold
from ontology.entity_types import segment_of_class
from ontology.namespaces import IHUB

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.importing.tabular.column_map import ColumnMap
    from kg.importing.tabular.columns import ColumnSet
    from kg.importing.tabular.plan import Feed, Plan
    from kg.importing.tabular.table import Row
    from kg.vocabulary import ConceptIndex

__all__ = ["FieldError", "RowValues"]

_FAULTS: Final = frozenset({"#N/A", "#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!"})
_SUFFIX: Final = re.compile(r"\[([\w.-]+)\]\s*$")
T = TypeVar("T")


class FieldError(Exception):
    """A row cannot become a lesson because of one field.

    Args:
        field: The column as its owner finds it.
        cause: What is wrong, as the second half of a sentence.
    """

    def __init__(self, field: str, cause: str) -> None:
        self.field = field
        self.cause = cause
        super().__init__(f"{field}: {cause}")


class RowValues:
    """The fields of one row.

    Args:
        row: The row.
        plan: Which column feeds which field.
        columns: What the fields are.
        how: What the column map says for all columns.
        concepts: The vocabularies, which tell whether a comma parts two of their words or belongs to one.
        prefix: Put before field names: ``activity.`` for activities in the rows of scenarios.

    Attributes:
        left_out: Cells and words by field that the lesson goes without.
    """

    def __init__(
        self, row: Row, plan: Plan, columns: ColumnSet, how: ColumnMap, concepts: ConceptIndex, prefix: str = ""
    ) -> None:
        self._row = row
        self._plan = plan
        self._columns = columns
        self._how = how
        self._concepts = concepts
        self._prefix = prefix
        self.left_out: dict[str, list[str]] = {}

    def column(self, field: str) -> str:
        """Return the column of ``field`` as its owner finds it."""
        sheet = f"sheet {self._plan.table.name}, " if self._plan.table.name else ""
        feeds = self._feeds(field)
        if feeds and feeds[0].source:
            return f"{sheet}{feeds[0].source}"
        return f"{sheet}{self._columns.by_field[field].label['en']}"

    def has(self, field: str) -> bool:
        """Whether anything fills ``field`` in this row."""
        return any(self._cell(field, feed) for feed in self._feeds(field))

    def text(self, field: str) -> str | None:
        """Return the text of a field, of several columns joined by a space."""
        return " ".join(text for feed in self._feeds(field) if (text := self._cell(field, feed))) or None

    def texts(self, field: str) -> dict[str, str]:
        """Return the texts of a field by language; :data:`UNDETERMINED` where no column names it."""
        found: dict[str, str] = {}
        for feed in self._feeds(field):
            if text := plain_text(self._cell(field, feed)):
                language = feed.language or UNDETERMINED
                found[language] = f"{found[language]}\n\n{text}" if language in found else text
        return found

    def lines(self, field: str) -> list[dict[str, str]]:
        """Return the texts of a field that holds one a line; columns of several languages are paired line by line."""
        found: list[dict[str, str]] = []
        for feed in self._feeds(field):
            text = plain_text(self._cell(field, feed))
            values = self._parted(text, feed) if feed.rule.separator else split_texts(text)
            language = feed.language or UNDETERMINED
            free = [item for item in found if language not in item] if feed.language else []
            for position, value in enumerate(values):
                if position < len(free):
                    free[position][language] = value
                else:
                    found.append({language: value})
        return found

    def keywords(self, field: str) -> dict[str, tuple[str, ...]]:
        """Return words by language; commas part them."""
        found: dict[str, tuple[str, ...]] = {}
        for feed in self._feeds(field):
            text = self._cell(field, feed)
            words = self._parted(text, feed) if feed.rule.separator else split_values(text, commas=True)
            if words:
                language = feed.language or UNDETERMINED
                found[language] = tuple(dict.fromkeys((*found.get(language, ()), *words)))
        return found

    def words(self, field: str) -> list[str]:
        """Return the words of a field that names concepts, each once."""
        words: list[str] = []
        for feed in self._feeds(field):
            text = self._cell(field, feed)
            if not text:
                continue
            parts = self._parted(text, feed) if feed.rule.separator else self._split(field, text)
            words += [word for part in parts if (word := _mapped(feed, part))]
        return list(dict.fromkeys(self._named(field, word) for word in words))

    def concepts(self, field: str) -> list[str]:
        """Return the concepts that a field names, such as ``theme/health``; other words are :attr:`left_out`."""
        found, others = self.concepts_and_words(field)
        if others:
            self.left_out.setdefault(field, []).extend(others)
        return found

    def concepts_and_words(self, field: str) -> tuple[list[str], list[str]]:
        """Return the concepts that a field names, and its words that name none."""
        found, others = [], []
        for word in self.words(field):
            if concept := self._concepts.find(word, IHUB + str(self._columns.by_field[field].list)):
                # relative to the deployment's base, as documents have it
                found.append("/".join(concept.rsplit("/", 2)[1:]))
            else:
                others.append(word)
        return list(dict.fromkeys(found)), others

    def number(self, field: str) -> int | None:
        """Return a whole number."""
        return self._read(field, lambda text, _feed: read_number(text))

    def range(self, field: str) -> tuple[int | None, int | None]:
        """Return the least and the greatest of a range."""
        return self._read(field, lambda text, _feed: read_range(text)) or (None, None)

    def minutes(self, field: str) -> int | None:
        """Return a duration in minutes."""
        lesson = self._how.lesson_minutes
        return self._read(field, lambda text, feed: read_minutes(text, lesson=lesson, bare=feed.rule.unit))

    def date(self, field: str) -> str | None:
        """Return a date, ISO 8601."""
        return self._read(field, lambda text, _feed: read_date(text, order=self._how.date_order))

    def yes_no(self, field: str) -> bool | None:
        """Return whether a field says yes."""
        return self._read(field, lambda text, _feed: read_yes_no(text))

    def link(self, field: str) -> str | None:
        """Return the first web address or entry identifier of a field."""
        links = [link for word in re.split(r"[\s;|]+", self.text(field) or "") if (link := read_link(word))]
        return links[0] if links else None

    def _feeds(self, field: str) -> list[Feed]:
        return self._plan.feeds.get(self._prefix + field, [])

    def _cell(self, field: str, feed: Feed) -> str:
        text = self._row.cell(feed.source.index) if feed.source else ""
        if text in _FAULTS:
            raise FieldError(self.column(field), f"holds the spreadsheet's error {text}")
        return _mapped(feed, text) or feed.rule.value or ""

    def _read(self, field: str, reader: Callable[[str, Feed], T]) -> T | None:
        for feed in self._feeds(field):
            if text := self._cell(field, feed):
                try:
                    return reader(text, feed)
                except CellError as error:
                    if not self._how.keep_unreadable:
                        raise FieldError(self.column(field), str(error)) from None
                    self.left_out.setdefault(field, []).append(text)
        return None

    def _parted(self, text: str, feed: Feed) -> list[str]:
        return [part.strip() for part in text.split(feed.rule.separator or "\n") if part.strip()]

    def _split(self, field: str, text: str) -> list[str]:
        column = self._columns.by_field[field]
        if not column.list:
            return split_values(text, commas=True)
        if not column.many:
            return [text]
        return [piece for part in split_values(text) for piece in self._pieces(part, IHUB + column.list)]

    def _pieces(self, part: str, class_iri: str) -> list[str]:
        """Part a value at commas, ``/`` and ``&`` only where the vocabulary does not know it as a whole."""
        if "," not in part and "/" not in part and "&" not in part:
            return [part]
        if _SUFFIX.search(part) or self._concepts.find(part, class_iri):
            return [part]
        for separator, enough in ((",", any), ("/", all), ("&", all)):
            pieces = [piece.strip() for piece in part.split(separator) if piece.strip()]
            if len(pieces) > 1 and enough(self._concepts.find(piece, class_iri) for piece in pieces):
                return pieces
        pieces = [piece.strip() for piece in part.split(",") if piece.strip()]
        return pieces if all(len(piece) <= 40 for piece in pieces) else [part]

    def _named(self, field: str, word: str) -> str:
        """Return the concept that the template's list marks at the end of a label, such as ``[digcomp22-1.3]``."""
        match = _SUFFIX.search(word)
        column: Any = self._columns.by_field[field]
        if not match or not column.list:
            return word
        segment = segment_of_class(IHUB + column.list)
        relative = f"{segment}/{match[1]}"
        return relative if self._concepts.find(relative, IHUB + column.list) else word


def _mapped(feed: Feed, text: str) -> str | None:
    """Return what the rule says that a value stands for; an unknown value stands for itself."""
    return feed.rule.values.get(fold(text), text) if feed.rule.values else text
