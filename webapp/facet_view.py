"""The filters beside the results: each facet's values with their state, counts, and the address that turns them on.

The lists are put together here and not by a template: a page has hundreds of values, and this takes a fraction of the
time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import quote_plus

from markupsafe import Markup, escape

from search.fields import FIELDS, SUGGESTED, TIME
from search.spellings import short_value
from webapp.answers import shared
from webapp.interface_language import format_number, gettext, lang_of, ngettext
from webapp.languages import served
from webapp.search_address import address, toggled
from webapp.search_labels import chip_label, filter_title, value_text
from webapp.search_texts import say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from search.request import SearchRequest
    from search.results import SearchResult

__all__ = ["facet_view"]

_SHOWN: Final = 8
_MORE: Final = 14
"""Values beyond those shown at once; rarer ones are found by typing them, which keeps the page small."""

_OPEN: Final = frozenset({"subject", "level", "language", "competence", TIME})
"""Facets that are shown unfolded; others are when one of their values is chosen."""

_PLACE: Final = "\x1a"
"""Stands for a value in an address; a query has no control characters."""

_WRITTEN_FORMS: Final = {"no": ("nb", "nn")}
"""Languages that a reader takes for one with their written forms."""


class _Known(NamedTuple):
    """What is shown of a value in every page, as HTML: its label, the attribute of its language, its place in an id."""

    label: str
    language: str
    slug: str


class _Value(NamedTuple):
    """A value of a facet in one page; ``is_open`` where something narrower is chosen."""

    value: str
    known: _Known
    hits: int
    chosen: bool
    is_open: bool
    narrower: list[_Value]


def facet_view(result: SearchResult, asked: SearchRequest) -> list[dict[str, Any]]:
    """Return the facets to show: their titles, whether they are unfolded, and their values as lists in HTML."""
    view = []
    for name, counts in result.facets.items():
        if name == TIME:
            values = [_Value(m, _time(m), n, asked.minutes_max == int(m), False, []) for m, n in counts.items()]
        else:
            values = _tree(name, _told_apart(name, counts, asked), asked)
        if values:
            lists = _Lists(name, asked)
            view.append(
                {
                    "name": name,
                    "title": say("time") if name == TIME else filter_title(name),
                    "open": name in _OPEN or any(value.chosen or value.is_open for value in values),
                    "list": lists.html(values[:_SHOWN]),
                    "more": lists.html([_folded(value) for value in values[_SHOWN : _SHOWN + _MORE]]),
                    "rest": len(values[_SHOWN + _MORE :]),
                }
            )
    return view


def _told_apart(name: str, counts: Mapping[str, int], asked: SearchRequest) -> Mapping[str, int]:
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


def _time(minutes: str) -> _Known:
    return _Known(str(escape(chip_label(TIME, (minutes,)))), "", minutes)


def _tree(name: str, counts: Mapping[str, int], asked: SearchRequest) -> list[_Value]:
    """Return a facet's values, the chosen first, then the frequent; in trees those at the top, with the narrower."""
    field = SUGGESTED if name == "competence" and asked.suggested else name
    above = served().engine.facets.broader[field] if FIELDS[name].tree else {}
    below: dict[str, list[str]] = {}
    for value in counts:
        for parent in above.get(value, ()):
            below.setdefault(parent, []).append(value)
    chosen = set(asked.filters.get(name, ()))
    known: dict[tuple[str, str], _Known] = shared("facet-values-html")

    def entries(values: Sequence[str]) -> list[_Value]:
        shown = []
        for value in values:
            if (name, value) not in known:
                text, language = value_text(name, value)
                slug = str(escape(short_value(name, value)))
                known[name, value] = _Known(str(escape(text)), str(lang_of(language)), slug)
            narrower = entries(below[value]) if value in below else []
            is_open = any(inner.chosen or inner.is_open for inner in narrower)
            shown.append(_Value(value, known[name, value], counts[value], value in chosen, is_open, narrower))
        return sorted(shown, key=lambda v: (not (v.chosen or v.is_open), -v.hits, v.known.label))

    return entries([value for value in counts if not any(parent in counts for parent in above.get(value, ()))])


def _folded(value: _Value) -> _Value:
    """Leave out what is narrower than one of the rarer values, until that is chosen: it keeps the page small."""
    return value if value.chosen or value.is_open else value._replace(narrower=[])


class _Lists:
    """Writes the values of one facet in a page.

    Args:
        name: The facet.
        asked: The search of the page.
    """

    def __init__(self, name: str, asked: SearchRequest) -> None:
        self._name = name
        self._asked = asked
        self._placed: set[str] = set()
        # While none is chosen, what is not the value is the same in the addresses of all.
        self._around = None
        if name != TIME and not asked.filters.get(name):
            before, _, after = address(toggled(asked, name, _PLACE)).partition(quote_plus(_PLACE))
            self._around = str(escape(before)), str(escape(after))

    def html(self, values: Sequence[_Value]) -> Markup:
        """Return a list of values with what is narrower than each; empty for none."""
        return Markup(self._list(values)) if values else Markup("")  # noqa: S704 - put together of escaped parts

    def _list(self, values: Sequence[_Value]) -> str:
        return f"<ul>{''.join([self._item(value) for value in values])}</ul>"

    def _item(self, value: _Value) -> str:
        known = value.known
        identifier = ""
        if known.slug not in self._placed:  # what is narrower than two others stands twice
            self._placed.add(known.slug)
            identifier = f"f-{self._name}-{known.slug}"
        attributes, removes = known.language, ""
        if value.chosen:
            attributes += ' class="chosen" aria-current="true"'
            removes = f'<span class="visually-hidden"> ({escape(gettext("remove this filter"))})</span>'
        return (
            f'<li><div class="facet-value"><a id="{identifier}" href="{self._address(value)}" rel="nofollow"'
            f'{attributes}>{known.label}{removes}</a> <span class="count">{format_number(value.hits)}</span></div>'
            f"{self._narrower(value, identifier) if value.narrower else ''}</li>"
        ).replace(' id=""', "", 1)

    def _narrower(self, value: _Value, identifier: str) -> str:
        many = len(value.narrower)
        summary = escape(ngettext("%(num)s narrower", "%(num)s narrower", many))
        return (
            f'<details id="{identifier}-narrower"{" open" if value.is_open else ""}><summary>{summary}'
            f'<span class="visually-hidden">: {value.known.label}</span></summary>'
            f"{self._list(value.narrower)}</details>"
        ).replace(' id="-narrower"', "", 1)

    def _address(self, value: _Value) -> str:
        if self._around is None:
            return str(escape(address(toggled(self._asked, self._name, value.value))))
        before, after = self._around
        return f"{before}{quote_plus(short_value(self._name, value.value))}{after}"
