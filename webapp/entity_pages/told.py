"""What pages about entities tell: links with labels in the reader's language, facts, lists, and scenarios found."""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from kg.importing.licences import licence_name
from ontology.namespaces import IHUB, PREFIXES, SCHEMA
from search.request import SearchRequest
from webapp.addresses import document_address
from webapp.interface_language import format_date, gettext
from webapp.languages import label, pick, reader_languages, served
from webapp.presentation import hit_entry
from webapp.search_address import address
from webapp.search_labels import competence_label

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kg.graph import Text

__all__ = [
    "MOST_SORTED",
    "SHOWN",
    "Fact",
    "Link",
    "Scenarios",
    "Section",
    "alternative_names",
    "data_kind",
    "description",
    "expanded",
    "fact",
    "link",
    "links",
    "period",
    "references",
    "referring_counts",
    "scenarios",
]

MOST_SORTED: Final = 500
"""Entries that are put in order; of more, those that come first in the graph are shown."""

SHOWN: Final = 24
"""Entries of a list on a page; further ones are in the list of all that refers to the entity, which has pages."""

CARDS: Final = 4
"""Scenarios of a page; the search has all."""

_LONGEST: Final = 60

_LICENCE: Final = re.compile(r"https?://(?:creativecommons\.org|spdx\.org)/licenses/|.*/authority/licence/")


class Link(NamedTuple):
    """A value to show: its text and language, where it leads (None for plain text), and what is said beside it."""

    text: str
    language: str | None
    address: str | None
    note: str = ""


class Fact(NamedTuple):
    """A name, already in the reader's language, and its values."""

    title: str
    values: list[Link]


class Section(NamedTuple):
    """A list under a heading; ``total`` counts those that are not in ``links`` too."""

    title: str
    links: list[Link]
    total: int


class Scenarios(NamedTuple):
    """Scenarios found by a filter: how many, the first of them as cards, and the search that has all."""

    total: int
    cards: list[dict[str, Any]]
    address: str


def expanded(curie: str) -> str:
    """Return the IRI of a prefixed name, such as ``ihub:hub``."""
    prefix, _, name = curie.partition(":")
    return PREFIXES[prefix] + name


def link(iri: str, note: str = "") -> Link:
    """Return an entity, or an address elsewhere, as a page shows it."""
    here = document_address(iri)
    if here is None and (_LICENCE.match(iri) or iri not in served().graph):
        return Link(_address_text(iri), None, iri if iri.startswith(("http://", "https://")) else None, note)
    text, language = label(iri)
    if "/competence/" in iri:
        text = competence_label(iri)
    return Link(text, None if language == "und" else language, here or iri, note)


def _address_text(iri: str) -> str:
    """Return the name of a licence, else an address elsewhere without its scheme and not too long."""
    name = licence_name(iri)
    if name != iri:
        return name
    text = re.sub(r"^https?://(?:www\.)?", "", iri).rstrip("/")
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST // 2]}…{text[-_LONGEST // 3 :]}"


def links(iris: Iterable[str]) -> list[Link]:
    """Return entities as a page shows them, by their text."""
    return sorted((link(iri) for iri in iris), key=lambda found: found.text.casefold())


def fact(iri: str, title: str, predicates: Sequence[str]) -> Fact | None:
    """Return what an entity says by some properties, or None; texts only in the reader's language."""
    graph = served().graph
    found: list[Link] = []
    for predicate in predicates:
        graph.prefetch(iris := graph.iris(iri, predicate))
        found += links(iris)
        texts = graph.literals(iri, predicate)
        if any(text.language for text in texts):
            chosen = pick({text.language or "und": text.value for text in texts})
            found.append(Link(chosen[0], chosen[1], None))
        else:
            found += [Link(_shown(text), None, None) for text in texts]
    return Fact(title, list(dict.fromkeys(found))) if found else None


def _shown(text: Text) -> str:
    if text.datatype == PREFIXES["xsd"] + "date":
        return _day(text.value)
    if text.datatype == PREFIXES["xsd"] + "boolean":
        return gettext("Yes") if text.value in {"true", "1"} else gettext("No")
    return text.value


def _day(value: str) -> str:
    try:
        return format_date(dt.date.fromisoformat(value[:10]))
    except ValueError:
        return value


def period(start: str | None, end: str | None) -> str:
    """Return a period in words: a day, from one day to another, since or until one; empty where neither is known."""
    if start and end:
        return _day(start) if start == end else gettext("%(start)s to %(end)s", start=_day(start), end=_day(end))
    if start:
        return gettext("since %(start)s", start=_day(start))
    return gettext("until %(end)s", end=_day(end)) if end else ""


def references(iri: str) -> list[Link]:
    """Return the sources of an entity: addresses on the web, or publications described here."""
    source = PREFIXES["dcterms"] + "source"
    graph = served().graph
    found = links(graph.iris(iri, source))
    return [*found, *(Link(text.value, text.language, None) for text in graph.literals(iri, source))]


def referring_counts(iri: str) -> dict[str, int]:
    """Return how many others refer to an entity, by property; counted once for a release."""
    return _referring_counts(served().release.id, iri)


@lru_cache(maxsize=4096)
def _referring_counts(release: str, iri: str) -> dict[str, int]:  # noqa: ARG001 - what is kept is the release's
    # Counting 100,000 references takes a tenth of a second or more.
    return served().graph.referring_counts(iri)


def scenarios(name: str, value: str) -> Scenarios:
    """Return the scenarios that a filter finds."""
    asked = SearchRequest(
        filters={name: (value,)}, limit=CARDS, facets=(), constraints=False, languages=reader_languages()
    )
    result = served().engine.search(asked)
    found = SearchRequest(filters={name: (value,)})
    return Scenarios(result.total, [hit_entry(hit, asked) for hit in result.hits], address(found))


def alternative_names(iri: str) -> list[Link]:
    """Return what else an entity is called in the language that suits the reader."""
    graph = served().graph
    texts: dict[str, list[str]] = {}
    for predicate in (PREFIXES["skos"] + "altLabel", SCHEMA + "alternateName"):
        for text in graph.literals(iri, predicate):
            texts.setdefault(text.language or "und", []).append(text.value)
    _, language = pick({tag: values[0] for tag, values in texts.items()})
    return [Link(value, language, None) for value in texts.get(language, [])]


def description(iri: str) -> tuple[str, str]:
    """Return what an entity is, in the language that suits the reader, and that language; else empty."""
    graph = served().graph
    for predicate in (
        SCHEMA + "description",
        PREFIXES["skos"] + "definition",
        PREFIXES["dcterms"] + "description",
        SCHEMA + "text",
        PREFIXES["rdfs"] + "comment",
    ):
        if texts := graph.texts(iri, predicate):
            return pick(texts)
    return "", "und"


def data_kind(iri: str) -> str | None:
    """Return the last part of an entity's kind of data, such as ``synthetic``."""
    found = served().graph.iri(iri, IHUB + "dataKind")
    return found.rsplit("/", 1)[-1] if found else None
