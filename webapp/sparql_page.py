"""The SPARQL page: a form, and under it the answer as a table or Turtle, or what is wrong with the query."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from flask import render_template

from kg.sparql.errors import MalformedQueryError
from kg.sparql.formats import GRAPH_FORMATS, TABLE_FORMATS
from ontology.namespaces import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.sparql.errors import SparqlError
    from kg.sparql.messages import Answer
    from webapp.sparql_request import ProtocolRequest

__all__ = ["result_page"]

_ROWS_SHOWN: Final = 1000
_BYTES_SHOWN: Final = 8 << 20
_EXAMPLE: Final = """\
SELECT ?scenario ?name
WHERE {
  ?scenario a ihub:LearningScenario ;
            schema:name ?name .
}
LIMIT 20
"""


def result_page(asked: ProtocolRequest, *, answer: Answer | None = None, error: SparqlError | None = None) -> str:
    """Return the page.

    Args:
        asked: The request; its query stays in the form.
        answer: The answer, as SPARQL JSON or Turtle.
        error: Why there is none.

    """
    context: dict[str, Any] = {"query": asked.query or _EXAMPLE, "asked": asked, "error": error, "answer": answer}
    if isinstance(error, MalformedQueryError) and error.source_line is not None and error.column:
        context["excerpt"] = _excerpt(error)
    if answer and len(answer.body) > _BYTES_SHOWN:
        context["too_large"] = True
    elif answer and answer.kind == "graph":
        context["turtle"] = answer.body.decode()
    elif answer:
        context.update(_table(answer.body))
    if answer:
        rows = GRAPH_FORMATS if answer.kind == "graph" else TABLE_FORMATS
        context["downloads"] = [(row.label, _address(asked, row.name)) for row in rows]
        context["permalink"] = _address(asked, None)
    return render_template("sparql.html", **context)


def _excerpt(error: MalformedQueryError) -> str:
    """Show the line at fault with a mark under the column."""
    column, source = error.column or 1, error.source_line or ""
    start = max(0, column - 60)
    shown = source[start : start + 120].replace("\t", " ")
    return f"{shown}\n{' ' * (column - 1 - start)}^"


def _address(asked: ProtocolRequest, name: str | None) -> str:
    pairs = [("query", asked.query or "")]
    pairs += [("default-graph-uri", iri) for iri in asked.default_graphs]
    pairs += [("named-graph-uri", iri) for iri in asked.named_graphs]
    if name:
        pairs.append(("format", name))
    return "/sparql?" + urlencode(pairs)


def _table(body: bytes) -> dict[str, Any]:
    document = json.loads(body)
    if "boolean" in document:
        return {"boolean": document["boolean"]}
    variables: list[str] = document["head"]["vars"]
    bindings = document["results"]["bindings"]
    rows = [[_cell(row.get(name)) for name in variables] for row in bindings[:_ROWS_SHOWN]]
    return {"variables": variables, "rows": rows, "total": len(bindings)}


def _cell(term: dict[str, str] | None) -> dict[str, str]:
    """Return what a cell shows: text, and where it applies a link, a language, a datatype."""
    if term is None:
        return {"text": ""}
    value = term["value"]
    if term["type"] == "uri":
        # Only web addresses become links: a javascript: IRI in the data must stay text.
        link = value if value.startswith(("http://", "https://")) else ""
        return {"text": _short(value, PREFIXES.items()), "link": link}
    if term["type"] == "bnode":
        return {"text": f"_:{value}"}
    datatype = _short(term["datatype"], PREFIXES.items()) if "datatype" in term else ""
    return {"text": value, "language": term.get("xml:lang", ""), "datatype": datatype}


def _short(iri: str, prefixes: Sequence[tuple[str, str]] | Any) -> str:
    for prefix, namespace in prefixes:
        local = iri.removeprefix(namespace)
        if local != iri and local.isidentifier():
            return f"{prefix}:{local}"
    return iri
