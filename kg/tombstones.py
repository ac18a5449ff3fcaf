"""Withdrawn documents: what a release says of entities that are no longer in it, so that their tombstones say why."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from kg.withdrawals import DELETED, VANISHED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from kg.documents import Document
    from kg.withdrawals import Withdrawal

__all__ = ["TOMBSTONES", "Tombstone", "read_tombstones", "tombstone_of", "tombstone_of_import", "write_tombstones"]

TOMBSTONES: Final = "tombstones.jsonl"
"""The file in a release's directory."""

_REASONS: Final = {DELETED: "Its source has deleted it.", VANISHED: "Its source no longer has it."}
_WITHDRAWN: Final = "review-status/withdrawn"


@dataclass(frozen=True)
class Tombstone:
    """A withdrawn entity.

    Attributes:
        name: Its IRI relative to ``{base}id/``.
        reason: Why it was withdrawn, in a sentence.
        title: Its titles by language tag, as far as they are known.
        withdrawn_on: When it was withdrawn by its own account (ISO 8601), which may be before any release showed it.
    """

    name: str
    reason: str
    title: Mapping[str, str] = field(default_factory=dict)
    withdrawn_on: str | None = None


def tombstone_of(document: Document) -> Tombstone | None:
    """Return the tombstone of a document whose review status is *withdrawn*, None for every other document."""
    data: Mapping[str, Any] = document.data
    status = data.get("reviewStatus")
    if _WITHDRAWN not in (status if isinstance(status, list) else [status]):
        return None
    when = data.get("withdrawnOn")
    names = data.get("name")
    title = {tag: text for tag, text in names.items() if isinstance(text, str)} if isinstance(names, dict) else {}
    return Tombstone(document.identifier, "Withdrawn by its editors.", title, str(when) if when else None)


def tombstone_of_import(withdrawal: Withdrawal) -> Tombstone:
    """Return the tombstone of what an import took out of its collection."""
    reason = _REASONS.get(withdrawal.reason, "It was taken out of its collection.")
    return Tombstone(withdrawal.identifier, reason, dict(withdrawal.title), withdrawal.time)


def write_tombstones(path: Path, tombstones: Iterable[Tombstone]) -> None:
    """Write ``tombstones`` by name, replacing the file in one step."""
    lines = [json.dumps(vars(t), ensure_ascii=False) + "\n" for t in sorted(tombstones, key=lambda t: t.name)]
    temporary = path.with_name(f".{path.name}.new")
    temporary.write_text("".join(lines), encoding="utf-8")
    temporary.replace(path)


def read_tombstones(path: Path) -> Iterator[Tombstone]:
    """Yield what :func:`write_tombstones` wrote; nothing where there is no file."""
    if path.is_file():
        with path.open(encoding="utf-8") as lines:
            yield from (Tombstone(**json.loads(line)) for line in lines)
