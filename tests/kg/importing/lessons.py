"""Records of the lesson corpus form, and a run over them, for tests."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

from kg.importing.adapter import load_adapter
from kg.importing.pipeline import ImportReport, import_source

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from kg.settings import Settings

FIRST = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)
LATER = dt.datetime(2026, 2, 1, 12, tzinfo=dt.UTC)


def lesson(name: str, **fields: Any) -> dict[str, Any]:
    """A record with what every lesson must have."""
    return {
        "id": f"fx:{name}",
        "language": "en",
        "title": f"Lesson {name}",
        "summary": "Learners build a weather station and read its data.",
        "licence": "CC-BY-4.0",
        "attribution": "Tests",
        "subjects": ["Physics"],
        **fields,
    }


def write(path: Path, *records: Mapping[str, Any] | str) -> Path:
    """Write records as JSON lines, and texts as they are."""
    lines = [record if isinstance(record, str) else json.dumps(record) for record in records]
    path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    return path


def run(settings: Settings, source: Path, collection: str = "mine", **arguments: Any) -> ImportReport:
    """Import a file of lesson records."""
    return import_source(settings, load_adapter("corpus"), source, collection, {}, **arguments)


def read_lines(path: Path) -> list[dict[str, Any]]:
    """Return the objects of a file of JSON lines; none where there is no such file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.is_file() else []


def snapshot(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Return content and time of change of every file in a folder."""
    return {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()}
