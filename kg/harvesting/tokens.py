"""Resumption tokens: where a harvester stands in a list, signed, so that nobody can make one up."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import os
import secrets
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["ResumptionToken", "TokenError", "TokenSigner"]

_KEY_BYTES: Final = 32
_SIGNATURE_BYTES: Final = 16


class TokenError(ValueError):
    """A text is not a token that was given here."""


class ResumptionToken(NamedTuple):
    """A place in a list (OAI-PMH 2.0, section 3.5).

    Attributes:
        verb: The verb that the list answers.
        prefix: The metadata format.
        set_spec: The set that was asked for.
        since: The moment of ``from``, as the harvester wrote it.
        until: The moment of ``until``, as the harvester wrote it.
        log: The identifier of the history.
        edition: The edition that the list is of.
        release: The release of that edition.
        after: The number of the last event that was given.
        cursor: How many records were given.
        size: How many records the whole list has.
    """

    verb: str
    prefix: str
    set_spec: str | None
    since: str | None
    until: str | None
    log: str
    edition: int
    release: str
    after: int
    cursor: int
    size: int


class TokenSigner:
    """Makes and reads tokens with the key in ``path``, which is made on first use and readable to its owner only."""

    def __init__(self, path: Path) -> None:
        self._key = _read_or_make(path)

    def encode(self, token: ResumptionToken) -> str:
        """Return ``token`` as text of URL-safe characters."""
        body = json.dumps(token, separators=(",", ":"), ensure_ascii=False).encode()
        return base64.urlsafe_b64encode(self._signature(body) + body).decode().rstrip("=")

    def decode(self, text: str) -> ResumptionToken:
        """Return the token in ``text``.

        Raises:
            TokenError: It is none, or was changed.
        """
        try:
            raw = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
        except (ValueError, binascii.Error):
            raise TokenError(text) from None
        signature, body = raw[:_SIGNATURE_BYTES], raw[_SIGNATURE_BYTES:]
        if not hmac.compare_digest(signature, self._signature(body)):
            raise TokenError(text)
        return ResumptionToken(*json.loads(body))

    def _signature(self, body: bytes) -> bytes:
        return hmac.digest(self._key, body, "sha256")[:_SIGNATURE_BYTES]


def _read_or_make(path: Path) -> bytes:
    """Return the key; of several processes that start at once, all get the same."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(_KEY_BYTES))
        try:
            os.link(temporary, path)
        except FileExistsError:
            pass  # another process was first; its key holds
        finally:
            temporary.unlink()
    return path.read_bytes()
