"""The formats of dumps, apart from what writes them: services only read what a build wrote."""

from __future__ import annotations

from typing import Final, NamedTuple

__all__ = ["CHECKSUMS", "DUMP_FORMATS", "WHOLE", "DumpFormat"]

CHECKSUMS: Final = "SHA256SUMS"
"""The file with the SHA-256 of every other."""

WHOLE: Final = "all"
"""The name of the files that hold all collections."""


class DumpFormat(NamedTuple):
    """One format.

    Attributes:
        media_type: Of the file when unpacked.
        packed: Media type of the packing, or None.
        label: What people call it.
        holds: What it holds, in a few words.
        file_type: Its name in the EU's file-type authority table, or None.
    """

    media_type: str
    packed: str | None
    label: str
    holds: str
    file_type: str | None


_GZIP: Final = "application/gzip"

DUMP_FORMATS: Final[dict[str, DumpFormat]] = {
    "nq.gz": DumpFormat("application/n-quads", _GZIP, "N-Quads", "every statement with its graph", "RDF_N_QUADS"),
    "ttl.gz": DumpFormat("text/turtle", _GZIP, "Turtle", "every statement", "RDF_TURTLE"),
    "jsonl.gz": DumpFormat("application/x-ndjson", _GZIP, "JSON lines", "an entity a line, as JSON-LD", None),
    "csv.gz": DumpFormat("text/csv", _GZIP, "CSV", "a scenario a row", "CSV"),
    "parquet": DumpFormat("application/vnd.apache.parquet", None, "Parquet", "a scenario a row", None),
}
"""Format by suffix."""
