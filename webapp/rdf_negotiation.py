"""The choice between a page and the RDF serialisations, for every address that has both."""

from __future__ import annotations

from typing import Final

from flask import abort, request

from kg.media_types import RDF_MEDIA_TYPES, RdfMediaType
from webapp.negotiation import negotiate

__all__ = ["page_or_rdf"]

_PAGE: Final = "text/html"
_NAMES: Final = {name: media for media in RDF_MEDIA_TYPES for name in (media.media_type, *media.aliases)}
_OFFERS: Final = (_PAGE, *(media.media_type for media in RDF_MEDIA_TYPES), *_NAMES)


def page_or_rdf() -> RdfMediaType | None:
    """Return the serialisation that this request's Accept header prefers, or None for the page; else end with 406."""
    chosen = negotiate(request.headers.get("Accept"), _OFFERS)
    if chosen is None:
        abort(406)
    return _NAMES.get(chosen)
