"""How a format says each field of the model: one table for the exporter and for the account of what is lost."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, Generic, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from kg.exporting.source import Source

__all__ = ["MODEL_FIELDS", "Effect", "FieldEffect", "Rule", "apply", "effects"]

Out = TypeVar("Out")

MODEL_FIELDS: Final[dict[str, tuple[str, ...]]] = dict(
    (
        *(
            (name, ())
            for name in ("name", "alternateName", "description", "abstract", "text", "keywords", "inLanguage")
        ),
        *((name, ()) for name in ("license", "creator", "publisher", "contributor", "creditText")),
        *((name, ()) for name in ("datePublished", "dateModified", "version", "learningResourceType", "audience")),
        *((name, ()) for name in ("about", "crossCurricularTheme", "educationalLevel", "nationalGrade")),
        *((name, ()) for name in ("minAge", "maxAge", "teaches", "assesses", "competencyRequired")),
        ("alignment", ("competence", "alignmentSource", "proficiencyLevel", "confidence")),
        ("learningOutcome", ("name", "description")),
        *((name, ()) for name in ("minutes", "preparationMinutes", "minStudents", "maxStudents", "needsPupilDevices")),
        (
            "activity",
            (
                *("position", "name", "description", "minutes", "inClass", "grouping", "learningType"),
                *("coAuthorship", "tool", "display", "outcome", "material"),
            ),
        ),
        ("material", ("name", "description", "url", "license")),
        *((name, ()) for name in ("tool", "product", "assessment", "adaptation", "interactivityType")),
        *((name, ()) for name in ("conditionsOfAccess", "accessibilityFeature", "accessibilityHazard")),
        *((name, ()) for name in ("isBasedOn", "adaptationNote", "translationOfWork", "exampleOfWork")),
        *((name, ()) for name in ("hasPart", "isPartOf", "hub", "school", "project", "practice", "collection")),
        *((name, ()) for name in ("dataKind", "reviewStatus", "completeness", "machineTranslated", "languageDetected")),
        *((name, ()) for name in ("url", "source", "sourceLocation", "identifier", "retrieved", "adapter")),
        *((name, ()) for name in ("recordHash", "sameWorkCandidate", "withdrawnOn", "wasRevisionOf")),
    )
)
"""The fields of a scenario, each with the fields of its parts where it has parts."""


class Effect(StrEnum):
    """What becomes of a field in another format."""

    KEPT = "kept"
    CHANGED = "changed"
    DROPPED = "dropped"


@dataclass(frozen=True)
class Rule(Generic[Out]):
    """How one field is written.

    Attributes:
        field: The key in documents.
        target: Where it stands in the format, in the format's own words.
        write: Writes the field of a source that has it.
        note: What is changed by it; a field without a note is kept as it is.
        parts: How the fields of the parts are written, where the field has parts; ``write`` applies them.
    """

    field: str
    target: str
    write: Callable[[Source, Out], None]
    note: str = ""
    parts: tuple[Rule[Any], ...] = ()

    @property
    def effect(self) -> Effect:
        """Kept, or changed where a note says how."""
        return Effect.CHANGED if self.note else Effect.KEPT


class FieldEffect(NamedTuple):
    """What becomes of one field: ``field`` as ``activity.minutes``, the effect, where it stands, and what changes."""

    field: str
    effect: Effect
    target: str
    note: str


def apply(rules: Iterable[Rule[Out]], source: Source, out: Out) -> None:
    """Write every field that ``source`` has a value for, in the order of the rules."""
    fields = source.fields
    for rule in rules:
        if rule.field in fields:
            rule.write(source, out)


def effects(rules: Sequence[Rule[Any]]) -> list[FieldEffect]:
    """Return what becomes of each field of the model: what no rule writes is dropped."""
    return list(_effects(rules))


def _effects(rules: Sequence[Rule[Any]]) -> Iterator[FieldEffect]:
    by_field = {rule.field: rule for rule in rules}
    for field, part_fields in MODEL_FIELDS.items():
        rule = by_field.get(field)
        yield _effect(field, rule)
        parts = {part.field: part for part in rule.parts} if rule else {}
        for part_field in part_fields:
            yield _effect(f"{field}.{part_field}", parts.get(part_field))


def _effect(field: str, rule: Rule[Any] | None) -> FieldEffect:
    return (
        FieldEffect(field, rule.effect, rule.target, rule.note) if rule else FieldEffect(field, Effect.DROPPED, "", "")
    )
