"""The feed of every change as a Linked Data Event Stream (LDES 1.0, on TREE).

Each event of the history is a member: an activity (create, update, delete) that is a version of an entity, and for the
first two a named graph, called like the member, with the triples of the entity as they are from then on. Who applies
all members in order holds exactly the entities of the current release.

Pages hold a fixed number of members. A full page never changes again, whatever is built, rolled back or removed: it is
made of the history alone. Its address names the history, so that one begun anew changes no page that somebody kept.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from kg.media_types import RdfMediaType, by_suffix
from ontology.namespaces import PREFIXES

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from kg.history import Edition, Event, History

__all__ = ["FEED_MEDIA_TYPES", "PAGE", "Feed", "FeedPage"]

FORMAT: Final = 1
"""Changes when pages are written in another way; part of their validators."""

PAGE: Final = 250
"""Members in a full page."""

FEED_MEDIA_TYPES: Final[tuple[RdfMediaType, ...]] = tuple(
    media for media in map(by_suffix, ("trig", "jsonld", "nq")) if media
)
"""The serialisations with named graphs."""

_RDF_TYPE: Final = ox.NamedNode(PREFIXES["rdf"] + "type")
_DATE_TIME: Final = ox.NamedNode(PREFIXES["xsd"] + "dateTime")
_CREATED: Final = ox.NamedNode(PREFIXES["dcterms"] + "created")
_IS_VERSION_OF: Final = ox.NamedNode(PREFIXES["dcterms"] + "isVersionOf")
_ACTIVITIES: Final = {kind: ox.NamedNode(PREFIXES["as"] + kind.capitalize()) for kind in ("create", "update", "delete")}
_USED: Final = ("as", "dcterms", "ihub", "ldes", "rdf", "rdfs", "schema", "skos", "tree", "xsd")


@dataclass(frozen=True)
class FeedPage:
    """One page: its number from 1, whether it is full and thus final, and the time of its first and last member."""

    number: int
    closed: bool
    first: dt.datetime
    last: dt.datetime


class Feed:
    """The feed as of one edition.

    Args:
        history: The history.
        edition: The edition.
        address: The feed's own IRI, ``{base}feed``.
        page_size: Members in a full page; a deployment must never change it.
    """

    def __init__(self, history: History, edition: Edition, address: str, page_size: int = PAGE) -> None:
        self._history = history
        self._edition = edition
        self._address = address
        self._size = page_size
        self.log = history.log_id()

    def validator(self, number: int) -> str:
        """Return what changes when the page of this number does, or, for 0, the entry."""
        state = "closed" if number and self.is_closed(number) else f"{self._edition.number}:{self._edition.last_event}"
        return f"{FORMAT}:{self.log}:{number}:{state}"

    def pages(self) -> list[FeedPage]:
        """Return the pages in order."""
        last = self._edition.last_event
        edges = json.dumps([*range(1, last + 1, self._size), *range(self._size, last, self._size), last])
        sql = (
            "SELECT events.seq, editions.time FROM events JOIN editions ON editions.number = events.edition "
            "WHERE events.seq IN (SELECT value FROM json_each(:edges))"
        )
        times = {seq: self._history.moment(time) for seq, time in self._history.rows(sql, edges=edges)}
        pages = []
        for number in range(1, -(-last // self._size) + 1):
            first, end = (number - 1) * self._size + 1, min(number * self._size, last)
            pages.append(FeedPage(number, number * self._size <= last, times[first], times[end]))
        return pages

    def is_closed(self, number: int) -> bool | None:
        """Return whether the page of this number is full, or None where there is no such page."""
        if number < 1 or (number - 1) * self._size >= self._edition.last_event:
            return None
        return number * self._size <= self._edition.last_event

    def root(self, media: RdfMediaType) -> bytes:
        """Return the entry: what the stream is, and which page holds which span of time."""
        stream, view = ox.NamedNode(self._address), self._node(f".{media.suffix}")
        pages = self.pages()
        quads = [*self._stream(stream), _quad(stream, "tree:view", view), _quad(view, "rdf:type", _name("tree:Node"))]
        # Everything since the first edition is kept, for ever.
        retention = self._node("#retention")
        quads += [
            _quad(view, "ldes:retentionPolicy", retention),
            _quad(retention, "rdf:type", _name("ldes:RetentionPolicy")),
        ]
        if pages:
            quads.append(_quad(retention, "ldes:startingFrom", _moment(pages[0].first)))
        for page in pages:
            quads += self._relations(view, page, media)
        return _serialise(quads, media)

    def _relations(self, view: ox.NamedNode, page: FeedPage, media: RdfMediaType) -> Iterator[ox.Quad]:
        bounds = [("GreaterThanOrEqualTo", page.first)]
        if page.closed:
            bounds.append(("LessThanOrEqualTo", page.last))
        for bound, moment in bounds:
            relation = self._node(f"#page-{page.number}-{bound}")
            yield _quad(view, "tree:relation", relation)
            yield _quad(relation, "rdf:type", _name(f"tree:{bound}Relation"))
            yield _quad(relation, "tree:node", self._node(f"/{self.log}/{page.number}.{media.suffix}"))
            yield _quad(relation, "tree:path", _CREATED)
            yield _quad(relation, "tree:value", _moment(moment))

    def page(self, number: int, media: RdfMediaType) -> bytes:
        """Return the page of this number; it must exist."""
        stream = ox.NamedNode(self._address)
        here = self._node(f"/{self.log}/{number}.{media.suffix}")
        quads = [*self._stream(stream), _quad(stream, "tree:view", here), _quad(here, "rdf:type", _name("tree:Node"))]
        if self.is_closed(number):
            quads.append(_quad(here, "ldes:immutable", ox.Literal(True)))
        limit = min(self._size, self._edition.last_event - (number - 1) * self._size)
        for event in self._history.events((number - 1) * self._size, limit):
            quads += self._member(stream, event, number)
        return _serialise(quads, media)

    def _stream(self, stream: ox.NamedNode) -> list[ox.Quad]:
        """Return what every page says of the stream: how to read its members."""
        facts: list[tuple[str, ox.NamedNode]] = [
            ("rdf:type", _name("ldes:EventStream")),
            ("ldes:timestampPath", _CREATED),
            ("ldes:versionOfPath", _IS_VERSION_OF),
        ]
        for kind, activity in _ACTIVITIES.items():
            facts += [
                (f"ldes:version{kind.capitalize()}Path", _RDF_TYPE),
                (f"ldes:version{kind.capitalize()}Object", activity),
            ]
        return [_quad(stream, predicate, value) for predicate, value in facts]

    def _member(self, stream: ox.NamedNode, event: Event, page: int) -> Iterator[ox.Quad]:
        member = self._node(f"/{self.log}/{page}#event-{event.number}")
        yield _quad(stream, "tree:member", member)
        yield ox.Quad(member, _RDF_TYPE, _ACTIVITIES[event.kind])
        yield ox.Quad(member, _IS_VERSION_OF, ox.NamedNode(event.iri))
        yield ox.Quad(member, _CREATED, _moment(event.time))
        if event.reason:
            yield _quad(member, "rdfs:comment", ox.Literal(event.reason))
        for quad in ox.parse(self._history.version(event.number), format=ox.RdfFormat.N_TRIPLES):
            yield ox.Quad(quad.subject, quad.predicate, quad.object, member)

    def _node(self, ending: str) -> ox.NamedNode:
        return ox.NamedNode(self._address + ending)


def _name(curie: str) -> ox.NamedNode:
    prefix, local = curie.split(":")
    return ox.NamedNode(PREFIXES[prefix] + local)


def _quad(subject: ox.NamedNode, predicate: str, value: ox.NamedNode | ox.Literal) -> ox.Quad:
    return ox.Quad(subject, _name(predicate), value)


def _moment(moment: dt.datetime) -> ox.Literal:
    return ox.Literal(moment.strftime("%Y-%m-%dT%H:%M:%SZ"), datatype=_DATE_TIME)


def _serialise(quads: list[ox.Quad], media: RdfMediaType) -> bytes:
    return ox.serialize(quads, format=media.format, prefixes={name: PREFIXES[name] for name in _USED}) or b""
