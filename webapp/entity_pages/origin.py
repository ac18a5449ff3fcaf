"""What stands around a scenario: its translations, what it is based on and became, and who tells of its use."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import urlsplit

from kg.lineage import lineage
from kg.scenario import SCENARIO_CLASS
from kg.uses import STORY_CLASS, count_uses
from ontology.language import choose, read_as
from ontology.namespaces import IHUB, SCHEMA
from webapp.addresses import document_address
from webapp.interface_language import language_in_words
from webapp.languages import label, pick, reader_languages

if TYPE_CHECKING:
    from kg.exporting.source import Source
    from kg.graph import Graph
    from kg.lineage import Branch
    from kg.scenario import Scenario

__all__ = ["Relative", "Translation", "evidence", "family_tree", "is_made_from_drafted", "translations"]

_MOST_TRANSLATIONS: Final = 40
_MOST_EVIDENCE: Final = 50
_DRAFTED: Final = "/data-kind/synthetic"
_TEXTS: Final = (IHUB + "whatHappened", IHUB + "whatChanged", SCHEMA + "text", SCHEMA + "description")


class Translation(NamedTuple):
    """The same work in another text."""

    address: str
    title: str
    language: str
    language_name: str


@dataclass
class Relative:
    """A work in the tree of adaptations, as it is shown."""

    title: str
    language: str
    address: str | None
    is_this: bool
    adaptations: list[Relative] = field(default_factory=list)
    others: int = 0
    uses: int = 0
    translated_into: str = ""
    """The name of its language, if it is a translation: its title may be shown in another."""


def translations(graph: Graph, scenario: Scenario, source: Source) -> list[Translation]:
    """Return the other texts of the same work: those that the reader reads, then by the name of the language."""
    originals = source.iris("translationOfWork")
    same = {*originals, *graph.subjects(SCHEMA + "translationOfWork", scenario.iri)}
    for original in originals:
        same |= set(graph.subjects(SCHEMA + "translationOfWork", original))
    if scenario.work:
        same |= set(graph.subjects(SCHEMA + "exampleOfWork", scenario.work))
    found = []
    for iri in sorted(same - {scenario.iri})[:_MOST_TRANSLATIONS]:
        if SCENARIO_CLASS not in graph.types(iri):
            continue
        names = graph.texts(iri, SCHEMA + "name")
        language = graph.value(iri, SCHEMA + "inLanguage") or next(iter(names), "und")
        title, _ = choose(names, (language,)) or (iri, "und")
        found.append(Translation(document_address(iri) or iri, title, language, language_in_words(language)))
    wanted = [read_as(tag) for tag in reader_languages()]

    def place(other: Translation) -> tuple[int, str, str]:
        read = read_as(other.language)
        return wanted.index(read) if read in wanted else len(wanted), other.language_name, other.title

    return sorted(found, key=place)


def is_made_from_drafted(graph: Graph, scenario: Scenario) -> bool:
    """Whether a scenario that is not synthetic itself goes back to one that is: then its page says so."""

    def is_drafted(kind: str | None) -> bool:
        return (kind or "").endswith(_DRAFTED)

    sources = graph.iris(scenario.iri, IHUB + "isBasedOnTransitively")
    return not is_drafted(scenario.data_kind) and any(is_drafted(graph.iri(iri, IHUB + "dataKind")) for iri in sources)


def family_tree(graph: Graph, iri: str) -> list[Relative]:
    """Return what the scenario is based on and what is based on it, as trees; empty where it stands alone."""
    found = lineage(graph, iri)
    return [_relative(graph, root, iri) for root in found.roots] if found else []


def _relative(graph: Graph, branch: Branch, iri: str) -> Relative:
    title, language = label(branch.iri)
    where = document_address(branch.iri)
    if where is None and branch.iri.startswith(("http://", "https://")):
        where = branch.iri
        if language == "und":  # a page elsewhere, of which nothing is known but its address
            parts = urlsplit(branch.iri)
            title = parts.netloc + parts.path.rstrip("/")
    shown = Relative(title, language, where, branch.iri == iri, others=branch.others)
    shown.uses = count_uses(graph, branch.iri)
    if graph.iri(branch.iri, SCHEMA + "translationOfWork"):
        shown.translated_into = language_in_words(graph.value(branch.iri, SCHEMA + "inLanguage") or "und")
    shown.adaptations = [_relative(graph, adaptation, iri) for adaptation in branch.adaptations]
    return shown


def evidence(graph: Graph, iri: str) -> list[dict[str, Any]]:
    """Return what tells of the scenario's worth: stories of its use first, then other evidence."""
    found = [_evidence(graph, entry) for entry in graph.subjects(IHUB + "evidenceFor", iri)[:_MOST_EVIDENCE]]
    return sorted(found, key=lambda entry: (not entry["is_story"], entry["title"]))


def _evidence(graph: Graph, iri: str) -> dict[str, Any]:
    texts = [(predicate, pick(graph.texts(iri, predicate))) for predicate in _TEXTS]
    about = [graph.iri(iri, IHUB + name) for name in ("evidenceKind", "evidenceStrength", "role", "dataKind")]
    about += graph.iris(iri, SCHEMA + "educationalLevel")
    places = [place for name in ("school", "hub") for place in graph.iris(iri, IHUB + name)]
    return {
        "title": label(iri),
        "address": document_address(iri),
        "is_story": STORY_CLASS in graph.types(iri),
        "about": [label(concept) for concept in about if concept],
        "texts": [(label(predicate), text) for predicate, text in texts if text[0]],
        "people": graph.value(iri, IHUB + "sampleSize") or graph.value(iri, IHUB + "groupSizeBand"),
        "places": places,
        "sources": [where for where in graph.iris(iri, "http://purl.org/dc/terms/source") if where not in places],
    }
