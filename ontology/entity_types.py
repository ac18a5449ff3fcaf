"""The registry of entity types: which path segment of an IRI stands for which class.

An entity's IRI is ``{base}id/{segment}/{slug}``; parts of an entity (activities, outcomes, alignments, materials) are
fragments of its IRI: ``{base}id/scenario/heat-map#activity-1``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ontology.namespaces import PREFIXES

__all__ = ["ENTITY_TYPES", "EntityType", "segment_of_class"]


@dataclass(frozen=True)
class EntityType:
    """One kind of entity that has pages and IRIs of its own.

    Attributes:
        segment: The path segment in IRIs, such as ``scenario``.
        class_iri: The IRI of the class in the ontology.
        label: The English name of the kind, for headings.
    """

    segment: str
    class_iri: str
    label: str


def _iri(curie: str) -> str:
    prefix, local = curie.split(":")
    return PREFIXES[prefix] + local


ENTITY_TYPES: Final[dict[str, EntityType]] = {
    segment: EntityType(segment, _iri(curie), label)
    for segment, curie, label in [
        ("scenario", "ihub:LearningScenario", "Learning scenario"),
        ("work", "ihub:ScenarioWork", "Work (one scenario in all its languages)"),
        ("collection", "ihub:Collection", "Collection"),
        ("competence", "ihub:Competence", "Competence"),
        ("framework", "ihub:CompetenceFramework", "Competence framework"),
        ("proficiency", "ihub:ProficiencyLevel", "Proficiency level"),
        ("subject", "ihub:Subject", "Subject"),
        ("level", "ihub:EducationalLevel", "Educational level"),
        ("grade", "ihub:NationalGrade", "National grade"),
        ("theme", "ihub:CrossCurricularTheme", "Cross-curricular theme"),
        ("tool", "ihub:DigitalTool", "Digital tool"),
        ("practice", "ihub:MentoringPractice", "Mentoring practice"),
        ("practice-kind", "ihub:PracticeKind", "Kind of practice"),
        ("phase", "ihub:ProcessPhase", "Process phase"),
        ("component", "ihub:ModelComponent", "Component of the mentoring model"),
        ("mentoring", "ihub:MentoringRelation", "Mentoring relation"),
        ("mentoring-level", "ihub:MentoringLevel", "Level of mentoring"),
        ("school", "ihub:School", "School"),
        ("hub", "ihub:RegionalInnovationHub", "Regional innovation hub"),
        ("network", "ihub:StakeholderNetwork", "Stakeholder network"),
        ("organisation", "ihub:Organisation", "Organisation"),
        ("role", "ihub:Role", "Role"),
        ("contributor", "ihub:Contributor", "Contributor"),
        ("review", "ihub:ReviewActivity", "Review"),
        ("target-group", "ihub:TargetGroup", "Target group"),
        ("evidence", "ihub:Evidence", "Evidence"),
        ("evidence-kind", "ihub:EvidenceKind", "Kind of evidence"),
        ("evidence-strength", "ihub:EvidenceStrength", "Strength of evidence"),
        ("figure", "ihub:ReportedFigure", "Reported figure"),
        ("quantity", "ihub:QuantityKind", "Kind of quantity"),
        ("dimension", "ihub:EvaluationDimension", "Evaluation dimension"),
        ("indicator", "ihub:Indicator", "Indicator"),
        ("indicators", "ihub:IndicatorDataset", "Indicator data set"),
        ("observation", "ihub:Observation", "Observation"),
        ("incentive", "ihub:IncentiveType", "Incentive"),
        ("policy", "ihub:PolicyRecommendation", "Policy recommendation"),
        ("characteristic", "ihub:Characteristic", "Characteristic of an innovative digital school"),
        ("event", "ihub:Event", "Event"),
        ("project", "ihub:Project", "Project"),
        ("deliverable", "ihub:Deliverable", "Deliverable"),
        ("publication", "ihub:Publication", "Publication"),
        ("place", "ihub:Place", "Place"),
        ("country", "ihub:Country", "Country"),
        ("language", "ihub:Language", "Language"),
        ("grouping", "ihub:Grouping", "Class organisation"),
        ("learning-type", "ihub:LearningType", "Learning type"),
        ("co-authorship", "ihub:CoAuthorshipLevel", "Co-authorship level"),
        ("resource-type", "ihub:ResourceType", "Resource type"),
        ("audience", "ihub:AudienceRole", "Audience"),
        ("interactivity", "ihub:InteractivityType", "Interactivity"),
        ("access", "ihub:AccessCondition", "Condition of access"),
        ("data-kind", "ihub:DataKind", "Kind of data"),
        ("review-status", "ihub:ReviewStatus", "Review status"),
        ("completeness", "ihub:CompletenessLevel", "Completeness"),
        ("alignment-source", "ihub:AlignmentSource", "Source of an alignment"),
        ("scheme", "skos:ConceptScheme", "Vocabulary"),
    ]
}
"""Segment to entity type, in the order in which kinds are listed to people."""


def segment_of_class(class_iri: str) -> str | None:
    """Return the path segment of the entity type with this class, or None.

    >>> segment_of_class("https://w3id.org/ihub/ns#School")
    'school'
    """
    return next((t.segment for t in ENTITY_TYPES.values() if t.class_iri == class_iri), None)
