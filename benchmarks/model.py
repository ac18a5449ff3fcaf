"""Times the check of the model, validation of complete scenarios, and the closure of the shipped collections.

python benchmarks/model.py [COUNT]
"""

from __future__ import annotations

import sys
import time

import pyshacl
from rdflib import SH, Graph

from kg.build import SHIPPED_COLLECTIONS
from kg.candidates import gather
from kg.collection import find_collections
from kg.reasoning import closure_quads
from kg.triples import graph_name
from kg.vocabulary import model_quads, vocabulary_quads
from ontology.check import check
from ontology.load import shapes_graph
from ontology.validate import validate

BASE = "http://127.0.0.1:8000/id/"
CONCEPTS = {
    "Subject": ["subject/mathematics", "subject/geography"],
    "EducationalLevel": ["level/isced-2"],
    "NationalGrade": ["grade/ee-8"],
    "AudienceRole": ["audience/teacher"],
    "Competence": ["competence/digcomp22-1.3"],
    "ProficiencyLevel": ["proficiency/digcomp22-4"],
    "AlignmentSource": ["alignment-source/stated"],
    "Grouping": ["grouping/pair"],
    "LearningType": ["learning-type/inquiry"],
    "CoAuthorshipLevel": ["co-authorship/creating"],
    "DigitalTool": ["tool/qgis"],
    "DataKind": ["data-kind/synthetic"],
    "ReviewStatus": ["review-status/unreviewed"],
    "CompletenessLevel": ["completeness/complete"],
    "ResourceType": ["resource-type/lessonPlan"],
}
PREFIXES = """
@prefix ihub: <https://w3id.org/ihub/ns#> . @prefix schema: <https://schema.org/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
SCENARIO = """
<scenario/s{i}> a ihub:LearningScenario ;
    schema:name "Title {i}"@en, "Pealkiri {i}"@et ; schema:description "Text {i}"@en, "Tekst {i}"@et ;
    schema:inLanguage "en", "et" ; schema:license <https://creativecommons.org/licenses/by/4.0/> ;
    schema:creator <organisation/team> ; schema:publisher <organisation/team> ;
    schema:datePublished "2026-11-22"^^xsd:date ;
    schema:learningResourceType <resource-type/lessonPlan> ;
    schema:about <subject/geography>, <subject/mathematics> ;
    schema:educationalLevel <level/isced-2> ; ihub:nationalGrade <grade/ee-8> ; ihub:minAge 13 ; ihub:maxAge 15 ;
    schema:audience <audience/teacher> ; schema:teaches <competence/digcomp22-1.3> ;
    ihub:alignment <scenario/s{i}#alignment-1> ;
    ihub:learningOutcome <scenario/s{i}#outcome-1>, <scenario/s{i}#outcome-2> ;
    ihub:minutes 90 ; ihub:preparationMinutes 20 ; ihub:needsPupilDevices false ; ihub:product "Map"@en ;
    ihub:assessment "Talk"@en ; ihub:adaptation "Less"@en ; ihub:dataKind <data-kind/synthetic> ;
    ihub:reviewStatus <review-status/unreviewed> ; ihub:completeness <completeness/complete> ;
    ihub:activity {activities} .
<scenario/s{i}#alignment-1> a ihub:Alignment ; ihub:competence <competence/digcomp22-1.3> ;
    ihub:proficiencyLevel <proficiency/digcomp22-4> ; ihub:alignmentSource <alignment-source/stated> .
<scenario/s{i}#outcome-1> a ihub:LearningOutcome ; schema:description "Explains"@en, "Selgitab"@et .
<scenario/s{i}#outcome-2> a ihub:LearningOutcome ; schema:description "Draws"@en, "Joonistab"@et .
"""
ACTIVITY = """
<scenario/s{i}#activity-{k}> a ihub:Activity ; schema:position {k} ; schema:name "Step"@en ;
    schema:description "Do"@en ;
    ihub:minutes 18 ; ihub:inClass true ; ihub:grouping <grouping/pair> ; ihub:learningType <learning-type/inquiry> ;
    ihub:coAuthorship <co-authorship/creating> ; ihub:tool <tool/qgis> ; ihub:outcome <scenario/s{i}#outcome-1> .
"""


def scenarios(count: int) -> Graph:
    """Return ``count`` complete scenarios of five activities each, with the types of what they refer to."""
    text = [PREFIXES, "<organisation/team> a ihub:Organisation ."]
    text += [f"<{iri}> a skos:Concept, ihub:{name} ." for name, iris in CONCEPTS.items() for iri in iris]
    for i in range(count):
        text.append(SCENARIO.format(i=i, activities=", ".join(f"<scenario/s{i}#activity-{k}>" for k in range(1, 6))))
        text += [ACTIVITY.format(i=i, k=k) for k in range(1, 6)]
    return Graph().parse(data="\n".join(text), format="turtle", publicID=BASE)


def main() -> None:
    """Print the figures."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    data, shapes = scenarios(count), shapes_graph(BASE)
    core = Graph()
    core += (triple for triple in shapes if triple[1] != SH.sparql)
    start = time.perf_counter()
    validate(data, shapes)
    ours = time.perf_counter() - start
    start = time.perf_counter()
    pyshacl.validate(data, shacl_graph=core, inplace=True)
    plain = time.perf_counter() - start
    start = time.perf_counter()
    report = check(BASE)
    checked = time.perf_counter() - start
    print(f"{count} scenarios, {len(data)} triples: validate {ours:.1f} s; plain pyshacl, core only, {plain:.1f} s")
    parts = ", ".join(f"{part} {seconds:.1f}" for part, seconds in report.seconds.items())
    print(f"check {checked:.1f} s ({len(report.problems)} problems): {parts}")
    print(closure())


def closure() -> str:
    """Compute the closure of the shipped collections."""
    gathered = gather(find_collections([SHIPPED_COLLECTIONS]), BASE).candidates.values()
    model = model_quads(BASE)
    stated = [*vocabulary_quads(BASE), *(quad for candidate in gathered for quad in candidate.quads)]
    start = time.perf_counter()
    inferred = closure_quads(model, stated, graph_name("inferred", BASE))
    seconds = time.perf_counter() - start
    size = len({quad.triple for quad in (*model, *stated)})
    return f"closure of the shipped collections: {len(inferred)} triples from {size} in {seconds:.1f} s"


if __name__ == "__main__":
    main()
