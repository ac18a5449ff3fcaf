"""New and changed scenarios as an Atom feed (RFC 4287), by the filters of the search."""

from __future__ import annotations

import datetime as dt
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response, current_app, request

from kg.xml_text import xml_text
from ontology.language import choose
from search.request import NUMBERS, ParameterError
from webapp.addresses import document_address
from webapp.api import search_request
from webapp.catalogue import state_of
from webapp.conditional import conditional
from webapp.languages import label, reader_languages, served
from webapp.presentation import kind_slug
from webapp.search_address import address
from webapp.search_labels import chip_label

if TYPE_CHECKING:
    from collections.abc import Iterator

    from werkzeug.wrappers import Response as BaseResponse

    from kg.history import Event
    from search.request import SearchRequest

__all__ = ["blueprint"]

blueprint = Blueprint("atom", __name__)
ATOM: Final = "application/atom+xml"
_ENTRIES: Final = 50


@blueprint.get("/atom")
def atom() -> BaseResponse:
    """Give the scenarios that were last created or changed, of those that pass the filters.

    Raises:
        ParameterError: A filter cannot be used, or there is a query: what it finds has an order of its own.
    """
    asked = search_request()
    if asked.query:
        raise ParameterError("is no filter", field="q", hint="a feed takes filters only, such as subject or level")
    key = ":".join((state_of(served().release), request.full_path, *reader_languages()))
    response = conditional(f"atom:{key}", lambda: _feed(asked))
    response.vary.add("Accept-Language")
    return response


def _feed(asked: SearchRequest) -> Response:
    events = list(_newest(asked))
    updated = max((event.time for event in events), default=dt.datetime(1970, 1, 1, tzinfo=dt.UTC))
    here = address(asked, endpoint="atom.atom", absolute=True)
    page = address(asked, absolute=True)
    settings = current_app.extensions["ihub.site"].settings
    head = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">'
        f"<id>{xml_text(here)}</id><title>{xml_text(_title(asked))}</title><updated>{_moment(updated)}</updated>"
        f'<link rel="self" type="{ATOM}" href="{xml_text(here)}"/>'
        f'<link rel="alternate" type="text/html" href="{xml_text(page)}"/>'
        f"<author><name>ihub</name><uri>{xml_text(settings.base_iri)}</uri></author><generator>ihub</generator>"
    )
    body = "".join(_entry(event) for event in events)
    return Response(f"{head}{body}</feed>\n", content_type=f"{ATOM}; charset=utf-8")


def _newest(asked: SearchRequest) -> Iterator[Event]:
    """Yield the last changed scenarios that pass, the newest first."""
    engine, history = served().engine, served().release.history
    passing = engine.passing(asked)
    rows = ((number, engine.row(iri)) for number, iri in history.newest("scenario"))
    for number, _ in islice(((n, row) for n, row in rows if row is not None and passing[row]), _ENTRIES):
        yield from history.events(number - 1, 1)


def _entry(event: Event) -> str:
    engine = served().engine
    card: dict[str, Any] = engine.cards[engine.row(event.iri) or 0]
    title, language = choose(card["names"], (card["language"], *reader_languages())) or ("", "und")
    summary, summary_language = choose(card["descriptions"], (language,)) or ("", "und")
    history = served().release.history.entity(event.iri)
    created = history.created if history else event.time
    categories = "".join(
        f'<category term="{xml_text(iri)}" label="{xml_text(label(iri)[0])}"/>'
        for iri in (*card["subjects"], *card["levels"], *filter(None, [card["dataKind"]]))
    )
    page = document_address(card["iri"], absolute=True) or card["iri"]
    kind = kind_slug(card["dataKind"])
    rights = f"<rights>{xml_text(f'Data kind: {kind}')}</rights>" if kind else ""
    return (
        f"<entry{_lang(language)}><id>{xml_text(event.iri)}</id><title>{xml_text(title)}</title>"
        f"<updated>{_moment(event.time)}</updated><published>{_moment(created)}</published>"
        f'<link rel="alternate" type="text/html" href="{xml_text(page)}"/>{categories}{rights}'
        f"<summary{_lang(summary_language)}>{xml_text(summary)}</summary></entry>"
    )


def _title(asked: SearchRequest) -> str:
    names = [chip_label(name, (value,)) for name, values in asked.filters.items() for value in values]
    names += [chip_label(name, (str(n),)) for name in NUMBERS if (n := getattr(asked, name)) is not None]
    return "New and changed learning scenarios" + (f": {', '.join(names)}" if names else "")


def _moment(moment: dt.datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _lang(tag: str) -> str:
    return f' xml:lang="{xml_text(tag)}"' if tag not in {"", "und"} else ""
