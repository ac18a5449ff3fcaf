"""Reads the query operation of the SPARQL 1.1 Protocol (section 2.1) off an HTTP request."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote_to_bytes

from flask import current_app

from kg.terms import is_iri

if TYPE_CHECKING:
    from flask import Request

__all__ = ["ACCEPT_POST", "ProtocolError", "ProtocolRequest", "client_of", "read_request"]

_FORM: Final = "application/x-www-form-urlencoded"
_DIRECT: Final = "application/sparql-query"
_UPDATE: Final = "application/sparql-update"
ACCEPT_POST: Final = f"{_DIRECT}, {_FORM}"
"""What a POST may carry, for the Accept-Post header."""
_GRAPHS: Final = frozenset({"default-graph-uri", "named-graph-uri"})
_FIELDS: Final = 500
_BYTES_PER_CHAR: Final = 12  # a character outside the basic plane is four percent-encoded bytes


class ProtocolError(Exception):
    """The request is not a query operation.

    Attributes:
        status: HTTP status.
        detail: What is wrong.
        headers: Response headers that go with the status.

    """

    def __init__(self, status: int, detail: str, headers: dict[str, str] | None = None) -> None:
        self.status, self.detail, self.headers = status, detail, headers or {}
        super().__init__(detail)


@dataclass(frozen=True)
class ProtocolRequest:
    """A query operation.

    Attributes:
        query: The query, or None for a GET without one.
        default_graphs: Values of ``default-graph-uri``.
        named_graphs: Values of ``named-graph-uri``.
        format: Value of ``format`` or ``output``, or None.

    """

    query: str | None
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]
    format: str | None


def read_request(request: Request, query_max_chars: int) -> ProtocolRequest:
    """Read a GET, HEAD or POST.

    Raises:
        ProtocolError: It is no query operation, too long, or not UTF-8.

    """
    address = _pairs(request.environ.get("QUERY_STRING", "").encode("latin-1"), "the address")
    if request.method != "POST":
        return _operation(address, address)
    media_type = request.mimetype  # in lower case, without parameters
    if media_type not in {_FORM, _DIRECT, _UPDATE}:
        detail = f"POST takes {ACCEPT_POST}, not {media_type or 'a body without a media type'}"
        raise ProtocolError(415, detail, {"Accept-Post": ACCEPT_POST})
    if media_type == _UPDATE:
        raise _read_only()
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if (
        charset not in {"utf-8", "utf8", "us-ascii"}
        or request.headers.get("Content-Encoding", "identity") != "identity"
    ):
        raise ProtocolError(415, "the body must be UTF-8 and not compressed")
    body = _body(request, query_max_chars * _BYTES_PER_CHAR + (1 << 16))
    if media_type == _FORM:
        fields = _pairs(body, "the form")
        if not any(name in {"query", "update"} for name, _ in fields):
            raise ProtocolError(400, "the form has no field named query")
        return _operation(fields, fields + address)
    if any(name == "query" for name, _ in address):
        raise ProtocolError(400, "there is one query in the address and one in the body")
    return _operation([("query", _utf8(body, "the query"))], address)


def client_of(address: str | None) -> str:
    """Return whom to charge: an IPv4 address, or the /64 network of an IPv6 address, which is one customer's.

    >>> client_of("192.0.2.1"), client_of("2001:db8:1:2:3::9"), client_of(None)
    ('192.0.2.1', '2001:db8:1:2::', '')
    """
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return address or ""
    if parsed.version == 4:
        return str(parsed)
    return str(ipaddress.ip_network((parsed.packed, 64), strict=False).network_address)


def _operation(queries: list[tuple[str, str]], parameters: list[tuple[str, str]]) -> ProtocolRequest:
    if any(name == "update" for name, _ in [*queries, *parameters]):
        raise _read_only()
    found = [value for name, value in queries if name == "query"]
    if len(found) > 1:
        raise ProtocolError(400, f"the request has {len(found)} queries; one is allowed")
    for name, value in parameters:
        if name in _GRAPHS and not is_iri(value):
            raise ProtocolError(400, f"{name} {value[:80]!r} is no absolute IRI")
    formats = [value for name, value in parameters if name in {"format", "output"} and value.strip()]
    return ProtocolRequest(
        query=found[0] if found else None,
        default_graphs=tuple(value for name, value in parameters if name == "default-graph-uri"),
        named_graphs=tuple(value for name, value in parameters if name == "named-graph-uri"),
        format=formats[0] if formats else None,
    )


def _read_only() -> ProtocolError:
    return ProtocolError(403, "this endpoint is read-only: it answers queries and takes no updates")


def _body(request: Request, limit: int) -> bytes:
    request.max_content_length = min(limit, current_app.config["MAX_CONTENT_LENGTH"] or limit)
    return request.get_data(cache=False)  # Werkzeug answers 413 beyond the limit


def _pairs(data: bytes, where: str) -> list[tuple[str, str]]:
    # Not parse_qsl, which replaces bytes that are not UTF-8 where they must be found.
    if not data:
        return []
    if data.count(b"&") >= _FIELDS:
        raise ProtocolError(400, f"{where} has more than {_FIELDS} parameters")
    pairs = [part.partition(b"=") for part in data.replace(b"+", b" ").split(b"&") if part]
    return [(_decoded(name, where), _decoded(value, where)) for name, _, value in pairs]


def _decoded(data: bytes, where: str) -> str:
    return _utf8(unquote_to_bytes(data), where)


def _utf8(data: bytes, where: str) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ProtocolError(400, f"{where} is not UTF-8 (byte {error.start + 1})") from None
