"""What the form of an adaptation or a translation was sent with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kg.licences import OFFERED
from ontology.form_fields import form_fields
from webapp.taking_part.answers import clipped, press, read_answers, read_values
from webapp.taking_part.choices import offer_also
from webapp.taking_part.layout import LANGUAGES
from webapp.taking_part.origins import ALSO, NOTE, is_translation, text_language, translated_keys

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug.datastructures import MultiDict

__all__ = ["read_derived"]


def read_derived(form: MultiDict[str, str], former: Mapping[str, Any], id_base: str) -> dict[str, Any]:
    """Return the answers that a form was sent with, its button pressed; what they are made of stays as it was.

    A licence that the origin's does not allow stays chosen, so that the form can say why it cannot be.
    """
    origin = former["origin"]["document"]
    offer_also(origin, id_base)
    answers = _translated(form, former) if is_translation(former) else _adapted(form, former, id_base)
    known = {*OFFERED, origin.get("license")}
    answers["license"] = form["license"] if form.get("license") in known else former["license"]
    return answers


def _adapted(form: MultiDict[str, str], former: Mapping[str, Any], id_base: str) -> dict[str, Any]:
    origin, button = former["origin"]["document"], form.get("do", "")
    answers = {**read_answers(form, id_base), "origin": former["origin"]}
    if form.get("language") in {*LANGUAGES, text_language(origin)}:
        answers["language"] = form["language"]
    for key in (*(key for key in ALSO if origin.get(key)), NOTE):
        answers["values"] |= _one(form, key, id_base)
    sources: list[Any] = [_number(text) for text in form.getlist("outcome-from")]
    count = len(answers["outcomes"])
    answers["outcomesFrom"] = (sources + [None] * count)[:count]
    for number, row in enumerate(answers["activities"], start=1):
        if source := _number(form.get(f"activity-{number}.from", "")):
            row["from"] = source
    press(answers, button)
    shadow = {"outcomes": answers["outcomesFrom"], "activities": []}
    press(shadow, button)
    answers["outcomesFrom"] = [source or None for source in shadow["outcomes"]]
    return answers


def _one(form: MultiDict[str, str], key: str, id_base: str) -> dict[str, Any]:
    fields = form_fields("Scenario", id_base)
    if key in fields:
        return read_values(form, "", (key,), fields)
    text = clipped(form.get(key, ""))
    return {key: text} if text else {}


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and text != "0" else None


def _translated(form: MultiDict[str, str], former: Mapping[str, Any]) -> dict[str, Any]:
    """Return the former answers with the texts of the form; everything else is the origin's."""
    before, rows, after = translated_keys(former["origin"]["document"])
    values = {key: value for key, value in former["values"].items() if key not in {*before, *after, NOTE}}
    values |= {key: text for key in (*before, *after, NOTE) if (text := clipped(form.get(key, "")))}
    activities = []
    for number, row in enumerate(former["activities"], start=1):
        texts = {key: clipped(form.get(f"activity-{number}.{key}", "")) for key in rows}
        kept = {key: value for key, value in row.items() if key not in rows}
        activities.append(kept | {key: text for key, text in texts.items() if text})
    outcomes = [clipped(form.get(f"outcome-{n}", "")) for n in range(1, len(former["outcomes"]) + 1)]
    return {**former, "values": values, "activities": activities, "outcomes": outcomes}
