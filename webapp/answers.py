"""Answers that are given again: whole response bodies, the least recently used of which go first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from flask import Response, current_app, request

from search.remembering import Memory
from webapp.languages import reader_languages, served

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

__all__ = ["finished", "init_app", "remembered", "shared"]

_MOST_ANSWERS: Final = 256
"""Bodies that are kept; one of the search API has some 70 KB."""

_MOST_SHARED: Final = 64


class _Finished(NamedTuple):
    """A response as it is sent."""

    body: bytes
    headers: list[tuple[str, str]]


def init_app(app: Flask) -> None:
    """Give the application its memories."""
    app.extensions["ihub.answers"] = Memory(_MOST_ANSWERS)
    app.extensions["ihub.finished"] = Memory(_MOST_ANSWERS)
    app.extensions["ihub.shared"] = Memory(_MOST_SHARED)


def finished(make: Callable[[], Response]) -> Response:
    """Return a whole response: the same bytes and headers again while release, address and languages are the same.

    Looked up before anything of the request is read. What ``make`` raises is not kept, and so no mistake is.

    Args:
        make: Makes the response, with status 200, all of its body and its ETag.
    """
    memory: Memory[_Finished] = current_app.extensions["ihub.finished"]
    key = (served().release.id, request.url, request.headers.get("Accept-Language", ""))
    found = memory.get(key, lambda: _finish(make()))
    response = Response(found.body, headers=found.headers)
    response.make_conditional(request)
    return response


def _finish(response: Response) -> _Finished:
    return _Finished(response.get_data(), response.headers.to_wsgi_list())


def remembered(make: Callable[[], str]) -> str:
    """Return the body that answers this request: a function of the release, the address and the reader's languages."""
    memory: Memory[str] = current_app.extensions["ihub.answers"]
    return memory.get((served().release.id, request.url, reader_languages()), make)


def shared(name: str) -> dict[Any, Any]:
    """Return a dictionary that all requests in the same languages fill and share while the release is served."""
    memory: Memory[dict[Any, Any]] = current_app.extensions["ihub.shared"]
    return memory.get((name, served().release.id, reader_languages()), dict)
