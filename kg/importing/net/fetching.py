"""Fetching one address after the other, for adapters that read pages, lists and sitemaps."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import Message
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

import httpx2

from kg.errors import FetchError, ImportSourceError
from kg.importing.net.transport import MEDIA_TYPES, FetchLimits, PoliteTransport
from kg.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from kg.importing.adapter import Run

__all__ = ["NETWORK_OPTIONS", "Fetched", "Fetcher", "http_client", "is_address"]

NETWORK_OPTIONS: Final[Mapping[str, str]] = {
    "delay": "seconds between two requests to one server (1)",
    "contact": "whom servers may write to: a mail address or page (default: the setting IHUB_CONTACT_EMAIL)",
}
"""Options of every adapter that asks servers."""


@dataclass(frozen=True)
class Fetched:
    """What an address gave.

    Attributes:
        url: The address after redirects.
        content: The body, unpacked.
        media_type: The media type in lower case, empty where the server says none.
        charset: The character encoding that the server says, if any.
    """

    url: str
    content: bytes
    media_type: str
    charset: str | None


def is_address(text: str) -> bool:
    """Tell whether the text is an http(s) address rather than a path."""
    return text.lower().startswith(("http://", "https://"))


def http_client(run: Run, limits: FetchLimits | None = None) -> tuple[httpx2.Client, PoliteTransport]:
    """Return a client for the servers of this run, with its transport: checked, bounded, polite, and saying who asks.

    Raises:
        ImportSourceError: The option ``delay`` is not a number of seconds.
    """
    limits = limits or FetchLimits()
    transport = PoliteTransport(limits, delay=_delay(run.options), allow_private=run.allow_private)
    client = httpx2.Client(
        transport=transport,
        headers={"user-agent": user_agent(run.options), "accept-encoding": "gzip"},
        follow_redirects=True,
        max_redirects=limits.redirects,
        trust_env=False,
    )
    return client, transport


def user_agent(options: Mapping[str, str]) -> str:
    """Return who asks: the program, its version, and whom to write to where that is known."""
    contact = options.get("contact", "").strip() or _own_address()
    contact = "".join(character for character in contact if character.isascii() and character.isprintable())
    return f"ihub/{version('ihub-graph')}" + (f" (+{contact})" if contact else "")


def _own_address() -> str:
    """Return the deployment's address; none where it still has the placeholder, which reaches nobody (RFC 2606)."""
    email = Settings.from_environment().contact_email
    return "" if email.endswith("@example.org") else f"mailto:{email}"


def _delay(options: Mapping[str, str]) -> float:
    try:
        delay = float(options.get("delay", "1"))
    except ValueError:
        delay = -1.0
    if not 0 <= delay <= 3600:
        raise ImportSourceError(f"{options['delay']!r} is no number of seconds", field="delay")
    return delay


class Fetcher:
    """Fetches addresses for one run; a context manager.

    Args:
        run: Whose options say how politely, and whether private addresses may be asked.
        limits: What one request may cost.
    """

    def __init__(self, run: Run, limits: FetchLimits | None = None) -> None:
        self._client, self.transport = http_client(run, limits)

    def get(self, url: str, media_types: frozenset[str] | None = None) -> Fetched:
        """Return what ``url`` gives.

        Args:
            url: An http(s) address.
            media_types: What it may be; anything else is not read.

        Raises:
            FetchError: It cannot be had; ``record`` is the HTTP status where the server answered with one.
        """
        extensions: dict[str, Any] = {MEDIA_TYPES: media_types} if media_types else {}
        accept = ", ".join(sorted(media_types)) + ", */*;q=0.1" if media_types else "*/*"
        try:
            response = self._client.get(url, headers={"accept": accept}, extensions=extensions)
        except httpx2.TooManyRedirects as error:
            raise FetchError("redirects in a circle or too often", file=url) from error
        except (httpx2.InvalidURL, httpx2.RequestError, UnicodeError) as error:
            raise FetchError(f"is no usable address: {error}", file=url) from error
        except FetchError as error:
            raise FetchError(error.cause, file=url, hint=error.hint) from error
        if not response.is_success:
            status = response.status_code
            raise FetchError(f"answers {status} {response.reason_phrase}".rstrip(), file=url, status=status)
        message = Message()
        message["content-type"] = response.headers.get("content-type", "")
        media_type = message["content-type"].split(";")[0].strip().lower()
        return Fetched(str(response.url), response.content, media_type, message.get_content_charset())

    def __enter__(self) -> Fetcher:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close every connection."""
        self._client.close()
