"""Hits and facets as pages and the API show them: labels in the reader's language, addresses, reasons in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ontology.language import choose
from webapp.addresses import document_address
from webapp.languages import label, reader_languages, served

if TYPE_CHECKING:
    from search.engine import Hit, SearchResult
    from search.request import SearchRequest

__all__ = ["document_address", "facets", "hit_entry", "kind_slug", "result_body"]

_MOST_VALUES: Final = 200


def hit_entry(hit: Hit, search: SearchRequest) -> dict[str, Any]:
    """Return one hit as the API gives it."""
    engine = served().engine
    card = engine.cards[hit.row]
    title, language = choose(card["names"], (card["language"], *reader_languages())) or ("", "und")
    snippet = engine.snippet(hit)
    entry = {
        "iri": card["iri"],
        "url": document_address(card["iri"], absolute=True),
        "title": title,
        "titleLanguage": language,
        "languages": sorted({tag for row in (hit.row, *hit.others) for tag in engine.cards[row]["languages"]}),
        "snippet": snippet.text,
        "snippetLanguage": snippet.language,
        "score": hit.score,
        "collection": kind_slug(card["collection"]),
        "dataKind": kind_slug(card["dataKind"]),
        "sourceIdentifier": card["identifier"],
        "subjects": [_concept(iri) for iri in card["subjects"]],
        "levels": [_concept(iri) for iri in card["levels"]],
        "competences": [_concept(iri) for iri in card["competences"]],
        "minutes": card["minutes"],
        "translations": [_translation(engine.cards[row]) for row in hit.others],
        "reasons": _reasons(hit),
    }
    if search.explain:
        entry["signals"] = hit.signals
    return entry


def _reasons(hit: Hit) -> list[dict[str, str]]:
    """Return why a hit is here, in words that a teacher reads."""
    reasons = []
    for match in hit.concepts:
        name = label(match.iri)[0]
        asked = f", asked as “{match.asked_as}”" if match.asked_as != name.casefold() else ""
        reasons.append({"kind": "concept", "text": f"{name}{asked}", "iri": match.iri})
    if hit.words:
        reasons.append({"kind": "words", "text": "Words of the query occur in it"})
    if hit.passage:
        reasons.append({"kind": "meaning", "text": "Close in meaning"})
    return reasons


def _translation(card: dict[str, Any]) -> dict[str, Any]:
    title, _ = choose(card["names"], (card["language"],)) or ("", "und")
    return {
        "iri": card["iri"],
        "url": document_address(card["iri"], absolute=True),
        "title": title,
        "language": card["language"],
        "sourceIdentifier": card["identifier"],
    }


def result_body(result: SearchResult, search: SearchRequest, cursor: str | None) -> dict[str, Any]:
    """Return a result as the API gives it."""
    return {
        "release": served().release.id,
        "total": result.total,
        "next": cursor,
        "results": [hit_entry(hit, search) for hit in result.hits],
        "facets": facets(result),
        "notices": list(result.notices),
    }


def facets(result: SearchResult) -> dict[str, list[dict[str, Any]]]:
    """Return each facet's values with labels and counts, the most frequent first."""
    shown = {}
    for name, counts in result.facets.items():
        most = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:_MOST_VALUES]
        shown[name] = [{"value": _short(value), "label": _label(name, value), "count": count} for value, count in most]
    return shown


def kind_slug(iri: str | None) -> str | None:
    """Return the last part of an IRI, such as ``synthetic`` of ``.../data-kind/synthetic``."""
    return iri.rsplit("/", 1)[-1] if iri else None


def _short(value: str) -> str:
    return value.rsplit("/", 1)[-1]


def _label(field: str, value: str) -> str:
    if field == "language":
        iri = f"{served().release.manifest['base_iri']}id/language/{value}"
        return label(iri)[0]
    return label(value)[0]


def _concept(iri: str) -> dict[str, str]:
    return {"iri": iri, "label": label(iri)[0]}
