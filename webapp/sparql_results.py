"""An answer in SPARQL 1.1 Query Results JSON as the page shows it: cells with labels, links and datatypes."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flask import current_app

from ontology.namespaces import PREFIXES
from webapp.addresses import document_address
from webapp.languages import label, served

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Cell", "Results", "read_results"]

_XSD: Final = PREFIXES["xsd"]
_NUMBERS: Final = frozenset(
    _XSD + name
    for name in (
        "integer", "decimal", "double", "float", "int", "long", "short", "byte", "nonNegativeInteger",
        "positiveInteger", "nonPositiveInteger", "negativeInteger", "unsignedInt", "unsignedLong", "unsignedShort",
        "unsignedByte",
    )
)  # fmt: skip


@dataclass(frozen=True)
class Cell:
    """One term of an answer.

    Attributes:
        text: What is read: the value, the label of an IRI, or the IRI where it has none; empty where unbound.
        iri: The IRI, shortened by a customary prefix where that is possible; empty for other terms.
        value: The term's value in full: the IRI, the lexical form, the identifier of a blank node.
        link: Where the term leads: the page about it here, else its own web address; empty where it leads nowhere.
        language: The language of ``text``, or empty.
        datatype: The datatype, shortened; empty for plain strings.
        number: The value of a finite number, else None.
        is_iri: Whether it is an IRI.
    """

    text: str = ""
    iri: str = ""
    value: str = ""
    link: str = ""
    language: str = ""
    datatype: str = ""
    number: float | None = None
    is_iri: bool = False


@dataclass(frozen=True)
class Results:
    """The rows of an answer to SELECT.

    Attributes:
        variables: The columns.
        rows: The first rows, each with a cell for every column.
        total: How many rows the answer has.
    """

    variables: list[str]
    rows: list[list[Cell]]
    total: int

    @property
    def numeric(self) -> list[int]:
        """The columns that hold numbers and nothing else."""
        return [index for index in range(len(self.variables)) if _all_numbers(self.bound(index))]

    def bound(self, index: int) -> list[Cell]:
        """Return the cells of one column that have a value."""
        return [row[index] for row in self.rows if row[index] != Cell()]


def read_results(body: bytes, most: int) -> Results | bool:
    """Return the answer to an ASK, or the first ``most`` rows of the answer to a SELECT."""
    document = json.loads(body)
    if "boolean" in document:
        return bool(document["boolean"])
    variables: list[str] = document["head"]["vars"]
    bindings: list[dict[str, dict[str, str]]] = document["results"]["bindings"]
    shown = bindings[:most]
    terms = (term for binding in shown for term in binding.values())
    labels = _labels({term["value"] for term in terms if term["type"] == "uri"})
    rows = [[_cell(binding.get(name), labels) for name in variables] for binding in shown]
    return Results(variables, rows, len(bindings))


def _all_numbers(cells: list[Cell]) -> bool:
    return bool(cells) and all(cell.number is not None for cell in cells)


def _labels(iris: Iterable[str]) -> dict[str, tuple[str, str, str]]:
    """Return the label, its language and the page of each IRI that this graph says something of."""
    if "ihub.site" not in current_app.extensions:  # an endpoint alone, without pages and their graph
        return {}
    graph = served().graph
    graph.prefetch(iris)
    found = {}
    for iri in iris:
        text, language = label(iri)
        if language != "und" or graph.labels(iri):
            found[iri] = (text, "" if language == "und" else language, document_address(iri) or "")
        elif iri in graph and (page := document_address(iri)):
            found[iri] = (text, "", page)
    return found


def _cell(term: dict[str, str] | None, labels: dict[str, tuple[str, str, str]]) -> Cell:
    if term is None:
        return Cell()
    value = term["value"]
    if term["type"] == "uri":
        # Only web addresses become links: a javascript: IRI in the data must stay text.
        link = value if value.startswith(("http://", "https://")) else ""
        short = _short(value)
        if value in labels:
            text, language, page = labels[value]
            return Cell(text, short, value, page or link, language, is_iri=True)
        return Cell(short, "", value, link, is_iri=True)
    if term["type"] == "bnode":
        return Cell(f"_:{value}", value=value)
    datatype = term.get("datatype", "")
    number = _number(value) if datatype in _NUMBERS else None
    return Cell(value, "", value, "", term.get("xml:lang", ""), _short(datatype) if datatype else "", number)


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _short(iri: str) -> str:
    for prefix, namespace in PREFIXES.items():
        local = iri.removeprefix(namespace)
        if local != iri and local.isidentifier():
            return f"{prefix}:{local}"
    return iri
