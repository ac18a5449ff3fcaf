"""Works out by columns what the engine would look up statement by statement, and gives it the rows as VALUES.

Where a SELECT asks for patterns that are large, their joins, conditions of existence, groups and counts are worked out
over the release's columns (:mod:`kg.columns`). The engine gets the rows that are left, few by then, in the place of
the WHERE clause, and does everything else: conditions, expressions, the other aggregates, order, the answer's format.
So what a query means is decided in one place. A condition on one variable is decided by the engine too, once for each
different value.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from kg.columns.relation import Relation, UnsolvedError, among
from kg.columns.solving import joined, statements, without_dangling
from kg.sparql.needles import fold, needle
from kg.sparql.outline import outline
from kg.sparql.where import OtherwiseError
from ontology.namespaces import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from kg.columns.files import Columns
    from kg.columns.relation import Groups, Numbers
    from kg.columns.solving import Pattern
    from kg.sparql.outline import Call, Outline
    from kg.sparql.where import Filter

__all__ = ["Tabulator"]

_LEAST: Final = 1_000
"""Statements below which looking up takes no time that anybody notices."""

_MOST_ROWS: Final = 5_000
"""Rows beyond which it takes the engine longer to read them than to look them up."""

_MOST_BYTES: Final = 4 << 20
"""Length of the rows as text, for the same reason."""

_MOST_BYTES_OF_VALUES: Final = 8 * _MOST_BYTES
_MOST_VALUES: Final = 8 * _MOST_ROWS
"""Values that the engine is asked about one by one; more of them are rows that it would have to look up."""

_MOST_PATTERNS: Final = 32
"""Each is read once; nobody's question has more."""

_OWN: Final = "ihub__"
"""Begins the variables that are added; a query that has it is left alone."""

_SUMS: Final = frozenset({"SUM", "AVG"})
_ARBITRARY: Final = frozenset({"SAMPLE", "GROUP_CONCAT"})
_INTEGER: Final = f'"^^<{PREFIXES["xsd"]}integer>'.encode()
_DAY: Final = f'"^^<{PREFIXES["xsd"]}date>'.encode()
_ORDERED: Final = frozenset({b"<", b'"', _INTEGER, f'"^^<{PREFIXES["xsd"]}decimal>'.encode(), _DAY})
"""Kinds of terms that can be compared, and of which no two are equal."""

_LARGEST: Final = 2**63 - 1


@dataclass(frozen=True)
class Tabulator:
    """Prepares queries over one release.

    Attributes:
        columns: Those of the release.
        prefixes: What a query need not declare.
        run: Executes a SELECT on the same release and gives the values of its one variable, which are integers.
        least: Statements below which a query is left alone.
        most_rows: Rows above which it is.
        worth: Share of the smallest pattern's statements above which solutions are as quickly looked up.
        most_values: Values of one variable above which a condition is left for the engine to decide row by row.
    """

    columns: Columns
    prefixes: Mapping[str, str]
    run: Callable[[str], Iterable[int]]
    least: int = _LEAST
    most_rows: int = _MOST_ROWS
    worth: float = 0.5
    most_values: int = _MOST_VALUES

    def prepare(self, text: str) -> str:
        """Return a query with the same solutions over the union of all graphs; mostly ``text`` itself.

        Raises:
            SyntaxError: A condition is not well formed, and neither then is the text.
        """
        try:
            query = outline(text, self.prefixes)
            self._check(query)
            return self._prepared(query)
        except (OtherwiseError, UnsolvedError):
            return text

    def _check(self, query: Outline) -> None:
        """Refuse what the engine would refuse, and what it is quicker at."""
        patterns = (*query.patterns, *(pattern for item in query.existences for pattern in item.patterns))
        if not query.patterns or len(patterns) > _MOST_PATTERNS or _OWN in query.text:
            raise OtherwiseError
        inner = frozenset[str]().union(
            *(pattern.variables for pattern in patterns), *(item.variables for item in query.filters)
        )
        idle = query.cut_short and not query.filters and not query.existences
        if query.made & inner or idle or sum(map(self._size, patterns)) < self.least:
            raise OtherwiseError

    def _size(self, pattern: Pattern) -> int:
        ends = self.columns.statements(pattern.predicate)
        if ends is None:
            raise OtherwiseError
        return len(ends[0])

    def _prepared(self, query: Outline) -> str:
        relations = [statements(self.columns, pattern) for pattern in query.patterns]
        smallest = min(relation.size for relation in relations)
        left = [item for item in query.filters if not self._filter_early(query, item, relations)]
        relation = joined(relations, self.columns.size)
        for condition in query.existences:
            inner = joined([statements(self.columns, pattern) for pattern in condition.patterns], self.columns.size)
            if not inner.columns.keys() & relation.columns.keys():
                raise OtherwiseError
            relation = relation.matching(inner, self.columns.size, found=condition.wanted)
        if query.keys is not None:
            if left:
                raise OtherwiseError
            return self._grouped(query, relation, query.keys)
        return self._listed(query, relation, left, smallest)

    def _filter_early(self, query: Outline, item: Filter, relations: list[Relation]) -> bool:
        """Apply a condition on one variable to the statements that bind it; return whether that was done."""
        for at, relation in enumerate(relations):
            if item.variables <= relation.columns.keys():
                others = [other for other in relations if other is not relation]
                reduced = without_dangling(relation, others, self.columns.size)
                allowed = self._allowed(query, item, reduced)
                if allowed is not None:
                    (name,) = item.variables
                    relations[at] = reduced.where(among(reduced.column(name), allowed))
                    return True
        return False

    def _allowed(self, query: Outline, item: Filter, relation: Relation) -> Numbers | None:
        """Return the values for which a condition on one variable is true; None where the rows have to be asked."""
        if len(item.variables) != 1:
            return None
        (name,) = item.variables
        values = relation.group([name]).columns[name]
        sought = needle(item.tokens)
        if sought:
            values = values[[sought in fold(term.decode()) for term in self.columns.terms(values)]]
        if len(values) > self.most_values:
            return None
        terms = self.columns.terms(values)
        if sum(map(len, terms)) > _MOST_BYTES_OF_VALUES:
            return None
        rows = " ".join(f"({_said(term)} {number})" for term, number in zip(terms, values, strict=True))
        asked = f"{query.declarations} SELECT ?{_OWN} {{ VALUES (?{name} ?{_OWN}) {{ {rows} }} {item.text}\n}}"
        return np.fromiter(self.run(asked), np.uint32)

    def _listed(self, query: Outline, relation: Relation, left: Sequence[Filter], smallest: int) -> str:
        """Give the engine the solutions as they are, as far as they are asked for.

        That is worth it where many solutions are left out; those of the smallest pattern the engine looks at anyway.
        """
        names = sorted(query.mentioned.union(*(item.variables for item in left)) & relation.columns.keys())
        if query.distinct:
            groups = relation.group(names)
            relation = Relation(groups.columns, groups.size)
        if not left and (not query.distinct or (len(names) == 1 and not query.made)):
            relation = self._first(query, relation)
        if relation.size > min(self.most_rows, self.worth * smallest) or not names:
            raise OtherwiseError
        values = self._values(names, [relation.column(name) for name in names], [])
        return (
            query.text[: query.opening]
            + f"{{ {values} {' '.join(item.text for item in left)}\n}}"
            + query.text[query.closing :]
        )

    def _first(self, query: Outline, relation: Relation) -> Relation:
        """Return the rows that may be among the first that are wanted, where IRIs decide that: their numbers do."""
        column = relation.columns.get(query.first_by or "")
        if column is None or not query.limit or relation.size <= query.limit or not self.columns.all_iris(column):
            return relation
        return relation.where(column <= np.partition(column, query.limit - 1)[query.limit - 1])

    def _grouped(self, query: Outline, relation: Relation, keys: Sequence[str]) -> str:
        """Give the engine one row for each group, and for each value in it that it needs itself."""
        counts = [call for call in query.calls if call.function == "COUNT"]
        others = [call for call in query.calls if call.function != "COUNT"]
        if not {*keys, *(call.variable for call in query.calls if call.variable)} <= relation.columns.keys():
            raise OtherwiseError
        inside = list(dict.fromkeys(call.variable for call in others if call.variable not in keys))
        for call in others:
            self._check_aggregate(call, relation)
        if not keys and others and not relation.size:
            raise OtherwiseError
        groups = relation.group(keys)
        numbers = [_count(call, keys, groups, relation) for call in counts]
        columns, size = groups.columns, groups.size
        if others:
            rows = relation.group([*keys, *inside])
            if rows.size > self.most_rows:
                raise OtherwiseError
            of_row = Relation(rows.columns, rows.size).group(keys).of_row  # groups are numbered alike: by their keys
            numbers = [number[of_row] for number in numbers] + [rows.count()]
            columns, size = rows.columns, rows.size
        if size > self.most_rows:
            raise OtherwiseError
        names = [*keys, *inside]
        values = self._values(names, [columns[name] for name in names], [number.tolist() for number in numbers])
        times = f"?{_OWN}{len(counts)}"
        place = {call: f"SAMPLE(?{_OWN}{at})" for at, call in enumerate(counts)}
        place |= {call: _weighted(call, times) for call in others if call.function in _SUMS and not call.distinct}
        edits = [(call.start, call.end, new) for call, new in place.items()]
        return _replaced(query.text, [*edits, (query.opening, query.closing, f"{{ {values} }}")])

    def _check_aggregate(self, call: Call, relation: Relation) -> None:
        """Refuse an aggregate that the engine cannot work out alike from different values and how often each occurs.

        Sums: of integers that no order of adding brings beyond 64 bits. Least and greatest: of values of one kind, of
        which no two are equal.
        """
        values = relation.group([call.variable]).columns[call.variable]
        if len(values) > self.most_rows or call.function in _ARBITRARY:
            raise OtherwiseError
        terms = self.columns.terms(values)
        kinds = {_kind(term) for term in terms}
        if not kinds <= {_INTEGER} and (call.function in _SUMS or len(kinds) > 1 or not kinds <= _ORDERED):
            raise OtherwiseError
        if call.function in _SUMS:
            largest = max((abs(int(term[1 : -len(_INTEGER)])) for term in terms), default=0)
            if largest * relation.size > _LARGEST:
                raise OtherwiseError

    def _values(self, names: Sequence[str], columns: Sequence[Numbers], numbers: Sequence[Sequence[int]]) -> str:
        """Write rows: terms for the variables ``names``, then integers for variables that are added."""
        terms = [[_said(term) for term in self.columns.terms(column)] for column in columns]
        variables = [f"?{name}" for name in names] + [f"?{_OWN}{at}" for at in range(len(numbers))]
        rows = zip(*terms, *([str(value) for value in column] for column in numbers), strict=True)
        lines = " ".join(f"({' '.join(row)})" for row in rows)
        text = f"VALUES ({' '.join(variables)}) {{ {lines} }}"
        if len(text) > _MOST_BYTES:
            raise OtherwiseError
        return text


def _kind(term: bytes) -> bytes:
    """Return the end of a literal in N-Triples, the start of an IRI; a day with a time zone is of no kind."""
    if not term.startswith(b'"'):
        return term[:1]
    kind = term[term.rindex(b'"') :]
    return b"" if kind == _DAY and len(term) != len('"2000-01-01') + len(kind) else kind


def _said(term: bytes) -> str:
    """Return a term in N-Triples as SPARQL has it.

    Raises:
        OtherwiseError: It cannot be said there: a blank node, or an IRI that would be resolved to another.
    """
    if term.startswith(b"_") or (term.startswith(b"<") and b"/." in term):
        raise OtherwiseError
    return term.decode()


def _count(call: Call, keys: Sequence[str], groups: Groups, relation: Relation) -> NDArray[np.int64]:
    # Solutions differ; so those that agree on the keys and on the variable are one.
    if not call.distinct or relation.columns.keys() <= {*keys, call.variable}:
        return groups.count()
    return groups.count_distinct(relation.column(call.variable))


def _weighted(call: Call, times: str) -> str:
    total = f"SUM(?{call.variable} * {times})"
    return total if call.function == "SUM" else f"({total} / SUM({times}))"


def _replaced(text: str, edits: Iterable[tuple[int, int, str]]) -> str:
    """Return a text with something else from one place to another; the places do not overlap."""
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text
