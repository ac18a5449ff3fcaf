"""The interface speaks the reader's language, from the path or the header, and links stay in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from webapp.interface_language import INTERFACE_LANGUAGES

if TYPE_CHECKING:
    from flask.testing import FlaskClient


@pytest.mark.parametrize("language", INTERFACE_LANGUAGES)
def test_a_page_says_in_which_language_it_speaks(client: FlaskClient, language: str) -> None:
    page = client.get(f"/{language}/search").get_data(as_text=True)
    assert f'<html lang="{language}">' in page


def test_the_path_outranks_the_header(client: FlaskClient) -> None:
    page = client.get("/fi/search", headers={"Accept-Language": "et"}).get_data(as_text=True)
    assert "Oppiaine" in page
    assert "Õppeaine" not in page


def test_the_header_decides_where_the_path_does_not(client: FlaskClient) -> None:
    assert "Õppeaine" in client.get("/search", headers={"Accept-Language": "et, en;q=0.5"}).get_data(as_text=True)


def test_a_language_that_the_interface_lacks_falls_back_to_english(client: FlaskClient) -> None:
    assert '<html lang="en">' in client.get("/search", headers={"Accept-Language": "sw"}).get_data(as_text=True)


def test_both_written_norwegians_are_answered_in_bokmal(client: FlaskClient) -> None:
    assert '<html lang="nb">' in client.get("/search", headers={"Accept-Language": "nn-NO"}).get_data(as_text=True)


def test_links_of_a_page_stay_in_its_language(client: FlaskClient) -> None:
    page = client.get("/ka/search?subject=").get_data(as_text=True)
    links = re.findall(r'<a [^>]*href="(/[^"]*)"', page)
    others = [link for link in links if not link.startswith("/ka/")]
    languages = "|".join(INTERFACE_LANGUAGES)
    assert all(re.match(rf"/({languages})/search", link) for link in others)
    assert len(others) == len(INTERFACE_LANGUAGES) - 1


def test_files_have_one_address_in_all_languages(client: FlaskClient) -> None:
    sheets = {
        re.findall(r'<link rel="stylesheet" href="([^"]+)"', client.get(f"/{language}/").get_data(as_text=True))[0]
        for language in INTERFACE_LANGUAGES
    }
    assert len(sheets) == 1
    with client.get(sheets.pop()) as sheet:
        assert sheet.status_code == 200


def test_every_language_is_offered_with_the_same_query(client: FlaskClient) -> None:
    page = client.get("/et/search?q=a%26b").get_data(as_text=True)
    assert '<link rel="alternate" hreflang="lt" href="/lt/search?q=a%26b">' in page


def test_a_word_that_only_begins_like_a_language_is_no_language(client: FlaskClient) -> None:
    assert client.get("/fire").status_code == 404
    assert client.get("/sv/search").status_code == 404


def test_a_page_that_is_not_there_says_so_in_the_readers_language(client: FlaskClient) -> None:
    answer = client.get("/fi/there-is-none", headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert "<h1>Sivua ei ole</h1>" in answer.text


@pytest.mark.parametrize("address", ["/et/search", "/et/competences", "/et/coverage", "/et/plan", "/et/sparql"])
def test_the_navigation_says_where_one_is(client: FlaskClient, address: str) -> None:
    page = client.get(address, headers={"Accept": "text/html"}).get_data(as_text=True)
    navigation = page.partition('class="site-nav"')[2].partition("</nav>")[0]
    (current,) = re.findall(r'<a [^>]*?href="([^"]+)" aria-current="page"', navigation)
    assert current == address
