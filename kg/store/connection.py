"""Talking to a SPARQL 1.1 server: queries, updates, Graph Store Protocol, credentials, and answers cut short."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import pyoxigraph as ox
import requests
from requests.auth import HTTPBasicAuth, HTTPDigestAuth

from kg.errors import StoreError, StoreLimitError
from kg.store.virtuoso import mend_json, mend_ntriples

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from requests.auth import AuthBase

    from kg.settings import Settings

__all__ = ["NO_GRAPH", "Dataset", "Reply", "StoreAddress", "StoreConnection"]

NO_GRAPH: Final = "urn:ihub:no-graph"
"""Names nothing: a dataset of this graph is empty, where one without any graph would mean the server's own default."""

_CONNECT_SECONDS: Final = 3.0
_JSON: Final = "application/sparql-results+json"
_NTRIPLES: Final = "application/n-triples"


@dataclass(frozen=True)
class StoreAddress:
    """Where a SPARQL server is, and who we are there.

    Attributes:
        query: Address of the query operation.
        update: Address of the update operation, or the empty string.
        graphs: Address of the Graph Store Protocol, or the empty string.
        user: User name, or the empty string for none.
        password: The password.
    """

    query: str
    update: str = ""
    graphs: str = ""
    user: str = ""
    password: str = field(default="", repr=False)

    @classmethod
    def from_settings(cls, settings: Settings) -> StoreAddress | None:
        """Take the ``sparql_store*`` settings; None where the release's own store is served."""
        if not settings.sparql_store:
            return None
        return cls(
            settings.sparql_store,
            settings.sparql_store_update,
            settings.sparql_store_graphs,
            settings.sparql_store_user,
            settings.sparql_store_password,
        )

    def to_environment(self) -> dict[str, str]:
        """Return the variables that make another process find the same server."""
        return {
            "IHUB_SPARQL_STORE": self.query,
            "IHUB_SPARQL_STORE_UPDATE": self.update,
            "IHUB_SPARQL_STORE_GRAPHS": self.graphs,
            "IHUB_SPARQL_STORE_USER": self.user,
            "IHUB_SPARQL_STORE_PASSWORD": self.password,
        }


@dataclass(frozen=True)
class Dataset:
    """The dataset of a query: always spelt out, so that nothing else in the same server can be seen.

    Attributes:
        default: The graphs whose union is the default graph.
        named: The named graphs.
    """

    default: Sequence[str]
    named: Sequence[str]

    def parameters(self) -> list[tuple[str, str]]:
        """Return the parameters of the SPARQL 1.1 Protocol."""
        default = [("default-graph-uri", iri) for iri in self.default or (NO_GRAPH,)]
        return default + [("named-graph-uri", iri) for iri in self.named or (NO_GRAPH,)]


@dataclass(frozen=True)
class Reply:
    """What a server answered to a query.

    Attributes:
        status: HTTP status.
        body: The whole body, or None where it was longer than allowed or not read.
        headers: Response headers.
    """

    status: int
    body: bytes | None
    headers: requests.structures.CaseInsensitiveDict[str]

    @property
    def is_virtuoso(self) -> bool:
        """Whether the server calls itself Virtuoso."""
        return _is_virtuoso(self.headers)

    @property
    def cut_short(self) -> str | None:
        """Why the server left something out of its answer, if it did: Virtuoso says so in headers only."""
        if "X-SPARQL-MaxRows" in self.headers:
            return "rows"
        return "time" if self.headers.get("X-SQL-State") == "S1TAT" else None

    def solutions(self) -> ox.QuerySolutions | ox.QueryBoolean:
        """Parse the body as SPARQL JSON results.

        Raises:
            SyntaxError: It is broken, such as an answer that was cut off.
        """
        body = self.body or b""
        return ox.parse_query_results(mend_json(body) if self.is_virtuoso else body, format=ox.QueryResultsFormat.JSON)

    def triples(self) -> Iterator[ox.Quad]:
        """Parse the body as N-Triples.

        Raises:
            SyntaxError: It is broken; while iterating.
        """
        body = self.body or b""
        return ox.parse(mend_ntriples(body) if self.is_virtuoso else body, format=ox.RdfFormat.N_TRIPLES)


class StoreConnection:
    """A client of one server; each thread has its own connection, which is kept open.

    Args:
        address: The server.
        timeout: Seconds that an answer may take.
    """

    def __init__(self, address: StoreAddress, timeout: float = 30.0) -> None:
        self.address = address
        self._timeout = timeout
        self._local = threading.local()
        self._auth: dict[str, AuthBase] = {}

    @property
    def is_virtuoso(self) -> bool:
        """Whether the server called itself Virtuoso in its last answer."""
        return bool(getattr(self._local, "virtuoso", False))

    def query(
        self, text: str, dataset: Dataset, *, accept: str = _JSON, seconds: float = 0.0, max_bytes: int = 1 << 28
    ) -> Reply:
        """Send a query.

        Args:
            text: The query.
            dataset: Its dataset.
            accept: Media type to answer in.
            seconds: Time that the server is told to spend at most; 0 for as long as it likes.
            max_bytes: Largest body that is read.

        Raises:
            requests.RequestException: There was no answer, or not in time.
        """
        fields = [("query", text), *dataset.parameters()]
        if seconds:
            # Virtuoso counts milliseconds; Fuseki and RDF4J (GraphDB) seconds; others do not read it.
            fields.append(("timeout", str(int(seconds * 1000)) if self.is_virtuoso else str(max(1, int(seconds)))))
        try:
            return self._ask(fields, accept, max_bytes)
        except requests.ConnectionError:
            return self._ask(fields, accept, max_bytes)  # a kept connection that the server had just closed

    def _ask(self, fields: list[tuple[str, str]], accept: str, max_bytes: int) -> Reply:
        with self._send("POST", self.address.query, data=fields, headers={"Accept": accept}, stream=True) as response:
            return Reply(response.status_code, _bounded(response, max_bytes), response.headers)

    def select(self, text: str, graphs: Sequence[str]) -> list[dict[str, Any]]:
        """Return the solutions of a SELECT over ``graphs``, each a dictionary of terms by variable.

        Raises:
            StoreError: It was not answered.
            StoreLimitError: It was not answered in full.
        """
        reply = self._answered(text, graphs, _JSON)
        solutions = reply.solutions()
        if not isinstance(solutions, ox.QuerySolutions):
            raise StoreError("answered with something else than a table")
        names = [variable.value for variable in solutions.variables]
        return [{name: row[name] for name in names} for row in solutions]

    def _answered(self, text: str, graphs: Sequence[str], accept: str) -> Reply:
        try:
            reply = self.query(text, Dataset(graphs, graphs), accept=accept)
        except requests.RequestException as error:
            raise StoreError(f"does not answer ({type(error).__name__})", file=self.address.query) from None
        if reply.status != 200 or reply.body is None:
            cause = f"answered {reply.status} to a query: {_excerpt(reply.body)}"
            raise StoreError(cause, file=self.address.query)
        if reply.cut_short:
            hint = "raise its limit of rows and of time (Virtuoso: ResultSetMaxRows, MaxQueryExecutionTime)"
            raise StoreLimitError(f"cut an answer short ({reply.cut_short})", file=self.address.query, hint=hint)
        return reply

    def update(self, text: str) -> None:
        """Send a SPARQL Update.

        Raises:
            StoreError: It was not carried out.
        """
        self._change("POST", self.address.update, text.encode(), "application/sparql-update")

    def add(self, graph: str, triples: bytes) -> None:
        """Add N-Triples to a graph by the Graph Store Protocol.

        Raises:
            StoreError: They were not added.
        """
        self._change("POST", self.address.graphs, triples, _NTRIPLES, params={"graph": graph})

    def _change(self, method: str, address: str, data: bytes, media_type: str, **options: Any) -> None:
        headers = {"Content-Type": media_type}
        try:
            with self._send(method, address, data=data, headers=headers, **options) as response:
                status, body = response.status_code, response.content
        except requests.RequestException as error:
            raise StoreError(f"does not answer ({type(error).__name__})", file=address) from None
        if status in {401, 403}:
            raise StoreError(f"answered {status}: it does not take our credentials for this", file=address)
        if not 200 <= status < 300:
            raise StoreError(f"answered {status} to an update: {_excerpt(body)}", file=address)

    def _send(self, method: str, address: str, **options: Any) -> requests.Response:
        session = getattr(self._local, "session", None)
        if session is None:
            session = self._local.session = requests.Session()
            session.trust_env = False  # no proxy and no .netrc between us and the store
        timeout = (_CONNECT_SECONDS, self._timeout)
        auth = self._credentials(session, address)
        # A redirect could lead anywhere: a store that moved is a setting to change.
        response: requests.Response = session.request(
            method, address, auth=auth, timeout=timeout, allow_redirects=False, **options
        )
        self._local.virtuoso = _is_virtuoso(response.headers)
        return response

    def _credentials(self, session: requests.Session, address: str) -> AuthBase | None:
        """Return the scheme that the server wants at this address, asked for once."""
        if not self.address.user:
            return None
        if address not in self._auth:
            with session.get(address, timeout=(_CONNECT_SECONDS, self._timeout), allow_redirects=False) as response:
                wanted = response.headers.get("WWW-Authenticate", "").lower()
            kind = HTTPDigestAuth if wanted.startswith("digest") else HTTPBasicAuth
            self._auth[address] = kind(self.address.user, self.address.password)
        return self._auth[address]


def _is_virtuoso(headers: Mapping[str, str]) -> bool:
    return "virtuoso" in headers.get("Server", "").lower()


def _bounded(response: requests.Response, max_bytes: int) -> bytes | None:
    parts: list[bytes] = []
    size = 0
    if max_bytes <= 0:
        return None
    chunks: Iterable[bytes] = response.iter_content(1 << 18)
    for chunk in chunks:
        size += len(chunk)
        if size > max_bytes:
            return None
        parts.append(chunk)
    return b"".join(parts)


def _excerpt(body: bytes | None) -> str:
    """Return the first line of an error, short."""
    lines = (body or b"").decode("utf-8", "replace").strip().splitlines()
    return lines[0][:200] if lines else "no reason given"
