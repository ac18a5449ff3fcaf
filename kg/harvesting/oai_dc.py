"""Scenarios as unqualified Dublin Core (``oai_dc``), the format that every OAI-PMH repository gives."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from kg.graph import Text
from kg.xml_text import xml_text
from ontology.namespaces import IHUB, SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.graph import Graph

__all__ = ["NAMESPACE", "SCHEMA_LOCATION", "oai_dc"]

NAMESPACE: Final = "http://www.openarchives.org/OAI/2.0/oai_dc/"
SCHEMA_LOCATION: Final = "http://www.openarchives.org/OAI/2.0/oai_dc.xsd"
_OPENING: Final = (
    f'<oai_dc:dc xmlns:oai_dc="{NAMESPACE}" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    f'xsi:schemaLocation="{NAMESPACE} {SCHEMA_LOCATION}">'
)
_TEXTS: Final = {"title": SCHEMA + "name", "description": SCHEMA + "description", "subject": SCHEMA + "keywords"}
_AGENTS: Final = {"creator": SCHEMA + "creator", "publisher": SCHEMA + "publisher"}
_PLAIN: Final = (
    ("date", SCHEMA + "datePublished"),
    ("source", SCHEMA + "url"),
    ("source", SCHEMA + "isBasedOn"),
    ("language", SCHEMA + "inLanguage"),
    ("relation", SCHEMA + "exampleOfWork"),
    ("relation", IHUB + "collection"),
    ("rights", SCHEMA + "license"),
    ("rights", SCHEMA + "creditText"),
)
_CONCEPTS: Final = (SCHEMA + "about", SCHEMA + "teaches", SCHEMA + "educationalLevel")


def oai_dc(graph: Graph, iri: str) -> str:
    """Return the scenario with this IRI as an ``oai_dc:dc`` element; texts carry their languages.

    Subjects, competences and levels are named in the scenario's language and in English.
    """
    said: dict[str, list[str | Text]] = defaultdict(list)
    for statement in graph.statements(iri):
        said[statement.predicate].append(statement.object)
    language = next((value.value for value in said[SCHEMA + "inLanguage"] if isinstance(value, Text)), "en")
    lines = [_OPENING]
    for name, predicate in _TEXTS.items():
        lines += (_element(name, value.value, value.language) for value in said[predicate] if isinstance(value, Text))
    lines += _labels("subject", graph, (v for predicate in _CONCEPTS for v in said[predicate]), (language, "en"))
    for name, predicate in _AGENTS.items():
        lines += _labels(name, graph, said[predicate], (language,))
    lines.append(_element("type", "Learning scenario", "en"))
    for kind in said[IHUB + "dataKind"]:
        lines.append(_element("type", f"Data kind: {graph.label(str(kind))[0]}", "en"))
    lines.append(_element("format", "text/html"))
    lines += [_element("identifier", address) for address in (iri.replace("/id/", "/doc/", 1), iri)]
    for name, predicate in _PLAIN:
        lines += (_element(name, value.value if isinstance(value, Text) else value) for value in said[predicate])
    return "".join([*lines, "</oai_dc:dc>"])


def _labels(name: str, graph: Graph, values: Iterable[str | Text], languages: Iterable[str]) -> Iterator[str]:
    """Yield elements with the labels of ``values`` in each language; texts stand as they are."""
    wanted = tuple(languages)
    for value in values:
        if isinstance(value, Text):
            yield _element(name, value.value, value.language)
        else:
            yield from (_element(name, *label) for label in dict.fromkeys(graph.label(value, (t,)) for t in wanted))


def _element(name: str, text: str, language: str | None = None) -> str:
    tag = f' xml:lang="{xml_text(language)}"' if language not in {None, "", "und"} else ""
    return f"<dc:{name}{tag}>{xml_text(text)}</dc:{name}>"
