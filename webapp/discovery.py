"""What crawlers and programs look for first: robots.txt, the site map, and llms.txt."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, current_app, render_template

from kg.harvesting.catalogue import SERVICES
from kg.harvesting.sitemap import SiteMap
from webapp.catalogue import state_of
from webapp.conditional import conditional
from webapp.harvested import harvested_release

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as BaseResponse

    from kg.history import History

__all__ = ["blueprint"]

blueprint = Blueprint("discovery", __name__)
_XML = "application/xml; charset=utf-8"
_ROBOTS = """User-agent: *
Disallow: /api/
Disallow: /search?
Disallow: /plan?
Disallow: /sparql?
Disallow: /oai?
Allow: /

Sitemap: {base}sitemap.xml
"""


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Keep crawlers to pages and documents, and lead them to the site map."""
    response = Response(_ROBOTS.format(base=_base()), content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


@blueprint.get("/sitemap.xml")
def sitemap() -> BaseResponse:
    """Give the index of the site map."""
    site_map = _site_map()
    return conditional(f"sitemap:{_state()}", lambda: Response(site_map.index(), content_type=_XML))


@blueprint.get("/sitemap-<int:number>.xml")
def shard(number: int) -> BaseResponse:
    """Give one part of the site map."""
    site_map = _site_map()
    if not 1 <= number <= len(site_map):
        abort(404)
    return conditional(f"sitemap:{_state()}:{number}", lambda: Response(site_map.shard(number), content_type=_XML))


@blueprint.get("/llms.txt")
def llms() -> BaseResponse:
    """Tell language models what is here and which addresses are made for programs (https://llmstxt.org/)."""

    def make() -> Response:
        text = render_template("llms.txt", base=_base(), services=SERVICES, release=harvested_release())
        return Response(text, content_type="text/plain; charset=utf-8")

    return conditional(f"llms:{_state()}", make)


def _state() -> str:
    return state_of(harvested_release())


def _base() -> str:
    return str(current_app.extensions["ihub.site"].settings.base_iri)


def _site_map() -> SiteMap:
    return _made(harvested_release().history, _state(), _base())


@lru_cache(maxsize=1)
def _made(history: History, _state: str, base: str) -> SiteMap:
    return SiteMap(history, base)
