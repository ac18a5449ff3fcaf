"""What follows from one statement, as the reasoner itself tells: rules to apply to every statement of a release.

Nearly all rules of OWL 2 RL that our ontology has axioms for conclude from *one* statement about things and from the
ontology: a statement's superproperties and inverses, the classes by domain and range, a class's superclasses. What they
conclude depends on the statement's property (or class) only. So the reasoner is asked once what follows from a
statement of each property between two things that nothing else is known of, and that is applied to all statements.
Transitive properties and property chains conclude from several statements; :mod:`kg.reasoning` joins those.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import pyoxigraph as ox

from ontology.namespaces import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["TYPE", "Fact", "Rules"]

Fact = tuple[ox.NamedNode, ox.NamedNode, ox.NamedNode]
"""A statement between IRIs: subject, predicate, object."""

_OWL: Final = PREFIXES["owl"]
_RDF: Final = PREFIXES["rdf"]
_RDFS: Final = PREFIXES["rdfs"]

TYPE: Final = ox.NamedNode(_RDF + "type")
_TRANSITIVE: Final = ox.NamedNode(_OWL + "TransitiveProperty")

_ANNOTATIONS: Final = frozenset(
    {_RDFS + name for name in ("label", "comment", "seeAlso", "isDefinedBy")} | {_OWL + "versionInfo", _RDF + "type"}
)
_AXIOMS: Final = frozenset(
    {_RDFS + name for name in ("subClassOf", "subPropertyOf", "domain", "range")}
    | {_RDF + name for name in ("first", "rest", "nil")}
    | {_OWL + name for name in ("inverseOf", "propertyChainAxiom", "equivalentClass", "equivalentProperty")}
    # These make a contradiction at most, and conclude nothing.
    | {_OWL + name for name in ("disjointWith", "differentFrom", "members", "versionIRI")}
)
_KINDS: Final = frozenset(
    _OWL + name
    for name in (
        "Class",
        "ObjectProperty",
        "DatatypeProperty",
        "AnnotationProperty",
        "NamedIndividual",
        "SymmetricProperty",
        "TransitiveProperty",
        "Ontology",
        "AllDisjointClasses",
    )
)
_LANGUAGE: Final = (_OWL, _RDF, _RDFS)
_SUBJECT: Final = "urn:ihub:subject:"
_OBJECT: Final = "urn:ihub:object:"


class _Rule(NamedTuple):
    """What follows from a statement; None stands for its subject, True for its object, else the very IRI."""

    subject: ox.NamedNode | bool | None
    predicate: ox.NamedNode
    object: ox.NamedNode | bool | None


class Rules:
    """The rules of an ontology.

    Args:
        model: The ontology's statements.
        facts: All other statements; their properties and classes are those that rules are wanted for.
        heads: The properties that chains imply.
        reason: The reasoner: gives all statements that follow from some, themselves included.

    Attributes:
        model: What follows from the ontology alone.
        transitive: Its transitive properties.
    """

    def __init__(
        self,
        model: set[Fact],
        facts: set[Fact],
        heads: Iterable[ox.NamedNode],
        reason: Callable[[Iterable[Fact]], set[Fact]],
    ) -> None:
        self.transitive = [s for s, p, o in model if p == TYPE and o == _TRANSITIVE]
        everything = model | facts
        joined = {p.value for p in (*heads, *self.transitive)}
        predicates = sorted(({p.value for _, p, _ in everything} | joined) - {TYPE.value})
        classes = sorted({o.value for _, p, o in everything if p == TYPE})
        asked = list(model)
        for number, name in enumerate(predicates):
            thing, other = ox.NamedNode(f"{_SUBJECT}{number}"), ox.NamedNode(f"{_OBJECT}{number}")
            asked.append((thing, ox.NamedNode(name), other))
        for number, name in enumerate(classes, start=len(predicates)):
            asked.append((ox.NamedNode(f"{_SUBJECT}{number}"), TYPE, ox.NamedNode(name)))
        self._of_property: dict[ox.NamedNode, list[_Rule]] = {}
        self._of_class: dict[ox.NamedNode, list[_Rule]] = {}
        names = [*predicates, *classes]
        self.model: set[Fact] = set()
        for fact in reason(asked):
            s, p, o = fact
            of = _number(s) if _number(s) is not None else _number(o)
            if of is None:
                self.model.add(fact)
                continue
            rules = self._of_property if of < len(predicates) else self._of_class
            rules.setdefault(ox.NamedNode(names[of]), []).append(_Rule(_slot(s), p, _slot(o)))

    @staticmethod
    def suffice(model: set[Fact], facts: set[Fact]) -> bool:
        """Whether each statement concludes for itself, but for chains and transitive properties."""
        described = all(_plain(p, _ANNOTATIONS | _AXIOMS) and (p != TYPE or _plain(o, _KINDS)) for _, p, o in model)
        return described and all(_plain(p, _ANNOTATIONS) and (p != TYPE or _plain(o)) for _, p, o in facts)

    def conclude(self, facts: Iterable[Fact]) -> set[Fact]:
        """Return what follows from each of ``facts`` for itself; that a thing is related to itself never follows."""
        found: set[Fact] = set()
        of_property, of_class = self._of_property, self._of_class
        for s, p, o in facts:
            for rule in of_class.get(o, ()) if p == TYPE else of_property.get(p, ()):
                subject = s if rule.subject is None else o if rule.subject is True else rule.subject
                value = s if rule.object is None else o if rule.object is True else rule.object
                if subject != value:
                    found.add((subject, rule.predicate, value))  # type: ignore[arg-type]
        return found


def _plain(term: ox.NamedNode, allowed: frozenset[str] = frozenset()) -> bool:
    """Whether a term is no word of the languages of ontologies, or one of those allowed."""
    return term.value in allowed or not term.value.startswith(_LANGUAGE)


def _number(term: ox.NamedNode) -> int | None:
    value = term.value
    return int(value.rpartition(":")[2]) if value.startswith((_SUBJECT, _OBJECT)) else None


def _slot(term: ox.NamedNode) -> ox.NamedNode | bool | None:
    if term.value.startswith(_SUBJECT):
        return None
    return True if term.value.startswith(_OBJECT) else term
