"""Documents: one JSON-LD node each, written as YAML or as a JSON line, read and brought into one normal form.

The normal form has absolute-looking relative IRIs only (``scenario/x#outcome-1``, never ``#outcome-1``), a type and an
identifier on every part, and positions 1..n on activities, so that the same document always gives the same triples and
never a blank node.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import yaml

from kg.errors import DocumentError
from ontology.entity_types import ENTITY_TYPES
from ontology.load import context

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

__all__ = ["Document", "load_yaml", "normalise", "read_json_lines", "read_yaml"]

PART_TYPES: Final = {
    "activity": "Activity",
    "alignment": "Alignment",
    "learningOutcome": "LearningOutcome",
    "material": "Material",
}
"""Keys whose values are parts of the document, and the type that such a part has."""

PART_DEFAULTS: Final = {"alignment": {"alignmentSource": "alignment-source/stated"}}
"""What a part says when its author does not say otherwise."""

_IDENTIFIER: Final = re.compile(r"[a-z-]+/(?:[^\s/?#<>\"{}|\\^`%\[\]]|%(?:20|2[235F]|3[CEF]|5[BCDE]|60|7[BCD]))+")
"""Type and slug. A slug is one segment of an IRI's path; what an IRI cannot hold there is percent-encoded, nothing else
is, so that every entity has one IRI."""

_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")


@dataclass(frozen=True)
class Document:
    """One entity's description in normal form, and where it was read.

    Attributes:
        data: The JSON-LD node without ``@context``; keys are terms of the shared context.
        file: The file that holds it.
        record: Its line number (JSON lines) or its number in the file (YAML).
    """

    data: Mapping[str, Any]
    file: Path
    record: int

    @property
    def identifier(self) -> str:
        """The IRI relative to ``{base}id/``, such as ``scenario/heat-map``."""
        return str(self.data["id"])

    @cached_property
    def json(self) -> str:
        """The document as one line of canonical JSON."""
        return json.dumps(self.data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @cached_property
    def digest(self) -> str:
        """SHA-256 of :attr:`json`, in hexadecimal."""
        return hashlib.sha256(self.json.encode()).hexdigest()

    def error(self, cause: str, field: str | None = None) -> DocumentError:
        """Return an error that names this document."""
        return DocumentError(cause, file=self.file, record=self.record, field=field)


def load_yaml(path: Path) -> list[Any]:
    """Return the YAML documents of a file (separated by ``---``) as plain values; ``no`` is the language, not False.

    Raises:
        DocumentError: The file is not readable as YAML.
    """
    try:
        return list(yaml.load_all(path.read_text(encoding="utf-8"), Loader=_LOADER))
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError) as error:
        raise DocumentError(f"is not readable YAML: {_one_line(error)}", file=path) from error


def read_yaml(path: Path, defaults: Mapping[str, Any] = MappingProxyType({})) -> Iterator[Document | DocumentError]:
    """Yield the documents of a YAML file, or an error in place of each bad one.

    Args:
        path: The file.
        defaults: Fields that a document has when it does not say otherwise.
    """
    try:
        nodes = load_yaml(path)
    except DocumentError as error:
        yield error
        return
    for number, node in enumerate(nodes, start=1):
        yield _document(node, path, number, defaults)


def read_json_lines(
    path: Path, defaults: Mapping[str, Any] = MappingProxyType({})
) -> Iterator[Document | DocumentError]:
    """Yield the documents of a JSON-lines file, or an error in place of each bad line; empty lines are passed over."""
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                node = json.loads(line)
            except (ValueError, RecursionError) as error:
                yield DocumentError(f"is not readable JSON: {_one_line(error)}", file=path, record=number)
            else:
                yield _document(node, path, number, defaults)


def _document(node: object, path: Path, number: int, defaults: Mapping[str, Any]) -> Document | DocumentError:
    try:
        return Document(normalise({**defaults, **node} if isinstance(node, dict) else node), path, number)
    except DocumentError as error:
        return DocumentError(error.cause, file=path, record=number, field=error.field, hint=error.hint)
    except RecursionError:
        return DocumentError("is nested too deeply", file=path, record=number)


def normalise(node: object) -> dict[str, Any]:
    """Return a document's node in normal form.

    Raises:
        DocumentError: The node is no mapping, has no usable ``id`` or ``type``, or holds a key or a value that the
            shared context cannot express; the error's field says where.
    """
    if not isinstance(node, dict):
        raise DocumentError("is not a mapping of fields to values")
    identifier = node.get("id")
    if not isinstance(identifier, str) or not _IDENTIFIER.fullmatch(identifier):
        raise DocumentError(
            f"{identifier!r} is not of the form type/slug", field="id", hint="such as scenario/heat-map"
        )
    if identifier.split("/")[0] not in ENTITY_TYPES:
        raise DocumentError(f"no entity type has the segment {identifier.split('/')[0]!r}", field="id")
    if not isinstance(node.get("type"), str):
        raise DocumentError("is missing", field="type", hint="such as LearningScenario")
    normal = _node({k: v for k, v in node.items() if k != "@context"}, identifier, "")
    taught = [part["competence"] for part in normal.get("alignment", ()) if _states(part)]
    if taught and "teaches" not in normal:
        normal["teaches"] = list(dict.fromkeys(taught))
    return normal


def _states(alignment: Mapping[str, Any]) -> bool:
    """Whether an alignment says what the author teaches, and is not a machine's suggestion."""
    return "competence" in alignment and alignment["alignmentSource"] == "alignment-source/stated"


def _node(node: Mapping[str, Any], document: str, path: str) -> dict[str, Any]:
    terms = context()
    normal: dict[str, Any] = {}
    for key, value in node.items():
        field = f"{path}{key}"
        if key not in terms or key.startswith("@"):
            raise DocumentError("is no field of the model", field=field, hint="docs/data-model.md lists the fields")
        if value is None or value in ({}, [], ""):
            continue
        if key == "id":
            normal[key] = _identifier(value, document, field)
        elif key == "type":
            normal[key] = _type(value, field)
        elif key in PART_TYPES:
            normal[key] = _parts(key, value, document, field)
        else:
            normal[key] = _value(value, terms[key], document, field)
    return normal


def _identifier(value: object, document: str, field: str) -> str:
    """Return the identifier of the document itself or of a part; a document says nothing of other entities."""
    identifier = _reference(value, document, field)
    if identifier != document and not identifier.startswith(document + "#"):
        raise DocumentError(f"{value!r} is not a part of {document}", field=field, hint="such as #outcome-1")
    return identifier


def _type(value: object, field: str) -> object:
    for name in value if isinstance(value, list) else [value]:
        if not isinstance(name, str) or name not in context():
            raise DocumentError(f"{name!r} is no class of the model", field=field)
    return value


def _parts(key: str, value: object, document: str, field: str) -> list[dict[str, Any]]:
    items = value if isinstance(value, list) else [value]
    positioned = key == "activity" and not any(isinstance(item, dict) and "position" in item for item in items)
    parts = []
    for number, item in enumerate(items, start=1):
        where = f"{field}[{number}]"
        if not isinstance(item, dict):
            raise DocumentError("is not a mapping of fields to values", field=where)
        identifier = f"#{_fragment(key)}-{number}" if "." not in where else _nested(where)
        part = {"id": identifier, "type": PART_TYPES[key], **PART_DEFAULTS.get(key, {}), **item}
        if positioned:
            part["position"] = number
        parts.append(_node(part, document, where + "."))
    return parts


def _fragment(key: str) -> str:
    return "outcome" if key == "learningOutcome" else key


def _nested(where: str) -> str:
    """Return a fragment for a part of a part: ``activity[2].material[1]`` gives ``#activity-2-material-1``."""
    return "#" + re.sub(r"\[(\d+)\]\.?", r"-\1-", where).strip("-")


def _value(value: object, term: object, document: str, field: str) -> object:
    definition = term if isinstance(term, dict) else {}
    if definition.get("@container") == "@language":
        return _language_map(value, field)
    if isinstance(value, list):
        return [_value(item, term, document, field) for item in value]
    if definition.get("@type") == "@id":
        return _reference(value, document, field)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, str | bool | int | float):
        return value
    raise DocumentError("must be a plain value", field=field)


def _reference(value: object, document: str, field: str) -> str:
    if not isinstance(value, str) or re.search(r"[\s<>\"{}|\\^`]", value):
        raise DocumentError(f"{value!r} is no IRI", field=field)
    return document + value if value.startswith("#") else value


def _language_map(value: object, field: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise DocumentError("must give a text for each language", field=field, hint="such as {en: Heat map}")
    for tag, text in value.items():
        # YAML 1.1 reads the Norwegian tag `no` as False; the loader below does not, but JSON may hold anything.
        if not isinstance(tag, str) or not _LANGUAGE.fullmatch(tag):
            hint = "a text with a comma or a colon needs quotation marks or a line of its own"
            raise DocumentError(f"{tag!r} is no language tag", field=field, hint=hint)
        texts = text if isinstance(text, list) else [text]
        if not all(isinstance(item, str) for item in texts):
            raise DocumentError(f"the text in {tag!r} is not a string", field=field, hint="put it in quotation marks")
    return {tag: text for tag, text in value.items() if text not in ("", [])}


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]


class _Loader(yaml.CSafeLoader if hasattr(yaml, "CSafeLoader") else yaml.SafeLoader):  # type: ignore[misc]
    """A safe loader in which ``no``, ``yes``, ``on`` and ``off`` are strings, as in YAML 1.2."""


_Loader.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool" or letter in "tTfF"]
    for letter, resolvers in _Loader.yaml_implicit_resolvers.items()
}
_LOADER: Final = _Loader
