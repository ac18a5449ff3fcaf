"""``ihub import markdown FOLDER``: lessons in Markdown with YAML metadata, translations joined."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from kg.errors import DocumentError
from kg.importing.adapter import Record
from kg.importing.jsonld.json_text import decoded
from kg.importing.markdown.folders import find_drafts
from kg.importing.markdown.reading import identifier_of, licence_beside, read_draft

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from kg.importing.adapter import Run
    from kg.importing.markdown.folders import Draft

__all__ = ["MarkdownAdapter"]

_LONGEST_KEPT: Final = 4_000_000


class MarkdownAdapter:
    """Reads a folder, or one file."""

    name = "markdown"
    version = "1"
    data_kind = "data-kind/original"
    options: Mapping[str, str] = MappingProxyType({})

    def records(self, run: Run) -> Iterator[Record]:
        """Yield a record for each lesson, in all its languages, and one for each that cannot be read."""
        root = run.path if run.path.is_dir() else run.path.parent
        for draft in find_drafts(run.path):
            raw = _raw(draft, root)
            file = draft.paths[0].relative_to(root).as_posix()
            try:
                record = Record(1, raw, lesson=read_draft(draft, root))
            except DocumentError as error:
                line = error.record if isinstance(error.record, int) else 1
                file = error.file or file
                record = Record(line, raw, identifier=identifier_of(draft), cause=error.cause, field=error.field)
            yield replace(record, file=file if run.path.is_dir() else None)

    def total(self, run: Run) -> int:
        """Return the number of lessons."""
        return len(find_drafts(run.path))


def _raw(draft: Draft, root: Path) -> str:
    """Return all that a lesson is made of, each file under its path."""
    beside = licence_beside(draft.paths[0].parent, root)
    paths = [*draft.paths, *([beside[1]] if beside else [])]
    return "\n".join(f"=== {path.relative_to(root).as_posix()}\n{_read(path)}" for path in paths)


def _read(path: Path) -> str:
    try:
        return decoded(path.read_bytes()[:_LONGEST_KEPT])
    except OSError as error:
        return f"(cannot be read: {error.strerror or error})"
