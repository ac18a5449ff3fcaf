"""A made-up release with dated scenarios, stories and mentoring, for tests of monitoring."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg.monitoring.cube import monitoring_quads
from kg.vocabulary import model_quads, vocabulary_quads

if TYPE_CHECKING:
    from collections.abc import Sequence

BASE = "http://127.0.0.1:8000/id/"
_PREFIXES = f"""@prefix ihub: <https://w3id.org/ihub/ns#> . @prefix schema: <https://schema.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @base <{BASE}> .
"""


def turtle(text: str) -> list[ox.Quad]:
    """Read Turtle with the test's prefixes into one graph."""
    graph = ox.NamedNode(BASE + "collection/test")
    found = ox.parse((_PREFIXES + text).encode(), format=ox.RdfFormat.TURTLE, base_iri=BASE)
    return [ox.Quad(t.subject, t.predicate, t.object, graph) for t in found]


def story(number: int, hub: str, month: str = "2027-03") -> str:
    """A story of use of scenario 1, told in a hub."""
    return (
        f"<evidence/s{number}> a ihub:Evidence, ihub:ImplementationStory ; ihub:evidenceFor <scenario/a1> ;"
        f' ihub:hub <hub/{hub}> ; schema:datePublished "{month}-05"^^xsd:date .\n'
    )


def _mentor(number: int) -> str:
    """Who mentors in one of six relations: three schools that are mentored themselves, and three organisations."""
    if number % 2:
        return f"ihub:mentorSchool <school/m{number - 1}>"
    return f"ihub:mentorOrganisation <organisation/o{number}>"


def world() -> list[ox.Quad]:
    """Return three hubs; scenarios of two months, one adapted twice over; 22 stories; mentoring."""
    text = "".join(f"<hub/{name}> a ihub:RegionalInnovationHub .\n" for name in ("north", "south", "east"))
    for number, month in ((1, "2027-01"), (2, "2027-03"), (3, "2027-03")):
        text += (
            f"<scenario/a{number}> a ihub:LearningScenario ; ihub:hub <hub/north> ;"
            " schema:about <subject/mathematics> ;"
            f' schema:educationalLevel <level/isced-2> ; schema:datePublished "{month}-10"^^xsd:date .\n'
        )
    text += "<scenario/a2> schema:isBasedOn <scenario/a1> . <scenario/a3> schema:isBasedOn <scenario/a2> .\n"
    text += "<scenario/undated> a ihub:LearningScenario .\n"
    hubs = ["north"] * 9 + ["south"] * 7 + ["east"] * 2
    text += "".join(story(number, hub) for number, hub in enumerate(hubs))
    text += "".join(story(100 + number, "south", "2027-04") for number in range(4))
    for number in range(6):
        text += (
            f"<school/m{number}> a ihub:School ; ihub:inHub <hub/north> .\n"
            f"<mentoring/r{number}> a ihub:MentoringRelation ; ihub:hub <hub/north> ;"
            f" ihub:menteeSchool <school/m{number}> ; {_mentor(number)} ;"
            ' schema:startDate "2027-02-01"^^xsd:date ; schema:endDate "2027-03-20"^^xsd:date .\n'
        )
    return turtle(text)


@lru_cache(maxsize=1)
def surroundings() -> Sequence[ox.Quad]:
    """Return the ontology and the vocabularies."""
    return [*model_quads(BASE), *vocabulary_quads(BASE)]


@lru_cache(maxsize=1)
def cube() -> Sequence[ox.Quad]:
    """Return the monitoring of the made-up release."""
    return monitoring_quads([*surroundings(), *world()], BASE)


@lru_cache(maxsize=1)
def store() -> ox.Store:
    """Return a store of the cube with the ontology and the vocabularies."""
    found = ox.Store()
    found.bulk_extend([*surroundings(), *world(), *cube()])
    return found
