"""``ihub import oai ADDRESS``: the records of an OAI-PMH 2.0 repository."""

from __future__ import annotations

import re
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from kg.errors import ImportSourceError
from kg.importing.net.fetching import NETWORK_OPTIONS, is_address
from kg.importing.oai.client import OaiClient
from kg.importing.oai.harvest import Harvest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kg.importing.adapter import Record, Run
    from kg.importing.net.transport import FetchLimits

__all__ = ["OaiAdapter"]

_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}:\d{2}Z)?")


class OaiAdapter:
    """Harvests a repository; the next import of the same one asks only for what has changed since.

    Args:
        limits: What one request may cost.
    """

    name = "oai"
    version = "1"
    data_kind = "data-kind/original"
    options: Mapping[str, str] = MappingProxyType(
        {
            "prefix": "metadata format: oai_dc (default), lom, amb or another that holds one of these",
            "set": "only this set",
            "from": "only what changed since, such as 2026-01-31 (default: since the last import)",
            "until": "only what changed until then",
            "full": "yes: everything again, which also shows what has vanished without a word",
            **NETWORK_OPTIONS,
        }
    )

    def __init__(self, limits: FetchLimits | None = None) -> None:
        self._limits = limits

    def records(self, run: Run) -> Iterator[Record]:
        """Yield a record for each of the repository's, good or bad, and for each deletion."""
        if not is_address(run.source):
            raise ImportSourceError("is no http(s) address of an OAI-PMH repository", file=run.source)
        for name in ("from", "until"):
            if not _DATE.fullmatch(run.options.get(name, "2026-01-31")):
                raise ImportSourceError(f"{run.options[name]!r} is no date", field=name, hint="such as 2026-01-31")
        with OaiClient(run, self._limits) as client:
            found = Harvest(run, client, client.repository()).records()
            for number, record in enumerate(found, start=1):
                yield replace(record, number=number)

    def total(self, run: Run) -> int:  # noqa: ARG002  # nobody knows before the first answer
        """Return 0: how many records come is known only once they do."""
        return 0
