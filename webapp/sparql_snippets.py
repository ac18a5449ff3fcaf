"""Programs that ask a query again: for the command line, Python and R, each complete and free of further packages."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

if TYPE_CHECKING:
    from webapp.sparql_request import ProtocolRequest

__all__ = ["Snippet", "snippets"]

_TABLE, _GRAPH = "text/csv", "text/turtle"


@dataclass(frozen=True)
class Snippet:
    """A program: the language's name and the text."""

    language: str
    text: str


def snippets(asked: ProtocolRequest, endpoint: str, *, kind: str, longest_address: int) -> list[Snippet]:
    """Return programs that ask for the same answer.

    Args:
        asked: The request, with a query.
        endpoint: The address of the endpoint.
        kind: ``bindings``, ``boolean`` or ``graph``, as of an :class:`~kg.sparql.messages.Answer`.
        longest_address: Length beyond which servers refuse an address; R, which reads from one, is then left out.
    """
    query = (asked.query or "").replace("\r\n", "\n").strip()
    fields = [("query", query)]
    fields += [("default-graph-uri", iri) for iri in asked.default_graphs]
    fields += [("named-graph-uri", iri) for iri in asked.named_graphs]
    accept = _GRAPH if kind == "graph" else _TABLE
    found = [
        Snippet("Python", _python(fields, endpoint, accept, kind)),
        Snippet("curl", _curl(fields, endpoint, accept)),
    ]
    if len(endpoint) + len(urlencode(fields)) <= longest_address:
        found.insert(1, Snippet("R", _r(fields, endpoint, kind)))
    return found


def _curl(fields: list[tuple[str, str]], endpoint: str, accept: str) -> str:
    data = [f"  --data-urlencode {shlex.quote(f'{name}={value}')} \\" for name, value in fields]
    lines = [f"curl --silent --show-error --header 'Accept: {accept}' \\", *data, f"  {shlex.quote(endpoint)}"]
    return "\n".join(lines) + "\n"


def _python(fields: list[tuple[str, str]], endpoint: str, accept: str, kind: str) -> str:
    query = fields[0][1]
    plain = '"""' not in query and "\\" not in query and not query.endswith('"')
    literal = f'"""\\\n{query}"""' if plain else repr(query)
    pairs = "".join(f", ({name!r}, {value!r})" for name, value in fields[1:])
    imports = ["import urllib.parse", "import urllib.request"]
    reading = ["    print(answer.read().decode())"]
    if kind == "bindings":
        imports = ["import csv", "import io", *imports]
        reading = [
            "    rows = list(csv.DictReader(io.StringIO(answer.read().decode(), newline='')))",
            'print(len(rows), "rows")',
            "for row in rows[:10]:",
            "    print(row)",
        ]
    lines = [
        *imports,
        "",
        f"query = {literal}",
        f'data = urllib.parse.urlencode([("query", query){pairs}]).encode()',
        f'request = urllib.request.Request({endpoint!r}, data, {{"Accept": "{accept}"}})',
        "with urllib.request.urlopen(request) as answer:",
        *reading,
    ]
    return "\n".join(lines) + "\n"


def _r(fields: list[tuple[str, str]], endpoint: str, kind: str) -> str:
    query = fields[0][1]
    dashes = "-" * next(count for count in range(1, len(query) + 2) if f'){"-" * count}"' not in query)
    rest = urlencode([*fields[1:], ("format", "ttl" if kind == "graph" else "csv")])
    reading = ['cat(readLines(address, encoding = "UTF-8"), sep = "\\n")']
    if kind == "bindings":
        reading = ['rows <- read.csv(address, encoding = "UTF-8")', "print(nrow(rows))", "print(head(rows, 10))"]
    lines = [
        "# R 4.0 or later",
        f'query <- r"{dashes}({query}){dashes}"',
        f'address <- paste0("{endpoint}?{rest}&query=", URLencode(enc2utf8(query), reserved = TRUE))',
        *reading,
    ]
    return "\n".join(lines) + "\n"
