"""Whether a program makes a request, by its own statement; the statement is looked at and thrown away."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["is_robot"]

_ROBOT: Final = re.compile(
    r"bot(?![\w ])|crawl|spider|slurp|scrap|harvest|fetch|monitor|preview|headless|feed|\+https?:|@"
    r"|^(?!mozilla/|opera/)",
    re.IGNORECASE,
)
"""What robots call themselves; browsers all begin their statement with ``Mozilla/``, and some with ``Opera/``.
``bot`` is no program where a blank follows: there is a make of telephones whose name ends so."""


def is_robot(user_agent: str) -> bool:
    """Whether this is how a program states itself, and no browser.

    >>> is_robot("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
    False
    >>> is_robot("Mozilla/5.0 (compatible; Examplebot/2.1; +https://example.org/bot)"), is_robot("curl/8.5.0")
    (True, True)
    """
    return _ROBOT.search(user_agent) is not None
