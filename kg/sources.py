"""Of which folders the current release was built, so that the server can build the next one of the same."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.settings import Settings

__all__ = ["built_from", "record_sources"]

_FILE: Final = "sources.json"


def record_sources(settings: Settings, roots: Sequence[Path]) -> None:
    """Keep the folders that somebody asked to build of; none for the shipped and the imported collections."""
    path = settings.home / _FILE
    temporary = path.with_name(f".{_FILE}.{os.getpid()}")
    temporary.write_text(json.dumps([str(root.resolve()) for root in roots]) + "\n", encoding="utf-8")
    temporary.replace(path)


def built_from(settings: Settings) -> list[Path]:
    """Return the folders that the last build was asked to build of; empty for the shipped and the imported ones.

    Contributions are in ``{home}/collections``, so that folder is among them wherever others were named.
    """
    path = settings.home / _FILE
    roots = [Path(root) for root in json.loads(path.read_text(encoding="utf-8"))] if path.is_file() else []
    return list(dict.fromkeys([*roots, settings.collections.resolve()])) if roots else []
