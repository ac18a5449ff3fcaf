"""Why a hit is here, in words that a teacher reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from search.fields import EXCLUDING, SUGGESTED
from webapp.languages import label, served
from webapp.search_labels import chip_label, competence_label, filter_title, value_label
from webapp.search_texts import say

if TYPE_CHECKING:
    from search.passages import Passage
    from search.request import SearchRequest
    from search.results import ConceptReason, Hit

__all__ = ["reasons"]

_SAID_ELSEWHERE: Final = frozenset({"language", "collection", "kind"})
"""Filters whose fulfilment every hit shows anyway."""


def reasons(hit: Hit, search: SearchRequest) -> list[dict[str, Any]]:
    """Return the reasons of a hit, the strongest first.

    Kinds: ``identifier``, ``title``, ``competence``, ``subject``, ``tool`` (concepts, with ``iri`` and ``askedAs``),
    ``constraint`` (with the ``field`` of the filter), ``passage`` (with its text, language and the characters that
    match), ``words`` (with the words, and where they stand if not in the passage).
    """
    found: list[dict[str, Any]] = []
    if hit.exact:
        found.append({"kind": "identifier", "text": say("reason.identifier")})
    if hit.title:
        found.append({"kind": "title", "text": say("reason.title")})
    found += [_concept(reason) for reason in hit.concepts]
    found += _constraints(hit, search)
    if hit.passage and (hit.close or hit.words):
        text = say(f"reason.passage.{hit.passage.kind}")
        closeness = f"; {say('reason.close').lower()}" if hit.close else ""
        found.append({"kind": "passage", "text": text + closeness, **_quoted(hit.passage, search, hit)})
    if hit.words:
        text = say("reason.words", value=", ".join(hit.words))
        quoted = _quoted(hit.words_passage, search, hit) if hit.words_passage else {}
        found.append({"kind": "words", "text": text, "words": list(hit.words), **quoted})
    return found


def _concept(reason: ConceptReason) -> dict[str, Any]:
    kind = "competence" if reason.field == SUGGESTED else reason.field
    name = competence_label(reason.iri) if kind == "competence" else label(reason.iri)[0]
    text = say(f"reason.{reason.field}", value=name)
    if reason.asked_as != label(reason.iri)[0].casefold():
        text = say("reason.asked", text=text, words=reason.asked_as)
    entry = {"kind": kind, "text": text, "iri": reason.iri, "askedAs": reason.asked_as}
    return {**entry, "suggested": True} if reason.field == SUGGESTED else entry


def _constraints(hit: Hit, search: SearchRequest) -> list[dict[str, Any]]:
    """Return a reason for each filter that the hit fulfils; those on activities name the activity."""
    facets, card = served().engine.facets, served().engine.cards[hit.row]
    found = []
    for name, values in search.filters.items():
        if name in _SAID_ELSEWHERE:
            continue
        field = SUGGESTED if name == "competence" and search.suggested else name
        if name in EXCLUDING:
            text = chip_label(name, values)
        else:
            named = ", ".join(value_label(name, value) for value in values if facets.has(field, value, hit.row))
            text = f"{filter_title(name)}: {named}"
            if hit.activity and facets.of_units(field):
                text = say("reason.activity", text=text, number=hit.activity)
        found.append({"kind": "constraint", "field": name, "text": text})
    if search.minutes_min is not None or search.minutes_max is not None:
        found.append({"kind": "constraint", "field": "minutes", "text": say("reason.minutes", value=card["minutes"])})
    if search.age is not None:
        youngest, oldest = card["ages"]
        text = say("reason.ages", value=str(youngest) if youngest == oldest else f"{youngest}–{oldest}")  # noqa: RUF001
        found.append({"kind": "constraint", "field": "age", "text": text})
    return found


def _quoted(passage: Passage, search: SearchRequest, hit: Hit) -> dict[str, Any]:
    """Return a passage with the characters of it that match, for a reason."""
    kind, language, text = passage
    highlights = served().engine.why.spans(text, language, search.query) if hit.words else []
    return {"passageKind": kind, "passage": text, "language": language, "highlights": highlights}
