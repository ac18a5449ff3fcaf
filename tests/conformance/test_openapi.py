"""schemathesis reads /openapi.yaml, asks a real server what fits it and what does not, and finds no fault."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
import yaml
from hypothesis import HealthCheck, Phase, assume, given, seed, settings
from hypothesis import strategies as st
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode

from ontology.questions import questions
from tests.webapp.loopback import served_on_loopback

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[2]
EXAMPLES = 15
load_all_checks()


@pytest.fixture(scope="module")
def api(app: Flask) -> Iterator[Any]:
    with served_on_loopback(app) as address:
        document = yaml.safe_load(app.test_client().get("/openapi.yaml").data)
        # What JSON Schema cannot say of a string, said to schemathesis.
        asked = st.sampled_from([question.query for question in questions()[:12]] + ["ASK {}", "DESCRIBE <x>"])
        schemathesis.openapi.format("sparql-query", asked)
        schema = schemathesis.openapi.from_dict(document)
        schema.config.update(base_url=address)
        # A format that the form of the query cannot have is 406, which no schema of single parameters can say.
        accepted = schema.config.checks.positive_data_acceptance
        accepted.expected_statuses = [*accepted.expected_statuses, "406"]
        yield schema


def operations(api: Any) -> list[Any]:
    return [found.ok() for found in api.get_all_operations()]


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.name.lower())
def test_schemathesis_finds_no_fault(api: Any, mode: GenerationMode) -> None:
    faults = []
    tried = 0
    for operation in operations(api):
        count = try_out(operation, mode, faults)
        tried += count
    assert tried > 300
    assert not faults, "\n\n".join(faults)


def try_out(operation: Any, mode: GenerationMode, faults: list[str]) -> int:
    """Try one operation; returns the number of requests."""
    tried = []

    @seed(7)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        limits = case.query or {}
        if mode is GenerationMode.POSITIVE:  # the one rule between two parameters
            assume(not ("minutes_min" in limits and "minutes_max" in limits))
        response = case.call(timeout=30)
        tried.append(response.status_code)
        try:
            case.validate_response(response, checks=CHECKS.get_all())
        except (AssertionError, FailureGroup) as error:  # every fault is to be seen, not the first alone
            said = [str(fault) for fault in getattr(error, "exceptions", [error])]
            faults.append(f"{operation.label}: {said} {case.as_curl_command()[:300]}")

    try:
        ask()
    except Exception as error:  # noqa: BLE001 - a fault too, unless nothing can be generated
        if "Unsatisfiable" not in type(error).__name__:
            faults.append(f"{operation.label}: {error!r}")
    return len(tried)


def test_the_command_of_schemathesis_finds_no_fault_either(app: Flask) -> None:
    """All its phases, with the boundary cases, as anybody would run it."""
    command = [sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()"]
    with served_on_loopback(app) as address:
        options = [
            "run",
            f"{address}/openapi.yaml",
            "--max-examples=3",
            "--phases=examples,coverage,fuzzing",
            "--no-color",
        ]
        done = subprocess.run([*command, *options], cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout[-6000:]
    tried = re.search(r"(\d+) generated, (\d+) passed", done.stdout)
    assert tried
    assert tried[1] == tried[2]
    assert int(tried[1]) > 1000
