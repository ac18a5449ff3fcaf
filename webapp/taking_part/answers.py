"""What somebody has written into the form so far: read from a request, changed by its buttons, made into a document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ontology.form_fields import form_fields
from webapp.taking_part.choices import FEW, find_choice, identifiers
from webapp.taking_part.layout import ACTIVITY, AFTER, LANGUAGES, LICENCES, MOST_CHARACTERS, MOST_ROWS, SECTIONS

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from werkzeug.datastructures import MultiDict

    from ontology.form_fields import FormField

__all__ = ["clipped", "empty_answers", "press", "read_answers", "read_values", "scenario_document", "total_minutes"]

_MOVES: Final = {"up": -1, "down": 1}


def empty_answers(language: str) -> dict[str, Any]:
    """Return the answers of a form that nobody has filled in."""
    return {
        "language": language if language in LANGUAGES else LANGUAGES[0],
        "license": next(iter(LICENCES)),
        "values": {},
        "outcomes": [""],
        "activities": [{"inClass": True}],
    }


def read_answers(form: MultiDict[str, str], id_base: str) -> dict[str, Any]:
    """Return the answers that a form was sent with; what the form does not have is left out."""
    answers = empty_answers(form.get("language", ""))
    if form.get("license") in LICENCES:
        answers["license"] = form["license"]
    scenario = form_fields("Scenario", id_base)
    keys = [key for section in (*SECTIONS, *AFTER) for key in section.keys]
    answers["values"] = read_values(form, "", keys, scenario)
    answers["outcomes"] = [clipped(text) for text in form.getlist("outcome")[:MOST_ROWS]]
    fields = form_fields("Activity", id_base)
    count = min(form.get("activities", 0, type=int), MOST_ROWS)
    answers["activities"] = [read_values(form, f"activity-{n}.", ACTIVITY, fields) for n in range(1, count + 1)]
    return answers


def read_values(
    form: MultiDict[str, str], prefix: str, keys: tuple[str, ...] | list[str], fields: Mapping[str, FormField]
) -> dict[str, Any]:
    """Return the values of fields that a form was sent with; what it does not have is left out.

    Args:
        form: The form.
        prefix: What stands before keys in the names of the form's fields.
        keys: Keys of the fields.
        fields: What the shapes say about each.
    """
    found: dict[str, Any] = {}
    for key in keys:
        field, name = fields[key], prefix + key
        if field.kind == "choice" and field.choices:
            found[key] = _chosen(form, name, field)
        elif field.kind == "boolean":
            found[key] = name in form
        else:
            found[key] = clipped(form.get(name, ""))
    return {key: value for key, value in found.items() if value not in ("", [], False)}


def _chosen(form: MultiDict[str, str], name: str, field: FormField) -> list[str] | str:
    """Return what was ticked or chosen, and what was written by name; a name that nothing has stays as it was."""
    known = identifiers(str(field.choices))
    chosen = [value for value in form.getlist(name) if value in known]
    more = form.get(f"{name}.more", "").split(";") if len(known) > FEW else []
    written = [text for text in more if text.strip()]
    chosen += [find_choice(str(field.choices), text) or f"?{clipped(text)}" for text in written]
    chosen = list(dict.fromkeys(chosen))
    return chosen if field.many else (chosen[0] if chosen else "")


def clipped(text: str) -> str:
    """Return what was sent as a text: with line ends of one kind, and not longer than any answer may be."""
    return text.replace("\r\n", "\n").strip()[:MOST_CHARACTERS]


def press(answers: dict[str, Any], button: str) -> None:
    """Do what a button of the form asks for: a row more, a row less, a row up or down. Others do nothing here."""
    verb, _, rest = button.partition("-")
    kind, _, number = rest.partition("-")
    rows: list[Any] | None = {"activity": answers["activities"], "outcome": answers["outcomes"]}.get(kind)
    if rows is None:
        return
    if verb == "add" and len(rows) < MOST_ROWS:
        rows.append({"inClass": True} if kind == "activity" else "")
        return
    at = int(number) - 1 if number.isdecimal() else -1
    if not 0 <= at < len(rows):
        return
    if verb == "remove":
        del rows[at]
    elif verb in _MOVES and 0 <= at + _MOVES[verb] < len(rows):
        rows.insert(at + _MOVES[verb], rows.pop(at))


def total_minutes(answers: Mapping[str, Any]) -> int:
    """Return the classroom time so far: the sum over the activities in class."""
    activities = answers["activities"]
    return sum(int(a["minutes"]) for a in activities if a.get("inClass") and a.get("minutes", "").isdecimal())


def scenario_document(
    answers: Mapping[str, Any], *, identifier: str, hub: str, agent: str, completeness: str, day: dt.date
) -> dict[str, Any]:
    """Return the scenario that the answers describe, as a document.

    Args:
        answers: The answers.
        identifier: Its identifier.
        hub: The hub that publishes it.
        agent: Who wrote it.
        completeness: As how complete it is meant: ``complete``, ``partial`` or ``minimal``.
        day: When it is published.
    """
    values, language = dict(answers["values"]), answers["language"]
    competences = values.pop("teaches", [])
    keywords = [word.strip() for word in values.pop("keywords", "").split(",") if word.strip()]
    return {
        "id": identifier,
        "type": "LearningScenario",
        "inLanguage": [language],
        "license": answers["license"],
        "creator": [f"contributor/{agent}"],
        "publisher": hub,
        "hub": [hub],
        "datePublished": day.isoformat(),
        "dataKind": "data-kind/original",
        "reviewStatus": "review-status/reviewed",
        "completeness": f"completeness/{completeness}",
        "learningResourceType": ["resource-type/lessonPlan"],
        "audience": ["audience/teacher"],
        **{key: _stated(value, language, key) for key, value in values.items()},
        "keywords": {language: keywords} if keywords else None,
        "alignment": [{"competence": competence} for competence in competences],
        "learningOutcome": [{"description": {language: text}} for text in answers["outcomes"] if text],
        "minutes": total_minutes(answers) or None,
        "activity": [_activity(activity, language) for activity in _without_blank_end(answers["activities"])],
    }


_TEXTS: Final = frozenset({"name", "description", "product", "assessment", "adaptation"})


def _stated(value: Any, language: str, key: str) -> Any:
    if key in _TEXTS:
        return {language: value}
    return int(value) if isinstance(value, str) and value.isdecimal() else value


def _activity(activity: Mapping[str, Any], language: str) -> dict[str, Any]:
    stated = {key: _stated(value, language, key) for key, value in activity.items()}
    return {"inClass": False, **stated}


def _without_blank_end(activities: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Blank activities at the end are no activities yet; one in between is found wanting."""
    rows = list(activities)
    while rows and not rows[-1].keys() - {"inClass"}:
        rows.pop()
    return rows
