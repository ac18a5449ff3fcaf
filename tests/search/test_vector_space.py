"""Vectors are freed of language and kind, and can be had back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from search.passages import Passage
from search.vector_space import VectorSpace

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

PASSAGES = [
    Passage(kind, language, f"{language} {kind} {scenario}")
    for scenario in range(40)
    for language in ("et", "en")
    for kind in ("title", "summary")
]
OWNERS = np.repeat(np.arange(40, dtype=np.int32), 4)


@pytest.fixture
def vectors() -> NDArray[np.float32]:
    """Topics of 40 scenarios, drowned by what their two languages and two kinds of text have in common."""
    random = np.random.default_rng(1)
    topics, noise = random.normal(size=(40, 32))[OWNERS], random.normal(size=(160, 32)) * 0.3
    common = {name: random.normal(size=32) * 3 for name in ("et", "en", "title", "summary")}
    rows = topics + noise + np.array([common[p.language] + common[p.kind] for p in PASSAGES])
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def same_topic_first(rows: NDArray[np.float32]) -> float:
    """Return how many titles in one language have their own scenario's summary in the other nearest."""
    titles = rows[[n for n, p in enumerate(PASSAGES) if p.language == "et" and p.kind == "title"]]
    others = rows[[n for n, p in enumerate(PASSAGES) if p.language == "en"]]
    return float(np.mean((titles @ others.T).argmax(axis=1) // 2 == np.arange(40)))


def test_topics_are_nearer_than_languages_and_kinds(vectors: NDArray[np.float32]) -> None:
    moved = VectorSpace.learn(vectors, PASSAGES).passages(vectors, PASSAGES, OWNERS)
    assert same_topic_first(vectors) < 0.5 < 0.9 < same_topic_first(moved)


def test_the_embedders_vectors_can_be_had_back(vectors: NDArray[np.float32]) -> None:
    space = VectorSpace.learn(vectors, PASSAGES)
    restored = space.restored(space.passages(vectors, PASSAGES, OWNERS), PASSAGES, OWNERS)
    np.testing.assert_allclose(restored, vectors, atol=1e-5)


def test_a_saved_space_is_the_same(vectors: NDArray[np.float32], tmp_path: Path) -> None:
    space = VectorSpace.learn(vectors, PASSAGES)
    space.save(tmp_path)
    opened = VectorSpace.open(tmp_path)
    np.testing.assert_array_equal(opened.passages(vectors, PASSAGES, OWNERS), space.passages(vectors, PASSAGES, OWNERS))
    np.testing.assert_array_equal(opened.query(vectors[0]), space.query(vectors[0]))


def test_written_forms_of_norwegian_are_one_language(vectors: NDArray[np.float32]) -> None:
    mixed = [Passage(p.kind, ("nb", "nn")[n % 2], p.text) for n, p in enumerate(PASSAGES)]
    one = [Passage(p.kind, "no", p.text) for p in PASSAGES]
    space = VectorSpace.learn(vectors, one)
    np.testing.assert_array_equal(space.passages(vectors, mixed, OWNERS), space.passages(vectors, one, OWNERS))


def test_few_texts_of_a_language_say_little_about_it(vectors: NDArray[np.float32]) -> None:
    rare = [Passage("title", "ka", "one"), *PASSAGES[1:]]
    moved = VectorSpace.learn(vectors, rare).passages(vectors, rare, np.arange(160, dtype=np.int32))
    assert np.linalg.norm(moved[0]) > 0.1  # its own vector is not taken for its language's mean
