"""Which tokens stand in which passage, so that only passages with a word of the query are looked at for its places."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

import numpy as np

from search.lexical import stems_of, words
from search.mapped import open_array
from search.passages import passages_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import NDArray

    from search.lexical import LexicalIndex
    from search.passages import Passage

__all__ = ["Occurrences"]


class Occurrences:
    """The tokens of each passage, as their numbers in the vocabulary.

    Args:
        directory: Where :meth:`build` wrote them.
        owners: The scenario of each passage, ascending.
    """

    def __init__(self, directory: Path, owners: NDArray[np.int32]) -> None:
        self._owners = owners
        self._tokens: NDArray[np.int32] = open_array(directory / "tokens.npy")
        self._starts: NDArray[np.int64] = open_array(directory / "tokens.starts.npy")

    @staticmethod
    def build(found: Iterable[Passage], lexical: LexicalIndex, directory: Path) -> None:
        """Write the tokens of all passages: their words and the stems of these, as far as the vocabulary has them."""
        tokens = array("i")
        starts = array("q", [0])
        for passage in found:
            spoken = words(passage.text)
            tokens.extend(sorted(lexical.numbers({*spoken, *stems_of(spoken, passage.language)})))
            starts.append(len(tokens))
        np.save(directory / "tokens.npy", np.array(tokens, np.int32))
        np.save(directory / "tokens.starts.npy", np.array(starts, np.int64))

    def within(self, scenario: int, wanted: NDArray[np.int32]) -> list[int]:
        """Return the passages of a scenario that have one of some tokens, ascending.

        Args:
            scenario: The scenario.
            wanted: Numbers of tokens, ascending.
        """
        own = passages_of(self._owners, scenario)
        return self._having(own.start, own.stop, wanted)

    def has(self, passage: int, wanted: NDArray[np.int32]) -> bool:
        """Whether a passage has one of the tokens ``wanted``, which are ascending."""
        return bool(self._having(passage, passage + 1, wanted))

    def _having(self, first: int, last: int, wanted: NDArray[np.int32]) -> list[int]:
        starts = self._starts[first : last + 1]
        if not len(wanted):
            return []
        tokens = self._tokens[starts[0] : starts[-1]]
        # As often as it has passages, a scenario has few tokens, and a query fewer still.
        places = np.minimum(wanted.searchsorted(tokens), len(wanted) - 1)
        found = np.flatnonzero(wanted[places] == tokens) + starts[0]
        numbers = starts.searchsorted(found, side="right") - 1 + first
        return list(dict.fromkeys(numbers.tolist()))
