"""Somebody of the demonstration at a browser: signs in, and fills in the site's own forms."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from kg.errors import TakingPartError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Flask
    from werkzeug.test import TestResponse

__all__ = ["Visitor"]

_ROOT: Final = "/taking-part"
_SEE_OTHER: Final = 303


class Visitor:
    """A browser that keeps cookies and sends forms with the token and version of the page that they stand on.

    Args:
        app: The site.
        email: By which the person signs in.
        password: The password.

    Raises:
        TakingPartError: The site does not let the person in.
    """

    def __init__(self, app: Flask, email: str, password: str) -> None:
        self._client = app.test_client()
        self.send("/sign-in", "/sign-in", {"email": email, "password": password})

    def page(self, address: str) -> str:
        """Return a page below ``/taking-part``.

        Raises:
            TakingPartError: The site answers with something else.
        """
        answer = self._client.get(_ROOT + address)
        if answer.status_code != 200:
            raise TakingPartError(f"{address}: {answer.status}", hint="a fault of the demonstration; please report it")
        return answer.get_data(as_text=True)

    def send(self, address: str, page: str, fields: Mapping[str, Any]) -> str:
        """Send a form, and return the address below ``/taking-part`` that the site leads to afterwards.

        Args:
            address: Where the form is sent.
            page: The page that it stands on.
            fields: What is filled in.

        Raises:
            TakingPartError: The site refuses what was filled in.
        """
        shown = self.page(page)
        hidden = {name: found[1] for name in ("form_token", "version") if (found := _hidden(shown, name))}
        answer: TestResponse = self._client.post(_ROOT + address, data={**hidden, **fields})
        if answer.status_code != _SEE_OTHER:
            raise TakingPartError(f"{address}: {answer.status}", hint="a fault of the demonstration; please report it")
        return str(answer.headers["Location"]).partition(_ROOT)[2]


def _hidden(page: str, name: str) -> re.Match[str] | None:
    return re.search(rf'name="{name}" value="(\w+)"', page)
