"""Somebody of the demonstration at a browser: signs in, and fills in the site's own forms."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Final

from lxml import html

from kg.errors import TakingPartError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from flask import Flask
    from werkzeug.test import TestResponse

__all__ = ["Visitor", "fault"]

_ROOT: Final = "/taking-part"
_OK: Final = 200
_SEE_OTHER: Final = 303


def fault(cause: str) -> TakingPartError:
    """Return the error of a demonstration that does what the site does not let it do."""
    return TakingPartError(cause, hint="a fault of the demonstration; please report it")


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
        if answer.status_code != _OK:
            raise fault(f"{address}: {answer.status}")
        return answer.get_data(as_text=True)

    def forms(self, page: str) -> list[dict[str, list[str]]]:
        """Return what a browser would send of each form of a page on which nobody changes anything, buttons apart."""
        found = []
        for form in self._parsed(page).forms:
            fields: dict[str, list[str]] = {}
            for name, value in form.form_values():
                fields.setdefault(name, []).append(value)
            found.append(fields)
        return found

    def form(self, page: str, field: str) -> dict[str, list[str]]:
        """Return the first of a page's forms that has a certain field.

        Raises:
            TakingPartError: No form has it.
        """
        for form in self.forms(page):
            if field in form:
                return form
        raise fault(f"{page}: no form has {field}")

    def option(self, page: str, field: str, text: str) -> str:
        """Return the value of the option of a list that is called so.

        Raises:
            TakingPartError: There is none.
        """
        options = self._parsed(page).xpath("//select[@name=$field]/option", field=field)
        return _only((str(o.get("value")) for o in options if o.text_content() == text), page, text)

    def link(self, page: str, text: str) -> str:
        """Return the address below ``/taking-part`` that a link of a page leads to.

        Raises:
            TakingPartError: No link is called so.
        """
        links = self._parsed(page).xpath("//main//a")
        found = (str(link.get("href")) for link in links if link.text_content().strip() == text)
        return _only(found, page, text).partition(_ROOT)[2]

    def send(self, address: str, page: str, fields: Mapping[str, Any]) -> str:
        """Send a form, and return the address below ``/taking-part`` that the site leads to afterwards.

        Args:
            address: Where the form is sent.
            page: The page that it stands on.
            fields: What is filled in.

        Raises:
            TakingPartError: The site refuses what was filled in.
        """
        answer = self._send(address, page, fields, _SEE_OTHER)
        return str(answer.headers["Location"]).partition(_ROOT)[2]

    def send_file(self, address: str, page: str, field: str, name: str, content: bytes) -> None:
        """Send a file by a form that answers with a page.

        Args:
            address: Where the form is sent.
            page: The page that it stands on.
            field: The form's field for the file.
            name: What the file is called.
            content: What is in it.

        Raises:
            TakingPartError: The site refuses the file.
        """
        self._send(address, page, {field: (io.BytesIO(content), name)}, _OK)

    def _parsed(self, page: str) -> Any:  # what lxml's XPath returns depends on the expression
        return html.fromstring(self.page(page))

    def _send(self, address: str, page: str, fields: Mapping[str, Any], status: int) -> TestResponse:
        shown = self._parsed(page)
        hidden = {name: value for name in ("form_token", "version") if (value := _hidden(shown, name))}
        answer = self._client.post(_ROOT + address, data={**hidden, **fields})
        if answer.status_code != status:
            raise fault(f"{address}: {answer.status}")
        return answer


def _hidden(page: Any, name: str) -> str:
    return "".join(page.xpath("//input[@type='hidden'][@name=$name]/@value", name=name)[:1])


def _only(found: Iterable[str], page: str, text: str) -> str:
    first = next(iter(found), None)
    if first is None:
        raise fault(f"{page}: nothing is called {text}")
    return first
