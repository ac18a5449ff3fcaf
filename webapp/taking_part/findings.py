"""What the shapes say about a scenario in the making, in the reader's language and beside the field at fault."""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from kg.errors import DocumentError
from kg.judging import judge
from kg.scenario import SCENARIO_CLASS
from kg.stated_document import listed
from kg.validation import field_of
from search.remembering import Memory
from webapp.interface_language import gettext
from webapp.languages import pick, served
from webapp.taking_part.contributions import contribution
from webapp.taking_part.standing import without_withdrawn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ontology.validate import Finding

__all__ = ["Judgement", "Remark", "judge_answers"]

_LEVELS: Final = ("complete", "partial")
_UNSAVED: Final = "scenario/unsaved"
_NOBODY: Final = "unsaved"  # whoever wrote it, the shapes say the same

_FOUND: Final[Memory[list[Finding]]] = Memory(500)
"""What was found lately: a page that is looked at again, or saved unchanged, is not judged again."""


@dataclass(frozen=True)
class Remark:
    """Something that is wrong or could be better.

    Attributes:
        field: The field of the form: ``name``, or ``activity-2.minutes``; empty for the whole.
        text: What is wrong and what to do.
        language: The language of the text.
        severity: ``Violation``, ``Warning`` or ``Info``.
    """

    field: str
    text: str
    language: str
    severity: str


@dataclass(frozen=True)
class Judgement:
    """What a scenario is so far.

    Attributes:
        completeness: The highest level that it reaches; None where it cannot be published yet.
        remarks: What keeps it from being complete first, then what could be better.
    """

    completeness: str | None
    remarks: list[Remark]

    def at(self, field: str) -> list[Remark]:
        """Return the remarks on a field."""
        return [remark for remark in self.remarks if remark.field == field]


def judge_answers(answers: Mapping[str, Any], hub: str) -> Judgement:
    """Judge answers by the shapes: a scenario first as a complete one, then as a sketch; a story as it is."""
    shown: list[Remark] | None = None
    for level in _LEVELS:
        day = dt.datetime.now(dt.UTC).date()
        document = contribution(answers, identifier=_UNSAVED, hub=hub, agent=_NOBODY, completeness=level, day=day)
        try:
            remarks = [_remark(finding) for finding in _findings(document)]
        except DocumentError as error:
            unknown = gettext("There is something here that nothing in the lists is called. Write it as the list does.")
            return Judgement(None, [Remark(_form_field(error.field or ""), unknown, "", "Violation")])
        shown = shown if shown is not None else sorted(remarks, key=lambda remark: _ORDER[remark.severity])
        if not any(remark.severity == "Violation" for remark in remarks):
            return Judgement(level, shown)
    return Judgement(None, shown or [])


_ORDER: Final = {"Violation": 0, "Warning": 1, "Info": 2}


def _findings(document: Mapping[str, Any]) -> list[Finding]:
    found = served()
    base = found.release.id_base
    # What is published outlives its original; of what is not, permissions say why it cannot be submitted.
    sources = listed(document.get("isBasedOn"))
    document = without_withdrawn(document, {s for s in sources if SCENARIO_CLASS not in found.graph.types(base + s)})
    key = (found.release.id, json.dumps(document, sort_keys=True))
    return _FOUND.get(key, lambda: judge(document, found.graph, base, {f"contributor/{_NOBODY}"}))


def _remark(finding: Finding) -> Remark:
    return Remark(_form_field(field_of(finding) or ""), *pick(finding.message), finding.severity)


def _form_field(field: str) -> str:
    """Return the field of the form for one of a document: ``activity[2].tool`` is ``activity-2.tool`` there.

    >>> _form_field("activity[2].tool"), _form_field("alignment-1.competence"), _form_field("outcome-1.description")
    ('activity-2.tool', 'teaches', 'outcome')
    """
    plain = re.sub(r"\[(\d+)\]", r"-\1", field)
    part = plain.partition("-")[0]
    return {"alignment": "teaches", "competence": "teaches", "outcome": "outcome", "learningOutcome": "outcome"}.get(
        part, plain
    )
