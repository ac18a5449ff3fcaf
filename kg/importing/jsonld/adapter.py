"""``ihub import jsonld SOURCE``: learning resources in JSON-LD (schema.org, LRMI, AMB), in files or in web pages."""

from __future__ import annotations

import json
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from kg.errors import DocumentError, ImportSourceError
from kg.importing.adapter import Record
from kg.importing.jsonld.json_text import decoded, parse_json
from kg.importing.jsonld.nodes import Node, read_nodes
from kg.importing.jsonld.reading import identifier_of, read_lesson
from kg.importing.jsonld.resources import find_resources, reason_for_none
from kg.importing.jsonld.sources import Document, Place, Unread, documents, files_of
from kg.importing.jsonld.web_page import looks_like_html, read_page
from kg.importing.lines import count_lines, json_lines
from kg.importing.net.fetching import NETWORK_OPTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kg.importing.adapter import Run
    from kg.vocabulary import ConceptIndex

__all__ = ["JsonLdAdapter", "records_of_document"]

_LISTS = ("urls", "sitemap")
_LINES = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz")


class JsonLdAdapter:
    """Reads a file, a folder, an address, a list of addresses or a sitemap."""

    name = "jsonld"
    version = "1"
    data_kind = "data-kind/original"
    options: Mapping[str, str] = MappingProxyType(
        {
            "list": "urls: the source lists addresses, one a line; sitemap: it is a sitemap or an index of sitemaps",
            "limit": "fetch at most so many pages",
            "robots": "ignore: also fetch what the site's robots.txt closes to robots, for a site of your own",
            **NETWORK_OPTIONS,
        }
    )

    def records(self, run: Run) -> Iterator[Record]:
        """Yield a record for each learning resource, and one for each document that has none or cannot be read."""
        if run.options.get("list", "urls") not in _LISTS:
            raise ImportSourceError(f"{run.options['list']!r} is neither {' nor '.join(_LISTS)}", field="list")
        return self._of_lines(run) if run.source.lower().endswith(_LINES) else self._of_documents(run)

    def total(self, run: Run) -> int:
        """Return the number of files or lines; how many pages a site has nobody knows beforehand."""
        if run.path.is_dir():
            return len(files_of(run.path))
        return count_lines(run.path) if run.source.lower().endswith(_LINES) else 0

    def _of_lines(self, run: Run) -> Iterator[Record]:
        for number, text, value in json_lines(run.path):
            if isinstance(value, str):
                yield Record(number, text, cause=value)
            else:
                place = Place(f"{run.path.name}:{number}")
                yield from (replace(one, number=number) for one in records_of_document(value, place, run.concepts))

    def _of_documents(self, run: Run) -> Iterator[Record]:
        for document in documents(run):
            name = document.place.name
            file = None if name in {run.source, run.path.name} else name
            found = [_unread(document)] if isinstance(document, Unread) else _records(document, run.concepts)
            for number, record in enumerate(found, start=1):
                yield replace(record, number=number, file=file)


def _unread(document: Unread) -> Record:
    return Record(0, document.place.name, identifier=_of_page(document.place), cause=document.cause)


def _of_page(place: Place) -> str:
    """Return a name for the document, which is no record's: what stood there and does no longer has vanished."""
    return f"page:{place.name}"


def _records(document: Document, concepts: ConceptIndex) -> Iterator[Record]:
    place = document.place
    try:
        if not looks_like_html(document.content):
            text = decoded(document.content, document.charset)
            yield from _of_text(text, place, concepts)
            return
        page = read_page(document.content, document.charset)
    except DocumentError as error:
        yield Record(0, place.name, cause=error.cause)
        return
    place = replace(place, language=page.language, address=place.address or page.address)
    if not page.scripts:
        yield Record(0, place.name, identifier=_of_page(place), cause="is a web page without JSON-LD")
        return
    values, failures = [], []
    for script in page.scripts:
        try:
            values.append(parse_json(script))
        except DocumentError as error:
            failures.append(Record(0, script, cause=f"a script of it {error.cause}"))
    yield from failures
    if values:
        yield from records_of_document(values, place, concepts)


def _of_text(text: str, place: Place, concepts: ConceptIndex) -> Iterator[Record]:
    try:
        value = parse_json(text)
    except DocumentError as error:
        yield Record(0, text, cause=error.cause)
        return
    yield from records_of_document(value, place, concepts)


def records_of_document(value: Any, place: Place, concepts: ConceptIndex) -> Iterator[Record]:
    """Yield a record for each learning resource in a JSON-LD document, or one that says why there is none.

    Args:
        value: The document: any JSON value.
        place: Where it stands.
        concepts: The vocabularies.
    """
    nodes = read_nodes(value)
    resources = list(find_resources(nodes))
    if not resources:
        raw = json.dumps(value, ensure_ascii=False)
        yield Record(0, raw, identifier=_of_page(place), cause=reason_for_none(nodes), field="@type")
    place = replace(place, alone=len(resources) == 1)
    for node in resources:
        yield _record(node, place, concepts)


def _record(node: Node, place: Place, concepts: ConceptIndex) -> Record:
    raw = json.dumps(node.alone(place.language), ensure_ascii=False)
    try:
        return Record(0, raw, lesson=read_lesson(node, place, concepts))
    except DocumentError as error:
        identifier = identifier_of(node, place)
        return Record(0, raw, identifier=identifier, cause=error.cause, field=error.field)
