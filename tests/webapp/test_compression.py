"""Pages and their files are sent compressed to clients that accept it, and stay cacheable."""

from __future__ import annotations

import gzip
import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from flask.testing import FlaskClient

GZIP = {"Accept-Encoding": "gzip, deflate, br"}


def assets(client: FlaskClient) -> list[str]:
    text = client.get("/search").text
    return re.findall(r'(?:href|src)="(/static/[^"]+\.(?:css|js|svg)\?v=[^"]+)"', text)


@pytest.mark.parametrize("address", ["/", "/search?q=robot", "/doc/scenario/robot-ka", "/ontology"])
def test_a_page_is_compressed_for_who_accepts_it(client: FlaskClient, address: str) -> None:
    plain, packed = client.get(address), client.get(address, headers=GZIP)
    assert plain.headers.get("Content-Encoding") is None
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) * 2 < len(plain.data)
    for response in (plain, packed):
        assert "Accept-Encoding" in response.vary
    assert packed.content_length == len(packed.data)


def test_a_page_is_revalidated_in_either_form(client: FlaskClient) -> None:
    address = "/doc/scenario/robot-ka"
    tags = [client.get(address, headers=headers).headers["ETag"] for headers in ({}, GZIP)]
    for tag in tags:
        for headers in ({}, GZIP):
            assert client.get(address, headers={**headers, "If-None-Match": tag}).status_code == 304


def test_files_are_compressed_and_may_be_kept_for_ever(client: FlaskClient) -> None:
    found = assets(client)
    assert any(".css" in address for address in found)
    assert any(".js" in address for address in found)
    for address in found:
        with client.get(address) as plain, client.get(address, headers=GZIP) as packed:
            assert "immutable" in packed.headers["Cache-Control"]
            if len(plain.data) >= 1400:
                assert packed.headers["Content-Encoding"] == "gzip"
                assert gzip.decompress(packed.data) == plain.data
        with client.get(address, headers={**GZIP, "If-None-Match": packed.headers["ETag"]}) as again:
            assert again.status_code == 304


def test_a_part_of_a_file_is_sent_as_it_is(client: FlaskClient) -> None:
    with client.get("/static/site.css", headers={**GZIP, "Range": "bytes=0-99"}) as response:
        assert response.status_code == 206
        assert response.headers.get("Content-Encoding") is None
        assert len(response.data) == 100


def test_a_client_that_refuses_gzip_gets_the_plain_page(client: FlaskClient) -> None:
    response = client.get("/search", headers={"Accept-Encoding": "gzip;q=0, identity"})
    assert response.headers.get("Content-Encoding") is None
    assert response.data.startswith(b"<!doctype html>")
