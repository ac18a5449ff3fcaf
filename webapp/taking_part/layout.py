"""The form for a scenario: which of the model's fields it has, in which order; what each takes the shapes say."""

from __future__ import annotations

from typing import Final, NamedTuple

from webapp.interface_language import message

__all__ = [
    "ACTIVITY",
    "AFTER",
    "LANGUAGES",
    "LICENCES",
    "LONG_TEXTS",
    "MOST_CHARACTERS",
    "MOST_ROWS",
    "SECTIONS",
    "STORY",
    "Section",
]


class Section(NamedTuple):
    """A part of the form: its heading, and keys of fields of a scenario."""

    title: str
    keys: tuple[str, ...]


SECTIONS: Final = (
    Section(message("What and for whom"), ("name", "description", "about", "educationalLevel", "minAge", "maxAge")),
    Section(message("Competences"), ("teaches", "crossCurricularTheme")),
)
"""What comes before outcomes and activities."""

AFTER: Final = (
    Section(message("Result and assessment"), ("product", "assessment", "adaptation")),
    Section(
        message("Practical matters"),
        ("preparationMinutes", "minStudents", "maxStudents", "needsPupilDevices", "keywords"),
    ),
)
"""What comes after them."""

ACTIVITY: Final = ("name", "description", "minutes", "inClass", "grouping", "learningType", "coAuthorship", "tool")
"""The fields of one activity."""

STORY: Final = ("educationalLevel", "groupSizeBand", "whatChanged", "whatHappened", "evidenceKind", "practice")
"""The fields of a story of use."""

LONG_TEXTS: Final = frozenset({"description", "product", "assessment", "adaptation", "whatChanged", "whatHappened"})
"""Texts of several sentences."""

LICENCES: Final = {
    "https://creativecommons.org/licenses/by/4.0/": "CC BY 4.0",
    "https://creativecommons.org/licenses/by-sa/4.0/": "CC BY-SA 4.0",
    "https://creativecommons.org/publicdomain/zero/1.0/": "CC0 1.0",
}
"""Licences that contributors choose from, the first by default."""

LANGUAGES: Final = ("en", "et", "fi", "lt", "nb", "ka")
"""Languages that a scenario may be written in here."""

MOST_ROWS: Final = 40
"""Outcomes or activities of one scenario, at most."""

MOST_CHARACTERS: Final = 10_000
"""Characters of one answer, at most."""
