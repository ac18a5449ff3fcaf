"""The ways in without a server: lists of scenarios by subject, level, competence and language, and the index."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import render_template

from ontology.language import choose
from search.request import SearchRequest
from webapp.addresses import document_address
from webapp.languages import served
from webapp.presentation import facets, kind_slug
from webapp.search_labels import filter_title
from webapp.static_export.client_index import ClientIndex
from webapp.static_export.layout import BROWSED, SEARCH, file_of, relative_link

if TYPE_CHECKING:
    from collections.abc import Iterable

    from webapp.static_export.site_files import SiteFiles

__all__ = ["write_index", "write_lists"]

_ALL = 10_000_000


def write_lists(site: SiteFiles) -> None:
    """Write the search page and a page of scenarios for each value of the filters that are browsed."""
    with site.app.test_request_context("/search", base_url=str(site.app.extensions["ihub.site"].settings.base_iri)):
        engine = served().engine
        found = facets(engine.search(SearchRequest(limit=0, facets=BROWSED)))
        groups = [(name, f"By {filter_title(name).lower()}", found.get(name, [])) for name in BROWSED]
        site.page(render_template("static_search.html", groups=groups), "search")
        for name, _, values in groups:
            for entry in values:
                iri = served().filter_values[name][entry["value"]]
                asked = SearchRequest(filters={name: (iri,)}, limit=_ALL, facets=(), constraints=False)
                rows = sorted((engine.cards[hit.row] for hit in engine.hits(asked)), key=lambda card: str(card["iri"]))
                title = f"{filter_title(name)}: {entry['label']}"
                html = render_template("static_list.html", title=title, entries=[_entry(card) for card in rows])
                site.page(html, f"search?{name}={entry['value']}")


def write_index(site: SiteFiles, entities: Iterable[str]) -> None:
    """Write the index of the search in the browser.

    Args:
        site: The site.
        entities: IRIs of everything that is to be found besides scenarios.
    """
    index = ClientIndex()
    with site.app.test_request_context("/"):
        graph, cards = served().graph, served().engine.cards
        for card in sorted(cards, key=lambda card: str(card["iri"])):
            entry = _entry(card)
            concepts = [*card["subjects"], *card["levels"], *card["competences"]]
            labels = [text for iri in concepts for text in graph.labels(iri).values()]
            index.add(_shown(entry), card["names"].values(), labels)
        scenarios = {card["iri"] for card in cards}
        for iri in sorted(set(entities) - scenarios):
            names = graph.labels(iri)
            chosen = choose(names, ("en",))
            address = document_address(iri)
            if chosen and address:
                kind = iri.rsplit("/", 2)[-2].replace("-", " ")
                entry = {"address": address, "title": chosen[0], "language": chosen[1], "facts": kind}
                index.add(_shown(entry), names.values(), ())
    for name, body in index.files():
        site.write(name, body)


def _entry(card: dict[str, Any]) -> dict[str, str]:
    title, language = choose(card["names"], (card["language"], "en")) or ("", "und")
    minutes = f"{card['minutes']} min" if card["minutes"] else ""
    kind = kind_slug(card["dataKind"])
    facts = [card["language"], minutes, "synthetic" if kind == "synthetic" else ""]
    address = document_address(card["iri"]) or ""
    return {"address": address, "title": title, "language": language, "facts": ", ".join(filter(None, facts))}


def _shown(entry: dict[str, str]) -> dict[str, str]:
    """Return what the index keeps of an entry; its address as seen from the search page."""
    path = entry["address"].lstrip("/")
    kept = {name: entry[name] for name in ("title", "language", "facts")}
    return {**kept, "path": relative_link(file_of(path) or path, SEARCH)}
