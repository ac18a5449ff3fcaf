"""Secrets that links, cookies and codes carry, and the digests by which the database knows them."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["KEY_FILE", "digest", "keyed_digest", "new_code", "new_id", "new_token", "secret_key"]

KEY_FILE: Final = "people.key"
_ALPHABET: Final = "23456789abcdefghjkmnpqrstuvwxyz"
"""Letters and digits that nobody takes for each other."""


def new_token() -> str:
    """Return 256 random bits, fit for an address or a cookie."""
    return secrets.token_urlsafe(32)


def new_id(length: int = 16) -> str:
    """Return a random identifier, fit for an IRI; 16 characters are 79 bits."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def new_code() -> str:
    """Return a recovery code that a person can write down: 79 random bits, in four groups."""
    return "-".join(new_id(4) for _ in range(4))


def digest(token: str) -> str:
    """Return what the database keeps of a random token: its SHA-256, in hexadecimal.

    Tokens are too random to be guessed, so a quick digest is enough (NIST SP 800-63B, section 5.1.2.2).
    """
    return hashlib.sha256(token.encode()).hexdigest()


def keyed_digest(key: bytes, purpose: str, text: str) -> str:
    """Return a digest that only who has the key can make (HMAC-SHA-256, RFC 2104).

    Args:
        key: The site's secret.
        purpose: What the digest is for; one for another purpose is another.
        text: What it is of.
    """
    return hmac.new(key, f"{purpose}\0{text}".encode(), "sha256").hexdigest()


def secret_key(home: Path) -> bytes:
    """Return the site's secret, which is made when it is first asked for and readable by its user only.

    Without it, forms that are open must be loaded again and counts of failures start anew; nothing else is lost.
    """
    path = home / KEY_FILE
    if not path.is_file():
        home.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{KEY_FILE}.{os.getpid()}.{new_id(8)}")
        temporary.touch(mode=0o600, exist_ok=False)
        temporary.write_bytes(secrets.token_bytes(32))
        try:
            os.link(temporary, path)  # unlike a rename, this leaves the key that another process made first
        except FileExistsError:
            pass
        finally:
            temporary.unlink()
    return path.read_bytes()
