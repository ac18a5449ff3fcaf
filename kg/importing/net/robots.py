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
        self._rules: dict[str, RobotFileParser] = {}

    def allow(self, url: str) -> bool:
        """Tell whether the site lets robots fetch ``url``."""
        parts = urlsplit(url)
        site = f"{parts.scheme}://{parts.netloc}"
        if site not in self._rules:
            self._rules[site] = self._read(site)
        return self._rules[site].can_fetch(AGENT, url)

    def _read(self, site: str) -> RobotFileParser:
        rules = RobotFileParser()
        try:
            text = self._fetcher.get(f"{site}/robots.txt").content.decode("utf-8", errors="replace")
        except FetchError as error:
            # No such file: everything is allowed. A site that cannot say is not asked (RFC 9309, section 2.3.1).
            refused = error.status is None or error.status >= HTTPStatus.INTERNAL_SERVER_ERROR
            text = "User-agent: *\nDisallow: /" if refused else ""
        rules.parse(text.removeprefix("\ufeff").splitlines())
        delay = rules.crawl_delay(AGENT)
        if delay is not None:
            self._fetcher.transport.slow_down(float(delay))
        return rules
