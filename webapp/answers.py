"""Answers that are given again: whole response bodies, the least recently used of which go first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask import current_app, request

from search.remembering import Memory
from webapp.languages import reader_languages, served

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

__all__ = ["init_app", "remembered", "shared"]

_MOST_ANSWERS: Final = 256
"""Bodies that are kept; one of the search API has some 70 KB."""

_MOST_SHARED: Final = 64


def init_app(app: Flask) -> None:
    """Give the application its memories."""
    app.extensions["ihub.answers"] = Memory(_MOST_ANSWERS)
    app.extensions["ihub.shared"] = Memory(_MOST_SHARED)


def remembered(make: Callable[[], str]) -> str:
    """Return the body that answers this request: a function of the release, the address and the reader's languages."""
    memory: Memory[str] = current_app.extensions["ihub.answers"]
    return memory.get((served().release.id, request.url, reader_languages()), make)


def shared(name: str) -> dict[Any, Any]:
    """Return a dictionary that all requests in the same languages fill and share while the release is served."""
    memory: Memory[dict[Any, Any]] = current_app.extensions["ihub.shared"]
    return memory.get((name, served().release.id, reader_languages()), dict)
