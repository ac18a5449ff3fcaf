"""The lexical index: BM25 over stemmed words, each text stemmed by the rules of its own language."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import bm25s
import numpy as np
import Stemmer

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["LexicalIndex", "document_tokens", "query_tokens"]

_WORD: Final = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)?")
_ALGORITHM: Final[dict[str, str]] = {
    "ca": "catalan",
    "da": "danish",
    "de": "german",
    "en": "english",
    "es": "spanish",
    "et": "estonian",
    "fi": "finnish",
    "fr": "french",
    "hu": "hungarian",
    "it": "italian",
    "lt": "lithuanian",
    "nb": "norwegian",
    "nl": "dutch",
    "nn": "norwegian",
    "no": "norwegian",
    "pl": "polish",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sv": "swedish",
}
"""Snowball algorithm by primary language subtag; texts in other languages are indexed by whole words."""


def words(text: str) -> list[str]:
    """Return the words of ``text`` in lower case, in compatibility form.

    >>> words("Pupils' ÕUN_2")
    ['pupils', 'õun', '2']
    """
    return [word.casefold().replace("\u2019", "'") for word in _WORD.findall(unicodedata.normalize("NFKC", text))]


def document_tokens(text: str, language: str) -> list[str]:
    """Return the tokens of a text in ``language``: one stem for each word."""
    stemmer = _stemmer(language.lower().split("-")[0])
    found = words(text)
    return stemmer.stemWords(found) if stemmer else found


def query_tokens(text: str, languages: Iterable[str]) -> list[str]:
    """Return the distinct stems that the words of a query may have in any of ``languages``, and the words themselves.

    A short query seldom shows its language, and a stem that no text has costs nothing.
    """
    found = words(text)
    tokens = dict.fromkeys(found)
    for algorithm in sorted({tag.lower().split("-")[0] for tag in languages}):
        if stemmer := _stemmer(algorithm):
            tokens.update(dict.fromkeys(stemmer.stemWords(found)))
    return list(tokens)


@lru_cache(maxsize=64)
def _stemmer(language: str) -> Any:
    algorithm = _ALGORITHM.get(language)
    return Stemmer.Stemmer(algorithm) if algorithm else None


class LexicalIndex:
    """BM25 scores of all documents for a query.

    Args:
        model: The bm25s model, or None where there is no document with a word in it.
        count: Number of documents.
        languages: The languages of the documents.
    """

    def __init__(self, model: bm25s.BM25 | None, count: int, languages: list[str]) -> None:
        self._model = model
        self._count = count
        self._languages = languages
        self._vocabulary: dict[str, int] = model.vocab_dict if model else {}

    @classmethod
    def build(cls, tokens: list[list[str]], directory: Path) -> None:
        """Index documents given by their tokens and save the index in ``directory``."""
        if any(tokens):
            model = bm25s.BM25(method="lucene")
            model.index(tokens, show_progress=False)
            model.save(directory, show_progress=False)

    @classmethod
    def open(cls, directory: Path, count: int, languages: list[str]) -> LexicalIndex:
        """Open a saved index; its arrays are mapped, so that processes share them."""
        saved = (directory / "params.index.json").is_file()
        return cls(bm25s.BM25.load(directory, mmap=True) if saved else None, count, languages)

    def scores(self, query: str) -> NDArray[np.float32]:
        """Return the BM25 score of each document, shape ``(count,)``; 0 where no word of the query occurs."""
        return self.scores_of(query_tokens(query, self._languages))

    def scores_of(self, tokens: Iterable[str]) -> NDArray[np.float32]:
        """Return the BM25 score of each document for words that are stemmed already."""
        known = [token for token in tokens if token in self._vocabulary]
        if self._model is None or not known:
            return np.zeros(self._count, np.float32)
        scores: NDArray[np.float32] = self._model.get_scores(known)
        return scores
