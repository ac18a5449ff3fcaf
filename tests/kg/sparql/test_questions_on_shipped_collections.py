"""The competency questions over all shipped collections: within the deadline, and alike with and without columns."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kg.build import SHIPPED_COLLECTIONS, build_release
from kg.columns.files import ColumnsPart
from kg.settings import Settings
from kg.sparql.client import SparqlService
from kg.sparql.launcher import start_zygote
from kg.sparql.messages import QueryRequest
from ontology.questions import questions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.release import Release

pytestmark = pytest.mark.long
QUESTIONS = {question.name: question for question in questions()}


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """A release of the shipped collections, with no other part than columns."""
    environment = {"IHUB_HOME": str(tmp_path_factory.mktemp("shipped")), "IHUB_EMBEDDER": "none"}
    report = build_release(Settings.from_environment(environment), [SHIPPED_COLLECTIONS], [ColumnsPart()])
    assert report.release, [str(error) for error in report.errors]
    return report.release


@pytest.fixture(scope="module")
def services(shipped: Release) -> Iterator[list[SparqlService]]:
    """One with columns and one without, with the default limits but for what one client may use."""
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ihub-")))
        made = []
        for name, columns in (("a", shipped.columns_directory), ("b", None)):
            zygote = stack.enter_context(
                start_zygote(directory / name, quads=shipped.quads_file, columns=columns, base_iri=shipped.id_base)
            )
            made.append(SparqlService(zygote.socket_path))
        yield made


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_is_answered_in_time_whoever_works_it_out(name: str, services: list[SparqlService]) -> None:
    answers = []
    for number, service in enumerate(services):
        body = service.execute(QueryRequest(QUESTIONS[name].query, client=f"{name}-{number}")).body
        found = json.loads(body)["results"]["bindings"]
        answers.append(Counter(json.dumps(solution, sort_keys=True) for solution in found))
    assert answers[0] == answers[1]
