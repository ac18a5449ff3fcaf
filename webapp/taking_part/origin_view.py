"""What the form shows of the scenario that a draft is made of: its texts, what differs, what goes with it or stays."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from kg.stated_document import listed
from ontology.form_fields import FormField, form_fields
from ontology.namespaces import SCHEMA
from webapp.interface_language import gettext, interface_language, language_in_words, message
from webapp.languages import pick
from webapp.licence_words import LicenceWords, licence_words
from webapp.taking_part.choices import offer_also
from webapp.taking_part.comparing import flat
from webapp.taking_part.contributions import contribution
from webapp.taking_part.derived import lost_languages
from webapp.taking_part.layout import ACTIVITY, LANGUAGES, LONG_TEXTS
from webapp.taking_part.origins import (
    ALSO,
    NOTE,
    answers_of,
    changes,
    is_derived,
    is_translation,
    scenario_keys,
    stays,
    told_as_left,
    translated_keys,
)
from webapp.taking_part.permissions import licence_reason, licences_for, refused_licences
from webapp.taking_part.state import id_base
from webapp.taking_part.wording import in_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["OriginView", "Pair", "origin_view", "scenario_fields"]

_LEFT: Final = {
    "url": message("Original"),
    "source": message("Original"),
    "school": message("School"),
    "hub": message("Hub"),
    "project": message("Project"),
    "contributor": message("With the help of"),
    "isPartOf": message("Series"),
    "version": message("Version"),
}
"""What pages call the fields that stay with the origin."""


class Pair(NamedTuple):
    """A text to translate."""

    id: str
    """What its field is called in the form."""

    field: FormField
    number: int | None
    """Of which activity or outcome."""

    theirs: str
    own: str
    is_long: bool


@dataclass(frozen=True)
class OriginView:
    """The origin of a draft, as the form shows it.

    Attributes:
        identifier: The origin's.
        title: Its title, and the language of that.
        language: The language of its texts.
        is_translation: Whether the draft is a translation.
        licence: Its licence, in words.
        reason: What the licence means for the draft's.
        offered: Licences to choose from.
        refused: Names of those that cannot be chosen.
        credit: How its authors will be named.
        changed: What differs so far: the field's name, the origin's text, the draft's.
        pairs: Texts to translate.
        carried: Name and text of what goes with the draft though the form has no field for it.
        left: Names of what stays with the origin.
        lost: Names of languages, and of the fields whose texts in them are not taken over.
        also: Keys of fields that the form has beside the usual ones.
        languages: Languages to write in.
    """

    identifier: str
    title: str
    language: str
    is_translation: bool
    licence: LicenceWords
    reason: str
    offered: list[LicenceWords]
    refused: list[str]
    credit: str
    changed: list[tuple[str, ...]]
    pairs: list[Pair]
    carried: list[tuple[str, ...]]
    left: list[str]
    lost: list[tuple[str, list[str]]]
    also: list[str]
    languages: tuple[str, ...]

    @property
    def to_translate(self) -> int:
        """How many texts are not translated yet."""
        return sum(1 for pair in self.pairs if pair.theirs and not pair.own)


def origin_view(answers: Mapping[str, Any], hub: str) -> OriginView | None:
    """Return what the form shows of a draft's origin; None where it is made of nothing."""
    if not is_derived(answers):
        return None
    origin, translation = answers["origin"]["document"], is_translation(answers)
    theirs = answers_of(origin)
    offer_also(origin, id_base())
    licence = origin.get("license") or ""
    return OriginView(
        identifier=origin["id"],
        title=theirs["values"].get("name", ""),
        language=theirs["language"],
        is_translation=translation,
        licence=licence_words(licence),
        reason=licence_reason(licence),
        offered=licences_for(licence),
        refused=refused_licences(licence),
        credit=answers["origin"]["credit"],
        changed=[] if translation else in_words(changes(theirs, answers)),
        pairs=list(_pairs(theirs, answers)) if translation else [],
        carried=_carried(origin, answers["origin"]["kind"]),
        left=list(dict.fromkeys(gettext(_LEFT[key]) for key in told_as_left(origin))),
        lost=_lost(origin, answers, hub),
        also=[*(key for key in ALSO if origin.get(key)), *(() if translation else (NOTE,))],
        languages=tuple(dict.fromkeys([*LANGUAGES, theirs["language"]])),
    )


def scenario_fields(id_base: str) -> dict[str, FormField]:
    """Return the fields of a scenario by key, the text of one that has no activities among them."""
    fields = form_fields("Scenario", id_base)
    text = replace(
        fields["description"], key="text", path=SCHEMA + "text", name={interface_language(): gettext("Text")}
    )
    return {**fields, "text": text}


def _pairs(theirs: Mapping[str, Any], own: Mapping[str, Any]) -> Iterator[Pair]:
    """Yield the texts to translate, in the order of the form."""
    scenario, activity = scenario_fields(id_base()), form_fields("Activity", id_base())
    before, rows, after = translated_keys(own["origin"]["document"])
    for key in before:
        yield _pair(key, scenario[key], None, theirs["values"], own["values"])
    for number, text in enumerate(theirs["outcomes"], start=1):
        yield Pair(f"outcome-{number}", scenario["learningOutcome"], number, text, own["outcomes"][number - 1], False)
    for number, (row, other) in enumerate(zip(theirs["activities"], own["activities"], strict=True), start=1):
        for key in rows:
            if row.get(key):
                yield _pair(key, activity[key], number, row, other)
    for key in after:
        yield _pair(key, scenario[key], None, theirs["values"], own["values"])


def _pair(key: str, field: FormField, number: int | None, theirs: Mapping[str, Any], own: Mapping[str, Any]) -> Pair:
    name = f"activity-{number}.{key}" if number else key
    return Pair(name, field, number, theirs.get(key, ""), own.get(key, ""), key in LONG_TEXTS | {"abstract", "text"})


def _carried(origin: Mapping[str, Any], kind: str) -> list[tuple[str, ...]]:
    """Return what of the origin the form has no fields for and the draft has all the same."""
    known = {*scenario_keys(origin), "activity", "learningOutcome", "minutes", "teaches", "alignment"}
    found: dict[str, Any] = {key: value for key, value in origin.items() if not stays(key, kind) and key not in known}
    found["alignment"] = [_apart(part, "competence") for part in listed(origin.get("alignment"))]
    rows = listed(origin.get("activity"))
    found["activity"] = [_apart(part, *ACTIVITY, "outcome") for part in rows]
    return [row for row in in_words(flat(found)) if row[1]] + list(_served_outcomes(origin))


def _served_outcomes(origin: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield for each activity the numbers of the outcomes that it serves."""
    numbers = {part["id"]: str(n) for n, part in enumerate(listed(origin.get("learningOutcome")), start=1)}
    fields = form_fields("Scenario", id_base())
    activity, outcome = (pick(fields[key].name)[0] for key in ("activity", "learningOutcome"))
    for number, part in enumerate(listed(origin.get("activity")), start=1):
        if served_ones := listed(part.get("outcome")):
            yield f"{activity} {number}: {outcome}", ", ".join(numbers.get(one, one) for one in served_ones)


def _apart(part: Mapping[str, Any], *known: str) -> dict[str, Any]:
    hidden = {*known, "id", "type", "position", "alignmentSource", "confidence"}
    return {key: value for key, value in part.items() if key not in hidden}


def _lost(origin: Mapping[str, Any], answers: Mapping[str, Any], hub: str) -> list[tuple[str, list[str]]]:
    today = dt.datetime.now(dt.UTC).date()
    document = contribution(answers, identifier=origin["id"], hub=hub, agent="x", completeness="minimal", day=today)
    fields = scenario_fields(id_base())
    return [
        (language_in_words(tag), [pick(fields[key].name)[0] for key in keys if key in fields])
        for tag, keys in sorted(lost_languages(origin, document).items())
    ]
