"""The page about a learning scenario: to judge it, to use it, and to see where it comes from.

Texts of the scenario are shown in its own language (:attr:`kg.scenario.Scenario.language`), what is missing there in
the language that suits the reader best; labels of concepts are in the reader's language. Where the reader does not
read the scenario's language first, the page says which it is, gives the title and the summary in the reader's language
if there are such, and leads to translations.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from kg.exporting.citation import citation
from kg.exporting.source import Source
from kg.importing.licences import licence_name
from kg.scenario import read_scenario
from kg.uses import count_uses
from ontology.language import read_as
from ontology.namespaces import IHUB
from search.request import SearchRequest
from webapp.addresses import document_address
from webapp.companions import QR_SUFFIX
from webapp.concept_links import ConceptLinks
from webapp.entity_pages.downloads import download_groups
from webapp.entity_pages.origin import evidence, family_tree, is_made_from_drafted, translations
from webapp.entity_pages.timeline import timeline
from webapp.interface_language import format_date, language_in_words
from webapp.languages import label, reader_languages, served
from webapp.licence_words import licence_words
from webapp.presentation import hit_entry
from webapp.schema_org import embedded
from webapp.search_address import address
from webapp.search_labels import competence_label

if TYPE_CHECKING:
    from kg.scenario import Scenario

__all__ = ["CompetenceEntry", "view"]

_SIMILAR: Final = 4
_MORE_SUBJECTS: Final = 2
_BLANK_LINES: Final = re.compile(r"\n\s*\n")
_BULLET: Final = re.compile("\\s*[-*\u2022\u2013]\\s+")


class CompetenceEntry(NamedTuple):
    """A competence of a scenario, with what else there is for it."""

    iri: str
    name: str
    proficiency: str | None
    """IRI of the level of proficiency, where it is stated."""

    confidence: float | None
    """How sure the program is that suggests it, from 0 to 1; None where a person states it."""

    more: list[tuple[str, int, str]]
    """Label of a subject of the scenario, how many other scenarios it has for the competence, their address."""


def view(iri: str) -> dict[str, Any]:
    """Return what the page shows of a scenario."""
    found = served()
    source = Source(found.graph, iri)
    scenario = read_scenario(found.graph, iri)
    links = ConceptLinks()
    hits = found.engine.similar(iri, _SIMILAR, reader_languages())
    return {
        "concept": links.concept,
        "scenario": scenario,
        "source": source,
        "IHUB": IHUB,
        "schema_org": embedded(source),
        "is_foreign": read_as(scenario.language) != read_as(reader_languages()[0]),
        "text_languages": [(tag, language_in_words(tag)) for tag in scenario.languages],
        "translations": translations(found.graph, scenario, source),
        "competences": _competences(source, scenario),
        "timeline": timeline(scenario.activities),
        "blocks": _blocks,
        "evidence": evidence(found.graph, iri),
        "uses": count_uses(found.graph, iri),
        "family": family_tree(found.graph, iri),
        "from_drafted": is_made_from_drafted(found.graph, scenario),
        "licence": licence_words(scenario.licence) if scenario.licence else None,
        "cited": citation(source, found.release.id),
        "licence_name": licence_name,
        "originals": _originals(source),
        "published_on": _day(source.value("datePublished")),
        "changed_on": _day(source.value("dateModified")),
        "downloads": download_groups(iri),
        "qr_code": document_address(iri, f".{QR_SUFFIX}"),
        "similar": [{**hit_entry(hit, SearchRequest()), "reasons": []} for hit in hits],
    }


def _competences(source: Source, scenario: Scenario) -> list[CompetenceEntry]:
    """Return what the scenario teaches as people say, then what a program suggests, the surest first."""
    proficiency = {part.value("competence"): part.value("proficiencyLevel") for part in source.parts("alignment")}
    more: dict[str, list[tuple[str, int, str]]] = {}
    for entry in served().engine.more_like(scenario.iri):
        asked = SearchRequest(filters={"competence": (entry.competence,), "subject": (entry.subject,)})
        more.setdefault(entry.competence, []).append((label(entry.subject)[0], entry.others, address(asked)))
    stated = [
        CompetenceEntry(iri, competence_label(iri), proficiency.get(iri), None, more.get(iri, [])[:_MORE_SUBJECTS])
        for iri in scenario.competences
    ]
    suggested = [
        CompetenceEntry(iri, competence_label(iri), None, confidence, [])
        for iri, confidence in sorted(scenario.suggested_competences.items(), key=lambda item: (-item[1], item[0]))
        if iri not in scenario.competences
    ]
    return stated + suggested


def _originals(source: Source) -> list[str]:
    """Return the addresses at which the scenario stands elsewhere; a record that has none is named by its hash."""
    stated = [*source.iris("source"), *source.iris("url")]
    return list(dict.fromkeys(where for where in stated if where.startswith(("http://", "https://"))))


def _day(stated: str | None) -> str:
    """Return a date as the reader writes it; a year or a month alone stays as it is stated."""
    if not stated:
        return ""
    try:
        return format_date(dt.date.fromisoformat(stated[:10]))
    except ValueError:
        return stated


def _blocks(text: str) -> list[tuple[str, list[str]]]:
    r"""Return a plain text as paragraphs and lists: the kind (``p`` or ``ul``) and the lines of each.

    >>> _blocks("Take:\n\n- paper\n- a pen, and\n  a ruler\n\nDraw.")
    [('p', ['Take:']), ('ul', ['paper', 'a pen, and a ruler']), ('p', ['Draw.'])]
    """
    blocks: list[tuple[str, list[str]]] = []
    for part in _BLANK_LINES.split(text.strip()):
        lines = [line.rstrip() for line in part.splitlines() if line.strip()]
        first = next((place for place, line in enumerate(lines) if _BULLET.match(line)), len(lines))
        if first:
            blocks.append(("p", lines[:first]))
        lines = lines[first:]
        if not lines:
            continue
        items: list[str] = []
        for line in lines:
            if bullet := _BULLET.match(line):
                items.append(line[bullet.end() :])
            else:
                items[-1] += f" {line.strip()}"
        if blocks and blocks[-1][0] == "ul":
            blocks[-1][1].extend(items)
        else:
            blocks.append(("ul", items))
    return blocks
