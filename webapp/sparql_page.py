"""The SPARQL page: a form, and under it the answer as a table, figures and programs, or what is wrong."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from babel.lists import format_list
from flask import render_template, request, url_for

from kg.sparql.errors import MalformedQueryError
from kg.sparql.formats import GRAPH_FORMATS, TABLE_FORMATS
from ontology.questions import AUDIENCES, questions
from webapp.audiences import audience_name
from webapp.figures.chart import Bars, chart
from webapp.figures.map import point_map
from webapp.figures.network import network
from webapp.interface_language import gettext, interface_language, message, plain_address
from webapp.sparql_results import Results, read_results
from webapp.sparql_snippets import snippets

if TYPE_CHECKING:
    from kg.sparql.errors import SparqlError
    from kg.sparql.messages import Answer
    from ontology.questions import Question
    from webapp.sparql_request import ProtocolRequest

__all__ = ["endpoint_address", "result_page"]

_ROWS_SHOWN: Final = 1000
_BYTES_SHOWN: Final = 8 << 20
_LONGEST_ADDRESS: Final = 4000
"""Characters of an address that every server in between lets through; our own takes 4,094 for the request line."""
_EXAMPLE: Final = """\
SELECT ?scenario ?name
WHERE {
  ?scenario a ihub:LearningScenario ;
            schema:name ?name .
}
LIMIT 20
"""
_EDITOR_PHRASES: Final = (
    message("Completions"),
    message("Diagnostics"),
    message("No diagnostics"),
    message("close"),
)
"""What the editor says to screen readers, as CodeMirror calls it."""


def result_page(asked: ProtocolRequest, *, answer: Answer | None = None, error: SparqlError | None = None) -> str:
    """Return the page.

    Args:
        asked: The request; its query stays in the form.
        answer: The answer, as SPARQL JSON or Turtle.
        error: Why there is none.

    """
    example = _example() if asked.query is None else None
    context: dict[str, Any] = {
        "query": asked.query or (example.query if example else _EXAMPLE),
        "asked": asked,
        "error": error,
        "answer": answer,
        "example": example,
        "questions": _questions(),
        "longest_address": _LONGEST_ADDRESS,
        "audience_name": audience_name,
        "editor_phrases": {phrase: gettext(phrase) for phrase in _EDITOR_PHRASES},
    }
    if isinstance(error, MalformedQueryError) and error.source_line is not None and error.column:
        context["excerpt"] = _excerpt(error)
    if answer:
        context.update(_shown(answer), **_ways_on(asked, answer))
    return render_template("sparql.html", **context)


@lru_cache(maxsize=1)
def _questions() -> dict[str, list[Question]]:
    """Return the examples by audience, read once: their files come with the program."""
    found = questions()
    return {audience: [question for question in found if question.audience == audience] for audience in AUDIENCES}


def _example() -> Question | None:
    """Return the example that is to be put into the form."""
    name = request.args.get("example", "")
    return next((question for group in _questions().values() for question in group if question.name == name), None)


def _excerpt(error: MalformedQueryError) -> str:
    """Show the line at fault with a mark under the column."""
    column, source = error.column or 1, error.source_line or ""
    start = max(0, column - 60)
    shown = source[start : start + 120].replace("\t", " ")
    return f"{shown}\n{' ' * (column - 1 - start)}^"


def _shown(answer: Answer) -> dict[str, Any]:
    """Return what shows the answer: a table with its figures, a truth value or Turtle."""
    if len(answer.body) > _BYTES_SHOWN:
        return {"too_large": True}
    if answer.kind == "graph":
        return {"turtle": answer.body.decode()}
    results = read_results(answer.body, _ROWS_SHOWN)
    if not isinstance(results, Results):
        return {"boolean": results}
    places = point_map(results)
    drawn = None if places else chart(results)  # a bar for each latitude says nothing
    figures = {"chart": drawn, "map": places, "network": network(results)}
    return {"results": results, "bars": isinstance(drawn, Bars), **figures}


def _ways_on(asked: ProtocolRequest, answer: Answer) -> dict[str, Any]:
    """Return what may be done with the answer: link to it, download it, ask for it from a program."""
    rows = GRAPH_FORMATS if answer.kind == "graph" else TABLE_FORMATS
    permalink = _address(asked, None)
    milliseconds = answer.seconds * 1000
    programs = snippets(asked, endpoint_address(), kind=answer.kind, longest_address=_LONGEST_ADDRESS)
    languages = [program.language for program in programs]
    return {
        "permalink": permalink,
        "is_linkable": len(permalink) <= _LONGEST_ADDRESS,
        "downloads": [(row.label, row.name, _address(asked, row.name)) for row in rows],
        "snippets": programs,
        "programming_languages": format_list(languages, style="or", locale=interface_language()),
        "milliseconds": round(milliseconds, 1 if milliseconds < 10 else None),
    }


def endpoint_address() -> str:
    """Return the address of the endpoint, which is the same for all readers and so has no language."""
    return request.host_url.rstrip("/") + plain_address("sparql.endpoint")


def _address(asked: ProtocolRequest, name: str | None) -> str:
    """Return the address of the answer in a format; without one, of its page in the reader's language."""
    pairs = [("query", asked.query or "")]
    pairs += [("default-graph-uri", iri) for iri in asked.default_graphs]
    pairs += [("named-graph-uri", iri) for iri in asked.named_graphs]
    if name:
        pairs.append(("format", name))
    endpoint = plain_address("sparql.endpoint") if name else url_for("sparql.endpoint")
    return f"{endpoint}?{urlencode(pairs)}"
