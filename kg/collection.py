"""Collections: folders of documents with a description, each of which becomes one named graph."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from kg.documents import Document, load_yaml, normalise, read_json_lines, read_yaml
from kg.errors import CollectionError, DocumentError
from kg.staging import finish_commit
from kg.withdrawals import WITHDRAWN_FILE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

__all__ = ["DESCRIPTION_FILE", "DOCUMENTS_FILE", "Collection", "check_slug", "find_collections"]

DESCRIPTION_FILE: Final = "collection.yaml"
DOCUMENTS_FILE: Final = "documents.jsonl"
QUARANTINE_FILE: Final = "quarantine.jsonl"
VERSIONS_FILE: Final = "versions.jsonl"
MAPPING_FILE: Final = "mapping.yaml"
_SLUG: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True)
class Collection:
    """A folder with a ``collection.yaml`` and documents (``*.yaml`` in any subfolder, or ``*.jsonl``).

    Attributes:
        slug: The folder's name, and the last part of the collection's IRI.
        directory: The folder.
        description: The collection's own document.
        defaults: Fields that its documents have when they do not say otherwise.
    """

    slug: str
    directory: Path
    description: Document
    defaults: Mapping[str, Any]

    @classmethod
    def open(cls, directory: Path) -> Collection:
        """Read the description of the collection in ``directory``.

        Raises:
            CollectionError: There is no usable description.
        """
        slug = check_slug(directory.name)
        finish_commit(directory)
        path = directory / DESCRIPTION_FILE
        if not path.is_file():
            raise CollectionError("is missing", file=path, hint="a collection describes itself in collection.yaml")
        try:
            nodes = load_yaml(path)
            if len(nodes) != 1 or not isinstance(nodes[0], dict):
                raise CollectionError("must hold exactly one description", file=path)
            defaults = nodes[0].pop("defaults", {})
            description = Document(normalise(nodes[0]), path, 1)
        except DocumentError as error:
            raise CollectionError(error.cause, file=path, field=error.field, hint=error.hint) from error
        if not isinstance(defaults, dict):
            raise CollectionError("must be a mapping of fields to values", file=path, field="defaults")
        if description.identifier != f"collection/{slug}":
            raise CollectionError(f"must be collection/{slug}, the folder's name", file=path, field="id")
        return cls(slug, directory, description, defaults)

    def documents(
        self, read_yaml: Callable[[Path, Mapping[str, Any]], Iterator[Document | DocumentError]] = read_yaml
    ) -> Iterator[Document | DocumentError]:
        """Yield every document, in the order of file names and lines, with errors in place of unreadable ones.

        Args:
            read_yaml: Reads a file of YAML, perhaps from a cache.
        """
        yield self.description
        for path in self.files():
            read = read_json_lines if path.suffix == ".jsonl" else read_yaml
            yield from read(path, self.defaults)

    def files(self) -> list[Path]:
        """The files of documents, sorted by path.

        The description, what imports keep beside the documents, and hidden files and folders are not among them.
        """
        apart = {DESCRIPTION_FILE, QUARANTINE_FILE, WITHDRAWN_FILE, VERSIONS_FILE, MAPPING_FILE}
        found = [p for suffix in ("*.yaml", "*.jsonl") for p in self.directory.rglob(suffix) if p.name not in apart]
        inside = {p: p.relative_to(self.directory) for p in found}
        visible = [p for p in found if not any(part.startswith(".") for part in inside[p].parts)]
        return sorted(visible, key=lambda p: inside[p].as_posix())


def check_slug(slug: str) -> str:
    """Return ``slug`` if it can name a collection.

    Raises:
        CollectionError: It is not lower-case words joined by hyphens.
    """
    if not _SLUG.fullmatch(slug):
        raise CollectionError(f"{slug!r} cannot name a collection", hint="lower-case letters, digits and hyphens")
    return slug


def find_collections(roots: Iterable[Path]) -> list[Collection]:
    """Return the collections among ``roots`` and in their immediate subfolders, sorted by slug.

    Raises:
        CollectionError: A description is unusable, or two folders have the same slug.
    """
    found: dict[str, Collection] = {}
    for root in roots:
        if not root.is_dir():
            raise CollectionError("is no folder", file=root)
        places = (
            [root]
            if (root / DESCRIPTION_FILE).is_file()
            else sorted(p.parent for p in root.glob(f"*/{DESCRIPTION_FILE}"))
        )
        for directory in places:
            collection = Collection.open(directory)
            other = found.setdefault(collection.slug, collection)
            if other.directory.resolve() != directory.resolve():
                raise CollectionError(f"has the same name as {other.directory}", file=directory)
    return [found[slug] for slug in sorted(found)]
