"""A scenario with every field of the model, and graphs to export it from."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox

from kg.documents import Document, normalise
from kg.exporting.source import Source
from kg.graph import Graph
from kg.triples import document_quads, graph_name
from kg.vocabulary import model_quads, vocabulary_quads

ID_BASE: Final = "http://127.0.0.1:8000/id/"
PAGE: Final = "http://127.0.0.1:8000/doc/scenario/full"
TEXT: Final = f"{PAGE}.md"

HOSTILE: Final = (
    "]]> </script><script>alert(1)</script> <!-- &amp; &lt; \" ' ` \\ \u202eright to left\u202c \u200fעברית\u200e "
    "👩‍🏫 𝔘𝔫𝔦 \u2028line\u2029 # * _ [a](b) | --- ![x](y) {{ 7*7 }} %s ${x}"
)
"""A text that breaks what does not escape."""

FULL: Final[dict[str, Any]] = {
    "id": "scenario/full",
    "type": "LearningScenario",
    "name": {"et": "Pealkiri üks", "en": "Title one"},
    "alternateName": {"et": "Rööpnimi"},
    "description": {"et": "Kirjeldus üks", "en": "Description one"},
    "abstract": {"et": "Lühikokkuvõte"},
    "text": {"et": "Kogu tekst.\n\nTeine lõik."},
    "keywords": {"et": ["võtmesõna", "teine"], "en": ["keyword"]},
    "inLanguage": ["et"],
    "license": "https://creativecommons.org/licenses/by/4.0/",
    "creator": ["organisation/author"],
    "publisher": "organisation/press",
    "contributor": ["contributor/helper"],
    "creditText": "Credit where it is due",
    "datePublished": "2026-03-04",
    "dateModified": "2026-05-06",
    "version": "v1.7",
    "learningResourceType": ["resource-type/lessonPlan"],
    "audience": ["audience/student"],
    "about": ["subject/robotics", "subject/mathematics"],
    "crossCurricularTheme": ["theme/environment-sustainability"],
    "educationalLevel": ["level/isced-34", "level/isced-2"],
    "nationalGrade": ["grade/ee-8"],
    "minAge": 13,
    "maxAge": 19,
    "teaches": ["competence/digcomp22-1.2"],
    "assesses": ["competence/digcomp22-1.3"],
    "competencyRequired": ["competence/digcomp22-1.1"],
    "alignment": [
        {
            "competence": "competence/digcomp22-2.3",
            "proficiencyLevel": "proficiency/digcomp22-4",
            "alignmentSource": "alignment-source/machine",
            "confidence": "0.8125",
        }
    ],
    "learningOutcome": [
        {"name": {"et": "Õpiväljundi nimi"}},
        {"description": {"et": "Oskan kirjeldada", "en": "I can describe"}},
    ],
    "minutes": 4321,
    "preparationMinutes": 1711,
    "minStudents": 1721,
    "maxStudents": 1731,
    "needsPupilDevices": True,
    "activity": [
        {
            "name": {"et": "Tegevuse nimi"},
            "description": {"et": "Tegevuse kirjeldus"},
            "minutes": 4321,
            "inClass": True,
            "grouping": "grouping/pair",
            "learningType": "learning-type/inquiry",
            "coAuthorship": "co-authorship/remixing",
            "tool": ["tool/qgis"],
            "display": ["tool/cat-display"],
            "outcome": ["#outcome-2"],
            "material": [{"name": {"et": "Tegevuse materjal"}}],
        }
    ],
    "material": [
        {
            "name": {"et": "Tööleht"},
            "description": {"et": "Töölehe kirjeldus"},
            "url": "https://files.example/worksheet.pdf",
            "license": "https://creativecommons.org/licenses/by-sa/4.0/",
        }
    ],
    "tool": ["tool/tineye"],
    "product": {"et": "Valmib plakat"},
    "assessment": {"et": "Hinnatakse plakatit"},
    "adaptation": {"et": "Saab ka ilma seadmeteta"},
    "interactivityType": "interactivity/expositive",
    "conditionsOfAccess": "access/login",
    "accessibilityFeature": ["captions"],
    "accessibilityHazard": ["noFlashingHazard"],
    "isBasedOn": ["https://source.example/based-on"],
    "adaptationNote": {"et": "Lühendatud"},
    "translationOfWork": "work/translated",
    "exampleOfWork": "work/exemplified",
    "hasPart": ["scenario/its-part"],
    "isPartOf": ["scenario/its-whole"],
    "hub": "hub/a-hub",
    "school": "school/a-school",
    "project": "project/a-project",
    "practice": ["practice/a-practice"],
    "dataKind": "data-kind/adapted",
    "reviewStatus": "review-status/reviewed",
    "completeness": "completeness/complete",
    "machineTranslated": True,
    "languageDetected": True,
    "url": "https://origin.example/lesson",
    "source": "https://origin.example/record",
    "sourceLocation": "folder/lesson.md",
    "identifier": "origin:4711",
    "retrieved": "2026-01-02T03:04:05Z",
    "adapter": "an-adapter",
    "recordHash": "c0ffee",
    "sameWorkCandidate": "scenario/perhaps-the-same",
    "withdrawnOn": "2026-07-08T09:10:11Z",
    "wasRevisionOf": "scenario/earlier",
}
"""No scenario is like this; it states whatever the model lets one state."""


def source_of(node: dict[str, Any], *, vocabularies: bool = True) -> Source:
    """The scenario of a document, in a graph of its own."""
    document = Document(normalise(node), Path("test"), 1)
    store = ox.Store()
    store.bulk_extend(document_quads(document, graph_name("tests", ID_BASE), ID_BASE))
    if vocabularies:
        store.bulk_extend(_vocabularies())
    return Source(Graph(store), ID_BASE + document.identifier)


@lru_cache(maxsize=1)
def _vocabularies() -> list[ox.Quad]:
    return [*vocabulary_quads(ID_BASE), *model_quads(ID_BASE)]
