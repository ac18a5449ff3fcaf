"""What a request counts as: decided from the route and the answer, never from who asks or what for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from flask import g, request

from kg.exporting.formats import EXPORT_FORMATS
from kg.media_types import RDF_MEDIA_TYPES
from webapp.companions import COMPANIONS, QR_SUFFIX
from webapp.interface_language import INTERFACE_LANGUAGES, interface_language, message
from webapp.mcp.inside import INSIDE

if TYPE_CHECKING:
    from flask import Response

    from kg.exporting.formats import ExportFormat
    from kg.media_types import RdfMediaType
    from webapp.companions import Companion

__all__ = ["DETAILS", "ITEM_KINDS", "KINDS", "Seen", "seen"]


class Seen(NamedTuple):
    """Something that counts once.

    Attributes:
        kind: One of :data:`KINDS`.
        detail: One of the :data:`DETAILS` of the kind.
        item: The scenario that it is about, as ``scenario/...``; an empty text where that does not count.
    """

    kind: str
    detail: str
    item: str = ""


def _suffixes() -> list[str]:
    rows: list[ExportFormat | Companion | RdfMediaType] = [*EXPORT_FORMATS, *COMPANIONS, *RDF_MEDIA_TYPES]
    return [suffix for suffix in dict.fromkeys(row.suffix for row in rows) if suffix != QR_SUFFIX]


DETAILS: Final[dict[str, tuple[str, ...]]] = {
    "page": ("home", "search", "scenario", "plan", "other"),
    "search": ("found", "nothing"),
    "download": (*_suffixes(), "search.csv", "plan.csv", "plan.ics", "plan.jsonld"),
    "harvest": ("oai", "ldes", "sparql", "dumps", "atom", "api", "mcp"),
    "language": INTERFACE_LANGUAGES,
}
"""By kind what it is told apart by; nothing else is ever counted."""

KINDS: Final = {
    "page": message("Pages"),
    "search": message("Searches"),
    "download": message("Downloads"),
    "harvest": message("Requests by programs' protocols"),
    "language": message("Pages by language"),
}
"""The kinds, and what readers call them."""

ITEM_KINDS: Final = {"page": message("Views"), "download": message("Downloads")}
"""The kinds that are also counted for each scenario, by month."""

_PAGES: Final = {"pages.home": "home", "pages.search": "search", "plan.plan": "plan"}
_ROUTES: Final = {
    "api.search_csv": Seen("download", "search.csv"),
    "plan.table": Seen("download", "plan.csv"),
    "plan.calendar": Seen("download", "plan.ics"),
    "plan.linked_data": Seen("download", "plan.jsonld"),
    "oai.oai": Seen("harvest", "oai"),
    "feed.root": Seen("harvest", "ldes"),
    "feed.page": Seen("harvest", "ldes"),
    "dumps.dump": Seen("harvest", "dumps"),
    "atom.atom": Seen("harvest", "atom"),
    "api.search": Seen("harvest", "api"),
    "api.similar": Seen("harvest", "api"),
    "mcp.mcp": Seen("harvest", "mcp"),
}
_HTML: Final = "text/html"
_NO_SEARCH: Final = frozenset({"lang", "view", "sort", "cursor", "limit"})
"""Parameters that ask for no search by themselves."""

_NOTHING_FOUND: Final = b'data-total="0"'
_ANSWERS: Final = frozenset({200, 206, 304})


def seen(response: Response) -> list[Seen]:
    """Return what the request that is answered with ``response`` counts as; nothing for most.

    Refusals, redirects and parts of files other than the first do not count, nor do the pages of those who take part.
    A page that the browser still has (304) was looked at again, so it counts; a search that it still has does not.
    """
    endpoint = request.endpoint
    if endpoint is None or response.status_code not in _ANSWERS or request.method not in {"GET", "POST"}:
        return []
    if endpoint == "static" or request.blueprint == "taking_part" or INSIDE in request.environ or _is_ahead():
        return []
    if endpoint == "entities.document":
        return _document()
    if endpoint == "sparql.endpoint" and (request.method == "POST" or "query" in request.args):
        return [Seen("harvest", "sparql")]
    if row := _ROUTES.get(endpoint):
        return [row] if _from_the_start(response) else []
    name = _PAGES.get(endpoint) or ("other" if response.status_code == 200 and response.mimetype == _HTML else "")
    if not name:
        return []
    return [*_page(name), *(_search(response) if name == "search" else ())]


def _page(name: str, item: str = "") -> list[Seen]:
    return [Seen("page", name, item), Seen("language", interface_language())]


def _document() -> list[Seen]:
    iri, form = g.asked
    _, _, scenario = iri.partition("/id/scenario/")
    item = f"scenario/{scenario}" if scenario else ""
    if form is None:
        return _page("scenario" if item else "other", item)
    return [Seen("download", form.suffix, item)] if item and form.suffix != QR_SUFFIX else []


def _search(response: Response) -> list[Seen]:
    if response.status_code != 200 or "cursor" in request.args or not request.args.keys() - _NO_SEARCH:
        return []
    return [Seen("search", "nothing" if _NOTHING_FOUND in response.get_data() else "found")]


def _from_the_start(response: Response) -> bool:
    return response.status_code != 206 or response.headers.get("Content-Range", "").startswith("bytes 0-")


def _is_ahead() -> bool:
    """Whether a browser only fetches what its user may look at."""
    return "prefetch" in request.headers.get("Sec-Purpose", "")
