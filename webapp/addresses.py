"""The one builder of addresses of documents, and its inverse: which IRI a request asks for.

An IRI holds characters beyond ASCII as they are and the few that no IRI may hold (a space, a slash within a slug) in
percent-encoding. On the wire all of them are encoded, by some clients more than need be. Servers hand over paths
decoded, in which ``%2F`` and ``/`` cannot be told apart, so the target of the request is read as it was sent.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from flask import g, request, url_for

from ontology.namespaces import IHUB
from webapp.languages import served

if TYPE_CHECKING:
    from flask import Flask

__all__ = ["document_address", "init_app", "iri_path", "published_address", "requested_slug"]

GENID: Final = "genid"
"""The segment under which documents about skolem IRIs (RDF 1.1 Concepts, section 3.5) stand."""

_ESCAPES: Final = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_KEPT: Final = frozenset(' %/?#<>"{}|\\^`[]')
_SAFE: Final = "%!$&'()*+,/:;=@~"


def init_app(app: Flask) -> None:
    """Provide ``address`` to templates."""
    app.jinja_env.globals["address"] = document_address


def document_address(iri: str, suffix: str = "", *, absolute: bool = False) -> str | None:
    """Return the address, on this server, of the document about an entity or a term of the model; else None."""
    if iri.startswith(IHUB):
        return url_for("model.ontology", _external=absolute, _anchor=iri.removeprefix(IHUB))
    path = _document_path(iri, suffix)
    return _home(absolute=absolute) + path if path else None


def _home(*, absolute: bool) -> str:
    """Return the address of the home page, made once for all the addresses that an answer holds."""
    kept: dict[bool, str] = g.setdefault("homes", {})
    if absolute not in kept:
        kept[absolute] = url_for("pages.home", _external=absolute)
    return kept[absolute]


def published_address(iri: str, suffix: str = "") -> str | None:
    """Return the address of a document of this deployment as the world knows it: below the base IRI."""
    path = _document_path(iri, suffix)
    return served().release.manifest["base_iri"] + path if path else None


def _document_path(iri: str, suffix: str) -> str | None:
    base = served().release.manifest["base_iri"]
    rest, _, fragment = iri.partition("#")
    if rest.startswith(f"{base}.well-known/genid/"):
        name = f"{GENID}/{rest.removeprefix(f'{base}.well-known/genid/')}"
    elif rest.startswith(f"{base}id/") and "/" in rest.removeprefix(f"{base}id/"):
        name = rest.removeprefix(f"{base}id/")
    else:
        return None
    return quote(f"doc/{name}{suffix}", safe=_SAFE) + (f"#{quote(fragment, safe=_SAFE)}" if fragment else "")


def requested_slug(slug: str) -> str:
    """Return the slug that this request is about, in the form that it has in an IRI.

    Args:
        slug: What the server made of it: the end of the path, decoded.
    """
    path = str(request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI") or "").partition("?")[0]
    segment = (request.view_args or {}).get("segment", GENID)
    sent = path.partition(f"/{segment}/")[2]
    # Not every server says what was sent; then a slash is taken for a slash.
    return iri_path(sent) if sent else iri_path(quote(slug, safe="/"))


def iri_path(path: str) -> str:
    """Return a path as it stands in an IRI: decoded, but for what an IRI cannot hold or would read as a delimiter.

    >>> iri_path("caf%C3%A9%20%7Ea%2fb")
    'café%20~a%2Fb'
    """
    return _ESCAPES.sub(lambda found: _decoded(found[0]), path)


def _decoded(escapes: str) -> str:
    octets = bytes.fromhex(escapes.replace("%", ""))
    try:
        text = octets.decode("utf-8")
    except UnicodeDecodeError:
        return escapes.upper()
    return "".join(_encoded(c) if c in _KEPT or c < " " or "\x7f" <= c <= "\x9f" else c for c in text)


def _encoded(character: str) -> str:
    return "".join(f"%{octet:02X}" for octet in character.encode())
