"""Every text of the interface is in every catalogue, whole, and with the same places to fill in."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

import pytest
from babel.messages.checkers import num_plurals
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from webapp.interface_language import CATALOGUES, INTERFACE_LANGUAGES

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog, Message

TRANSLATED = [language for language in INTERFACE_LANGUAGES if language != "en"]
_FILLED_IN = re.compile(r"%\((\w+)\)\w")
_LETTERS = {"ka": re.compile(r"[\u10d0-\u10ff]")}


@lru_cache(maxsize=1)
def texts_in_the_code() -> frozenset[str | tuple[str, ...]]:
    """Return what the code and templates say, as `make texts` finds it."""
    with (CATALOGUES / "extraction.cfg").open(encoding="utf-8") as mapping:
        methods, options = parse_mapping_cfg(mapping)
    keywords = {**DEFAULT_KEYWORDS, "message": None}
    found = extract_from_dir(str(CATALOGUES.parent), methods, options, keywords)
    return frozenset(text if isinstance(text, str) else tuple(text) for _, _, text, _, _ in found)


@lru_cache(maxsize=len(INTERFACE_LANGUAGES))
def catalogue(language: str) -> Catalog:
    with (CATALOGUES / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=language)


def forms(entry: Message) -> tuple[str, ...]:
    return entry.string if isinstance(entry.string, tuple) else (entry.string,)


def test_texts_are_found_in_the_code() -> None:
    assert "Skip to the content" in texts_in_the_code()
    assert "At most %(value)s min" in texts_in_the_code()


@pytest.mark.parametrize("language", TRANSLATED)
def test_nothing_is_missing(language: str) -> None:
    told = {entry.id for entry in catalogue(language) if entry.id and all(form.strip() for form in forms(entry))}
    assert sorted(map(str, texts_in_the_code() - told)) == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_nothing_is_left_over_or_unsure(language: str) -> None:
    entries = [entry for entry in catalogue(language) if entry.id]
    assert sorted(str(entry.id) for entry in entries if entry.id not in texts_in_the_code()) == []
    assert [entry.id for entry in entries if entry.fuzzy] == []
    assert not catalogue(language).obsolete


@pytest.mark.parametrize("language", TRANSLATED)
def test_what_is_filled_in_stays(language: str) -> None:
    wrong = []
    for entry in catalogue(language):
        wanted = entry.id[-1] if isinstance(entry.id, tuple) else entry.id
        for form in forms(entry):
            named = set(_FILLED_IN.findall(form))
            # One of several plural forms may say the number in words.
            if named != set(_FILLED_IN.findall(wanted)) and not (isinstance(entry.id, tuple) and named < {"num", "n"}):
                wrong.append((wanted, form))
    assert wrong == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_plural_form_is_there(language: str) -> None:
    for entry in catalogue(language):
        if isinstance(entry.id, tuple):
            num_plurals(catalogue(language), entry)  # raises where the number of forms is another
            assert all(form.strip() for form in forms(entry)), entry.id


@pytest.mark.parametrize("language", TRANSLATED)
def test_texts_fit_where_they_stand(language: str) -> None:
    """A label must not grow into a paragraph, and marks at the ends belong to the layout."""
    for entry in catalogue(language):
        if entry.id and isinstance(entry.id, str):
            assert len(str(entry.string)) <= 3 * len(entry.id) + 20, entry.id
            assert str(entry.string)[:1].isspace() == entry.id[:1].isspace(), entry.id


def test_georgian_is_written_in_georgian() -> None:
    latin = [
        e.id for e in catalogue("ka") if e.id and isinstance(e.string, str) and not _LETTERS["ka"].search(e.string)
    ]
    assert [text for text in latin if re.search(r"[a-z]{4}", re.sub(_FILLED_IN, "", str(text)))] == []
