"""Reading and unpacking what a server sends, up to a limit that holds for the unpacked bytes too."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Final

from kg.errors import FetchError

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["MEBIBYTE", "read_bounded", "unpack_bounded"]

MEBIBYTE: Final = 1 << 20
_GZIP: Final = 16 + zlib.MAX_WBITS


def read_bounded(chunks: Iterable[bytes], encoding: str, limit: int) -> bytes:
    """Return the body that arrives in ``chunks``, unpacked.

    Args:
        chunks: The body as it arrives.
        encoding: The content encoding (RFC 9110, section 8.4): gzip, or none.
        limit: The most bytes that are taken, packed or unpacked.

    Raises:
        FetchError: It is larger, packed otherwise, or not what its encoding says.
    """
    if encoding in {"", "identity"}:
        return _joined(chunks, limit)
    if encoding not in {"gzip", "x-gzip"}:
        raise FetchError(f"is sent packed as {encoding!r}, which was not asked for")
    return unpack_bounded(chunks, limit)


def unpack_bounded(chunks: Iterable[bytes], limit: int) -> bytes:
    """Return what the gzip stream (RFC 1952) in ``chunks`` holds, never holding more than ``limit`` bytes of it.

    Raises:
        FetchError: It unpacks to more, is damaged, or ends too early.
    """
    unpacked, parts, size = zlib.decompressobj(_GZIP), list[bytes](), 0
    try:
        for chunk in chunks:
            pending = chunk
            while pending:
                part = unpacked.decompress(pending, limit - size + 1)
                parts.append(part)
                size += len(part)
                if size > limit:
                    raise FetchError(f"unpacks to more than {_mebibytes(limit)}")
                # What follows the end of one member is the next member.
                pending = unpacked.unused_data if unpacked.eof else unpacked.unconsumed_tail
                if unpacked.eof:
                    unpacked = zlib.decompressobj(_GZIP) if pending else unpacked
    except zlib.error as error:
        raise FetchError("is no readable gzip") from error
    if not unpacked.eof and size:
        raise FetchError("is gzip that ends too early")
    return b"".join(parts)


def _joined(chunks: Iterable[bytes], limit: int) -> bytes:
    parts, size = [], 0
    for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise FetchError(f"is larger than {_mebibytes(limit)}")
        parts.append(chunk)
    return b"".join(parts)


def _mebibytes(limit: int) -> str:
    return f"{limit / MEBIBYTE:.3g} MiB"
