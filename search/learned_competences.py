"""What `ihub suggest` has learned of competences, kept in a file so that texts can be asked about at any time."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from search.competence_model import CompetenceModel
from search.passages import clip

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from search.embedders import Embedder

__all__ = ["LearnedCompetences", "learned_file"]

_MODEL: Final = ("weights", "centre", "slope", "offset", "floor")


def learned_file(home: Path) -> Path:
    """Return where it is kept: ``{home}/competences.npz``."""
    return home / "competences.npz"


@dataclass(frozen=True)
class LearnedCompetences:
    """A fitted model, and what texts are compared about.

    Attributes:
        fingerprint: That of the embedder, whose vectors alone it understands.
        competences: Identifiers, such as ``competence/digcomp22-1.2``, in the order of the model.
        model: The model.
        means: The mean of the passages' vectors by language.
        general: The mean of those of all languages, shape ``(d,)``.
    """

    fingerprint: str
    competences: Sequence[str]
    model: CompetenceModel
    means: Mapping[str, NDArray[np.float32]]
    general: NDArray[np.float32]

    def confidences(self, texts: Sequence[str], language: str, embedder: Embedder) -> dict[str, float]:
        """Return the probability of each competence for one scenario's texts; none where the embedder is another one.

        Args:
            texts: Its texts: title with summary, outcomes, activities.
            language: The language that they are in.
            embedder: Embeds them.
        """
        if embedder.fingerprint != self.fingerprint or not texts:
            return {}
        rows = embedder.passages([clip(text) for text in texts]) - self.means.get(language, self.general)
        rows = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
        total = rows.sum(axis=0, keepdims=True)
        unit = (total / np.maximum(np.linalg.norm(total), 1e-9)).astype(np.float32)
        return dict(zip(self.competences, self.model.confidences(unit)[0].tolist(), strict=True))

    def save(self, path: Path) -> None:
        """Write the file, in one step."""
        languages = sorted(self.means)
        temporary = path.with_name(f".{path.name}.{os.getpid()}.npz")
        np.savez(
            temporary,
            fingerprint=self.fingerprint,
            competences=np.array(list(self.competences), dtype=np.str_),
            languages=np.array(languages, dtype=np.str_),
            means=np.stack([self.means[language] for language in languages]),
            general=self.general,
            **{name: getattr(self.model, name) for name in _MODEL},
        )
        temporary.replace(path)

    @classmethod
    def open(cls, path: Path) -> LearnedCompetences | None:
        """Read what :meth:`save` wrote; None where nothing was."""
        if not path.is_file():
            return None
        with np.load(path) as arrays:
            means = dict(zip(arrays["languages"].tolist(), arrays["means"], strict=True))
            model = CompetenceModel(**{name: arrays[name] for name in _MODEL})
            return cls(str(arrays["fingerprint"]), arrays["competences"].tolist(), model, means, arrays["general"])
