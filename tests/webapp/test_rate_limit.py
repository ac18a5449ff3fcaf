"""Each client may make so many requests a minute, whichever process answers; then it is told when to come back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from tests.webapp.conftest import running_server
from webapp import create_app
from webapp.token_buckets import RateLimiter, rates_file, reset_rates

if TYPE_CHECKING:
    from pathlib import Path

    from flask.testing import FlaskClient

    from kg.release import Release
    from kg.settings import Settings


@pytest.fixture
def limited(site_settings: Settings, release: Release) -> FlaskClient:
    """A client of a site that takes three requests a minute."""
    return create_app(replace(site_settings, requests_per_minute=3, embedder="none"), supervised=True).test_client()


def test_who_asks_too_often_is_told_when_to_come_back(limited: FlaskClient) -> None:
    assert [limited.get("/llms.txt").status_code for _ in range(3)] == [200, 200, 200]
    refused = limited.get("/api/search?q=x")
    assert refused.status_code == 429
    assert refused.mimetype == "application/problem+json"
    assert 1 <= int(refused.headers["Retry-After"]) <= 20
    assert refused.get_json()["type"] == "urn:ihub:problem:too-many-requests"
    assert refused.headers["Access-Control-Allow-Origin"] == "*"


def test_others_are_answered_all_the_same(limited: FlaskClient) -> None:
    for _ in range(4):
        limited.get("/llms.txt")
    other = limited.get("/llms.txt", environ_overrides={"REMOTE_ADDR": "192.0.2.7"})
    assert other.status_code == 200


def test_what_operators_watch_is_not_counted(limited: FlaskClient) -> None:
    for address in ("/healthz", "/metrics", "/static/site.css"):
        for _ in range(5):
            with limited.get(address) as response:
                assert response.status_code == 200


def test_zero_is_no_limit(site_settings: Settings, release: Release) -> None:
    client = create_app(replace(site_settings, requests_per_minute=0), supervised=True).test_client()
    assert {client.get("/llms.txt").status_code for _ in range(20)} == {200}


def test_the_bucket_fills_within_a_minute() -> None:
    limiter = RateLimiter.private(60)
    assert [limiter.wait("a", 0.0) for _ in range(60)] == [0.0] * 60
    assert limiter.wait("a", 0.0) == pytest.approx(1.0)
    assert limiter.wait("b", 0.0) == 0.0
    assert limiter.wait("a", 1.0) == 0.0
    assert [limiter.wait("a", 100.0) for _ in range(60)] == [0.0] * 60


@given(st.lists(st.floats(0, 5), max_size=60))
def test_no_minute_has_more_than_a_full_bucket_and_what_flowed_in(pauses: list[float]) -> None:
    limiter, now, granted = RateLimiter.private(10), 0.0, 0
    for pause in pauses:
        now += pause
        granted += limiter.wait("a", now) == 0.0
    assert granted <= 10 + now / 6 + 1e-6


def test_processes_share_their_buckets(tmp_path: Path) -> None:
    reset_rates(tmp_path)
    one, other = (RateLimiter.shared(2, rates_file(tmp_path)) for _ in range(2))
    assert one.wait("a", 0.0) == other.wait("a", 0.0) == 0.0
    assert one.wait("a", 0.0) > 0
    assert other.wait("a", 0.0) > 0
    assert b"a" * 8 not in rates_file(tmp_path).read_bytes()


@pytest.mark.long
def test_the_limit_is_that_of_the_site_and_not_of_a_process(site_settings: Settings, release: Release) -> None:
    with running_server(replace(site_settings, requests_per_minute=40, workers=2, embedder="none")) as (address, _):
        codes = [requests.get(f"{address}/llms.txt", timeout=10).status_code for _ in range(60)]
        assert 40 <= codes.count(200) <= 44
        assert codes.count(429) == 60 - codes.count(200)
        assert requests.get(f"{address}/readyz", timeout=10).headers["Server"] == "ihub"
