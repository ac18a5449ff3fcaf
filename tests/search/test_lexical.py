"""Words are found in their inflected forms, by the rules of the text's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from search.lexical import LexicalIndex, document_tokens

if TYPE_CHECKING:
    from pathlib import Path

TEXTS = {
    "et": "Õpilased programmeerivad roboteid",
    "fi": "Oppilaat ohjelmoivat robotteja",
    "lt": "Mokiniai programuoja robotus",
    "nb": "Elevene programmerer roboter",
    "en": "Pupils are programming robots",
    "ka": "მოსწავლეები აპროგრამებენ რობოტს",
}
LANGUAGES = sorted(TEXTS)


@pytest.fixture
def index(tmp_path: Path) -> LexicalIndex:
    tokens = [document_tokens(TEXTS[language], language) for language in LANGUAGES]
    LexicalIndex.build(tokens, tmp_path)
    return LexicalIndex.open(tmp_path, len(LANGUAGES), LANGUAGES)


@pytest.mark.parametrize(
    ("query", "language"),
    [
        ("õpilaste", "et"),
        ("oppilaiden", "fi"),
        ("mokiniams", "lt"),
        ("elever", "nb"),
        ("pupil", "en"),
        ("რობოტს", "ka"),
    ],
)
def test_an_inflected_word_finds_its_text(index: LexicalIndex, query: str, language: str) -> None:
    assert LANGUAGES[int(index.scores(query).argmax())] == language
    assert index.scores(query).max() > 0


def test_unknown_words_find_nothing(index: LexicalIndex) -> None:
    assert not index.scores("xyzzy").any()
    assert not index.scores("").any()


def test_an_index_of_nothing_finds_nothing(tmp_path: Path) -> None:
    LexicalIndex.build([[], []], tmp_path)
    assert LexicalIndex.open(tmp_path, 2, ["en"]).scores("robot").tolist() == [0, 0]
