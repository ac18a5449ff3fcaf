"""The feed of changes over HTTP: full pages may be kept for ever, the entry and the last page are asked for anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, current_app, redirect, request, url_for

from kg.harvesting.feed import FEED_MEDIA_TYPES, Feed
from webapp.conditional import FOREVER, conditional
from webapp.harvested import harvested_release
from webapp.negotiation import negotiate

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Response as BaseResponse

    from kg.media_types import RdfMediaType

__all__ = ["blueprint"]

blueprint = Blueprint("feed", __name__)
_OFFERS = tuple(media.media_type for media in FEED_MEDIA_TYPES)


@blueprint.get("/feed")
def feed() -> BaseResponse:
    """Redirect (303) to the entry in the serialisation that suits Accept."""
    return _negotiated(lambda media: url_for("feed.root", suffix=media.suffix))


@blueprint.get("/feed.<suffix>")
def root(suffix: str) -> BaseResponse:
    """Give the entry: where all pages are."""
    media = _media(suffix)
    found = _feed()
    return _answer(found, 0, media)


@blueprint.get("/feed/<log>/<int:number>")
def member_page(log: str, number: int) -> BaseResponse:
    """Redirect (303) from the IRIs of members to the page that holds them."""
    found = _feed()
    if log != found.log or found.is_closed(number) is None:
        abort(404)
    return _negotiated(lambda media: url_for("feed.page", log=log, number=number, suffix=media.suffix))


@blueprint.get("/feed/<log>/<int:number>.<suffix>")
def page(log: str, number: int, suffix: str) -> BaseResponse:
    """Give one page."""
    media = _media(suffix)
    found = _feed()
    if log != found.log or found.is_closed(number) is None:
        abort(404)
    return _answer(found, number, media)


def _feed() -> Feed:
    history = harvested_release().history
    edition = history.edition()
    if edition is None:
        abort(404)
    base = current_app.extensions["ihub.site"].settings.base_iri
    return Feed(history, edition, f"{base}feed")


def _media(suffix: str) -> RdfMediaType:
    media = next((media for media in FEED_MEDIA_TYPES if media.suffix == suffix), None)
    return media or abort(404)


def _negotiated(address: Callable[[RdfMediaType], str]) -> BaseResponse:
    chosen = negotiate(request.headers.get("Accept"), (*_OFFERS, "text/html")) or _OFFERS[0]
    media = next((media for media in FEED_MEDIA_TYPES if media.media_type == chosen), FEED_MEDIA_TYPES[0])
    response = redirect(address(media), 303)
    response.headers["Vary"] = "Accept"
    response.headers["Cache-Control"] = "no-store"
    return response


def _answer(found: Feed, number: int, media: RdfMediaType) -> BaseResponse:
    """Answer with a page, or with the entry for 0; it is only made where the client does not have it."""

    def make() -> Response:
        body = found.page(number, media) if number else found.root(media)
        return Response(body, content_type=f"{media.media_type}; charset=utf-8")

    caching = FOREVER if number and found.is_closed(number) else "no-cache"
    return conditional(f"{found.validator(number)}:{media.suffix}", make, caching)
