"""Words of a query that read as filters: offered to the reader, never applied unasked.

Names come from the vocabularies' labels and synonyms, in all their languages and inflections; numbers and a few phrases
from :mod:`search.constraint_patterns`. Only values that some scenario has are offered.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kg.importing.licences import licence_name
from ontology.namespaces import IHUB, PREFIXES
from search.constraint_patterns import read_patterns
from search.fields import FIELDS
from search.lexical import normalised, stems, word_spans, words
from search.phrases import Phrases

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from kg.graph import Graph

__all__ = ["Constraint", "ConstraintNames"]

_LABELS: Final = tuple(PREFIXES["skos"] + name for name in ("prefLabel", "altLabel"))
_NOT_NAMED: Final = frozenset(
    {"available", "collection", "competence_suggested", "devices", "evidence", "hub", "kind", "practice"}
)
_TOPICS: Final = frozenset({"subject", "competence", "tool", "theme", "learning_type", "country"})
"""Fields whose names say what a lesson is about: their words stay in the query when the filter is set."""

_WITHOUT: Final = frozenset({"no", "not", "without", "ilma", "ilman", "be", "uten"})
_WITHOUT_AFTER: Final = frozenset({"გარეშე"})
_LONGEST: Final = 6
_READ: Final = 400
"""Characters of a query that are read for filters."""
_MOST: Final = 12


@dataclass(frozen=True)
class Constraint:
    """A stretch of a query that reads as a filter.

    Attributes:
        text: The words.
        start: Where they start in the query.
        end: Where they end.
        parameters: The filters they would set: names of parameters and their values.
        rest: The query once the filter is set: without the words, or with them where they also say what it is about.
    """

    text: str
    start: int
    end: int
    parameters: tuple[tuple[str, tuple[str, ...]], ...]
    rest: str


class ConstraintNames:
    """Reads queries for filters.

    Args:
        names: By a label's words: pairs of field and value.
        stemmed: The same by language and stems, as ``language:stems``.
        ages: The youngest age of each grade.
        values: By what people write (``ee-7``): the value, for fields that patterns set.
    """

    def __init__(
        self,
        names: Mapping[str, Sequence[Sequence[str]]],
        stemmed: Mapping[str, Sequence[Sequence[str]]],
        ages: Mapping[str, int],
        values: Mapping[str, Mapping[str, str]],
    ) -> None:
        self._names = names
        self._stemmed = stemmed
        self._ages = ages
        self._values = values
        self._languages = sorted({key.partition(":")[0] for key in stemmed})

    @classmethod
    def build(cls, graph: Graph, values: Mapping[str, Sequence[str]], path: Path) -> None:
        """Write what the values of each field are called to ``path``."""
        names: dict[str, set[tuple[str, str]]] = {}
        stemmed: dict[str, set[tuple[str, str]]] = {}
        for field, value, text, language in _labels(graph, values):
            if key := " ".join(words(text)):
                names.setdefault(key, set()).add((field, value))
                stemmed.setdefault(f"{language}:{' '.join(stems(text, language))}", set()).add((field, value))
        ages = {grade: graph.integer(grade, IHUB + "minAge") for grade in values["grade"]}
        body = {
            "names": {key: sorted(found) for key, found in sorted(names.items())},
            "stemmed": {key: sorted(found) for key, found in sorted(stemmed.items())},
            "ages": {grade: age for grade, age in ages.items() if age is not None},
            "values": {
                field: {value.rsplit("/", 1)[-1]: value for value in values[field]}
                for field in ("grade", "competence", "devices", "evidence", "language")
            },
        }
        path.write_text(json.dumps(body, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def open(cls, path: Path) -> ConstraintNames:
        """Read what :meth:`build` wrote."""
        return cls(**json.loads(path.read_text(encoding="utf-8")))

    def find(self, query: str) -> list[Constraint]:
        """Return what ``query`` reads as, numbers and phrases before names, each in the order of the text."""
        head = query[:_READ]
        spans = list(word_spans(head))
        found: list[Constraint] = []
        taken: set[int] = set()
        for reading in read_patterns(head):
            covered = {n for n, (start, end) in enumerate(spans) if start < reading.end and reading.start < end}
            parameters = self._known(reading.parameters)
            if parameters and not covered & taken:
                taken |= covered
                found += self._constraints(query, reading.start, reading.end, parameters)
        found.sort(key=lambda constraint: constraint.start)
        named = self._find_names(query, head, spans, taken)
        return list(dict.fromkeys([*found, *sorted(named, key=lambda constraint: constraint.start)]))[:_MOST]

    def _find_names(
        self, query: str, head: str, spans: Sequence[tuple[int, int]], taken: set[int]
    ) -> Iterator[Constraint]:
        phrases = Phrases([normalised(head[start:end]) for start, end in spans], self._languages, _LONGEST)
        phrases.taken |= taken
        for span in phrases:
            by_field: dict[str, set[str]] = {}
            for field, value in self._named(phrases, span):
                by_field.setdefault(field, set()).add(value)
            if by_field:
                phrases.taken.update(span)
            first, last = span.start, span.stop - 1
            before = phrases.text(range(first - 1, first)) if first else ""
            after = phrases.text(range(last + 1, last + 2))
            for field, values in sorted(by_field.items()):
                start, end, name = spans[first][0], spans[last][1], field
                if field == "tool" and before in _WITHOUT:
                    start, name = spans[first - 1][0], "tool_not"
                elif field == "tool" and after in _WITHOUT_AFTER:
                    end, name = spans[last + 1][1], "tool_not"
                yield from self._constraints(query, start, end, ((name, tuple(sorted(values))),))

    def _named(self, phrases: Phrases, span: range) -> Sequence[Sequence[str]]:
        """Return what a stretch names: by its words as they are, else by their stems in any language."""
        if found := self._names.get(phrases.text(span)):
            return found
        return [pair for tag, key in phrases.stemmed(span) for pair in self._stemmed.get(f"{tag}:{key}", ())]

    def _known(self, parameters: Iterable[tuple[str, tuple[str, ...]]]) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Return parameters with the values that scenarios have; nothing where none is left."""
        known = []
        for name, stated in parameters:
            table = self._values.get(name)
            values = stated if table is None else tuple(sorted(table[v] for v in stated if v in table))
            known.append((name, values))
        return tuple(known) if all(values for _, values in known) else ()

    def _constraints(
        self, query: str, start: int, end: int, parameters: tuple[tuple[str, tuple[str, ...]], ...]
    ) -> Iterator[Constraint]:
        """Yield the constraint, and for grades the age that they are meant for: grades do not compare, ages do."""
        name, values = parameters[0]
        rest = query if name in _TOPICS else " ".join(f"{query[:start]} {query[end:]}".split()).strip(" ,;-–")  # noqa: RUF001
        yield Constraint(query[start:end], start, end, parameters, rest)
        ages = {self._ages[value] for value in values if value in self._ages} if name == "grade" else set()
        if len(ages) == 1:
            yield Constraint(query[start:end], start, end, (("age", (str(ages.pop()),)),), rest)


def _labels(graph: Graph, values: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str, str, str]]:
    """Yield field, value, text and language of every name that a value of a field has."""
    languages = _language_base(graph)
    for field in FIELDS:
        if field in _NOT_NAMED or (field == "language" and not languages):
            continue
        for value in values[field]:
            if field == "licence":
                yield field, value, licence_name(value), "und"
                continue
            concept = f"{languages}{value}" if field == "language" else value
            for predicate in _LABELS:
                for text in graph.literals(concept, predicate):
                    yield field, value, text.value, (text.language or "und").split("-", maxsplit=1)[0]


def _language_base(graph: Graph) -> str:
    """Return the start of the IRIs of languages; empty where the release describes none."""
    first = next(iter(graph.instances(IHUB + "Language")), "")
    return first[: first.rfind("/") + 1]
