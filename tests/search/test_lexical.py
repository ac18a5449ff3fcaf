"""Words are found in their inflected forms, by the rules of the text's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from search.expansion import WordForm
from search.lexical import LexicalIndex, analysed, document_tokens, has_stemmer, stop_tokens

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
    forms = [
        WordForm(word, token, 1, has_stemmer(language))
        for language in LANGUAGES
        for word, token in analysed(TEXTS[language], language)
    ]
    LexicalIndex.build(tokens, tmp_path, forms)
    return LexicalIndex(tmp_path, len(LANGUAGES), LANGUAGES)


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
    assert LexicalIndex(tmp_path, 2, ["en"]).scores("robot").tolist() == [0, 0]


@pytest.mark.parametrize(
    ("text", "language", "tokens"),
    [
        ("Who are you and what is this", "en", []),
        ("see on ja ei ole", "et", []),
        ("tämä on se joka oli", "fi", []),
        ("tai yra ir nėra kad", "lt", []),
        ("det er ikke en og som", "nb", []),
        ("ეს არის და ის", "ka", []),
    ],
)
def test_stop_words_are_no_tokens(text: str, language: str, tokens: list[str]) -> None:
    assert document_tokens(text, language) == tokens


def test_a_stop_word_of_one_language_is_a_word_of_another() -> None:
    assert document_tokens("men and duck", "en") == ["men", "duck"]
    assert document_tokens("men and", "nb") == ["and"], "a duck"


@pytest.mark.parametrize(
    ("query", "language"),
    [
        ("programmimg", "en"),
        ("progarmmeerivad", "et"),
        ("ohjelmoiavt", "fi"),
        ("programmerrer", "nb"),
        ("აპროგრმებენ", "ka"),
    ],
)
def test_misspellings_find_what_was_meant(index: LexicalIndex, query: str, language: str) -> None:
    assert index.scores(query)[LANGUAGES.index(language)] > 0


@pytest.mark.parametrize("query", ["რობოტების", "რობოტი", "მოსწავლისთვის", "აპროგრამებს"])
def test_inflections_are_found_where_there_is_no_stemmer(index: LexicalIndex, query: str) -> None:
    assert LANGUAGES[int(index.scores(query).argmax())] == "ka"
    assert index.scores(query).max() > 0


def test_a_word_counts_once_in_all_its_forms(index: LexicalIndex) -> None:
    assert index.scores("robot robots ROBOTS").max() <= index.scores("robots").max() * 2
    assert [term.word for term in index.terms("Pupils and pupils")] == ["pupils"]


def test_words_that_occur_are_told(index: LexicalIndex) -> None:
    assert index.words_in("pupil sausage robots", LANGUAGES.index("en")) == ["pupil", "robots"]


def test_stop_words_order_matches_but_make_none(tmp_path: Path) -> None:
    texts = ["The kite and the wind", "Kite or wind", "The whole of the matter"]
    LexicalIndex.build([document_tokens(text, "en") + stop_tokens(text, "en") for text in texts], tmp_path)
    scores = LexicalIndex(tmp_path, 3, ["en"]).scores("the wind and the kite")
    assert scores[0] > scores[1] > 0 == scores[2]
