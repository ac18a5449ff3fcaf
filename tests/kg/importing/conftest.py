"""What tests of importing share: the vocabularies, and a real server on loopback."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kg.vocabulary import ConceptIndex, vocabulary_quads
from tests.kg.importing.web import Web, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

BASE = "http://127.0.0.1:8000/id/"


@pytest.fixture(scope="session")
def concepts() -> ConceptIndex:
    return ConceptIndex(vocabulary_quads(BASE))


@pytest.fixture
def web() -> Iterator[Web]:
    with serving() as server:
        yield server
