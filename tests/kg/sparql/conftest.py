"""A small dataset, a service over it, and a stand-in for the engine."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kg.sparql.client import SparqlService
from kg.sparql.launcher import start_zygote
from kg.sparql.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.sparql.launcher import Zygote

EX = "http://example.org/"
LIMITS = Limits(deadline=2.0, memory_mib=512, workers=2)


def quads_text(subjects: int = 40) -> str:
    """Two graphs; each subject has a name in two languages, a number, and a link to the next subject."""
    lines = []
    for number in range(subjects):
        subject, graph = f"<{EX}s{number}>", f"<{EX}g{number % 2}>"
        lines += [
            f'{subject} <{EX}name> "name {number}"@en {graph} .',
            f'{subject} <{EX}name> "nimi {number}"@et {graph} .',
            f'{subject} <{EX}number> "{number}"^^<http://www.w3.org/2001/XMLSchema#integer> {graph} .',
            f"{subject} <{EX}next> <{EX}s{(number + 1) % subjects}> {graph} .",
        ]
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="session")
def quads_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sparql") / "data.nq"
    path.write_text(quads_text(), "utf-8")
    return path


@pytest.fixture(scope="session")
def zygote(quads_file: Path) -> Iterator[Zygote]:
    with (
        tempfile.TemporaryDirectory(prefix="ihub-") as directory,
        start_zygote(Path(directory) / "s", quads=quads_file, limits=LIMITS, base_iri=EX) as running,
    ):
        yield running


@pytest.fixture
def service(zygote: Zygote) -> SparqlService:
    return SparqlService(zygote.socket_path, LIMITS, release="r1")
