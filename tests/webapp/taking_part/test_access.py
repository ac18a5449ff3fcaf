"""Every address of the site, asked for by everybody: nobody, and each role, at this hub, at another and at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.webapp.taking_part.conftest import Browser
from webapp.taking_part.access import ACCESS, Everybody
from webapp.taking_part.roles import Role

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

VALUES = {"hub": "east", "token": "none", "draft": "none", "proposal": "none", "scenario": "none", "number": 1}
VALUES |= {"school": "none", "relation": "none", "circle": "none", "month": "2026-05", "upload": "none"}
TEAM = {Role.EDITOR, Role.COORDINATOR, Role.ADMINISTRATOR}


def addresses(app: Flask, *, ours: bool) -> list[tuple[str, str, str]]:
    """Method, address and endpoint of every route, with values for its parts."""
    found = []
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if rule.endpoint.startswith("taking_part.") is ours and (ours or not rule.arguments):
                values = {name: VALUES[name] for name in rule.arguments}
                address = app.url_map.bind("localhost").build(rule.endpoint, values, force_external=False)
                found += [(method, address, rule.endpoint) for method in sorted(rule.methods & {"GET", "POST"})]  # type: ignore[operator]
    return sorted(found)


def ask(browser: Browser, method: str, address: str, token: str) -> int:
    if method == "GET":
        return browser.client.get(address).status_code
    return browser.client.post(address, data={"form_token": token}).status_code


def test_nobody_reaches_only_what_is_for_anybody(people_app: Flask, browser: Browser) -> None:
    token = browser.token()
    for method, address, endpoint in addresses(people_app, ours=True):
        status = ask(browser, method, address, token)
        if ACCESS[endpoint.removeprefix("taking_part.")] is Everybody.ANYBODY:
            assert status in {200, 403, 404, 410, 422}, address
        else:
            assert status == (303 if method == "GET" else 401), address


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("hub", ["hub/east", "hub/west", "*"])
def test_each_role_reaches_what_is_for_it_at_its_hub(
    people_app: Flask, signed_in: Callable[..., Browser], role: Role, hub: str
) -> None:
    browser = signed_in(role, hub)
    token = browser.token("/account")
    # What ends the session comes last.
    for method, address, endpoint in sorted(
        addresses(people_app, ours=True), key=lambda row: row[2].endswith("sign_out")
    ):
        wanted = ACCESS[endpoint.removeprefix("taking_part.")]
        here = hub in {"hub/east", "*"} or "/hub/" not in address
        may = isinstance(wanted, Everybody) or (role in wanted and here)
        send = browser.client.get if method == "GET" else browser.client.post
        answer = send(address, data={"form_token": token} if method == "POST" else None)
        kind = (answer.get_json(silent=True) or {}).get("type", "")
        assert (kind == "urn:ihub:problem:role-missing") is not may, (address, method, answer.status_code)
        assert answer.status_code < 500, (address, method)


def test_every_changing_address_wants_the_token_of_its_own_browser(
    people_app: Flask, signed_in: Callable[..., Browser]
) -> None:
    admin, other = signed_in("administrator", "*"), Browser(people_app)
    posts = [row for row in addresses(people_app, ours=True) if row[0] == "POST"]
    assert len(posts) >= 8
    own = admin.token("/account")
    for _, address, _ in posts:
        for token in ("", "x", other.token()):
            answer = admin.client.post(address, data={"form_token": token})
            assert answer.status_code == 403
            assert answer.get_json()["type"] == "urn:ihub:problem:foreign-form"
        for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
            answer = admin.client.post(address, data={"form_token": own}, headers=headers)
            assert answer.get_json()["type"] == "urn:ihub:problem:foreign-form", headers


def test_a_form_from_before_signing_in_is_of_no_use_after(people_app: Flask, signed_in: Callable[..., Browser]) -> None:
    browser = Browser(people_app)
    before = browser.token()
    signed_in("contributor")
    browser.sign_in("contributor@school.example")
    answer = browser.client.post("/taking-part/sign-out", data={"form_token": before})
    assert answer.get_json()["type"] == "urn:ihub:problem:foreign-form"


def test_public_addresses_answer_everybody_alike(people_app: Flask, signed_in: Callable[..., Browser]) -> None:
    admin, nobody = signed_in("administrator", "*"), Browser(people_app)
    asked = [row for row in addresses(people_app, ours=False) if row[0] == "GET"]
    assert len(asked) > 20
    for _, address, endpoint in asked:
        first, second = (b.client.get(address, buffered=True) for b in (admin, nobody))
        assert first.status_code == second.status_code, address
        assert "Set-Cookie" not in first.headers, address
        if endpoint != "metrics.metrics":
            assert first.get_data() == second.get_data(), address


def test_an_endpoint_without_a_row_keeps_the_site_from_starting(
    people_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    from webapp.taking_part import access

    rows = {name: row for name, row in ACCESS.items() if name != "erase"}
    monkeypatch.setattr(access, "ACCESS", rows)
    with pytest.raises(RuntimeError, match="erase"):
        access.check_table(people_app)
