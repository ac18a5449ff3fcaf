"""What may be contributed, scenarios and stories of their use: each from its answers to a document."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

from webapp.languages import served
from webapp.taking_part.answers import press, read_answers, scenario_document
from webapp.taking_part.derived import derived_document
from webapp.taking_part.hubs import made_up_hubs
from webapp.taking_part.origins import is_derived
from webapp.taking_part.reading_derived import read_derived
from webapp.taking_part.stories import is_story, read_story, story_document
from webapp.taking_part.suggested import answer_suggestion, read_refused
from webapp.taking_part.tokens import new_id

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from werkzeug.datastructures import MultiDict

__all__ = ["contribution", "new_identifier", "read_contribution"]


def read_contribution(form: MultiDict[str, str], former: Mapping[str, Any], id_base: str) -> dict[str, Any]:
    """Return the answers that a form was sent with, of the kind that they were before, its button pressed."""
    if is_story(former):
        return read_story(form, former, id_base)
    if is_derived(former):
        answers = read_derived(form, former, id_base)
    else:
        answers = read_answers(form, id_base)
        if (carried := former.get("carried")) and form.get("do") != "drop-carried":
            answers["carried"] = carried
        press(answers, form.get("do", ""))
    if refused := read_refused(form):
        answers["refused"] = refused
    answer_suggestion(answers, form.get("do", ""))
    return answers


def contribution(
    answers: Mapping[str, Any], *, identifier: str, hub: str, agent: str, completeness: str, day: dt.date
) -> dict[str, Any]:
    """Return the document that the answers describe: made up, where its hub is; stories have no levels of completeness.

    Args:
        answers: The answers.
        identifier: Its identifier.
        hub: The hub that publishes it.
        agent: Who wrote it.
        completeness: As how complete a scenario is meant: ``complete``, ``partial`` or ``minimal``.
        day: When it is published.
    """
    if is_story(answers):
        document = story_document(answers, identifier=identifier, hub=hub, agent=agent, day=day)
    else:
        document = scenario_document(
            answers, identifier=identifier, hub=hub, agent=agent, completeness=completeness, day=day
        )
        document |= answers.get("carried", {})
        document = derived_document(answers, document) if is_derived(answers) else document
    found = served()
    made_up = made_up_hubs(found.graph, found.release.id_base)
    return {**document, "dataKind": "data-kind/synthetic"} if hub in made_up else document


def new_identifier(answers: Mapping[str, Any]) -> str:
    """Return an identifier for a document that has none yet: a scenario's tells its title, a story's nothing."""
    if is_story(answers):
        return f"evidence/used-{new_id(10)}"
    return f"scenario/{_slug(answers['values'].get('name', ''))}-{new_id(6)}"


def _slug(title: str) -> str:
    """Return a title as part of an identifier.

    >>> _slug("Kus meie õu üle kuumeneb?"), _slug("გაკვეთილი")
    ('kus-meie-ou-ule-kuumeneb', 'scenario')
    """
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-") or "scenario"
