"""Hits, facets and offers as pages and the API show them: labels in the reader's language, addresses, reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask import current_app

from ontology.language import choose
from search.fields import TIME
from search.offers import with_constraint
from search.spellings import short_value
from webapp.addresses import document_address
from webapp.answers import shared
from webapp.languages import label, pick, reader_languages, served
from webapp.reasons import reasons
from webapp.search_address import address, dropped
from webapp.search_labels import chip_label, filter_title, value_label

if TYPE_CHECKING:
    from collections.abc import Iterable

    from search.request import SearchRequest
    from search.results import Hit, Offer, Relaxation, SearchResult

__all__ = ["facets", "hit_entry", "kind_slug", "offer_entry", "result_json"]

_MOST_VALUES: Final = 200
_MOST_NAMED: Final = 2


def hit_entry(hit: Hit, search: SearchRequest) -> dict[str, Any]:
    """Return one hit as the API gives it."""
    engine = served().engine
    card = engine.cards[hit.row]
    title, language = choose(card["names"], (card["language"], *reader_languages())) or ("", "und")
    own, own_language = pick(card["names"])
    snippet = engine.snippet(hit)

    def highlights(text: str, written_in: str) -> list[tuple[int, int]]:
        return engine.why.spans(text, written_in, search.query) if hit.words else []

    named = shared("concepts")
    entry: dict[str, Any] = {
        "iri": card["iri"],
        "url": document_address(card["iri"], absolute=True),
        "title": title,
        "titleLanguage": language,
        "titleHighlights": highlights(title, language),
        "readerTitle": None if own_language == language else {"text": own, "language": own_language},
        "language": card["language"],
        "languages": sorted({tag for row in (hit.row, *hit.others) for tag in engine.cards[row]["languages"]}),
        "snippet": snippet.text,
        "snippetLanguage": snippet.language,
        "snippetHighlights": highlights(snippet.text, snippet.language),
        "score": hit.score,
        "collection": kind_slug(card["collection"]),
        "dataKind": kind_slug(card["dataKind"]),
        "licence": card["licence"],
        "sourceIdentifier": card["identifier"],
        "subjects": [_concept(iri, named) for iri in card["subjects"]],
        "levels": [_concept(iri, named) for iri in card["levels"]],
        "competences": [_concept(iri, named) for iri in card["competences"]],
        "minutes": card["minutes"],
        "organisations": [_concept(iri, named) for iri in card["organisations"]],
        "tools": [_concept(iri, named) for iri in card["tools"]],
        "published": card["published"],
        "ages": card["ages"],
        "uses": card.get("uses", 0),  # releases made before stories of use have none
        "translations": [_translation(engine.cards[row]) for row in hit.others],
        "reasons": reasons(hit, search),
    }
    if search.explain:
        entry["signals"] = hit.signals
    return entry


def _translation(card: dict[str, Any]) -> dict[str, Any]:
    title, _ = choose(card["names"], (card["language"],)) or ("", "und")
    return {
        "iri": card["iri"],
        "url": document_address(card["iri"], absolute=True),
        "title": title,
        "language": card["language"],
        "sourceIdentifier": card["identifier"],
    }


def result_json(result: SearchResult, search: SearchRequest, cursor: str | None) -> str:
    """Return a result as the API gives it, as JSON."""
    body: dict[str, Any] = {
        "release": served().release.id,
        "query": search.query,
        "address": address(search, absolute=True),
        "total": result.total,
        "next": cursor,
        "results": [hit_entry(hit, search) for hit in result.hits],
        "constraints": [offer_entry(offer, search) for offer in result.offers],
        "notices": list(result.notices),
    }
    if not result.total:
        body["relaxations"] = [_relaxation(relaxation, search) for relaxation in result.relaxations]
    return f'{current_app.json.dumps(body)[:-1]}, "facets": {_facets_json(result)}}}\n'


def _facets_json(result: SearchResult) -> str:
    """Return what :func:`facets` does as JSON; but for the counts it is the same in every answer, and so kept."""
    dumps = current_app.json.dumps
    known = shared("facet-json")
    shown = []
    for name, counts in result.facets.items():
        if name == TIME:
            shown.append(f'"{name}": {dumps(facets(result, (TIME,))[TIME])}')
            continue
        values = []
        for value, count in _most_frequent(counts):
            if (name, value) not in known:
                entry = dumps(_facet_value(name, value, 0, served().engine.facets.broader[name].get(value), {}))
                known[name, value] = entry.split('"count": 0', 1)
            head, tail = known[name, value]
            values.append(f'{head}"count": {count}{tail}')
        shown.append(f'"{name}": [{", ".join(values)}]')
    return f"{{{', '.join(shown)}}}"


def _most_frequent(counts: dict[str, int]) -> list[tuple[str, int]]:
    # Sorting is stable: equal counts stay in the order of their values, which is that of the index.
    return sorted(counts.items(), key=lambda item: item[1], reverse=True)[:_MOST_VALUES]


def offer_entry(offer: Offer, search: SearchRequest) -> dict[str, Any]:
    """Return words of the query that read as a filter, with what they would set and give."""
    constraint = offer.constraint
    accepted = with_constraint(search, constraint) or search
    return {
        "text": constraint.text,
        "start": constraint.start,
        "end": constraint.end,
        "label": "; ".join(_offer_label(name, values, constraint.text) for name, values in constraint.parameters),
        "parameters": [[name, short_value(name, value)] for name, values in constraint.parameters for value in values],
        "query": constraint.rest,
        "total": offer.total,
        "url": address(accepted, absolute=True),
    }


def _offer_label(name: str, values: tuple[str, ...], text: str) -> str:
    """Return what a filter says; one with many values, such as the grades of all countries, in the reader's words."""
    return chip_label(name, values) if len(values) <= _MOST_NAMED else f"{filter_title(name)}: {text}"


def _relaxation(relaxation: Relaxation, search: SearchRequest) -> dict[str, Any]:
    kept = dropped(search, relaxation.drop)
    titles = [filter_title(name) for name in relaxation.drop]
    url = address(kept, absolute=True)
    return {"drop": list(relaxation.drop), "labels": titles, "total": relaxation.total, "url": url}


def facets(result: SearchResult, names: Iterable[str] | None = None) -> dict[str, list[dict[str, Any]]]:
    """Return the values of each facet, or of those of some ``names``, with labels and counts, the most frequent first.

    Values of trees name the values directly above them as ``broader``.
    """
    shown = {}
    known = shared("facet-values")
    above = served().engine.facets.broader
    for name in result.facets if names is None else names:
        counts = result.facets[name]
        if name == TIME:
            shown[name] = [
                {"value": most, "label": chip_label(TIME, (most,)), "count": count} for most, count in counts.items()
            ]
            continue
        entries = _most_frequent(counts)
        shown[name] = [_facet_value(name, value, count, above[name].get(value), known) for value, count in entries]
    return shown


def _facet_value(
    field: str, value: str, count: int, broader: list[str] | None, known: dict[Any, Any]
) -> dict[str, Any]:
    """Return a value of a facet; ``known`` keeps what does not depend on the request."""
    if (field, value) not in known:
        above = {"broader": [short_value(field, parent) for parent in broader]} if broader else {}
        known[field, value] = ({"value": short_value(field, value), "label": value_label(field, value)}, above)
    named, above = known[field, value]
    return {**named, "count": count, **above}


def kind_slug(iri: str | None) -> str | None:
    """Return the last part of an IRI, such as ``synthetic`` of ``.../data-kind/synthetic``."""
    return iri.rsplit("/", 1)[-1] if iri else None


def _concept(iri: str, known: dict[Any, Any]) -> dict[str, str]:
    """Return a concept with its label; ``known`` keeps those that were shown before."""
    if iri not in known:
        text, language = label(iri)
        known[iri] = {"iri": iri, "label": text, "language": language}
    found: dict[str, str] = known[iri]
    return found
