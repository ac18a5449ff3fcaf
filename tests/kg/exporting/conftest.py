"""Validators of the formats' own schemas, which not everybody has."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from lxml import etree

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def amb_schema(shared: Path) -> Any:
    """The official JSON Schema of AMB, with formats checked."""
    from jsonschema import Draft7Validator, FormatChecker
    from referencing import Registry, Resource

    folder = shared / "corpus" / "metadata_samples" / "amb" / "draft" / "schemas"
    if not folder.is_dir():
        pytest.skip("needs the JSON Schema of AMB")
    schemas = [json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*.json")]
    registry: Any = Registry().with_resources((schema["$id"], Resource.from_contents(schema)) for schema in schemas)
    main = next(schema for schema in schemas if schema["$id"].endswith("/schema.json"))
    return Draft7Validator(main, registry=registry, format_checker=FormatChecker())


@pytest.fixture(scope="session")
def lom_schemas(shared: Path) -> dict[str, etree.XMLSchema]:
    """The XML schemas of IEEE LOM: loose and strict."""
    folder = shared / "conformance" / "lom"
    if not folder.is_dir():
        pytest.skip("needs the XML schemas of LOM")
    return {name: etree.XMLSchema(file=str(folder / f"lom{name.title()}.xsd")) for name in ("loose", "strict")}
