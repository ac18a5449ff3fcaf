"""What filters, orders and ranking need of every scenario at once, as mapped columns."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from ontology.language import choose, read_as
from search.alphabet import ALPHABETS, title_key
from search.mapped import open_array

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["Columns"]

_UNKNOWN: Final = -1
_DATE: Final = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?")


class Columns:
    """The columns of one release.

    Args:
        directory: Where :meth:`build` wrote them.

    Attributes:
        work_of: The work of each scenario, as numbers from 0 in order of appearance; shape ``(scenarios,)``.
        works: Number of works.
        minutes: Times of scenarios, -1 where not known; shape ``(scenarios,)``.
        ages: Youngest and oldest age, -1 where not known; shape ``(scenarios, 2)``.
        published: Dates of publication as numbers that grow with time, -1 where not known; shape ``(scenarios,)``.
        titles: For each alphabet the place of each scenario's title among all; shape ``(scenarios,)``.
        languages: Languages that the texts are read as.
        language_of: Which of them each scenario has; shape ``(scenarios,)``.
    """

    def __init__(self, directory: Path) -> None:
        self.work_of: NDArray[np.int64] = open_array(directory / "work_of.npy")
        self.minutes: NDArray[np.int32] = open_array(directory / "minutes.npy")
        self.ages: NDArray[np.int32] = open_array(directory / "ages.npy")
        self._members: NDArray[np.int32] = open_array(directory / "members.npy")
        self._starts: NDArray[np.int64] = open_array(directory / "members.starts.npy")
        self.published: NDArray[np.int32] = open_array(directory / "published.npy")
        self.titles: dict[str, NDArray[np.int32]] = {
            alphabet: open_array(directory / f"titles.{alphabet}.npy") for alphabet in ALPHABETS
        }
        self.language_of: NDArray[np.int16] = open_array(directory / "languages.npy")
        self.languages: list[str] = np.load(directory / "languages.tags.npy").tolist()
        self.works = len(self._starts) - 1
        self.readable = lru_cache(maxsize=len(self.languages) + 1)(self._readable)

    @staticmethod
    def build(cards: Iterable[dict[str, Any]], directory: Path) -> NDArray[np.int64]:
        """Write the columns of the scenarios that ``cards`` tell of; return the work of each."""
        numbers: dict[str, int] = {}
        tags: dict[str, int] = {}
        work_of, minutes, ages, languages, published, titles = [], [], [], [], [], []
        for card in cards:
            work_of.append(numbers.setdefault(card["work"] or card["iri"], len(numbers)))
            minutes.append(_UNKNOWN if card["minutes"] is None else card["minutes"])
            ages.append(card["ages"] or (_UNKNOWN, _UNKNOWN))
            published.append(_day(card["published"]))
            titles.append((choose(card["names"], (card["language"],)) or ("", ""))[0])
            languages.append(tags.setdefault(read_as(card["language"]), len(tags)))
        works = np.array(work_of, np.int64)
        np.save(directory / "work_of.npy", works)
        np.save(directory / "members.npy", np.argsort(works, kind="stable").astype(np.int32))
        starts = np.concatenate([[0], np.cumsum(np.bincount(works, minlength=len(numbers)))])
        np.save(directory / "members.starts.npy", starts.astype(np.int64))
        np.save(directory / "minutes.npy", np.array(minutes, np.int32))
        np.save(directory / "ages.npy", np.array(ages, np.int32).reshape(-1, 2))
        np.save(directory / "published.npy", np.array(published, np.int32))
        for alphabet in ALPHABETS:
            keys = [(title_key(title, alphabet), title) for title in titles]
            places = np.empty(len(keys), np.int32)
            places[sorted(range(len(keys)), key=keys.__getitem__)] = np.arange(len(keys))
            np.save(directory / f"titles.{alphabet}.npy", places)
        np.save(directory / "languages.npy", np.array(languages, np.int16))
        np.save(directory / "languages.tags.npy", np.array(list(tags), np.str_))
        return works

    def members(self, work: int) -> list[int]:
        """Return the rows of a work's scenarios, ascending."""
        found: list[int] = self._members[self._starts[work] : self._starts[work + 1]].tolist()
        return found

    def _readable(self, tag: str) -> NDArray[np.bool_] | None:
        """Return which works can be read in the language of a tag, shape ``(works,)``; None where there is none."""
        language = read_as(tag)
        if language not in self.languages:
            return None
        mask = np.zeros(self.works, np.bool_)
        mask[self.work_of[self.language_of == self.languages.index(language)]] = True
        return mask


def _day(date: str | None) -> int:
    """Return a number that grows with a date in ISO 8601, which may be a year or month; -1 for none."""
    found = _DATE.match(date or "")
    if not found:
        return _UNKNOWN
    year, month, day = (int(part or 0) for part in found.groups())
    return (year * 13 + month) * 32 + day
