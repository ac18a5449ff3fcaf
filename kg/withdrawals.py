"""Withdrawals: what an import took out of a collection, when and why, for the tombstones of the next release."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from kg.errors import CollectionError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["DELETED", "VANISHED", "WITHDRAWN_FILE", "Withdrawal", "read_withdrawals"]

WITHDRAWN_FILE: Final = "withdrawn.jsonl"

DELETED: Final = "deleted"
"""The source says that it deleted the record."""

VANISHED: Final = "vanished"
"""The source lists everything that it has, and the record is no longer there."""


@dataclass(frozen=True)
class Withdrawal:
    """One description that was taken back.

    Attributes:
        identifier: The entity, relative to ``{base}id/``, such as ``scenario/heat-map``.
        time: When the import took it out, ISO 8601 in UTC.
        reason: :data:`DELETED` or :data:`VANISHED`.
        source: Where the record came from: its address, or else the source that was imported.
        title: What it was called, by language.
    """

    identifier: str
    time: str
    reason: str
    source: str
    title: Mapping[str, str] = field(default_factory=dict)

    @property
    def json(self) -> str:
        """The withdrawal as one line of JSON."""
        fields = {
            "id": self.identifier,
            "time": self.time,
            "reason": self.reason,
            "source": self.source,
            "title": dict(self.title),
        }
        return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def read_withdrawals(directory: Path) -> dict[str, Withdrawal]:
    """Return the withdrawals of the collection in ``directory`` by identifier; none where it has no such file.

    Raises:
        CollectionError: The file holds something else; names the line.
    """
    path = directory / WITHDRAWN_FILE
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8") as lines:
        return {
            withdrawal.identifier: withdrawal
            for number, line in enumerate(lines, start=1)
            if line.strip()
            for withdrawal in [_withdrawal(path, number, line)]
        }


def _withdrawal(path: Path, number: int, line: str) -> Withdrawal:
    try:
        fields: dict[str, Any] = json.loads(line)
        return Withdrawal(fields["id"], fields["time"], fields["reason"], fields["source"], fields.get("title") or {})
    except (ValueError, KeyError, TypeError) as error:
        raise CollectionError("is no withdrawal", file=path, record=number) from error
