"""The W3C test suites, run through the whole HTTP path; the material is public and not part of this project."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("IHUB_SHARED", ROOT.parent / "shared"))
SUITE = SHARED / "conformance" / "sparql_suite"
PROTOCOL = SHARED / "conformance" / "sparql_protocol" / "check_protocol.py"
# What the engine itself fails, and the three syntax tests that need SERVICE: docs/sparql.md gives the reasons.
EXCEPTIONS = SUITE / "known_pyoxigraph_0.5.13.txt"

needs_suite = pytest.mark.skipif(
    not EXCEPTIONS.is_file(), reason=f"needs the W3C suite, not in {SUITE} (set IHUB_SHARED)"
)
needs_check = pytest.mark.skipif(
    not PROTOCOL.is_file(), reason=f"needs {PROTOCOL.name}, not in {SHARED} (set IHUB_SHARED)"
)


def run(*command: str | Path) -> str:
    application = ["--app", "tests.conformance.factory:application"]
    done = subprocess.run(
        [sys.executable, *map(str, command), *application], cwd=ROOT, capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    return done.stdout


@needs_suite
@pytest.mark.parametrize(
    "method", ["form", pytest.param("get", marks=pytest.mark.long), pytest.param("post", marks=pytest.mark.long)]
)
def test_everything_that_the_engine_passes_passes_through_http(method: str) -> None:
    report = run(SUITE / "run_sparql_suite.py", "--known", EXCEPTIONS, "--method", method)
    assert "known ones that now pass: []" in report
    passed, failed = (int(count) for count in re.findall(r"(\d+) passed, (\d+) failed", report)[-1])
    assert (passed, failed) == (786, 37)


@needs_suite
@pytest.mark.long
def test_graphs_are_right_in_every_format() -> None:
    run(SUITE / "run_sparql_suite.py", "--known", EXCEPTIONS, "--formats", "srj,srx", "--category", "construct")


@needs_suite
def test_every_exception_has_its_reason_in_the_documentation() -> None:
    documented = (ROOT / "docs" / "sparql.md").read_text("utf-8")
    names = [line.split("#")[0].strip() for line in EXCEPTIONS.read_text("utf-8").splitlines()]
    missing = [name for name in names if name and f"`{name.partition(chr(47))[2]}`" not in documented]
    assert missing == []


@needs_check
def test_the_protocol_and_the_service_description_hold() -> None:
    report = run(PROTOCOL, "--strict", "--quiet")
    assert re.search(r"\d+ passed, 0 failed", report)
