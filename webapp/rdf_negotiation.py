"""The choice between the representations of a thing, for every address that has several."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from flask import abort, request

from kg.media_types import RDF_MEDIA_TYPES, RdfMediaType, by_suffix
from webapp.negotiation import negotiate
from webapp.problems import problem

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["PAGE", "Representation", "acceptable", "page_or_rdf"]

PAGE: Final = "text/html"


class Representation(NamedTuple):
    """One form in which something can be had.

    Attributes:
        media_type: Its media type.
        label: What people call it.
        address: Where it is.
        suffix: The suffix of its address, empty for the page.
        aliases: Other media types under which clients ask for it.
        profile: IRI of the profile that it keeps to, if any.
    """

    media_type: str
    label: str
    address: str
    suffix: str = ""
    aliases: tuple[str, ...] = ()
    profile: str | None = None


def acceptable(offers: Sequence[Representation]) -> Representation:
    """Return the representation that this request's Accept header prefers.

    Where none is acceptable the request ends with 406 and the list of what there is (RFC 9110, section 15.5.7).

    Args:
        offers: What there is, the most preferred first.
    """
    names = {offer.media_type: offer for offer in reversed(offers)}
    for offer in offers:
        for alias in offer.aliases:
            names.setdefault(alias, offer)
    ordered = [*dict.fromkeys(offer.media_type for offer in offers), *names]
    chosen = negotiate(request.headers.get("Accept"), ordered)
    if chosen is None:
        links = ", ".join(f'<{offer.address}>; rel="alternate"; type="{offer.media_type}"' for offer in offers)
        alternatives = [{"type": offer.media_type, "title": offer.label, "url": offer.address} for offer in offers]
        detail = "It cannot be had in any media type that the Accept header allows."
        abort(problem(406, detail, kind="not-acceptable", headers={"Link": links}, alternatives=alternatives))
    return names[chosen]


def page_or_rdf(document: str = "") -> RdfMediaType | None:
    """Return the serialisation that this request's Accept header prefers, or None for the page; else end with 406.

    Args:
        document: Address of the serialisations, with ``*`` in place of the suffix; that of the request by default.
    """
    rdf = [
        Representation(
            row.media_type, row.label, (document or request.path).replace("*", row.suffix), row.suffix, row.aliases
        )
        for row in RDF_MEDIA_TYPES
    ]
    return by_suffix(acceptable([Representation(PAGE, "Page", request.path), *rdf]).suffix)
