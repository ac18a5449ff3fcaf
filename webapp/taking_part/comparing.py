"""What differs between two submissions: fields with the words that changed, and parts that were added or only moved."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

__all__ = ["FALSE", "TRUE", "Change", "Piece", "Words", "changed_words", "compare", "flat"]

TRUE: Final = "true"
FALSE: Final = "false"
"""What :func:`flat` writes for values that are true or false."""

_WORD: Final = re.compile(r"\S+\s*|\s+")
_ALIKE: Final = 0.4  # of two parts' words, from which they are taken for one that was changed
_OWN: Final = frozenset({"id", "type", "creator", "datePublished"})
"""What a submission does not say by itself."""


class Piece(NamedTuple):
    """A stretch of a text: ``same``, ``out`` (taken out) or ``in`` (put in)."""

    kind: str
    text: str


class Words(NamedTuple):
    """How a reader calls fields and values; as documents do, unless told otherwise."""

    field: Callable[[str], str] = str
    value: Callable[[str], str] = str


_AS_WRITTEN: Final = Words()


@dataclass(frozen=True)
class Change:
    """Something that differs.

    Attributes:
        name: The field, such as ``name.en``, or ``activity-2.minutes`` as the later submission counts; of a whole part
            ``activity-2``. In the reader's words.
        kind: ``changed``, ``added``, ``removed`` or ``moved``.
        pieces: What was taken out, put in and left, in the order of reading.
        former: The place of a moved or removed part before, from 1.
    """

    name: str
    kind: str
    pieces: list[Piece] = field(default_factory=list)
    former: int = 0


def compare(former: Mapping[str, Any], later: Mapping[str, Any], words: Words = _AS_WRITTEN) -> list[Change]:
    """Return in what two submissions differ, in the order of their fields.

    Args:
        former: The document of one.
        later: That of the other.
        words: Puts fields and values into the reader's words.

    >>> compare({"minutes": 45}, {"minutes": 60})[0].pieces
    [Piece(kind='out', text='45'), Piece(kind='in', text='60')]
    """
    found: list[Change] = []
    for key in dict.fromkeys([*former, *later]):
        if key in _OWN:
            continue
        one, other = former.get(key), later.get(key)
        if _are_parts(one) or _are_parts(other):
            found += _compare_parts(key, one or [], other or [], words)
        else:
            found += _compare_fields(dict(flat(one, key)), dict(flat(other, key)), words)
    return found


def flat(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield every field of a document as text, the parts of parts numbered from 1."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from flat(inner, f"{path}.{key}" if path else key)
    elif _are_parts(value):
        for number, inner in enumerate(value, start=1):
            yield from flat(inner, f"{path}-{number}")
    elif isinstance(value, bool):
        yield path, TRUE if value else FALSE
    elif value is not None and value != []:
        yield path, ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def changed_words(former: str, later: str) -> list[Piece]:
    """Return two texts as one, with the words that were taken out and put in; between pieces belongs a space.

    >>> changed_words("Groups measure twice.", "Groups measure and compare.")
    [Piece(kind='same', text='Groups measure'), Piece(kind='out', text='twice.'), Piece(kind='in', text='and compare.')]
    """
    one, other = _WORD.findall(former), _WORD.findall(later)
    bare, bare_other = [word.rstrip() for word in one], [word.rstrip() for word in other]
    pieces: list[Piece] = []
    for tag, begin, end, begin_other, end_other in SequenceMatcher(None, bare, bare_other).get_opcodes():
        if tag == "equal":
            pieces.append(Piece("same", "".join(other[begin_other:end_other]).rstrip(" ")))
            continue
        pieces += [
            Piece(kind, "".join(words).rstrip(" "))
            for kind, words in (("out", one[begin:end]), ("in", other[begin_other:end_other]))
            if words
        ]
    return pieces


def _are_parts(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(inner, dict) for inner in value)


def _compare_fields(former: Mapping[str, str], later: Mapping[str, str], words: Words) -> list[Change]:
    names = dict.fromkeys([*former, *later])
    pairs = [(name, former.get(name, ""), later.get(name, "")) for name in names]
    return [
        Change(words.field(name), "changed", changed_words(words.value(one), words.value(other)))
        for name, one, other in pairs
        if one != other
    ]


def _compare_parts(key: str, former: Sequence[Any], later: Sequence[Any], words: Words) -> list[Change]:
    """Compare activities with activities: which of them is which is told by what they say, not by where they stand."""
    partner = _partners(former, later)
    stayed = _longest_rising([(before, after) for after, before in sorted(partner.items())])
    found: list[Change] = []
    for at, part in enumerate(later):
        name, before = f"{key}-{at + 1}", partner.get(at)
        if before is None:
            found.append(Change(words.field(name), "added", [Piece("in", _summary(name, part, words))]))
            continue
        if at not in stayed:
            found.append(Change(words.field(name), "moved", [Piece("same", _title(part))], before + 1))
        found += _compare_fields(dict(flat(former[before], name)), dict(flat(part, name)), words)
    for at in sorted(set(range(len(former))) - set(partner.values())):
        name = f"{key}-{at + 1}"
        summary = [Piece("out", _summary(name, former[at], words))]
        found.append(Change(words.field(name), "removed", summary, at + 1))
    return found


def _partners(former: Sequence[Any], later: Sequence[Any]) -> dict[int, int]:
    """Return for places of later parts those of the same parts before: equal ones first, then the most alike."""
    free, found = dict(enumerate(former)), dict[int, int]()
    for at, part in enumerate(later):
        same = next((before for before, other in free.items() if other == part), None)
        if same is not None:
            found[at] = same
            del free[same]
    words = {before: Counter(_text(part).split()) for before, part in free.items()}
    others = {at: Counter(_text(part).split()) for at, part in enumerate(later) if at not in found}
    likenesses = sorted(
        (-_likeness(words[before], others[at]), abs(before - at), at, before) for at in others for before in free
    )
    for unlikeness, _, at, before in likenesses:
        if -unlikeness >= _ALIKE and at not in found and before in free:
            found[at] = before
            del free[before]
    return found


def _likeness(one: Counter[str], other: Counter[str]) -> float:
    """Return the share of words that two parts have in common (Dice's coefficient)."""
    return 2 * (one & other).total() / ((one.total() + other.total()) or 1)


def _longest_rising(pairs: Sequence[tuple[int, int]]) -> set[int]:
    """Return the later places of the largest set of parts that kept their order; the others moved.

    Args:
        pairs: Place before and place after of each part, by place after.
    """
    ends: list[int] = []  # the smallest former place that ends a rising run of each length
    lengths: list[int] = []
    for before, _ in pairs:
        at = bisect_left(ends, before)
        ends[at : at + 1] = [before]
        lengths.append(at + 1)
    stayed, wanted = set[int](), len(ends)
    for (_, after), length in zip(reversed(pairs), reversed(lengths), strict=True):
        if length == wanted:
            stayed.add(after)
            wanted -= 1
    return stayed


def _text(part: Any) -> str:
    return ", ".join(text for _, text in flat(part))


def _summary(name: str, part: Any, words: Words) -> str:
    """Return a whole part, a line for each of its fields."""
    whole = words.field(name)
    rows = [(words.field(field).removeprefix(f"{whole}: "), words.value(text)) for field, text in flat(part, name)]
    return "\n".join(text if field == whole else f"{field}: {text}" for field, text in rows)


def _title(part: Mapping[str, Any]) -> str:
    """Return what a part is called, or else what it says."""
    names = part.get("name") or part.get("description")
    return next(iter(names.values()), "") if isinstance(names, dict) else _text(part)
