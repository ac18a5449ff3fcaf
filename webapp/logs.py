"""Where a web worker's log goes: to standard error, the site's own lines included."""

from __future__ import annotations

import logging
from typing import Final

__all__ = ["write_logs"]

_FORMAT: Final = "%(asctime)s %(name)s %(message)s"


def write_logs() -> None:
    """Write what the site has to say (``ihub.*`` and ``webapp.*``, from INFO on), once for each process.

    gunicorn configures its own loggers only; without this, no query would leave its line.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter(_FORMAT))
    for name in ("ihub", "webapp"):
        logger = logging.getLogger(name)
        if not logger.handlers:
            logger.addHandler(handler)
            logger.setLevel(logging.INFO)
            logger.propagate = False
