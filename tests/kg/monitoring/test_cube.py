"""The cube says what happened in the release, keeps to the Data Cube's rules, and never tells a withheld number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.monitoring.counting import Facts, tables
from kg.monitoring.cube import cells, monitoring_quads
from kg.monitoring.disclosure import THRESHOLD
from kg.monitoring.indicators import BREAKDOWNS, INDICATORS
from ontology.check import LANGUAGES
from ontology.load import shape_files
from ontology.namespaces import IHUB
from ontology.validate import validate
from tests.kg.monitoring.worlds import BASE, cube, store, story, surroundings, turtle, world

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

PREFIXES = """PREFIX qb: <http://purl.org/linked-data/cube#> PREFIX ihub: <https://w3id.org/ihub/ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX schema: <https://schema.org/>
"""
STRUCTURES = f"VALUES ?dsd {{ {' '.join('ihub:' + row.structure for row in BREAKDOWNS.values())} }}"
DIMENSION = "?dsd qb:component/qb:dimension ?dim"

BROKEN = {
    "IC-1, one data set": """?obs a qb:Observation OPTIONAL { ?obs qb:dataSet ?one }
        OPTIONAL { ?obs qb:dataSet ?two FILTER(?one != ?two) } FILTER(!BOUND(?one) || BOUND(?two))""",
    "IC-2, one structure": """?obs a qb:DataSet OPTIONAL { ?obs qb:structure ?one }
        OPTIONAL { ?obs qb:structure ?two FILTER(?one != ?two) } FILTER(!BOUND(?one) || BOUND(?two))""",
    "IC-3, a measure": f"{STRUCTURES} ?obs qb:structure ?dsd FILTER NOT EXISTS {{ ?dsd qb:component/qb:measure ?m }}",
    "IC-4, dimensions have a range": f"""{STRUCTURES} {DIMENSION} BIND(?dim AS ?obs)
        FILTER NOT EXISTS {{ ?dim rdfs:range|schema:rangeIncludes ?range }}""",
    "IC-6, only attributes are optional": f"""{STRUCTURES} ?dsd qb:component ?obs . ?obs qb:componentRequired false
        FILTER NOT EXISTS {{ ?obs qb:attribute ?attribute }}""",
    "IC-11, every dimension has a value": f"""?obs a qb:Observation ; qb:dataSet/qb:structure ?dsd . {DIMENSION}
        FILTER NOT EXISTS {{ ?obs ?dim ?value }}""",
    "IC-12, no two observations of the same": """?obs qb:dataSet ?set ; ihub:indicator ?i ; ihub:refPeriod ?p .
        ?other qb:dataSet ?set ; ihub:indicator ?i ; ihub:refPeriod ?p . FILTER(?obs != ?other)
        FILTER NOT EXISTS { ?set qb:structure/qb:component/qb:dimension ?dim . ?obs ?dim ?a . ?other ?dim ?b
                            FILTER(?a != ?b) }""",
    "IC-13, required attributes": """?obs a qb:Observation ; qb:dataSet/qb:structure/qb:component ?part .
        ?part qb:componentRequired true ; qb:attribute ?attribute FILTER NOT EXISTS { ?obs ?attribute ?value }""",
    "IC-14, a measure unless withheld": """?obs a qb:Observation ; ihub:suppressed false .
        FILTER NOT EXISTS { ?obs ihub:value ?value }""",
    "a withheld observation has no value": "?obs ihub:suppressed true ; ihub:value ?value",
}
"""Patterns that must find nothing: the integrity constraints of the Recommendation that concern a cube without slices
or measure dimensions. IC-14 holds for observations that are not withheld, since these say so in place of a value."""


def select(data: ox.Store, query: str) -> list[ox.QuerySolution]:
    found = data.query(PREFIXES + query, use_default_graph_as_union=True)
    assert isinstance(found, ox.QuerySolutions)
    return list(found)


def ask(pattern: str, extra: str = "") -> list[Any]:
    """Return what breaks a rule, over the store and further Turtle."""
    data = store()
    added = turtle(f"@prefix qb: <http://purl.org/linked-data/cube#> .\n{extra}") if extra else []
    data.extend(added)
    try:
        return select(data, f"SELECT ?obs {{ {pattern} }}")
    finally:
        for quad in added:
            data.remove(quad)


def told() -> dict[tuple[str, str, str, str | None], int | None]:
    found = cells(tables(Facts([*surroundings(), *world()])))
    return {(c.indicator, c.breakdown, c.month, c.value and c.value.removeprefix(BASE)): c.count for c in found}


@pytest.mark.parametrize("rule", BROKEN)
def test_the_cube_keeps_the_integrity_constraints(rule: str) -> None:
    assert not ask(BROKEN[rule]), rule


BREAKS = {
    "IC-1, one data set": "<x> a qb:Observation .",
    "IC-2, one structure": "<x> a qb:DataSet .",
    "IC-11, every dimension has a value": (
        "<x> a qb:Observation ; qb:dataSet <indicators/monitoring-by-hub> ; ihub:indicator <indicator/uses> ."
    ),
    "IC-12, no two observations of the same": (
        "<x> a qb:Observation ; qb:dataSet <indicators/monitoring-by-month> ; ihub:indicator <indicator/uses> ;"
        ' ihub:refPeriod "2027-03"^^xsd:gYearMonth .'
    ),
    "IC-13, required attributes": "<x> a qb:Observation ; qb:dataSet <indicators/monitoring-by-hub> .",
    "IC-14, a measure unless withheld": "<x> a qb:Observation ; ihub:suppressed false .",
    "a withheld observation has no value": "<x> ihub:suppressed true ; ihub:value 3.0 .",
}


@pytest.mark.parametrize("rule", BREAKS)
def test_each_constraint_finds_what_breaks_it(rule: str) -> None:
    assert ask(BROKEN[rule], BREAKS[rule])


def test_data_sets_and_observations_pass_the_shapes() -> None:
    data = rdflib.Graph()
    kept = [q.triple for q in cube()]
    kept += [q.triple for q in [*surroundings(), *world()] if q.predicate.value.endswith(("#type", "dataKind"))]
    data.parse(data="".join(f"{triple} .\n" for triple in set(kept)), format="nt")
    [*found] = validate(data, indicator_shapes())
    assert not [finding for finding in found if finding.severity == "Violation"]
    wrong = rdflib.URIRef(BASE + "x")
    data.add((wrong, rdflib.RDF.type, rdflib.URIRef(IHUB + "Observation")))
    assert str(wrong) in {finding.focus for finding in validate(data, indicator_shapes())}


def indicator_shapes() -> rdflib.Graph:
    [path] = [path for path in shape_files() if path.name == "indicator.ttl"]
    return rdflib.Graph().parse(path)


def test_structures_components_data_sets_and_indicators_are_named_in_six_languages() -> None:
    named = f"""{{ {STRUCTURES} ?dsd rdfs:label ?name BIND(?dsd AS ?obs) }}
        UNION {{ {STRUCTURES} ?dsd qb:component/(qb:dimension|qb:measure|qb:attribute) ?obs . ?obs rdfs:label ?name }}
        UNION {{ ?obs a qb:DataSet ; schema:name ?name }}
        UNION {{ ?x ihub:indicator ?obs . ?obs skos:prefLabel ?name }}"""
    query = f"SELECT DISTINCT ?obs (LANG(?name) AS ?language) {{ {named} }}"
    found: dict[str, set[str]] = {}
    for row in select(store(), query):
        found.setdefault(row["obs"].value, set()).add(row["language"].value)
    assert len(found) == len(BREAKDOWNS) * 2 + len(INDICATORS) + 9
    assert all(languages == set(LANGUAGES) for languages in found.values()), found


def test_what_each_indicator_counts_is_said_in_six_languages() -> None:
    rows = select(store(), "SELECT DISTINCT ?obs ?said { ?x ihub:indicator ?obs . ?obs skos:definition ?said }")
    found = {(row["obs"].value.rpartition("/")[2], row["said"].language) for row in rows}
    assert found == {(slug, language) for slug in INDICATORS for language in LANGUAGES}


def test_contributions_coverage_and_chains_are_counted_by_month() -> None:
    found = told()
    assert found["contributions", "month", "2027-03", None] == 2
    assert found["contributions", "subject", "2027-01", "subject/mathematics"] == 1
    assert found["coverage", "hub", "2027-03", "hub/north"] == 3
    assert found["coverage", "month", "2027-02", None] == 1
    assert found["reuse", "level", "2027-03", "level/isced-2"] == 2
    assert found["reuse-chains", "month", "2027-03", None] == 1
    assert ("contributions", "month", "2027-02", None) not in found


def test_mentoring_counts_in_each_month_from_its_start_to_its_end() -> None:
    found = told()
    for slug in ("mentoring-relations", "active-schools", "active-mentors"):
        assert [found[slug, "month", f"2027-0{month}", None] for month in (1, 2, 3, 4)] == [None, 5, 5, None]
        assert found[slug, "hub", "2027-03", "hub/north"] == 5


def relation(number: int, mentor: str, hub: str = "north", end: str = "2027-05-02") -> str:
    """A relation of April and May, as a hub publishes it."""
    return (
        f"<mentoring/x{number}> a ihub:MentoringRelation ; ihub:hub <hub/{hub}> ; {mentor} ;"
        f' ihub:menteeSchool <school/x{number}> ; schema:startDate "2027-04-30"^^xsd:date ;'
        f' schema:endDate "{end}"^^xsd:date .\n'
    )


def mentors(*relations: str) -> tuple[dict[str, int], dict[str, dict[str, int]]]:
    """The true numbers of mentors by month, and by month and hub."""
    hubs = "".join(f"<hub/{name}> a ihub:RegionalInnovationHub .\n" for name in ("north", "south"))
    table = tables(Facts(turtle(hubs + "".join(relations))))["active-mentors"]
    by_hub = {
        month: {hub.rpartition("/")[2]: number for hub, number in line.items()}
        for month, line in table.cells["hub"].items()
    }
    return table.totals, by_hub


def test_who_mentors_in_several_relations_is_one_mentor_of_each_hub_that_they_are_in() -> None:
    one, other = "ihub:mentorSchool <school/m>", "ihub:mentorOrganisation <organisation/o>"
    totals, by_hub = mentors(
        relation(1, one), relation(2, one), relation(3, other), relation(4, other, "south", "2027-04-30")
    )
    assert totals == {"2027-04": 2, "2027-05": 2}
    assert by_hub == {"2027-04": {"north": 2, "south": 1}, "2027-05": {"north": 2, "south": 0}}


def test_who_is_mentored_is_no_mentor_and_who_is_in_no_month_counts_in_none() -> None:
    undated = "<mentoring/y> a ihub:MentoringRelation ; ihub:mentorSchool <school/y> ; ihub:hub <hub/north> .\n"
    totals, _ = mentors(relation(1, "ihub:mentorSchool <school/m>"), undated)
    assert totals == {"2027-04": 1, "2027-05": 1}


def test_counts_of_uses_are_rounded_down_and_small_ones_withheld() -> None:
    found = told()
    march = {hub: found["uses", "hub", "2027-03", f"hub/{hub}"] for hub in ("north", "south", "east")}
    assert march == {"north": 5, "south": 5, "east": None}
    assert found["uses", "month", "2027-03", None] == 15
    assert found["uses", "month", "2027-04", None] is None
    assert not [key for key in found if key[0] == "uses" and key[1] != "month" and key[2] == "2027-04"]


def test_a_release_without_dates_has_no_cube() -> None:
    assert monitoring_quads(turtle("<scenario/x> a ihub:LearningScenario ."), BASE) == []


def observations(quads: Iterable[ox.Quad], indicator: str) -> set[ox.Quad]:
    return {quad for quad in quads if f"#{indicator}." in str(quad.subject)}


def later(*more: str) -> Sequence[ox.Quad]:
    """The cube of the made-up release with more in it."""
    return monitoring_quads([*surroundings(), *world(), *turtle("".join(more))], BASE)


def test_what_differs_only_within_a_step_gives_the_same_cube() -> None:
    """Nothing of what is between two steps is in the quads, so nothing that is made of them can tell it."""
    one = [q for q in [*surroundings(), *world()] if "evidence/s9>" not in str(q.subject)]
    assert set(monitoring_quads(one, BASE)) == set(cube())
    assert set(later(story(999, "east"))) == set(cube())


def test_a_month_is_told_of_once_something_was_published_in_a_later_one() -> None:
    april = [story(200 + number, "south", "2027-04") for number in range(9)]
    assert observations(later(*april), "uses") == observations(cube(), "uses")
    over = observations(later(*april, story(300, "south", "2027-05")), "uses")
    [told_now] = [q for q in over if str(q.subject).endswith("#uses.2027-04>") and q.predicate.value == IHUB + "value"]
    assert told_now.object.value == "10"


def test_what_is_planned_ends_no_month() -> None:
    planned = """<mentoring/x> a ihub:MentoringRelation ; ihub:hub <hub/north> ;
        schema:startDate "2027-05-01"^^xsd:date ; schema:endDate "2028-05-01"^^xsd:date ."""
    found = [q for q in later(planned) if q.predicate.value == IHUB + "value" and "#uses." in str(q.subject)]
    assert found
    assert all(".2027-03" in str(q.subject) for q in found)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from(["north", "south", "east", "west"]), max_size=40), st.integers(0, 12))
def test_nothing_protected_is_exact_or_of_a_month_that_goes_on(hubs: list[str], april: int) -> None:
    text = "".join(f"<hub/{name}> a ihub:RegionalInnovationHub .\n" for name in ("north", "south", "east", "west"))
    text += "<scenario/a1> a ihub:LearningScenario .\n"
    text += "".join(story(number, hub) for number, hub in enumerate(hubs))
    text += "".join(story(500 + number, "west", "2027-04") for number in range(april))
    facts = Facts(turtle(text))
    found = [cell for cell in cells(tables(facts)) if INDICATORS[cell.indicator].protected]
    totals = {(c.indicator, c.month): c.count for c in found if c.breakdown == "month"}
    for cell in found:
        assert cell.count is None or (cell.month < facts.last_month and cell.count % THRESHOLD == 0)
        assert cell.value is None or totals[cell.indicator, cell.month], "a withheld total is not broken down"
