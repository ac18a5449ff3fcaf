"""Who is charged for a query: the address of the connection, or what a trusted proxy says and nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from flask import Response, request

from webapp import create_app
from webapp.sparql_request import client_of

if TYPE_CHECKING:
    from kg.settings import Settings


@pytest.mark.parametrize(
    ("proxies", "forwarded", "charged"),
    [
        (0, "203.0.113.9", "127.0.0.1"),  # nobody is believed by default
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.66, 203.0.113.9", "203.0.113.9"),  # the client's own claim comes first and does not count
        (2, "198.51.100.66, 203.0.113.9, 10.0.0.1", "203.0.113.9"),
        (1, "2001:db8:1:2:3::9", "2001:db8:1:2::"),
        (1, None, "127.0.0.1"),
        (1, "", "127.0.0.1"),
        (2, "203.0.113.9", "127.0.0.1"),  # fewer hops than proxies: somebody came past one
    ],
)
def test_the_client_is_the_one_that_the_last_trusted_proxy_saw(
    settings: Settings, proxies: int, forwarded: str | None, charged: str
) -> None:
    app = create_app(replace(settings, proxies=proxies), supervised=True)
    app.add_url_rule("/whoami", view_func=lambda: Response(client_of(request.remote_addr)))
    headers = {"X-Forwarded-For": forwarded} if forwarded is not None else {}
    assert app.test_client().get("/whoami", headers=headers).text == charged


def test_addresses_are_those_that_the_reader_used(settings: Settings) -> None:
    app = create_app(replace(settings, proxies=1), supervised=True)
    app.add_url_rule("/where", view_func=lambda: Response(request.base_url))
    headers = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "ihub.example.org"}
    assert app.test_client().get("/where", headers=headers).text == "https://ihub.example.org/where"
