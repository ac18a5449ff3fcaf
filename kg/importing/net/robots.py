"""What a site asks of robots (RFC 9309), kept per site for one run."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

from kg.errors import FetchError

if TYPE_CHECKING:
    from kg.importing.net.fetching import Fetcher

__all__ = ["AGENT", "Robots"]

AGENT: Final = "ihub"
"""The product token that a site may name in its robots.txt."""


class Robots:
    """Asks each site once for its robots.txt.

    Args:
        fetcher: Fetches it; it is slowed down to what the site asks for.
    """

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher
        self._rules: dict[str, RobotFileParser | str] = {}

    def refusal(self, url: str) -> str | None:
        """Return why ``url`` is not to be fetched, or None where the site lets robots fetch it."""
        parts = urlsplit(url)
        site = f"{parts.scheme}://{parts.netloc}"
        if site not in self._rules:
            self._rules[site] = self._read(site)
        rules = self._rules[site]
        if isinstance(rules, str):
            return rules
        return None if rules.can_fetch(AGENT, url) else "is not for robots, says the robots.txt of its site"

    def _read(self, site: str) -> RobotFileParser | str:
        """Return the rules of a site, or why there are none that could be read."""
        rules = RobotFileParser()
        try:
            text = self._fetcher.get(f"{site}/robots.txt").content.decode("utf-8", errors="replace")
        except FetchError as error:
            # No such file: everything is allowed. A site that cannot say is not asked (RFC 9309, section 2.3.1).
            if error.status is None or error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                return f"is not fetched, since the robots.txt of its site cannot be read: {error.cause}"
            text = ""
        rules.parse(text.removeprefix("\ufeff").splitlines())
        delay = rules.crawl_delay(AGENT)
        if delay is not None:
            self._fetcher.transport.slow_down(float(delay))
        return rules
