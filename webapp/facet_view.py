"""The filters beside the results: each facet's values with their state, counts, and the address that turns them on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from search.fields import FIELDS, SUGGESTED, TIME
from search.spellings import short_value
from webapp.languages import served
from webapp.search_address import address, toggled
from webapp.search_labels import chip_label, filter_title, value_text
from webapp.search_texts import say

if TYPE_CHECKING:
    from search.request import SearchRequest
    from search.results import SearchResult

__all__ = ["facet_view"]

_SHOWN: Final = 8
_MORE: Final = 30
"""Values beyond those shown at once; rarer ones are found by typing them, which keeps the page small."""

_OPEN: Final = frozenset({"subject", "level", "language", "competence", TIME})
"""Facets that are shown unfolded; others are when one of their values is chosen."""

_WRITTEN_FORMS: Final = {"no": ("nb", "nn")}
"""Languages that a reader takes for one with their written forms."""


def facet_view(result: SearchResult, asked: SearchRequest) -> list[dict[str, Any]]:
    """Return the facets to show: each value with its state, what is narrower, and the address that toggles it."""
    view = []
    for name, counts in result.facets.items():
        values = _times(counts, asked) if name == TIME else _values(name, _told_apart(name, counts, asked), asked)
        if values:
            chosen = any(entry["chosen"] or entry["open"] for entry in values)
            view.append(
                {
                    "name": name,
                    "title": say("time") if name == TIME else filter_title(name),
                    "open": chosen or name in _OPEN,
                    "values": values[:_SHOWN],
                    "more": values[_SHOWN : _SHOWN + _MORE],
                    "rest": len(values[_SHOWN + _MORE :]),
                }
            )
    return view


def _told_apart(name: str, counts: dict[str, int], asked: SearchRequest) -> dict[str, int]:
    """Leave a language out where one of its written forms is all that there is of it."""
    if name not in {"language", "available"}:
        return counts
    chosen = asked.filters.get(name, ())
    same = {
        language
        for language, forms in _WRITTEN_FORMS.items()
        if language not in chosen and any(counts.get(form) == counts.get(language) for form in forms)
    }
    return {value: count for value, count in counts.items() if value not in same}


def _times(counts: dict[str, int], asked: SearchRequest) -> list[dict[str, Any]]:
    return [
        {
            "id": f"f-{TIME}-{most}",
            "label": chip_label(TIME, (most,)),
            "language": None,
            "count": count,
            "chosen": asked.minutes_max == int(most),
            "open": False,
            "address": address(toggled(asked, TIME, most)),
            "narrower": [],
        }
        for most, count in counts.items()
    ]


def _values(name: str, counts: dict[str, int], asked: SearchRequest) -> list[dict[str, Any]]:
    """Return a facet's values, the chosen first, then the frequent; in trees those at the top, with the narrower."""
    field = SUGGESTED if name == "competence" and asked.suggested else name
    above = served().engine.facets.broader[field] if FIELDS[name].tree else {}
    below: dict[str, list[str]] = {}
    for value in counts:
        for parent in above.get(value, ()):
            below.setdefault(parent, []).append(value)
    chosen = set(asked.filters.get(name, ()))
    placed: set[str] = set()

    def entries(values: list[str]) -> list[dict[str, Any]]:
        shown = []
        for value in values:
            text, language = value_text(name, value)
            narrower = entries(below.get(value, []))
            entry = {
                # What is narrower than two others stands twice, and has its identifier once.
                "id": None if value in placed else f"f-{name}-{short_value(name, value)}",
                "value": value,
                "label": text,
                "language": language,
                "count": counts[value],
                "chosen": value in chosen,
                "open": any(inner["chosen"] or inner["open"] for inner in narrower),
                "narrower": narrower,
            }
            placed.add(value)
            shown.append(entry)
        return sorted(shown, key=lambda e: (not (e["chosen"] or e["open"]), -e["count"], e["label"]))

    top = entries([value for value in counts if not any(parent in counts for parent in above.get(value, ()))])
    _give_addresses(name, top[: _SHOWN + _MORE], asked)
    return top


def _give_addresses(name: str, entries: list[dict[str, Any]], asked: SearchRequest) -> None:
    for entry in entries:
        entry["address"] = address(toggled(asked, name, entry["value"]))
        _give_addresses(name, entry["narrower"], asked)
