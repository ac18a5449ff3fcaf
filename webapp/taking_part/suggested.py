"""Competences that are suggested for a scenario in the making: why each is, and what its author said to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from webapp.taking_part.choices import Choice, choices

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

__all__ = ["COMPETENCE", "Reason", "Suggestion", "answer_suggestion", "read_refused"]

COMPETENCE: Final = "https://w3id.org/ihub/ns#Competence"
_TEACHES: Final = "teach-"
_REFUSES: Final = "refuse-"


class Reason(NamedTuple):
    """A scenario that is like the one in the making and teaches a competence."""

    title: str
    language: str
    address: str


class Suggestion(NamedTuple):
    """A competence that the scenario may teach.

    Attributes:
        competence: The competence.
        named: Whether the scenario's own words name it.
        reasons: Like scenarios that teach it, the nearest first.
    """

    competence: Choice
    named: bool
    reasons: list[Reason]


def read_refused(form: MultiDict[str, str]) -> list[str]:
    """Return the competences that the author of a form has refused."""
    known = {choice.identifier for choice in choices(COMPETENCE)}
    return [identifier for identifier in dict.fromkeys(form.getlist("refused")) if identifier in known]


def answer_suggestion(answers: dict[str, Any], button: str) -> None:
    """Take a suggested competence, refuse it, or forget all refusals, as a button says; others do nothing here."""
    known = {choice.identifier for choice in choices(COMPETENCE)}
    refused: list[str] = answers.get("refused", [])
    if button.startswith(_TEACHES) and (taken := button.removeprefix(_TEACHES)) in known:
        taught = answers["values"].get("teaches", [])
        answers["values"]["teaches"] = list(dict.fromkeys([*taught, taken]))
        refused = [other for other in refused if other != taken]
    elif button.startswith(_REFUSES) and (named := button.removeprefix(_REFUSES)) in known:
        refused = list(dict.fromkeys([*refused, named]))
    elif button == "suggest-again":
        refused = []
    answers.pop("refused", None)
    if refused:
        answers["refused"] = refused
