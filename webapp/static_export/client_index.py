"""The index for the search in the browser: words of titles and concepts, in shards of JSON of which a query loads few.

A word stands in the shard of its first two characters, so all words that begin with what was typed are in one shard.
``static/offline-search.js`` reads it and splits words in the same way.
"""

from __future__ import annotations

import json
import re
import unicodedata
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = ["ClientIndex", "shard_of", "words_of"]

SHARDS: Final = 64
_ENTRIES: Final = 500
_WORD: Final = re.compile(r"[^\W_]+")


def words_of(text: str) -> list[str]:
    """Split a text into words without case and accents.

    >>> words_of("K\u00fcberturvalisus, 7. klass")
    ['kuberturvalisus', '7', 'klass']
    """
    plain = unicodedata.normalize("NFKD", text.lower())
    return _WORD.findall("".join(c for c in plain if unicodedata.category(c) != "Mn"))


def shard_of(word: str) -> int:
    """Return the number of the shard that a word stands in.

    >>> shard_of("robot") == shard_of("ro")
    True
    """
    total = 0
    for character in word[:2]:
        total = (total * 31 + ord(character)) % SHARDS
    return total


class ClientIndex:
    """Collects entries and writes the files."""

    def __init__(self) -> None:
        self._entries: list[dict[str, Any]] = []
        self._words: dict[str, dict[int, int]] = {}

    def add(self, entry: Mapping[str, Any], titles: Iterable[str], others: Iterable[str]) -> None:
        """Add an entry.

        Args:
            entry: What a hit shows.
            titles: Its titles in all languages; a word of them weighs more.
            others: Labels of its concepts in all languages.
        """
        number = len(self._entries)
        self._entries.append(dict(entry))
        for weight, texts in ((1, others), (4, titles)):
            for word in {word for text in texts for word in words_of(text)}:
                places = self._words.setdefault(word, {})
                places[number] = max(places.get(number, 0), weight)

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Yield names and contents of the files."""
        shards: list[dict[str, list[int]]] = [{} for _ in range(SHARDS)]
        for word in sorted(self._words):
            # Number and weight in turns: half the size of pairs.
            shards[shard_of(word)][word] = [n for pair in sorted(self._words[word].items()) for n in pair]
        for number, shard in enumerate(shards):
            yield f"search/words-{number}.json", _json(shard)
        for start in range(0, len(self._entries), _ENTRIES):
            yield f"search/entries-{start // _ENTRIES}.json", _json(self._entries[start : start + _ENTRIES])
        about = {"shards": SHARDS, "entries": len(self._entries), "page": _ENTRIES}
        yield "search/index.json", _json(about)


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
