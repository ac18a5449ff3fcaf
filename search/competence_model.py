"""Suggesting competences from text: a linear model over embeddings, drawn towards what the competences' own texts say.

For each competence, ridge regression predicts from a scenario's vector whether its author stated the competence. The
weights are shrunk not towards zero but towards the direction in which the competence's definition and synonyms lie, so
that a competence with few examples is still known by its description. Platt's logistic curve, fitted on predictions for
scenarios that the model had not seen, turns scores into probabilities, competence by competence (Platt 1999).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["CompetenceModel", "Precision", "cross_validate", "precision"]

RIDGE: Final = 3.0
"""Strength of the shrinkage towards the description; chosen among 1, 3, 10 and 30 by cross-validation."""

FOLDS: Final = 5

_NEWTON_STEPS: Final = 25
_PRIOR: Final = 1e-2  # keeps the logistic curve of a competence that nobody states from running away


@dataclass(frozen=True)
class CompetenceModel:
    """A fitted model.

    Attributes:
        weights: Shape ``(d, competences)``.
        centre: Mean of the vectors that it learned from, shape ``(d,)``.
        slope: Of each competence's logistic curve.
        offset: Of each competence's logistic curve.
        floor: The score under which nothing that was stated was ever found; beneath it nothing is suggested.
    """

    weights: NDArray[np.float64]
    centre: NDArray[np.float64]
    slope: NDArray[np.float64]
    offset: NDArray[np.float64]
    floor: NDArray[np.float64]

    @classmethod
    def fit(
        cls, vectors: NDArray[np.float32], stated: NDArray[np.bool_], directions: NDArray[np.float32]
    ) -> CompetenceModel:
        """Learn from scenarios whose competences are known.

        Args:
            vectors: One unit vector for each scenario, shape ``(n, d)``.
            stated: Which competences their authors state, shape ``(n, competences)``.
            directions: Unit vectors of the competences' own texts, shape ``(competences, d)``.
        """
        weights, centre = _regress(vectors, stated, directions)
        unseen = cross_validate(vectors, stated, directions)
        curves = [_logistic(unseen[:, column], stated[:, column]) for column in range(stated.shape[1])]
        floor = [
            np.quantile(unseen[stated[:, column], column], 0.05) if stated[:, column].any() else np.inf
            for column in range(stated.shape[1])
        ]
        slope, offset = np.array(curves).T
        return cls(weights, centre, slope, offset, np.array(floor))

    def confidences(self, vectors: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the probability of each competence, shape ``(n, competences)``; 0 beneath the floor."""
        scores = (vectors - self.centre) @ self.weights
        found: NDArray[np.float64] = np.where(scores < self.floor, 0.0, self.probabilities(scores))
        return found

    def probabilities(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the probabilities that belong to scores of shape ``(n, competences)``."""
        return _sigmoid(self.slope * scores + self.offset)


@dataclass(frozen=True)
class Precision:
    """How good ranked suggestions are.

    Attributes:
        at_1: Share of scenarios whose first suggestion their author states.
        at_3: Share of the first three suggestions that the author states; with one stated competence at most 1/3.
        best_at_3: The largest value that ``at_3`` could have, given how many competences authors state.
        found_at_3: Share of scenarios of whose first three suggestions the author states at least one.
        scenarios: How many were asked.
    """

    at_1: float
    at_3: float
    best_at_3: float
    found_at_3: float
    scenarios: int


def cross_validate(
    vectors: NDArray[np.float32], stated: NDArray[np.bool_], directions: NDArray[np.float32]
) -> NDArray[np.float64]:
    """Return scores for each scenario by a model that has not seen it, shape of ``stated``."""
    fold = np.arange(len(vectors)) % FOLDS
    scores = np.zeros(stated.shape)
    for number in range(FOLDS):
        seen, unseen = fold != number, fold == number
        weights, centre = _regress(vectors[seen], stated[seen], directions)
        scores[unseen] = (vectors[unseen] - centre) @ weights
    return scores


def precision(scores: NDArray[np.float64], stated: NDArray[np.bool_]) -> Precision:
    """Return the precision of the ranking by ``scores``; both of shape ``(n, competences)``."""
    order = np.argsort(-scores, axis=1, kind="stable")[:, :3]
    hits = np.take_along_axis(stated, order, axis=1)
    best = np.minimum(stated.sum(axis=1), 3).mean() / 3
    return Precision(
        float(hits[:, 0].mean()), float(hits.mean()), float(best), float(hits.any(axis=1).mean()), len(stated)
    )


def _regress(
    vectors: NDArray[np.float32], stated: NDArray[np.bool_], directions: NDArray[np.float32]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return weights and centre of the ridge regression around ``directions``."""
    centre = vectors.mean(axis=0, dtype=np.float64)
    moved = vectors - centre
    wanted = stated - stated.mean(axis=0)
    start = directions.T.astype(np.float64)
    gram = moved.T @ moved + RIDGE * np.eye(moved.shape[1])
    return start + np.linalg.solve(gram, moved.T @ (wanted - moved @ start)), centre


def _logistic(scores: NDArray[np.float64], truth: NDArray[np.bool_]) -> tuple[float, float]:
    """Return slope and offset of the logistic curve, by Newton's method with a weak prior."""
    inputs = np.stack([scores, np.ones_like(scores)], axis=1)
    parameters = np.array([0.0, 0.0])
    for _ in range(_NEWTON_STEPS):
        probability = _sigmoid(inputs @ parameters)
        gradient = inputs.T @ (probability - truth) + _PRIOR * parameters
        curvature = (inputs.T * (probability * (1 - probability))) @ inputs + _PRIOR * np.eye(2)
        parameters = parameters - np.linalg.solve(curvature, gradient)
    return float(parameters[0]), float(parameters[1])


def _sigmoid(values: NDArray[np.float64]) -> NDArray[np.float64]:
    found: NDArray[np.float64] = 1.0 / (1.0 + np.exp(-np.clip(values, -50, 50)))
    return found
