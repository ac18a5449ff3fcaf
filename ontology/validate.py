"""Validation of data against SHACL shapes, with findings as plain values.

SHACL core runs in pyshacl. Constraints in SPARQL (SHACL, section 5) run here, each as *one* query over the whole data
graph instead of one for every focus node, which is many times faster and gives the same answers, because every query
of the shapes binds ``$this`` by its own pattern (a test compares both ways).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import pyshacl
from rdflib import RDF, SH, Graph, Literal, URIRef
from rdflib.plugins.sparql import prepareQuery

from ontology.flatten import flatten, targets

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from rdflib.plugins.sparql.sparql import Query
    from rdflib.term import Node

__all__ = ["Finding", "SparqlRule", "sparql_rules", "validate"]

_OPTIONS: Final[dict[str, Any]] = {"inference": "none", "inplace": True, "advanced": False, "meta_shacl": False}
"""Data is not copied, nothing is inferred: the shapes name every class that they mean."""


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, or could be better, with a description.

    Attributes:
        focus: IRI of the entity or part at fault.
        path: IRI of the property at fault; None where the fault lies with the whole.
        value: The value at fault, as text; None where a value is missing.
        message: What is wrong and what to do, by language tag.
        severity: ``Violation`` keeps the document out, ``Warning`` is shown, ``Info`` suggests.
        shape: IRI of the shape that says so.
    """

    focus: str
    path: str | None
    value: str | None
    message: Mapping[str, str]
    severity: str
    shape: str


@dataclass(frozen=True)
class SparqlRule:
    """A constraint in SPARQL: its query finds, over a whole graph, the entities that break it.

    Attributes:
        select: A complete query. It binds ``?this`` (the entity) and perhaps ``?value`` (what is at fault).
        message: By language tag; ``{?value}`` stands for the value.
        severity: As in :class:`Finding`.
        shape: IRI of the constraint.
    """

    select: str
    message: Mapping[str, str]
    severity: str
    shape: str

    def finding(self, focus: str, value: str | None) -> Finding:
        """Return the finding for one row of the query's result."""
        filled = {tag: text.replace("{?value}", value or "") for tag, text in self.message.items()}
        return Finding(focus, None, value, filled, self.severity, self.shape)


def validate(data_graph: Graph, shapes_graph: Graph) -> list[Finding]:
    """Return what the shapes find in the data, sorted by focus, then shape.

    Args:
        data_graph: The descriptions, and the types, licences and kinds of data of what they refer to.
        shapes_graph: The shapes; see :func:`ontology.load.shapes_graph`.
    """
    _, report, _ = pyshacl.validate(data_graph, shacl_graph=flatten(shapes_graph, data_graph), **_OPTIONS)
    findings = [_finding(report, result) for result in report.subjects(RDF.type, SH.ValidationResult)]
    for owner, rule in _rules(shapes_graph):
        focus_nodes = targets(owner, shapes_graph, data_graph)
        for row in data_graph.query(_prepared(rule.select)) if focus_nodes else ():
            values = row.asdict()  # type: ignore[union-attr]
            if values.get("this") in focus_nodes:
                findings.append(rule.finding(str(values["this"]), _text(values.get("value"))))
    return sorted(findings, key=lambda finding: (finding.focus, finding.shape, finding.value or ""))


def sparql_rules(shapes_graph: Graph) -> list[SparqlRule]:
    """Return the constraints in SPARQL of some shapes, for engines that run the queries themselves.

    Each query's own pattern selects what it judges, so targets play no part here.
    """
    return [rule for _, rule in _rules(shapes_graph)]


def _rules(shapes: Graph) -> list[tuple[Node, SparqlRule]]:
    """Return the SPARQL constraints, each with the node shape that has it."""
    return [
        (
            owner,
            SparqlRule(
                select=_prologue(shapes, constraint) + str(shapes.value(constraint, SH.select)),
                message=_messages(shapes.objects(constraint, SH.message)),
                severity=_local(shapes.value(owner, SH.severity) or SH.Violation),
                shape=str(constraint),
            ),
        )
        for owner, constraint in sorted(shapes.subject_objects(SH.sparql), key=str)
    ]


def _prologue(shapes: Graph, constraint: Node) -> str:
    declarations = shapes.objects(constraint, SH.prefixes / SH.declare)
    return "".join(
        f"PREFIX {shapes.value(item, SH.prefix)}: <{shapes.value(item, SH.namespace)}>\n"
        for item in sorted(declarations, key=str)
    )


@lru_cache(maxsize=64)
def _prepared(select: str) -> Query:
    return prepareQuery(select)


def _finding(report: Graph, result: Node) -> Finding:
    path = report.value(result, SH.resultPath)
    return Finding(
        focus=str(report.value(result, SH.focusNode)),
        path=str(path) if isinstance(path, URIRef) else None,
        value=_text(report.value(result, SH.value)),
        message=_messages(report.objects(result, SH.resultMessage)),
        severity=_local(report.value(result, SH.resultSeverity)),
        shape=str(report.value(result, SH.sourceShape)),
    )


def _messages(texts: Iterable[Node]) -> dict[str, str]:
    return {text.language or "": str(text) for text in texts if isinstance(text, Literal)}


def _local(severity: Node | None) -> str:
    return str(severity).rpartition("#")[2]


def _text(term: Node | None) -> str | None:
    return None if term is None else str(term)
