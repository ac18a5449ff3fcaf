"""The competency questions: what people really ask of the graph, each as a SPARQL query with its title and audience.

A question is a file ``questions/<name>.rq`` that starts with comment lines::

    # title: Which competences does no scenario at lower secondary level teach?
    # audience: policy maker
    # explanation: One sentence or more; a line that starts with three spaces after the # continues the one before.

Relative IRIs in the query (``<level/isced-2>``) resolve against the deployment's ``{base}id/``, which the engine is
given as base IRI.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ontology.load import question_files

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["AUDIENCES", "Question", "questions", "read_question"]

AUDIENCES: Final = ("teacher", "researcher", "hub coordinator", "policy maker")
"""Who asks, in the order in which groups of questions are shown."""

_FIELD: Final = re.compile(r"# (title|audience|explanation): (.+)")
_CONTINUED: Final = re.compile(r"#   +(.+)")


@dataclass(frozen=True)
class Question:
    """A competency question.

    Attributes:
        name: The file's name without its suffix; the question's identifier in addresses.
        title: The question in a sentence.
        audience: One of :data:`AUDIENCES`.
        explanation: How the query answers it, and what to mind in reading the answer.
        query: The SPARQL text, metadata included, with every prefix declared.
    """

    name: str
    title: str
    audience: str
    explanation: str
    query: str


def questions() -> list[Question]:
    """Return all questions, by name.

    Raises:
        ValueError: A file lacks a metadata field or names an unknown audience.
    """
    return [read_question(path) for path in question_files()]


def read_question(path: Path) -> Question:
    """Return the question in a file.

    Raises:
        ValueError: As for :func:`questions`; the message names the file and the field.
    """
    text = path.read_text(encoding="utf-8")
    fields: dict[str, str] = {}
    last = None
    for line in text.splitlines():
        if found := _FIELD.fullmatch(line):
            last = found[1]
            fields[last] = found[2].strip()
        elif last and (more := _CONTINUED.fullmatch(line)):
            fields[last] += " " + more[1].strip()
        else:
            break
    for name in ("title", "audience", "explanation"):
        if name not in fields:
            raise ValueError(f"{path.name}: the line '# {name}: ...' is missing from the head of the file")
    if fields["audience"] not in AUDIENCES:
        raise ValueError(f"{path.name}: audience {fields['audience']!r} is none of {', '.join(AUDIENCES)}")
    return Question(path.stem, fields["title"], fields["audience"], fields["explanation"], text)
