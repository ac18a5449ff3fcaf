"""Solutions of triple patterns over the columns of a release."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from kg.columns.relation import Relation, UnsolvedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.columns.files import Columns
    from kg.columns.relation import Numbers

__all__ = ["Pattern", "joined", "statements", "without_dangling"]


class Pattern(NamedTuple):
    """A triple pattern: the IRI of its property; subject and object, each ``?`` and a name, or an IRI in brackets."""

    subject: str
    predicate: str
    object: str

    @property
    def variables(self) -> frozenset[str]:
        """The names of its variables."""
        return frozenset(end[1:] for end in (self.subject, self.object) if end[0] == "?")


def statements(columns: Columns, pattern: Pattern) -> Relation:
    """Return the solutions of one pattern.

    Raises:
        UnsolvedError: It has no variable, or its property no columns.
    """
    ends = columns.statements(pattern.predicate)
    if ends is None or not pattern.variables:
        raise UnsolvedError
    subjects, values = ends
    kept = None
    found: dict[str, Numbers] = {}
    for end, column in ((pattern.subject, subjects), (pattern.object, values)):
        name = end[1:]
        if end[0] != "?":
            number = columns.number(end.encode())
            same = column == number if number is not None else np.zeros(len(column), np.bool_)
        elif name in found:
            same = subjects == values
        else:
            found[name] = column
            continue
        kept = same if kept is None else kept & same
    whole = Relation(found, len(subjects), ascending=pattern.subject[1:])
    return whole if kept is None else whole.where(kept)


def joined(relations: Sequence[Relation], terms: int) -> Relation:
    """Join solutions of patterns, the smallest first.

    Args:
        relations: One or more.
        terms: How many numbers of terms there are.

    Raises:
        UnsolvedError: Some have no variable in common with the others, or there are too many solutions.
    """
    todo = list(relations)
    found = min(todo, key=lambda relation: relation.size)
    todo.remove(found)
    while todo:
        connected = [relation for relation in todo if relation.columns.keys() & found.columns.keys()]
        if not connected:
            raise UnsolvedError
        # First what only leaves solutions out, then the smallest.
        new = {id(relation): len(relation.columns.keys() - found.columns.keys()) for relation in connected}
        following = min(connected, key=lambda relation: (new[id(relation)], relation.size))
        todo.remove(following)
        found = found.join(following, terms)
    return found


def without_dangling(relation: Relation, others: Sequence[Relation], terms: int) -> Relation:
    """Leave out solutions with which none of some other pattern agrees; they would be in no join."""
    for other in others:
        if other.columns.keys() & relation.columns.keys():
            relation = relation.matching(other, terms)
    return relation
