"""The space that queries and passages are compared in: the embedder's, freed of what is no topic.

A multilingual embedder puts texts of one language near each other, so that a query finds first what is in its own
language; and it puts short texts near short texts, so that a query finds titles whatever they say. Three corrections,
learned from the passages of a release when it is built, each measured in docs/search-quality.md:

* The mean vector of each language and kind of passage is taken off its passages: what they have in common is not their
  topic (Libovický, Rosa and Fraser 2020, arXiv:2004.05160). Where there are few passages the mean is shrunk.
* A passage is moved towards the mean of its scenario's passages, so that a title or an activity is understood by what
  the scenario is about.
* Most of the general mean is taken off queries. They are too short to tell their language by.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from ontology.language import read_as

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from search.passages import Passage

__all__ = ["VectorSpace"]

_FILE_NAME: Final = "space.npz"

SHRINK: Final = 50
"""Passages of the general mean that are added to those of each language and kind."""

OF_QUERY: Final = 0.6
"""How much of the general mean is taken off a query."""

CONTEXT: Final = 2.0
"""How much of the mean of its scenario's passages is added to each passage."""

_IN_CONTEXT: Final = {"summary": 1.0, "title": 0.3, "outcomes": 0.3, "activity": 0.15}
"""Weight of a passage in the mean of its scenario's, by kind; there are several activities but one summary."""

_SHORTEST: Final = 1e-6


class VectorSpace:
    """Moves vectors of passages and queries; see the module's text.

    Args:
        groups: Languages and kinds, such as ``en/title``.
        means: The mean of each group, shape ``(len(groups), d)``.
        general: The mean of all passages, shape ``(d,)``; also that of groups that are not listed.
    """

    def __init__(self, groups: Sequence[str], means: NDArray[np.float32], general: NDArray[np.float32]) -> None:
        self._place = {group: place for place, group in enumerate(groups)}
        self._means = np.concatenate([means.reshape(-1, len(general)), general[None]])
        self._general = general

    @classmethod
    def learn(cls, vectors: NDArray[np.float32], passages: Sequence[Passage]) -> VectorSpace:
        """Return the space for passages with these vectors, shape ``(n, d)``."""
        general = vectors.mean(axis=0, dtype=np.float64)
        groups = np.array([_group(passage) for passage in passages])
        found = sorted(set(groups.tolist()))
        means = np.empty((len(found), len(general)))
        for place, group in enumerate(found):
            own = vectors[groups == group]
            means[place] = (own.sum(axis=0, dtype=np.float64) + SHRINK * general) / (len(own) + SHRINK)
        return cls(found, means.astype(np.float32), general.astype(np.float32))

    @classmethod
    def open(cls, directory: Path) -> VectorSpace:
        """Read what :meth:`save` wrote in ``directory``."""
        with np.load(directory / _FILE_NAME) as arrays:
            return cls(arrays["groups"].tolist(), arrays["means"], arrays["general"])

    def save(self, directory: Path) -> None:
        """Write the space into ``directory``."""
        groups = np.array(list(self._place), dtype=np.str_)
        np.savez(directory / _FILE_NAME, groups=groups, means=self._means[:-1], general=self._general)

    def passages(
        self, vectors: NDArray[np.float32], passages: Sequence[Passage], owners: NDArray[np.int32]
    ) -> NDArray[np.float32]:
        """Return passages moved into the space, shape ``(n, d)``.

        Args:
            vectors: The embedder's vectors, of length 1.
            passages: The passages.
            owners: The scenario of each passage, ascending.
        """
        moved = _half_length(vectors - self._means[self._places(passages)])
        return _half_length(moved + np.float32(CONTEXT) * _contexts(moved, passages, owners))

    def restored(
        self, moved: NDArray[np.float32], passages: Sequence[Passage], owners: NDArray[np.int32]
    ) -> NDArray[np.float32]:
        """Return the embedder's vectors of all passages of some scenarios from what :meth:`passages` made of them."""
        whole = _full_length(moved)
        alone = whole - np.float32(CONTEXT / (1 + CONTEXT)) * _contexts(whole, passages, owners)
        vectors: NDArray[np.float32] = _full_length(alone) + self._means[self._places(passages)]
        return vectors

    def query(self, vector: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return a query moved into the space, shape ``(d,)``."""
        moved: NDArray[np.float32] = vector - np.float32(OF_QUERY) * self._general
        return moved

    def _places(self, passages: Sequence[Passage]) -> list[int]:
        return [self._place.get(_group(passage), -1) for passage in passages]


def _group(passage: Passage) -> str:
    return f"{read_as(passage.language)}/{passage.kind}"


def _contexts(
    vectors: NDArray[np.float32], passages: Sequence[Passage], owners: NDArray[np.int32]
) -> NDArray[np.float32]:
    """Return for each passage the weighted mean of its scenario's."""
    weights = np.array([_IN_CONTEXT[passage.kind] for passage in passages], np.float32)
    _, place = np.unique(owners, return_inverse=True)
    total = np.zeros((int(place.max()) + 1, vectors.shape[1]), np.float32)
    np.add.at(total, place, vectors * weights[:, None])
    total /= np.bincount(place, weights=weights).astype(np.float32)[:, None]
    return total[place]


def _half_length(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return vectors whose lengths are the square roots of what they were.

    Half way to length 1: what says little beside its language is then not as near to every query as what says much.
    """
    lengths = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), _SHORTEST)
    halved: NDArray[np.float32] = (vectors / np.sqrt(lengths)).astype(np.float32)
    return halved


def _full_length(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Undo :func:`_half_length`."""
    whole: NDArray[np.float32] = vectors * np.linalg.norm(vectors, axis=1, keepdims=True)
    return whole
