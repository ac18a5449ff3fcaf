"""``ihub import lom SOURCE``: IEEE LOM records in XML, one or many a file, or a folder of them."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from kg.errors import DocumentError, ImportSourceError
from kg.importing.adapter import Record
from kg.importing.files import read_file
from kg.importing.lom.reading import RECORD_NAMES, lom_identifier, read_lom
from kg.importing.safe_xml import children, local_name, parse_xml, text_of, xml_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from lxml import etree

    from kg.importing.adapter import Run

__all__ = ["LomAdapter"]


class LomAdapter:
    """Reads a file or a folder of ``*.xml`` files; answers of OAI-PMH repositories, kept as files, are read too."""

    name = "lom"
    version = "1"
    data_kind = "data-kind/original"
    options: Mapping[str, str] = MappingProxyType({})

    def records(self, run: Run) -> Iterator[Record]:
        """Yield a record for each LOM record, and one for each file that has none or cannot be read."""
        for path in _files(run.path):
            file = path.relative_to(run.path).as_posix() if run.path.is_dir() else None
            try:
                found = list(_elements(parse_xml(read_file(path))))
            except (DocumentError, ImportSourceError) as error:
                yield Record(_line(error.record), path.name, cause=error.cause, file=file)
                continue
            for element, identifier in found:
                yield replace(_record(element, identifier, run), file=file)

    def total(self, run: Run) -> int:
        """Return the number of files."""
        return len(_files(run.path))


def _files(source: Path) -> list[Path]:
    if not source.is_dir():
        return [source]
    found = sorted(source.rglob("*.xml"), key=lambda path: path.relative_to(source).as_posix())
    if not found:
        raise ImportSourceError("has no *.xml file", file=source)
    return found


def _elements(root: etree._Element) -> Iterator[tuple[etree._Element, str | None]]:
    """Yield each record with what a repository calls it; where an OAI-PMH record has none, its header.

    Raises:
        DocumentError: There are none.
    """
    empty = True
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        if local_name(element) == "record" and (header := next(children(element, "header"), None)) is not None:
            empty = False
            identifier = text_of(next(children(header, "identifier"), None)) or None
            inner = [one for one in element.iter() if isinstance(one.tag, str) and local_name(one) in RECORD_NAMES]
            yield inner[0] if inner else header, identifier
        elif local_name(element) in RECORD_NAMES and not _in_repository_record(element):
            empty = False
            yield element, None
    if empty:
        raise DocumentError(f"has no LOM record in it; its root is <{local_name(root)}>")


def _in_repository_record(element: etree._Element) -> bool:
    return any(
        local_name(above) == "record" and next(children(above, "header"), None) is not None
        for above in element.iterancestors()
    )


def _record(element: etree._Element, identifier: str | None, run: Run) -> Record:
    line, raw = _line(element.sourceline), xml_text(element)
    if local_name(element) == "header":
        if element.get("status") == "deleted" and identifier:
            return Record(line, raw, deleted=identifier)
        return Record(line, raw, identifier=identifier, cause=f"the repository's record {identifier} holds no LOM")
    try:
        return Record(line, raw, lesson=read_lom(element, run.concepts, identifier))
    except DocumentError as error:
        known = identifier or lom_identifier(element)
        return Record(line, raw, identifier=known, cause=error.cause, field=error.field)


def _line(number: object) -> int:
    return number if isinstance(number, int) else 1
