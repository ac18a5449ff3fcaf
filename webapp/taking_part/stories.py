"""Stories of use: what somebody writes who used a scenario, read from a request and made into a document.

They go the way of scenarios from here on: the same drafts, proposals, review and publishing.
"""

from __future__ import annotations

import textwrap
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from ontology.form_fields import form_fields
from ontology.namespaces import IHUB
from webapp.taking_part.answers import read_values
from webapp.taking_part.layout import LANGUAGES, STORY

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from werkzeug.datastructures import MultiDict

    from kg.graph import Graph
    from ontology.form_fields import FormField

__all__ = ["can_be_told_of", "empty_story", "is_story", "read_story", "story_document", "story_fields"]

_TITLE_CHARACTERS: Final = 80
_SYNTHETIC: Final = "data-kind/synthetic"


def can_be_told_of(graph: Graph, iri: str, id_base: str, *, made_up: bool = False) -> bool:
    """Whether the model lets stories tell of a scenario: real ones of what is real, made-up ones of what is made up.

    Args:
        graph: The release's graph.
        iri: The scenario.
        id_base: Base of the entities' IRIs.
        made_up: Whether the story is one of a hub for demonstrations.
    """
    return (graph.iri(iri, IHUB + "dataKind") == id_base + _SYNTHETIC) is made_up


def empty_story(scenario: str, title: Mapping[str, str], language: str) -> dict[str, Any]:
    """Return the answers of a form for a story that nobody has filled in.

    Args:
        scenario: Identifier of the scenario that was used.
        title: The scenario's title by language, for lists of drafts.
        language: The language to write in.
    """
    return {
        "story": scenario,
        "title": dict(title),
        "language": language if language in LANGUAGES else LANGUAGES[0],
        "values": {"evidenceKind": "evidence-kind/implementationStory"},
    }


def is_story(answers: Mapping[str, Any]) -> bool:
    """Whether answers are those of a story."""
    return "story" in answers


@lru_cache(maxsize=4)
def story_fields(id_base: str) -> dict[str, FormField]:
    """Return the fields of a story by key, as the shapes tell them; the practice is the one that scenarios name."""
    practice = form_fields("Scenario", id_base)["practice"]
    fields = form_fields("Evidence", id_base) | form_fields("ImplementationStory", id_base)
    return {**fields, "practice": practice}


def read_story(form: MultiDict[str, str], former: Mapping[str, Any], id_base: str) -> dict[str, Any]:
    """Return the answers that a form was sent with; which scenario they are about stays as it was."""
    answers = empty_story(former["story"], former["title"], form.get("language", ""))
    answers["values"] = read_values(form, "", STORY, story_fields(id_base))
    return answers


def story_document(
    answers: Mapping[str, Any], *, identifier: str, hub: str, agent: str, day: dt.date
) -> dict[str, Any]:
    """Return the story that the answers tell, as a document: one teacher's account, so weak evidence.

    Args:
        answers: The answers.
        identifier: Its identifier.
        hub: The hub that publishes it, and so its source.
        agent: Who wrote it.
        day: When it is published.
    """
    values, language = answers["values"], answers["language"]
    happened = values.get("whatHappened", "")
    return {
        "id": identifier,
        "type": "ImplementationStory",
        "name": _told(textwrap.shorten(happened, _TITLE_CHARACTERS, placeholder=" …"), language),
        "evidenceFor": [answers["story"], *values.get("practice", [])],
        "evidenceKind": values.get("evidenceKind"),
        "evidenceStrength": "evidence-strength/anecdotal",
        "educationalLevel": values.get("educationalLevel", []),
        "groupSizeBand": values.get("groupSizeBand"),
        "whatChanged": _told(values.get("whatChanged", ""), language),
        "whatHappened": _told(happened, language),
        "creator": [f"contributor/{agent}"],
        "hub": [hub],
        "source": [hub],
        "datePublished": day.isoformat(),
        "dataKind": "data-kind/original",
    }


def _told(text: str, language: str) -> dict[str, str] | None:
    return {language: text} if text else None
