"""Provenance of an imported document: where it is from, when and by what it was read, and which version it follows."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kg.importing.outcome import Job

__all__ = ["comparable", "dumps", "named_information", "stamped", "version_digest", "version_entry"]

_OF_THE_RUN: Final = ("retrieved", "wasRevisionOf")
"""Fields that say when something was read and what it follows, not what it says."""

_KEPT: Final = ("source", "sourceLocation", "retrieved", "adapter", "recordHash", "license", "wasRevisionOf")
"""What stays of a version that another replaced."""


def named_information(digest: str) -> str:
    """Return the IRI of what has this SHA-256 (Naming Things with Hashes, RFC 6920).

    Args:
        digest: In hexadecimal.

    >>> named_information("532eaabd9574880dbf76b9b8cc00832c20a6ec113d682299550d7a6e0f345e25")
    'ni:///sha-256;Uy6qvZV0iA2_drm4zACDLCCm7BE9aCKZVQ16bg80XiU'
    """
    return "ni:///sha-256;" + base64.urlsafe_b64encode(bytes.fromhex(digest)).decode().rstrip("=")


def stamped(document: Mapping[str, Any], job: Job, record_hash: str) -> dict[str, Any]:
    """Return ``document`` with its provenance.

    Its source is the page that it names, else the address that was imported, else the record itself by its hash: the
    collection keeps the raw record.
    """
    address = job.source if job.source.startswith(("http://", "https://")) else named_information(record_hash)
    return {
        "identifier": document.get("id"),
        "source": address,
        **document,
        "retrieved": job.time,
        "adapter": job.adapter,
        "recordHash": record_hash,
    }


def comparable(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a document says, without when it was read: two that say the same are the same version."""
    return {key: value for key, value in document.items() if key not in _OF_THE_RUN}


def version_digest(document: Mapping[str, Any]) -> str:
    """Return the SHA-256, in hexadecimal, of what a document says: equal for equal versions."""
    return hashlib.sha256(dumps(comparable(document)).encode()).hexdigest()


def version_entry(document: Mapping[str, Any], line: str, time: str) -> dict[str, Any]:
    """Return what is kept of a version that was replaced at ``time``.

    Args:
        document: The former document.
        line: The former document as its line in the collection, whose hash names the version.
        time: ISO 8601.
    """
    version = named_information(hashlib.sha256(line.encode()).hexdigest())
    kept = {key: document[key] for key in _KEPT if key in document}
    return {"id": document["id"], "version": version, **kept, "replaced": time}


def dumps(value: Mapping[str, Any]) -> str:
    """Return canonical JSON on one line."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
