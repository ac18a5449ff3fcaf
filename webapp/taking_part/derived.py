"""The document of an adaptation or a translation: what was changed is new, all else is the origin's, word for word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kg.documents import PART_DEFAULTS, PART_TYPES
from kg.stated_document import listed
from ontology.load import context
from webapp.taking_part.answers import total_minutes
from webapp.taking_part.layout import ACTIVITY
from webapp.taking_part.origins import (
    NOTE,
    PARTS,
    answers_of,
    count_texts,
    is_same,
    is_translation,
    scenario_keys,
    shown_text,
    stays,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["derived_document", "lost_languages"]

_MACHINE: Final = "alignment-source/machine"
_PLACE: Final = frozenset({"id", "position"})
_USUAL: Final = [
    *(("type", name) for name in PART_TYPES.values()),
    *(default for defaults in PART_DEFAULTS.values() for default in defaults.items()),
]
"""What parts say that the form of documents adds by itself."""

_ROWS: Final = frozenset({"activity", "learningOutcome", "alignment", "teaches", "minutes"})
"""Fields that are put together anew."""


def derived_document(answers: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document of an adaptation or a translation.

    Args:
        answers: The answers.
        own: The document that the answers alone give: who publishes it, when, under which licence.
    """
    origin, kind = answers["origin"]["document"], answers["origin"]["kind"]
    theirs, source = answers_of(origin), origin["id"]
    teller = _Teller(answers["language"], theirs["language"], keep=is_translation(answers))
    keys = scenario_keys(origin)
    carried = {k: _told(k, v) for k, v in origin.items() if not stays(k, kind) and k not in _ROWS and k not in keys}
    document = {**own, **carried, "dataKind": "data-kind/adapted", "isBasedOn": [source]}
    for key in keys:
        if key not in _ROWS:
            document[key] = teller.value(key, answers["values"].get(key), theirs["values"].get(key), origin.get(key))
    note = answers["values"].get(NOTE)
    document |= {NOTE: {answers["language"]: note} if note else None, "creditText": answers["origin"]["credit"]}
    if is_translation(answers):
        document |= {"translationOfWork": [source], "exampleOfWork": origin.get("exampleOfWork")}
    document |= _competences(answers["values"].get("teaches", []), origin)
    outcomes, outcome_ids = _outcomes(answers, theirs, origin, teller)
    activities, activity_ids = _activities(answers, theirs, origin, teller)
    document |= {"learningOutcome": outcomes, "activity": activities, "minutes": _minutes(answers, theirs, origin)}
    materials = {part["id"]: f"#material-{n}" for n, part in enumerate(listed(origin.get("material")), start=1)}
    document["inLanguage"] = _languages(document, answers, theirs, origin)
    linked: dict[str, Any] = _linked(document, f"{source}#", {**outcome_ids, **activity_ids, **materials})
    return linked


class _Teller:
    """Puts one field together from what is answered and what the origin has."""

    def __init__(self, language: str, former: str, *, keep: bool) -> None:
        self._language, self._former, self.keep = language, former, keep

    def value(self, key: str, own: Any, theirs: Any, stated: Any) -> Any:
        """Return the origin's value where the answer is the same, else the new one.

        A text that was changed is there in the one language; what other languages say belongs to the former text.
        A translation leaves the others as they are: it says the same.
        """
        is_text = isinstance(stated, dict) or _is_text(key)
        unchanged = is_same(own, theirs)
        if not is_text:
            return stated if unchanged else _stated(own)
        if unchanged and self._language == self._former:
            return stated
        others = {tag: text for tag, text in (stated or {}).items() if self.keep and tag != self._former}
        if not own:
            return {tag: text for tag, text in others.items() if tag != self._language}
        if is_same(own, shown_text({self._language: others.get(self._language, [])}, self._language)):
            return others
        words = [word.strip() for word in own.split(",") if word.strip()]
        return {**others, self._language: words if key == "keywords" else own}


def _is_text(key: str) -> bool:
    definition = context().get(key)
    return isinstance(definition, dict) and definition.get("@container") == "@language"


def _stated(value: Any) -> Any:
    return int(value) if isinstance(value, str) and value.isdecimal() else value


def _competences(chosen: list[str], origin: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is taught; of the origin's alignments those that still hold, and none that a program suggested."""
    former = listed(origin.get("teaches"))
    kept = [
        _anew(part)
        for part in listed(origin.get("alignment"))
        if part.get("alignmentSource") != _MACHINE
        and (part.get("competence") in chosen or part.get("competence") not in former)
    ]
    added = [{"competence": competence} for competence in chosen if competence not in former]
    return {"teaches": list(chosen), "alignment": kept + added}


def _outcomes(
    answers: Mapping[str, Any], theirs: Mapping[str, Any], origin: Mapping[str, Any], teller: _Teller
) -> tuple[list[dict[str, Any]], dict[str, str]]:
    parts, ids = listed(origin.get("learningOutcome")), {}
    found: list[dict[str, Any]] = []
    for text, source in zip(answers["outcomes"], answers["outcomesFrom"], strict=True):
        part = parts[source - 1] if source and source <= len(parts) else {}
        key = "description" if part.get("description") or not part.get("name") else "name"
        stated = teller.value(key, text, theirs["outcomes"][source - 1] if part else None, part.get(key))
        if not text and not (teller.keep and stated):
            continue
        found.append({**_anew(part), key: stated})
        if part:
            ids[part["id"]] = f"#outcome-{len(found)}"
    return found, ids


def _activities(
    answers: Mapping[str, Any], theirs: Mapping[str, Any], origin: Mapping[str, Any], teller: _Teller
) -> tuple[list[dict[str, Any]], dict[str, str]]:
    parts, ids = listed(origin.get("activity")), {}
    found: list[dict[str, Any]] = []
    rows = list(answers["activities"])
    while rows and not rows[-1].keys() - {"inClass"}:
        rows.pop()
    for row in rows:
        source = row.get("from") or 0
        part = parts[source - 1] if 0 < source <= len(parts) else {}
        former = theirs["activities"][source - 1] if part else {}
        told = {key: teller.value(key, row.get(key), former.get(key), part.get(key)) for key in ACTIVITY}
        if told["inClass"] is None and not part:
            told["inClass"] = False
        if told["inClass"] is None and not is_same(row.get("inClass"), former.get("inClass")):
            told["inClass"] = False
        found.append({**_anew(part), **told})
        if part:
            ids[part["id"]] = f"#activity-{len(found)}"
    return found, ids


def _minutes(answers: Mapping[str, Any], theirs: Mapping[str, Any], origin: Mapping[str, Any]) -> int | None:
    """Return the classroom time: the origin's where the activities take as long as there, else their sum."""
    total = total_minutes(answers)
    return origin.get("minutes") if total == total_minutes(theirs) else total or None


def _languages(
    document: Mapping[str, Any], answers: Mapping[str, Any], theirs: Mapping[str, Any], origin: Mapping[str, Any]
) -> list[str]:
    """Return the languages of the text: of the origin's others, those in which nothing was lost."""
    if answers["language"] != theirs["language"]:
        return [answers["language"]]
    lost = lost_languages(origin, document)
    return [tag for tag in listed(origin.get("inLanguage")) if tag not in lost] or [answers["language"]]


def lost_languages(origin: Mapping[str, Any], document: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the languages in which texts of the origin are not in the document any more, with the names of the fields.

    Not told are the language of the origin's title, which the form shows, and texts of rows that were removed.
    """
    shown = answers_of(origin)["language"]
    lost: dict[str, list[str]] = {}
    for key, texts in origin.items():
        if isinstance(texts, dict) and key in document and key != NOTE:
            for tag in texts.keys() - {shown} - (document[key] or {}).keys():
                lost.setdefault(tag, []).append(key)
    for key in PARTS:
        before = count_texts(listed(origin.get(key)))
        after = count_texts(listed(document.get(key)))
        for tag in before.keys() - {shown}:
            if before[tag] > after.get(tag, 0):
                lost.setdefault(tag, []).append(key)
    return lost


def _anew(part: Mapping[str, Any]) -> dict[str, Any]:
    """Return a part of the origin without its identifier and position, and without what such parts always say."""
    return {key: _told(key, value) for key, value in part.items() if key not in _PLACE and (key, value) not in _USUAL}


def _told(key: str, value: Any) -> Any:
    if isinstance(value, list):
        return [_told(key, inner) for inner in value]
    return _anew(value) if isinstance(value, dict) and not _is_text(key) else value


def _linked(value: Any, prefix: str, ids: Mapping[str, str]) -> Any:
    """Return a document in which what referred to a part of the origin refers to the same part here, if it is here."""
    if isinstance(value, dict):
        told = {key: _linked(inner, prefix, ids) for key, inner in value.items() if not _is_text(key)}
        return {key: told.get(key, inner) for key, inner in value.items()}
    if isinstance(value, list):
        found = [_linked(inner, prefix, ids) for inner in value]
        return [inner for inner in found if inner is not None]
    return ids.get(value) if isinstance(value, str) and value.startswith(prefix) else value
