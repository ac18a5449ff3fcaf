"""Which column of a table feeds which field: what the column map says, then what the headers say."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kg.errors import ImportSourceError
from kg.importing.tabular.column_map import Rule
from kg.importing.tabular.columns import LANGUAGES
from kg.importing.tabular.header import Header, Source, find_header, header_at
from kg.importing.tabular.table import column_letter, column_number
from kg.vocabulary import fold

if TYPE_CHECKING:
    from pathlib import Path

    from kg.importing.tabular.column_map import SheetMap
    from kg.importing.tabular.columns import ColumnSet
    from kg.importing.tabular.table import Table

__all__ = ["Feed", "Plan", "make_plan"]


@dataclass(frozen=True)
class Feed:
    """What fills a field: a column, unless the rule gives a value alone, and how."""

    source: Source | None
    rule: Rule = field(default_factory=Rule)

    @property
    def language(self) -> str | None:
        """The language of its texts, where the map or the header says it."""
        return self.rule.language or (self.source.language if self.source else None)


@dataclass(frozen=True)
class Plan:
    """How a table is read.

    Attributes:
        table: The table.
        header: Its header.
        feeds: What fills each field.
        unused: Columns that fill none.
        template: Whether the header is that of ihub's own template.
    """

    table: Table
    header: Header
    feeds: dict[str, list[Feed]]
    unused: list[Source]
    template: bool

    def notes(self) -> list[str]:
        """Return which columns were understood, and which were not."""
        where = f"sheet {self.table.name!r}: " if self.table.name else ""
        pairs = [
            f"{feed.source.name or column_letter(feed.source.index)} = {name}"
            for name, feeds in self.feeds.items()
            for feed in feeds
            if feed.source
        ]
        what = "the template of ihub" if self.template else f"understood: {', '.join(pairs)}"
        notes = [where + what]
        if self.unused:
            names = ", ".join(source.name for source in self.unused)
            notes.append(f"{where}not understood, kept only in the raw records: {names}")
        return notes


def make_plan(table: Table, columns: ColumnSet, stated: SheetMap, file: Path) -> Plan | None:
    """Return how ``table`` is read, or None where nobody says it and its headers do not either.

    Raises:
        ImportSourceError: The map names a row or a column that the table does not have.
    """
    header = _header(table, columns, stated, file)
    if header is None:
        return None
    feeds: dict[str, list[Feed]] = {}
    taken: set[int] = set()
    for name, rules in stated.rules.items():
        for rule in rules:
            source = _source(rule, header, name, file) if rule.column else None
            feeds.setdefault(name, []).append(Feed(source, rule))
            if source:
                taken.add(source.index)
    unused = []
    for name, sources in header.understood.items() if stated.guess else ():
        free = [source for source in sources if source.index not in taken]
        if name in stated.rules:
            unused += free
        elif free:
            kept = [source for source in free if fold(source.name) not in stated.ignore]
            feeds.setdefault(name, []).extend(Feed(source) for source in kept)
    if not stated.guess:
        unused += [source for sources in header.understood.values() for source in sources]
    unused += header.unknown
    left = [source for source in unused if source.index not in taken and fold(source.name) not in stated.ignore]
    left.sort(key=lambda source: source.index)
    return Plan(table, header, {name: found for name, found in feeds.items() if found}, left, _own(header, columns))


def _header(table: Table, columns: ColumnSet, stated: SheetMap, file: Path) -> Header | None:
    if stated.header == (0,):
        return Header((), ())
    if stated.header:
        header = header_at(table, stated.header, columns)
        if header is None:
            rows = " and ".join(str(number) for number in stated.header)
            raise ImportSourceError(f"has no row {rows}, or it is empty", file=file, field=table.name or "header")
        return header
    wanted = {fold(rule.column) for rules in stated.rules.values() for rule in rules if rule.column}
    return find_header(table, columns, frozenset(wanted))


def _source(rule: Rule, header: Header, name: str, file: Path) -> Source:
    wanted = rule.column or ""
    for same in (str.strip, fold):
        for index, given in enumerate(header.names):
            if given and same(given) == same(wanted):
                return Source(index, given)
    if re.fullmatch(r"[A-Z]{1,3}", wanted):
        index = column_number(wanted)
        return Source(index, header.names[index] if index < len(header.names) else "")
    names = ", ".join(given for given in header.names if given)
    hint = f"there are: {names}" if names else "the header has no names; give letters"
    raise ImportSourceError(f"has no column {wanted!r}", file=file, field=f"columns.{name}", hint=hint)


def _own(header: Header, columns: ColumnSet) -> bool:
    """Whether nearly all headers of the template stand here in one of its languages."""
    names = {fold(name) for name in header.names}
    return any(
        len(names & {fold(own) for own in columns.headers(language)}) >= 0.8 * len(columns.headers(language))
        for language in LANGUAGES
    )
