"""Passwords: what is asked of them, and how they are kept (Argon2id, RFC 9106)."""

from __future__ import annotations

import threading
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from webapp.interface_language import message

__all__ = ["LEAST", "MOST", "Passwords", "weakness"]

LEAST: Final = 10
MOST: Final = 200

_TOO_SHORT: Final = message("Choose a password of at least 10 characters; a few words in a row are good.")
_TOO_LONG: Final = message("Choose a password of at most 200 characters.")
_TOO_EASY: Final = message(
    "This password is easy to guess. Choose one that has neither your name nor one sign repeated."
)
_AT_ONCE: Final = 2  # each takes 64 MiB for a moment


class Passwords:
    """Keeps and checks passwords, a few at a time: each check takes memory on purpose.

    Args:
        hasher: With which parameters; by default the second recommended option of RFC 9106, section 4.
    """

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._nobodys = self._hasher.hash("the password of nobody")
        self._places = threading.BoundedSemaphore(_AT_ONCE)

    def keep(self, password: str) -> str:
        """Return what is kept of a password."""
        with self._places:
            return self._hasher.hash(password)

    def check(self, kept: str | None, password: str) -> bool:
        """Whether the password is the one that was kept; takes as long when nothing was."""
        with self._places:
            try:
                return self._hasher.verify(kept or self._nobodys, password) and kept is not None
            except (VerificationError, InvalidHashError):
                return False

    def outdated(self, kept: str) -> bool:
        """Whether the password was kept with other parameters than today's."""
        return self._hasher.check_needs_rehash(kept)


def weakness(password: str, *known: str) -> str | None:
    """Return what is wrong with a new password, as a text for gettext; None where it will do.

    Length is what counts; no kinds of characters are asked for (NIST SP 800-63B, section 5.1.1.2).

    Args:
        password: The password.
        known: What others know of the person, such as name and address.
    """
    if len(password) < LEAST:
        return _TOO_SHORT
    if len(password) > MOST:
        return _TOO_LONG
    lowered = password.lower()
    guessed = any(len(part) > 3 and part in lowered for text in known for part in text.lower().split("@")[0].split())
    return _TOO_EASY if guessed or len(set(lowered)) < 5 else None
