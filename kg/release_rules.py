"""Rules that only a whole release can be judged by, such as a derived scenario's licence against its source's."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pyoxigraph as ox

from kg.terms import iri_of
from ontology.load import release_shapes_graph
from ontology.validate import sparql_rules

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ontology.validate import Finding

__all__ = ["release_findings"]


def release_findings(quads: Iterable[ox.Quad]) -> dict[str, list[Finding]]:
    """Return what the release's rules find, by the IRI of the entity whose document is at fault.

    Args:
        quads: Everything stated: vocabularies and documents.
    """
    store = ox.Store()
    store.bulk_extend(ox.Quad(quad.subject, quad.predicate, quad.object, ox.DefaultGraph()) for quad in quads)
    findings: dict[str, list[Finding]] = {}
    for rule in sparql_rules(release_shapes_graph()):
        solutions = cast("ox.QuerySolutions", store.query(rule.select))
        names = [variable.value for variable in solutions.variables]
        for solution in solutions:
            value = solution["value"] if "value" in names else None
            focus = iri_of(solution["this"])
            text = value.value if isinstance(value, ox.NamedNode | ox.Literal) else None
            findings.setdefault(focus.split("#")[0], []).append(rule.finding(focus, text))
    return findings
