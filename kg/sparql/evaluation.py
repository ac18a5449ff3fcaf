"""One query against one store: execute, serialise within a bound, turn the engine's failures into typed errors."""

from __future__ import annotations

import io
import re
import time
from typing import TYPE_CHECKING, Final, cast

from pyoxigraph import NamedNode, QueryBoolean, QuerySolutions, RdfFormat, Store, serialize

from kg.sparql.errors import (
    EngineFailureError,
    MalformedQueryError,
    MemoryExceededError,
    ResultTooLargeError,
    ServiceUnavailableError,
    SparqlError,
    UnrepresentableResultError,
    UnsupportedFunctionError,
)
from kg.sparql.formats import formats_for, named_format
from kg.sparql.messages import Answer
from kg.sparql.tabulating import Tabulator
from ontology.namespaces import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pyoxigraph import QueryResultsFormat, Triple
    from typing_extensions import Buffer

    from kg.columns.files import Columns
    from kg.sparql.formats import ResultFormat
    from kg.sparql.messages import WorkerQuery

__all__ = ["Evaluator"]

_NEXT_ROW: Final = re.compile(rb'\}\},\{"[^"\\]*":\{"type":"')
_OPEN_SUBJECT: Final = re.compile(r"\{\s*[?$]")  # spares look-ups the work
_NOT_XML: Final = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")
_RDF: Final = PREFIXES["rdf"]
_RDF_XML_SYNTAX: Final = frozenset("li RDF Description ID about parseType resource nodeID datatype bagID".split())  # noqa: SIM905
_ELEMENT_NAME: Final = re.compile(r"[^\W\d][\w.\-]*\Z")
_PREFIXED: Final = frozenset({RdfFormat.TURTLE, RdfFormat.TRIG, RdfFormat.RDF_XML})


class Evaluator:
    """Runs queries on a store, in the same way every time.

    Args:
        store: Where the data are.
        base_iri: What relative IRIs in queries resolve against, or None.
        union_default: Whether the default graph is the union of all named graphs, unless the query names its dataset.
        prefixes: Prefixes that a query may use without declaring them, and that Turtle answers declare.
        result_max_bytes: Largest serialised answer.
        columns: The store's columns, to work out large joins and counts by, or None to leave that to the engine.

    """

    def __init__(
        self,
        store: Store,
        *,
        base_iri: str | None = None,
        union_default: bool = True,
        prefixes: Mapping[str, str] | None = None,
        result_max_bytes: int = 32 << 20,
        columns: Columns | None = None,
    ) -> None:
        self.store = store
        self._base_iri = base_iri
        self._union_default = union_default
        self._prefixes = dict(prefixes or {})
        self._tabulator = Tabulator(columns, self._prefixes, self._integers) if columns else None
        self._nothing = Store()
        self._max_bytes = result_max_bytes

    def answer(self, query: WorkerQuery) -> Answer:
        """Execute and serialise.

        Raises:
            SparqlError: The query cannot be answered; the subclass says why.

        """
        start = time.perf_counter()
        output = _Bounded(self._max_bytes)
        try:
            results = self._execute(query)
            kind, row, rows = self._serialise(results, query.format, output)
        except SparqlError:
            raise
        except MemoryError:
            raise MemoryExceededError("the query needs more memory than it may have") from None
        except SyntaxError as error:
            raise MalformedQueryError(str(error)) from None  # kg.sparql.diagnosis makes it readable
        except Exception as error:  # noqa: BLE001 - whatever the engine raises is about this query
            raise _engine_error(error) from None
        except BaseException as error:  # noqa: BLE001 - a panic of the engine is one; the worker goes on
            raise EngineFailureError("the engine gave up on this query", hint=str(error)[:200]) from None
        body = output.getvalue()
        if row.is_xml:
            body = _xml_safe(body)
        elif kind == "graph":
            body = _without_idle_prefixes(body)
        return Answer(body, row.name, kind, rows, time.perf_counter() - start)

    def _execute(self, query: WorkerQuery) -> QuerySolutions | QueryBoolean | Iterable[Triple]:
        whole = self._union_default and not query.has_dataset and query.default_graphs is None
        if self._tabulator and whole and query.form == "SELECT" and _OPEN_SUBJECT.search(query.text):
            try:
                text = self._tabulator.prepare(query.text)
                if text != query.text:
                    self._run(query, query.text, self._nothing)  # what is left out of the text might have been refused
                    return self._run(query, text)
            except (SyntaxError, ValueError, RuntimeError, MemoryError):
                pass  # the engine tells of the text as it was sent
        return self._run(query, query.text)

    def _integers(self, text: str) -> list[int]:
        found = self.store.query(
            text, base_iri=self._base_iri, prefixes=self._prefixes, use_default_graph_as_union=True
        )
        return [int(solution[0].value) for solution in found]  # type: ignore[union-attr]  # a SELECT of integers

    def _run(
        self, query: WorkerQuery, text: str, store: Store | None = None
    ) -> QuerySolutions | QueryBoolean | Iterable[Triple]:
        default, named = query.default_graphs, query.named_graphs
        return (self.store if store is None else store).query(
            text,
            base_iri=self._base_iri,
            prefixes=self._prefixes,
            # The engine lets the union win over FROM, the specification does not.
            use_default_graph_as_union=self._union_default and not query.has_dataset and default is None,
            default_graph=None if default is None else [_iri(value, "default-graph-uri") for value in default],
            named_graphs=None if named is None else [_iri(value, "named-graph-uri") for value in named],
        )

    def _serialise(
        self, results: QuerySolutions | QueryBoolean | Iterable[Triple], name: str, output: _Bounded
    ) -> tuple[str, ResultFormat, int | None]:
        if not isinstance(results, QuerySolutions | QueryBoolean):
            row = _format(name, "CONSTRUCT")
            triples = _Triples(results, named=row.serializer == RdfFormat.RDF_XML)
            serializer = cast("RdfFormat", row.serializer)
            serialize(triples, output, serializer, prefixes=self._prefixes if serializer in _PREFIXED else None)
            return "graph", row, triples.count
        row = _format(name, "SELECT")
        results.serialize(output, cast("QueryResultsFormat", row.serializer))
        if isinstance(results, QueryBoolean):
            return "boolean", row, 1
        return "bindings", row, _count_rows(output.getvalue(), row)


class _Bounded(io.BytesIO):
    """A file in memory that refuses to grow beyond a bound."""

    def __init__(self, bound: int) -> None:
        super().__init__()
        self._bound = bound

    def write(self, data: Buffer, /) -> int:
        if self.tell() + len(memoryview(data)) > self._bound:
            raise ResultTooLargeError(
                f"the answer is larger than {self._bound >> 20} MiB",
                hint="ask for less with LIMIT, or take everything from the dumps",
            )
        return super().write(data)


class _Triples:
    """Counts triples as they pass; with ``named``, refuses predicates that cannot be the name of an XML element."""

    def __init__(self, triples: Iterable[Triple], *, named: bool) -> None:
        self._triples, self._named, self.count = triples, named, 0

    def __iter__(self) -> Iterator[Triple]:
        seen: set[str] = set()
        for triple in self._triples:
            self.count += 1
            predicate = triple.predicate.value
            if self._named and predicate not in seen:
                _check_element_name(predicate)
                seen.add(predicate)
            yield triple


def _check_element_name(predicate: str) -> None:
    local = predicate.removeprefix(_RDF)
    if not _ELEMENT_NAME.search(predicate) or local in _RDF_XML_SYNTAX:
        cause = f"RDF/XML has no way to write the property <{predicate}>"
        raise UnrepresentableResultError(cause, hint="ask for Turtle, JSON-LD or N-Triples")


def _format(name: str, form: str) -> ResultFormat:
    # A table format for a graph, or the reverse, happens only where the form could not be read from the text.
    return named_format(name, form) or formats_for(form)[0]


def _iri(value: str, parameter: str) -> NamedNode:
    try:
        return NamedNode(value)
    except ValueError:
        raise MalformedQueryError(f"{parameter} {value!r} is not an absolute IRI") from None


def _count_rows(body: bytes, row: ResultFormat) -> int | None:
    """Count the solutions in a serialised table, without parsing it.

    In JSON no string can look like the boundary between solutions, because its quotes would be escaped. A solution
    without any binding is ``{}``, which a string may hold too, hence None wherever that occurs.
    """
    if row.name == "xml":
        return body.count(b"<result>")
    if row.name == "tsv":
        return body.count(b"\n") - 1
    if row.name == "csv":
        return re.sub(rb'"[^"]*"', b"", body).count(b"\n") - 1
    if b'"bindings":[]' in body[-16:]:
        return 0
    return None if b"{}" in body else sum(1 for _ in _NEXT_ROW.finditer(body)) + 1


def _xml_safe(body: bytes) -> bytes:
    if _NOT_XML.search(body):
        cause = "the answer holds a control character that XML cannot carry"
        raise UnrepresentableResultError(cause, hint="ask for JSON, CSV, TSV or Turtle")
    return body.replace(b"\r", b"&#13;")  # an XML parser would read a bare carriage return as a line feed


def _without_idle_prefixes(body: bytes) -> bytes:
    """Drop from the head of a Turtle or TriG document the declarations of prefixes that it does not use."""
    lines, rest = [], body
    while rest.startswith(b"@prefix "):
        line, _, rest = rest.partition(b"\n")
        lines.append(line)
    used = [line + b"\n" for line in lines if line.split(b" ", 2)[1] in rest]
    return b"".join(used) + rest if lines else body


def _engine_error(error: Exception) -> SparqlError:
    message = str(error)
    function = re.match(r"The custom (?:aggregate )?function (<.*>) is not supported", message)
    if function:
        cause = f"the function {function[1]} is not known here"
        return UnsupportedFunctionError(cause, hint="only the functions of SPARQL 1.1 and the XSD casts are")
    if isinstance(error, OSError):
        # The store cannot be read: the text has been screened for SERVICE, the other way to get here.
        return ServiceUnavailableError("the data cannot be read at the moment", retry_after=5, hint=message[:200])
    return EngineFailureError("the engine cannot evaluate this query", hint=message[:200])
