"""What the page about each kind of entity tells besides name, definition and sources: one row a kind.

Headings are what a teacher or a coordinator would say; :mod:`webapp.entity_pages.kind` tells how paths are written.
"""

from __future__ import annotations

from typing import Final

from webapp.entity_pages.kind import SAME, Kind
from webapp.entity_pages.word_kinds import WORD_KINDS
from webapp.interface_language import message

__all__ = ["KINDS"]


_COUNTRY = (message("Country"), "ihub:inCountry")
_PLACE = (message("Place"), "ihub:place")
_HUB = (message("Hub"), "ihub:hub")
_WEB = (message("On the web"), "schema:url")
_PROJECT = (message("Project"), "ihub:project")
_LICENCE = (message("Licence"), "schema:license dcterms:license")
_RANK = (message("Place in the order"), "ihub:rank")
_AGES_FROM = (message("Youngest age"), "ihub:minAge")
_AGES_TO = (message("Oldest age"), "ihub:maxAge")
_BROADER = (message("Part of"), "skos:broader schema:isPartOf")
_TARGET = (message("Meant for"), "ihub:targetGroup")
_ISSUED = (message("Published"), "dcterms:issued schema:datePublished")
_DIMENSIONS = (message("What it changes"), "ihub:outcomeDimension")
_COMPONENTS = (message("What it works on in a school"), "ihub:component")

_NARROWER = (message("More precisely"), "^skos:broader")
_EVIDENCE = (message("What is known about it"), "^ihub:evidenceFor ihub:hasEvidence")
_PRESENTED = (message("Presented in"), "^ihub:presents")
_CLOSE = (message("Similar elsewhere"), "skos:closeMatch skos:broadMatch skos:narrowMatch skos:relatedMatch")
_PRACTICES_WITH = message("Mentoring practices")
_SEE_ALSO = (message("See also"), "rdfs:seeAlso skos:related")

KINDS: Final[dict[str, Kind]] = {
    "scenario": Kind(),
    "work": Kind(sections=((message("The scenario in its languages"), "^schema:exampleOfWork"),)),
    "collection": Kind(
        facts=((message("Publisher"), "schema:publisher"), _LICENCE, (message("Language"), "schema:inLanguage")),
        scenarios="collection",
        cross=("subject", "level"),
    ),
    "competence": Kind(scenarios="competence", cross=("subject", "level")),
    "framework": Kind(
        facts=(
            (message("Version"), "schema:version"),
            (message("Published by"), "dcterms:creator schema:publisher"),
            _ISSUED,
            _LICENCE,
            (message("Takes the place of"), "dcterms:replaces"),
            (message("Replaced by"), "^dcterms:replaces"),
        ),
    ),
    "proficiency": Kind(
        facts=((message("Framework"), "ihub:framework"), _RANK, (message("In other words"), "skos:scopeNote")),
        sections=((message("In other frameworks"), "skos:closeMatch skos:broadMatch skos:narrowMatch"),),
    ),
    "subject": Kind(
        facts=(_BROADER,), sections=(_NARROWER, SAME, _CLOSE), scenarios="subject", cross=("competence", "level")
    ),
    "level": Kind(
        facts=(_AGES_FROM, _AGES_TO, _BROADER),
        sections=(_NARROWER, (message("School years of the countries"), "^ihub:level of ihub:NationalGrade"), SAME),
        scenarios="level",
        cross=("subject", "competence"),
    ),
    "grade": Kind(
        facts=(
            (message("Country"), "ihub:country"),
            (message("Level"), "ihub:level"),
            _AGES_FROM,
            _AGES_TO,
            _BROADER,
        ),
        sections=(_NARROWER,),
        scenarios="grade",
    ),
    "theme": Kind(sections=(SAME, _CLOSE), scenarios="theme"),
    "tool": Kind(
        facts=((message("Kind of tool"), "skos:broader"), (message("Access"), "schema:conditionsOfAccess"), _WEB),
        sections=((message("Tools of this kind"), "^skos:broader"), _EVIDENCE, _SEE_ALSO),
        scenarios="tool",
    ),
    "practice": Kind(
        facts=(
            (message("Form"), "ihub:practiceKind"),
            _BROADER,
            (message("Within or between schools"), "ihub:mentoringLevel"),
            (message("Since"), "ihub:since"),
            (message("Developed by"), "schema:creator"),
            _TARGET,
            _PROJECT,
            _WEB,
        ),
        sections=(
            (message("Parts and methods of it"), "^schema:isPartOf schema:hasPart"),
            (message("Phases, in their order"), "ihub:phase"),
            _COMPONENTS,
            _DIMENSIONS,
            (message("What makes schools take part"), "ihub:incentive"),
            (message("Hubs and schools that work with it"), "ihub:practisedIn ^ihub:usesPractice"),
            (message("Who mentors whom with it"), "^ihub:practice of ihub:MentoringRelation"),
            _EVIDENCE,
            _PRESENTED,
            _SEE_ALSO,
        ),
        scenarios="practice",
        figures=True,
    ),
    "practice-kind": Kind(sections=((_PRACTICES_WITH, "^ihub:practiceKind"),)),
    "phase": Kind(
        facts=((message("Before it"), "ihub:previousPhase"), (message("After it"), "ihub:nextPhase")),
        sections=(
            (_PRACTICES_WITH, "^ihub:phase of ihub:MentoringPractice"),
            (message("Mentoring that has reached it"), "^ihub:phase of ihub:MentoringRelation"),
        ),
    ),
    "component": Kind(
        sections=(
            (_PRACTICES_WITH, "^ihub:component of ihub:MentoringPractice"),
            (message("Policy recommendations"), "^ihub:component of ihub:PolicyRecommendation"),
            (message("Features of innovative schools"), "^ihub:component of ihub:Characteristic"),
            (message("How it is evaluated"), "^ihub:component of ihub:EvaluationDimension"),
        )
    ),
    "mentoring": Kind(
        facts=(
            (message("Mentor"), "ihub:mentorSchool ihub:mentorOrganisation"),
            (message("Mentored school"), "ihub:menteeSchool"),
            (message("From"), "schema:startDate"),
            (message("To"), "schema:endDate"),
            (message("Phase reached"), "ihub:phase"),
            (message("Practices"), "ihub:practice"),
            _HUB,
            (message("Country"), "ihub:comesFromCountry"),
        ),
        sections=(_EVIDENCE,),
    ),
    "mentoring-level": Kind(sections=((_PRACTICES_WITH, "^ihub:mentoringLevel"),)),
    "school": Kind(
        facts=(
            _COUNTRY,
            _PLACE,
            (message("Hub"), "ihub:inHub"),
            (message("Can help others with"), "ihub:offers"),
            (message("Looks for help with"), "ihub:needs"),
            _WEB,
        ),
        sections=(
            (message("Is mentored"), "^ihub:menteeSchool of ihub:MentoringRelation"),
            (message("Mentors others"), "^ihub:mentorSchool of ihub:MentoringRelation"),
            (message("Practices it works with"), "ihub:usesPractice"),
            (message("What it tells of its experience"), "^ihub:school of ihub:Evidence"),
            (message("Scenarios that come from it"), "^ihub:school of ihub:LearningScenario"),
        ),
        figures=True,
    ),
    "hub": Kind(scenarios="hub", figures=True),
    "network": Kind(
        facts=(_COUNTRY, _HUB, _PROJECT, _WEB),
        sections=((message("Members"), "ihub:memberOrganisation"), _PRESENTED, _EVIDENCE),
        figures=True,
    ),
    "organisation": Kind(
        facts=(_COUNTRY, _PLACE, _WEB),
        sections=(
            (message("Hubs, networks and organisations it belongs to"), "ihub:memberOf"),
            (message("Projects"), "^ihub:coordinator ^ihub:partner ^schema:funder"),
            (message("Belongs to it"), "ihub:memberOrganisation"),
            (message("Schools it mentors"), "^ihub:mentorOrganisation of ihub:MentoringRelation"),
            (message("Practices it developed"), "^schema:creator of ihub:MentoringPractice"),
            (message("Collections it publishes"), "^schema:publisher of ihub:Collection"),
            (message("Events it held"), "^schema:organizer of ihub:Event"),
            (message("Figures it reports"), "^ihub:reportedBy of ihub:ReportedFigure"),
        ),
        figures=True,
    ),
    "role": Kind(facts=(_BROADER,), sections=(_NARROWER, (message("What people in this role tell"), "^ihub:role"))),
    "contributor": Kind(
        facts=((message("Works at"), "ihub:memberOf"), _WEB), sections=((message("Contributed"), "^schema:creator"),)
    ),
    "review": Kind(
        facts=(
            (message("What was reviewed"), "prov:used schema:itemReviewed"),
            (message("Outcome"), "ihub:reviewStatus"),
            (message("Done by"), "prov:wasAssociatedWith"),
            (message("On"), "prov:endedAtTime schema:endDate"),
        )
    ),
    "target-group": Kind(
        sections=(
            (_PRACTICES_WITH, "^ihub:targetGroup of ihub:MentoringPractice"),
            (message("Policy recommendations"), "^ihub:targetGroup of ihub:PolicyRecommendation"),
            (message("Reports"), "^ihub:targetGroup of ihub:Deliverable"),
            (message("Projects"), "^ihub:targetGroup of ihub:Project"),
        )
    ),
    "evidence": Kind(
        facts=(
            (message("Kind of evidence"), "ihub:evidenceKind"),
            (message("How strong it is"), "ihub:evidenceStrength"),
            (message("Told by"), "ihub:role"),
            (message("School"), "ihub:school"),
            _HUB,
            _COUNTRY,
            (message("People asked"), "ihub:sampleSize ihub:groupSizeBand"),
            (message("What happened"), "ihub:whatHappened"),
            (message("What changed"), "ihub:whatChanged"),
            (message("Bear in mind"), "skos:scopeNote"),
            (message("Licence"), "schema:license"),
        ),
        sections=((message("What it speaks about"), "ihub:evidenceFor"), _DIMENSIONS, _PRESENTED),
    ),
    "evidence-kind": Kind(sections=((message("Evidence of this kind"), "^ihub:evidenceKind"),), scenarios="evidence"),
    "evidence-strength": Kind(
        facts=(_RANK,), sections=((message("Evidence of this strength"), "^ihub:evidenceStrength"),)
    ),
    "figure": Kind(),
    "quantity": Kind(sections=((message("Figures that sources report"), "^ihub:quantityKind of ihub:ReportedFigure"),)),
    "dimension": Kind(
        facts=((message("Part of the mentoring model"), "ihub:component"),),
        sections=(
            (_PRACTICES_WITH, "^ihub:outcomeDimension of ihub:MentoringPractice"),
            (message("Evidence"), "^ihub:outcomeDimension of ihub:Evidence"),
            (message("Indicators"), "^ihub:outcomeDimension of ihub:Indicator"),
        ),
    ),
    "indicator": Kind(
        facts=(
            (message("What is counted"), "ihub:quantityKind"),
            (message("Unit"), "ihub:unit"),
            (message("What it tells about"), "ihub:outcomeDimension"),
            (message("Bear in mind"), "skos:scopeNote"),
        ),
        sections=((message("Observations"), "^ihub:indicator"), _SEE_ALSO),
    ),
    "indicators": Kind(
        facts=((message("Structure"), "qb:structure"), (message("Publisher"), "dcterms:publisher"), _LICENCE),
        sections=((message("Observations"), "^qb:dataSet"),),
    ),
    "observation": Kind(
        facts=(
            (message("Data set"), "qb:dataSet"),
            (message("Indicator"), "ihub:indicator"),
            (message("Month"), "ihub:refPeriod"),
            (message("For"), "ihub:refHub ihub:refSchool ihub:refSubject ihub:refLevel ihub:refCompetence"),
            (message("Also for"), "ihub:refDimension ihub:refCountry ihub:refCollection"),
            (message("Value"), "ihub:value"),
            (message("Unit"), "ihub:unit"),
            (message("Withheld because the count is small"), "ihub:suppressed"),
        )
    ),
    "incentive": Kind(
        sections=(
            (_PRACTICES_WITH, "^ihub:incentive of ihub:MentoringPractice"),
            (message("Policy recommendations"), "^ihub:incentive of ihub:PolicyRecommendation"),
        )
    ),
    "policy": Kind(
        facts=(_BROADER, _TARGET, _PROJECT),
        sections=(
            (message("Recommendations in it"), "schema:hasPart ^schema:isPartOf"),
            _COMPONENTS,
            (message("Incentives"), "ihub:incentive"),
            _EVIDENCE,
            _PRESENTED,
        ),
    ),
    "characteristic": Kind(sections=(_COMPONENTS, _EVIDENCE, _PRESENTED)),
    "event": Kind(
        facts=(
            (message("From"), "schema:startDate"),
            (message("To"), "schema:endDate"),
            _PLACE,
            _COUNTRY,
            (message("Held by"), "schema:organizer"),
            _PROJECT,
            _WEB,
        ),
        sections=((message("What was presented"), "ihub:presents"),),
    ),
    "project": Kind(
        facts=(
            (message("From"), "schema:startDate"),
            (message("To"), "schema:endDate"),
            (message("Coordinator"), "ihub:coordinator"),
            (message("Funded by"), "schema:funder"),
            (message("Grant agreement"), "ihub:grantAgreement"),
            (message("Call"), "ihub:fundingCall"),
            _TARGET,
            _WEB,
        ),
        sections=(
            (message("Partners"), "ihub:partner"),
            (message("Hubs"), "^ihub:project of ihub:RegionalInnovationHub"),
            (_PRACTICES_WITH, "^ihub:project of ihub:MentoringPractice"),
            (message("Policy recommendations"), "^ihub:project of ihub:PolicyRecommendation"),
            (message("Reports"), "^ihub:project of ihub:Deliverable"),
            (message("Events"), "^ihub:project of ihub:Event"),
            (message("Networks"), "^ihub:project of ihub:StakeholderNetwork"),
            (message("Related projects"), "ihub:relatedProject"),
        ),
        figures=True,
    ),
    "deliverable": Kind(
        facts=(
            (message("Number"), "ihub:deliverableNumber"),
            _ISSUED,
            (message("Publisher"), "schema:publisher"),
            (message("Pages"), "schema:numberOfPages"),
            (message("Language"), "schema:inLanguage"),
            (message("How to cite it"), "dcterms:bibliographicCitation"),
            _TARGET,
            _PROJECT,
            _WEB,
        ),
        sections=(
            (message("What it presents"), "ihub:presents"),
            (message("What is told here from it"), "^dcterms:source"),
        ),
        figures=True,
    ),
    "publication": Kind(
        facts=(
            (message("How to cite it"), "dcterms:bibliographicCitation"),
            _ISSUED,
            (message("Language"), "schema:inLanguage"),
            _WEB,
        ),
        sections=(
            (message("What it presents"), "ihub:presents"),
            (message("What is told here from it"), "^dcterms:source"),
        ),
    ),
    "place": Kind(
        facts=(
            _COUNTRY,
            (message("Latitude"), "schema:latitude"),
            (message("Longitude"), "schema:longitude"),
        ),
        sections=(
            (message("Hubs"), "^ihub:place of ihub:RegionalInnovationHub"),
            (message("Schools"), "^ihub:place of ihub:School"),
            (message("Organisations"), "^ihub:place of ihub:Organisation but ihub:School"),
            (message("Events"), "^ihub:place of ihub:Event"),
        ),
        figures=False,
    ),
    "country": Kind(
        sections=(
            (message("Hubs"), "^ihub:inCountry of ihub:RegionalInnovationHub"),
            (message("Schools"), "^ihub:inCountry of ihub:School"),
            (message("Organisations"), "^ihub:inCountry of ihub:Organisation but ihub:School"),
            (message("Places"), "^ihub:inCountry of ihub:Place"),
            (message("School years"), "^ihub:country of ihub:NationalGrade"),
            SAME,
        ),
        scenarios="country",
    ),
    **WORD_KINDS,
}
"""Rows by the path segment of :data:`ontology.entity_types.ENTITY_TYPES`."""
