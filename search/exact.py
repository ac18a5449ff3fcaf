"""Exact look-ups: what a scenario is called and identified by, in the form in which queries are compared with it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from search.lexical import normalised

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["as_looked_up", "identifies", "rows_by_name", "titles"]

_QUOTES: Final = "\"'\u201c\u201d\u201e\u2018\u2019\u00ab\u00bb"


@lru_cache(maxsize=4096)
def as_looked_up(query: str) -> str:
    """Return a query in the form in which names are compared: no case, single spaces, no quotation marks around it.

    >>> as_looked_up("\u201eA  Song\u201c")
    'a song'
    """
    return " ".join(normalised(query).split()).strip(_QUOTES).strip()


def rows_by_name(cards: Sequence[dict[str, Any]]) -> dict[str, list[int]]:
    """Return the rows of scenarios by title in any language, source identifier, slug, IRI and address of the page."""
    rows: dict[str, list[int]] = {}
    for row, card in enumerate(cards):
        for name in titles(card) | _identifiers(card):
            rows.setdefault(name, []).append(row)
    return rows


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
