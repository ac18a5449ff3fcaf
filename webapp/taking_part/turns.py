"""Work beside writing that takes a while: done for a few at a time, so that nobody's save waits for it."""

from __future__ import annotations

from functools import wraps
from threading import BoundedSemaphore, Lock
from typing import TYPE_CHECKING, Final, ParamSpec

from webapp.interface_language import gettext
from webapp.problems import problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Response

__all__ = ["in_turn"]

_P = ParamSpec("_P")

_PLACES: Final = BoundedSemaphore(3)
"""Who is served and who waits, in this process; the other threads are left to those who save."""

_TURN: Final = Lock()
_AGAIN: Final = "2"  # seconds; who writes on meanwhile asks for something newer anyway


def in_turn(page: Callable[_P, str]) -> Callable[_P, str | Response]:
    """Make a page for one at a time, while few wait; others are told to ask again (503 with ``Retry-After``)."""

    @wraps(page)
    def served(*args: _P.args, **kwargs: _P.kwargs) -> str | Response:
        if not _PLACES.acquire(blocking=False):
            detail = gettext("Many are writing just now. What is said about your draft comes a little later.")
            return problem(503, detail, kind="busy", headers={"Retry-After": _AGAIN})
        try:
            with _TURN:
                return page(*args, **kwargs)
        finally:
            _PLACES.release()

    return served
