"""Exact look-ups: what a scenario is called and identified by, in the form in which queries are compared with it.

Titles, source identifiers and slugs stand in a trie that is mapped from a file (marisa-trie); an IRI and the address
of a page end in the slug, and so are found by it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import marisa_trie

from search.lexical import normalised

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

__all__ = ["Names", "as_looked_up", "identifies", "titles"]

_QUOTES: Final = "\"'\u201c\u201d\u201e\u2018\u2019\u00ab\u00bb"
_FILE_NAME: Final = "names.marisa"
_ROW: Final = "<I"


@lru_cache(maxsize=4096)
def as_looked_up(query: str) -> str:
    """Return a query in the form in which names are compared: no case, single spaces, no quotation marks around it.

    >>> as_looked_up("\u201eA  Song\u201c")
    'a song'
    """
    return " ".join(normalised(query).split()).strip(_QUOTES).strip()


class Names:
    """Finds scenarios by title in any language, source identifier, slug, IRI and address of the page.

    Args:
        directory: Where :meth:`build` wrote the names.
        cards: The scenarios.
    """

    def __init__(self, directory: Path, cards: Sequence[dict[str, Any]]) -> None:
        self._cards = cards
        self._rows = marisa_trie.RecordTrie(_ROW)
        self._rows.mmap(str(directory / _FILE_NAME))

    @staticmethod
    def build(cards: Iterable[dict[str, Any]], directory: Path) -> None:
        """Write the names of the scenarios that ``cards`` tell of."""
        names = (
            (name, (row,))
            for row, card in enumerate(cards)
            for name in titles(card) | {as_looked_up(card["identifier"] or ""), as_looked_up(_slug(card["iri"]))}
            if name
        )
        marisa_trie.RecordTrie(_ROW, names).save(str(directory / _FILE_NAME))

    def rows(self, query: str) -> list[int]:
        """Return the scenarios that ``query`` names or identifies, ascending."""
        name = as_looked_up(query)
        if not name:
            return []
        found = {*self._ending(name), *self._ending(_slug(name))}
        return sorted(row for row in found if name in titles(self._cards[row]) | _identifiers(self._cards[row]))

    def row(self, iri: str) -> int | None:
        """Return the scenario with this IRI, or None."""
        return next((row for row in self._ending(as_looked_up(_slug(iri))) if self._cards[row]["iri"] == iri), None)

    def _ending(self, name: str) -> list[int]:
        # With a NUL the trie reads beyond what it holds; no name has one.
        return [] if "\0" in name else [row for (row,) in self._rows.get(name) or ()]


def titles(card: dict[str, Any]) -> set[str]:
    """Return a scenario's titles as they are looked up."""
    return {as_looked_up(name) for name in card["names"].values()}


def identifies(query: str, card: dict[str, Any]) -> bool:
    """Whether ``query`` is the identifier, slug or IRI of a scenario, and of none of its translations."""
    return as_looked_up(query) in _identifiers(card)


def _identifiers(card: dict[str, Any]) -> set[str]:
    iri: str = card["iri"]
    segment, slug = iri.rsplit("/", 2)[1:]
    names = [iri, slug, f"{segment}/{slug}", iri.replace("/id/", "/doc/", 1), card["identifier"] or slug]
    return {as_looked_up(name) for name in names}


def _slug(iri: str) -> str:
    return iri.rsplit("/", 1)[-1]
