"""What was read of collections' files by earlier builds: documents in normal form, and their quads."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg.cache import ByteCache
from kg.documents import Document, read_yaml
from kg.errors import DocumentError
from kg.reuse import digest_of
from kg.triples import document_quads

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path
    from types import TracebackType
    from typing import Any

__all__ = ["ReadingCache"]

_BATCH = 200


class ReadingCache:
    """Reads documents, those of earlier builds from a cache; use as a context manager.

    Args:
        file: The cache's file; None for none.
        id_base: Base of the entities' IRIs.
    """

    def __init__(self, file: Path | None, id_base: str) -> None:
        self._cache = ByteCache(file) if file else None
        self._id_base = id_base

    def __enter__(self) -> ReadingCache:
        """Return the cache itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        if self._cache:
            self._cache.__exit__(kind, error, trace)

    def yaml(self, path: Path, defaults: Mapping[str, Any]) -> Iterator[Document | DocumentError]:
        """Yield the documents of a YAML file as :func:`kg.documents.read_yaml` does."""
        key = digest_of(b"yaml", repr(sorted(defaults.items())).encode(), path.read_bytes())
        if known := self._known([key]).get(key):
            yield from (Document(data, path, number) for number, data in enumerate(json.loads(known), start=1))
            return
        found = list(read_yaml(path, defaults))
        data = [document.data for document in found if isinstance(document, Document)]
        if len(data) == len(found) and json.loads(text := json.dumps(data, ensure_ascii=False)) == data:
            self._keep({key: text.encode()})
        yield from found

    def quads(self, documents: Sequence[Document], graph: ox.NamedNode) -> Iterator[list[ox.Quad] | DocumentError]:
        """Yield for each document what :func:`kg.triples.document_quads` returns, or the error that it raises."""
        for start in range(0, len(documents), _BATCH):
            batch = documents[start : start + _BATCH]
            where = f"{self._id_base} {graph.value}".encode()
            keys = [digest_of(b"quads", where, document.json.encode()) for document in batch]
            known = self._known(keys)
            new: dict[bytes, bytes] = {}
            for key, document in zip(keys, batch, strict=True):
                if key in known:
                    yield list(ox.parse(known[key], format=ox.RdfFormat.N_QUADS))
                    continue
                try:
                    made = document_quads(document, graph, self._id_base)
                except DocumentError as error:
                    yield error
                    continue
                new[key] = "".join(f"{quad} .\n" for quad in made).encode()
                yield made
            self._keep(new)

    def _known(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        return self._cache.get_many(keys) if self._cache else {}

    def _keep(self, entries: Mapping[bytes, bytes]) -> None:
        if self._cache and entries:
            self._cache.put_many(entries)
