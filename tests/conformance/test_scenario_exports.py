"""Every scenario that is shipped is valid in every format, by the formats' own schemas."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from lxml import etree

from kg.build import SHIPPED_COLLECTIONS, build_release
from kg.exporting.amb import amb_document
from kg.exporting.lom import lom_xml
from kg.exporting.markdown import markdown_document
from kg.exporting.schema_org import learning_resource
from kg.exporting.source import Source
from kg.scenario import SCENARIO_CLASS
from kg.settings import Settings
from tests.kg.exporting.conftest import amb_schema, lom_schemas  # noqa: F401 - fixtures
from tests.kg.exporting.test_markdown import split

if TYPE_CHECKING:
    from kg.graph import Graph

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Graph:
    """The graph of everything shipped."""
    settings = Settings.from_environment({"IHUB_HOME": str(tmp_path_factory.mktemp("home")), "IHUB_EMBEDDER": "none"})
    report = build_release(settings, [SHIPPED_COLLECTIONS], strict=True)
    assert report.release, [str(error) for error in report.errors]
    return report.release.graph


@pytest.fixture(scope="module")
def sources(shipped: Graph) -> list[Source]:
    found = [Source(shipped, iri) for iri in shipped.instances(SCENARIO_CLASS)]
    assert len(found) > 1000
    return found


def page_of(source: Source) -> str:
    return source.iri.replace("/id/", "/doc/")


def test_amb_is_valid_for_every_scenario(sources: list[Source], amb_schema: Any) -> None:  # noqa: F811
    for source in sources:
        document = json.loads(json.dumps(amb_document(source, page_of(source), page_of(source) + ".md")))
        errors = [f"{list(error.path)}: {error.message[:200]}" for error in amb_schema.iter_errors(document)]
        assert not errors, (source.iri, errors)


@pytest.mark.parametrize(("schema", "extensions"), [("loose", True), ("strict", False)])
def test_lom_is_valid_for_every_scenario(
    sources: list[Source],
    lom_schemas: Any,  # noqa: F811
    schema: str,
    extensions: bool,
) -> None:
    for source in sources:
        record = etree.fromstring(lom_xml(source, page_of(source), extensions=extensions))
        assert lom_schemas[schema].validate(record), (source.iri, lom_schemas[schema].error_log.last_error)


def test_every_scenario_conforms_to_bioschemas_minimum(sources: list[Source]) -> None:
    for source in sources:
        document = learning_resource(source, page_of(source))
        assert "http://purl.org/dc/terms/conformsTo" in document, source.iri
        assert all(document[name] for name in ("name", "description", "keywords", "license", "author", "teaches"))


def test_markdown_of_every_scenario_reads_back(sources: list[Source]) -> None:
    for source in sources:
        facts, elements = split(markdown_document(source, page_of(source)))
        assert facts["id"] == source.iri
        assert elements[0][0] == "h1"
        assert "".join(elements[0][1].split()) == "".join((source.text("name") or "").split()), source.iri
        assert len([tag for tag, _ in elements if tag == "h3"]) == len(source.parts("activity"))
