"""The lexical index: BM25 over stemmed words, each text stemmed by the rules of its own language.

A word of a query counts once, however many of its forms occur in a text: with the best of them.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections import OrderedDict
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

import bm25s
import marisa_trie
import numpy as np
import Stemmer

from search.expansion import Expansion
from search.mapped import open_array
from search.stop_words import stop_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from search.expansion import WordForm

__all__ = [
    "LexicalIndex",
    "Term",
    "analysed",
    "document_tokens",
    "has_stemmer",
    "normalised",
    "query_tokens",
    "split_words",
    "stems",
    "stems_of",
    "stop_tokens",
    "word_spans",
    "words",
]

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


_MOST_WORDS: Final = 200
"""Words of a query that are looked for; a query of 10,000 characters has some 1,500."""

_STOP_MARK: Final = "\x01"
"""Before a stop word in the vocabulary, so that it is not taken for the same word of another language."""

_VOCABULARY: Final = "vocabulary.marisa"
_MOST_EXPANDED: Final = 12
_REMEMBERED: Final = 256


@dataclass(frozen=True)
class Term:
    """One word of a query, and the tokens that count as it, each with its weight (1 for the word itself)."""

    word: str
    variants: Mapping[str, float]


def words(text: str) -> list[str]:
    """Return the words of ``text`` in lower case, in compatibility form.

    >>> words("Pupils' ÕUN_2")
    ['pupils', 'õun', '2']
    """
    return [word.casefold().replace("\u2019", "'") for word in _WORD.findall(unicodedata.normalize("NFKC", text))]


def split_words(text: str) -> list[str]:
    """Return the words of a text that is normalised already."""
    return _WORD.findall(text)


def word_spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield where the words of ``text`` start and end."""
    for found in _WORD.finditer(text):
        yield found.span()


def normalised(word: str) -> str:
    """Return one word in the form that :func:`words` gives."""
    if word.isascii():
        return word.lower()
    return unicodedata.normalize("NFKC", word).casefold().replace("\u2019", "'")


def has_stemmer(language: str) -> bool:
    """Whether there is a stemmer for a language, given by its tag."""
    return language.lower().split("-")[0] in _ALGORITHM


def stems(text: str, language: str) -> list[str]:
    """Return one stem for each word of a text in ``language``."""
    return stems_of(words(text), language)


def stems_of(found: list[str], language: str) -> list[str]:
    """Return one stem for each of some words in ``language``."""
    stemmer = _stemmer(language.lower().split("-")[0])
    return stemmer.stemWords(found) if stemmer else found


def document_tokens(text: str, language: str) -> list[str]:
    """Return the tokens of a text in ``language``: one stem for each word that is no stop word.

    >>> document_tokens("The robots and the maze", "en")
    ['robot', 'maze']
    """
    return [token for _, token in analysed(text, language)]


def analysed(text: str, language: str) -> list[tuple[str, str]]:
    """Return the words of a text that are no stop words, each with its token."""
    stop = stop_words(language.lower().split("-")[0])
    found = [word for word in words(text) if word not in stop]
    return list(zip(found, stems_of(found, language), strict=True))


def stop_tokens(text: str, language: str) -> list[str]:
    """Return the stop words of a text as tokens of their own kind, which add to a score but never make a match."""
    stop = stop_words(language.lower().split("-")[0])
    return [_STOP_MARK + word for word in words(text) if word in stop]


def query_tokens(text: str, languages: Iterable[str]) -> list[list[str]]:
    """Return for each distinct word of a query the word itself and the stems it may have in any of ``languages``.

    A short query seldom shows its language, and a stem that no text has costs nothing.
    """
    found = list(dict.fromkeys(words(text)))[:_MOST_WORDS]
    forms = [{word: None} for word in found]
    for stemmer in _stemmers(languages):
        for form, stem in zip(forms, stemmer.stemWords(found), strict=True):
            form[stem] = None
    return [list(form) for form in forms]


def _stemmers(languages: Iterable[str]) -> list[Any]:
    primary = {tag.lower().split("-")[0] for tag in languages}
    algorithms = {_ALGORITHM[tag]: tag for tag in primary if tag in _ALGORITHM}
    return [_stemmer(algorithms[name]) for name in sorted(algorithms)]


@lru_cache(maxsize=64)
def _stemmer(language: str) -> Any:
    algorithm = _ALGORITHM.get(language)
    return Stemmer.Stemmer(algorithm) if algorithm else None


class LexicalIndex:
    """BM25 scores of all documents for a query, from files that are mapped, so that processes share them.

    Args:
        directory: Where :meth:`build` saved the index; an empty folder where no document has a word in it.
        count: Number of documents.
        languages: The languages of the documents.
    """

    def __init__(self, directory: Path, count: int, languages: list[str]) -> None:
        self._count = count
        self._languages = languages
        self._vocabulary = marisa_trie.Trie()
        self.stop = {word for tag in languages for word in stop_words(tag.lower().split("-")[0])}
        self._expansion: Expansion | None = None
        self._terms: OrderedDict[str, list[Term]] = OrderedDict()
        self._lock = Lock()
        if (directory / _VOCABULARY).is_file():
            self._vocabulary.mmap(str(directory / _VOCABULARY))
            self._expansion = Expansion(directory)
            # By token, in the order of their numbers: documents, ascending, and scores.
            self._starts: NDArray[np.int64] = open_array(directory / "starts.npy")
            self._documents: NDArray[np.int32] = open_array(directory / "documents.npy")
            self._scores: NDArray[np.float32] = open_array(directory / "scores.npy")

    @staticmethod
    def build(tokens: Iterable[Iterable[str]], directory: Path, forms: Iterable[WordForm] = ()) -> None:
        """Index documents given by their tokens and save the index in ``directory``.

        Args:
            tokens: The tokens of each document.
            directory: An empty folder.
            forms: The words behind the tokens, which misspellings are compared with; read after ``tokens``.
        """
        met: dict[str, int] = {}
        # Numbers take a tenth of the memory that lists of strings would.
        documents = [array("i", (met.setdefault(token, len(met)) for token in own)) for own in tokens]
        if not met:
            return
        vocabulary = marisa_trie.Trie(met)
        vocabulary.save(str(directory / _VOCABULARY))
        renumbered = np.empty(len(met), np.int32)
        for token, number in met.items():
            renumbered[number] = vocabulary[token]
        numbered = [array("i", renumbered[np.array(own, np.int32)].tobytes()) for own in documents]
        del documents, met
        model = bm25s.BM25(method="lucene")
        index = model.build_index_from_ids(list(range(len(vocabulary))), numbered, show_progress=False)
        np.save(directory / "starts.npy", index["indptr"].astype(np.int64))
        np.save(directory / "documents.npy", index["indices"].astype(np.int32))
        np.save(directory / "scores.npy", index["data"].astype(np.float32))
        Expansion.build(forms, directory)

    def scores(self, query: str) -> NDArray[np.float32]:
        """Return the BM25 score of each document, shape ``(count,)``; 0 where no word of the query occurs."""
        return self.matches(query)[0]

    def matches(self, query: str) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return the BM25 score of each document and how much of the query it has.

        That share is of the query's words but stop words, each by its inverse document frequency; words that occur
        nowhere count as if they were in one document. Both have the shape ``(count,)``.
        """
        total = np.zeros(self._count, np.float32)
        share = np.zeros(self._count, np.float32)
        whole = 0.0
        terms = self.terms(query)
        for term in terms:
            best = np.zeros(self._count, np.float32)
            weights = np.zeros(self._count, np.float32)
            for token, weight in term.variants.items():
                documents, scores = self._postings(self._vocabulary[token])
                best[documents] = np.maximum(best[documents], weight * scores)
                weights[documents] = np.maximum(weights[documents], weight)
            total += best
            rarity = float(np.log1p(self._count / max(1, int(np.count_nonzero(weights)))))
            share += np.float32(rarity) * weights
            whole += rarity
        distinct = list(dict.fromkeys(words(query)))[:_MOST_WORDS]
        unknown = set(distinct) - self.stop - {term.word for term in terms}
        whole += len(unknown) * float(np.log1p(self._count))
        # Stop words tell apart texts that have the other words; alone they say nothing.
        total = np.where(total > 0, total + self.scores_of([_STOP_MARK + word for word in distinct]), np.float32(0))
        return total, share / np.float32(whole or 1)

    def scores_of(self, tokens: Iterable[str]) -> NDArray[np.float32]:
        """Return the BM25 score of each document for words that are stemmed already."""
        total = np.zeros(self._count, np.float32)
        for token in tokens:
            if token in self._vocabulary:
                documents, scores = self._postings(self._vocabulary[token])
                total[documents] += scores
        return total

    def terms(self, query: str) -> list[Term]:
        """Return the words of a query that occur in some form, with the tokens that count as them."""
        with self._lock:
            if query in self._terms:
                self._terms.move_to_end(query)
                return self._terms[query]
        found = self._find_terms(query)
        with self._lock:
            self._terms[query] = found
            if len(self._terms) > _REMEMBERED:
                self._terms.popitem(last=False)
        return found

    def words_in(self, query: str, document: int) -> list[str]:
        """Return the words of a query that occur in a document, in some form."""
        return [term.word for term in self.terms(query) if any(self._has(document, token) for token in term.variants)]

    def numbers(self, tokens: Iterable[str]) -> list[int]:
        """Return the numbers of those ``tokens`` that occur."""
        found = (self._vocabulary.get(token) for token in tokens)
        return [number for number in found if number is not None]

    def _find_terms(self, query: str) -> list[Term]:
        found = []
        expanded = 0
        for forms in query_tokens(query, self._languages):
            variants = {form: 1.0 for form in forms if form in self._vocabulary}
            if self._expansion and forms[0] not in self.stop and expanded < _MOST_EXPANDED:
                expanded += 1
                for token, weight in self._expansion.inflected(forms[0]).items():
                    variants.setdefault(token, weight)
                variants = variants or self._expansion.misspelt(forms[0])
            variants = {token: weight for token, weight in variants.items() if token in self._vocabulary}
            if variants:
                found.append(Term(forms[0], variants))
        return found

    def _postings(self, token: int) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Return the documents that have a token, ascending, and its score in each."""
        span = slice(self._starts[token], self._starts[token + 1])
        return self._documents[span], self._scores[span]

    def _has(self, document: int, token: str) -> bool:
        documents, _ = self._postings(self._vocabulary[token])
        # Looked up as a number of the array's own type: for another, numpy converts the whole array each time.
        place = int(documents.searchsorted(np.int32(document)))
        return place < len(documents) and int(documents[place]) == document
