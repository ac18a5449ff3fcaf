"""One OAI-PMH record: its header, and what is in it, in whichever format that is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kg.errors import DocumentError
from kg.importing.adapter import Record
from kg.importing.jsonld.adapter import records_of_document
from kg.importing.jsonld.json_text import parse_json
from kg.importing.jsonld.sources import Place
from kg.importing.lom.reading import RECORD_NAMES, read_lom
from kg.importing.oai.dublin_core import FORMAT_NAMES, read_dublin_core
from kg.importing.safe_xml import children, local_name, text_of, xml_text

if TYPE_CHECKING:
    from lxml import etree

    from kg.vocabulary import ConceptIndex

__all__ = ["header_of", "read_record"]


def header_of(record: etree._Element) -> tuple[str, str]:
    """Return the identifier and the datestamp in a record's header."""
    header = next(children(record, "header"), None)
    if header is None:
        return "", ""
    return tuple(text_of(next(children(header, name), None)) for name in ("identifier", "datestamp"))  # type: ignore[return-value]  # two names


def read_record(record: etree._Element, concepts: ConceptIndex) -> Record:
    """Return what a repository's record says: a lesson, a deletion, or why neither."""
    raw = xml_text(record)
    identifier, _ = header_of(record)
    if not identifier:
        return Record(0, raw, cause="has no identifier in its header", field="header")
    header = next(children(record, "header"))
    if (header.get("status") or "").strip().lower() == "deleted":
        return Record(0, raw, deleted=identifier)
    metadata = next(children(record, "metadata"), None)
    if metadata is None:
        return Record(0, raw, identifier=identifier, cause=f"{identifier} has no metadata in it", field="metadata")
    try:
        return replace(_read(metadata, identifier, concepts), raw=raw, identifier=identifier)
    except DocumentError as error:
        return Record(0, raw, identifier=identifier, cause=f"{identifier}: {error.cause}", field=error.field)


def _read(metadata: etree._Element, identifier: str, concepts: ConceptIndex) -> Record:
    payload = next(children(metadata), None)
    text = text_of(metadata)
    if text.startswith(("{", "[")):
        return _read_json(text, identifier, concepts)
    if payload is None:
        raise DocumentError("has no metadata in it", field="metadata")
    name = local_name(payload)
    if name in RECORD_NAMES:
        return Record(0, "", lesson=read_lom(payload, concepts, identifier))
    if name in FORMAT_NAMES:
        return Record(0, "", lesson=read_dublin_core(payload, identifier))
    raise DocumentError(f"is in a format that this import does not read: <{name}>", hint="oai_dc, lom and amb are read")


def _read_json(text: str, identifier: str, concepts: ConceptIndex) -> Record:
    """Read AMB, which repositories carry as JSON inside the XML."""
    found = list(records_of_document(parse_json(text), Place(identifier), concepts))
    if len(found) > 1:
        raise DocumentError(f"describes {len(found)} resources, not one")
    lesson = found[0].lesson
    if lesson is None:
        raise DocumentError(found[0].cause or "is no resource", field=found[0].field)
    return Record(0, "", lesson=replace(lesson, identifier=identifier))
