"""Asking the site's own routes from within the process: tools get what any client gets, under the same limits."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder, run_wsgi_app

from kg.errors import IhubError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager

    from flask import Flask

__all__ = ["INSIDE", "Inside", "RefusedError"]

INSIDE: Final = "ihub.inside"
"""Is in the environment of a request that the site makes to itself."""


class RefusedError(IhubError):
    """The site does not answer what a tool asked it for; the cause and the hint are its own words."""


@dataclass(frozen=True)
class Inside:
    """The site, as seen by one client of the tools.

    Attributes:
        app: The site.
        client: The client's address, to which budgets and limits go.
    """

    app: Flask
    client: str

    def get(self, path: str, pairs: Sequence[tuple[str, str]] = (), accept: str = "application/json") -> str:
        """Return the body of the answer to a GET.

        Args:
            path: The path, percent-encoded.
            pairs: Parameters.
            accept: Media type that is wanted.

        Raises:
            RefusedError: The answer is an error.
        """
        return self._answer(EnvironBuilder(path, method="GET", query_string=urlencode(pairs), headers=_accept(accept)))

    def post(self, path: str, body: str, content_type: str, accept: str) -> str:
        """Return the body of the answer to a POST.

        Raises:
            RefusedError: The answer is an error.
        """
        data = body.encode("utf-8", "surrogateescape")
        headers = _accept(accept)
        return self._answer(EnvironBuilder(path, method="POST", data=data, content_type=content_type, headers=headers))

    def request(self, language: str | None) -> AbstractContextManager[Any]:
        """Return the context of a request in this language, for what has no route of its own."""
        query = urlencode({"lang": language} if language else {})
        return self.app.test_request_context("/", query_string=query, environ_base={"REMOTE_ADDR": self.client})

    def _answer(self, builder: EnvironBuilder) -> str:
        builder.environ_base = {"REMOTE_ADDR": self.client}
        environ = builder.get_environ()
        # Slugs are read as they were sent (webapp.addresses).
        environ["RAW_URI"] = builder.request_uri
        environ[INSIDE] = True
        chunks, status, headers = run_wsgi_app(self.app.wsgi_app, environ)
        text = _whole(chunks)
        code = int(status.split()[0])
        if code >= 400:
            raise _refusal(code, text, headers.get("Content-Type", ""))
        if code >= 300:
            raise RefusedError("is an address that leads elsewhere", field=builder.path)
        return text


def _whole(chunks: Any) -> str:
    parts: Iterator[bytes] = iter(chunks)
    try:
        return b"".join(parts).decode("utf-8", "replace")
    finally:
        if hasattr(chunks, "close"):
            chunks.close()


def _accept(media_type: str) -> Headers:
    # Problems are wanted as such, whatever else is.
    return Headers([("Accept", f"{media_type}, application/problem+json")])


def _refusal(code: int, text: str, content_type: str) -> RefusedError:
    if code == 404:
        return RefusedError("there is no such entity or document")
    if not content_type.startswith("application/problem+json"):
        return RefusedError(f"the site answers with status {code}")
    document = json.loads(text)
    where = [f"{name} {document[name]}" for name in ("line", "column") if name in document]
    cause = " at ".join([document["detail"] or document["title"], *([", ".join(where)] if where else [])])
    hints = [document.get("hint"), f"try again in {document['retryAfter']} s" if "retryAfter" in document else None]
    return RefusedError(cause, hint="; ".join(filter(None, hints)) or None)
