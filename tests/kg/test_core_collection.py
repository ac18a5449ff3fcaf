"""The core collection says what public sources say of iHub4Schools: sourced, with their disagreements, nobody named."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final, Protocol

import pytest

from kg.build import SHIPPED_COLLECTIONS, BuildReport, build_release
from kg.settings import Settings
from ontology.namespaces import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable

CORE: Final = SHIPPED_COLLECTIONS / "core"
ID: Final = "http://127.0.0.1:8000/id/"
CORDIS: Final = "https://cordis.europa.eu/project/id/101004676"
NEWSLETTER: Final = "publication/newsletter-school-mentoring"
GAVE_TESTIMONIALS: Final = re.compile("Nogaideli|Veidenbaum|Antinluoma|Sudeikien", re.IGNORECASE)
LANGUAGES: Final = {"en", "et", "fi", "lt", "nb", "ka"}
HUB_COUNTRIES: Final = {
    "hub/digital-accelerator": "country/EE",
    "hub/edtech-co-creation": "country/EE",
    "hub/porvoo": "country/FI",
    "hub/georgia-adjara": "country/GE",
    "hub/lithuania-computational-thinking": "country/LT",
}
HUB_FIGURES: Final = {
    "hub/digital-accelerator": {"mentors": 10, "school-leaders": 20, "teachers": 205, "schools": 6},
    "hub/edtech-co-creation": {"teachers": 27, "start-ups": 16, "mentors": 16},
    "hub/porvoo": {"teachers": 60, "school-leaders": 5, "city-coordinators": 2, "schools": 4},
    "hub/georgia-adjara": {"schools": 5, "teachers": 100, "school-leaders": 5, "ict-teachers": 5, "mentors": 7},
    "hub/lithuania-computational-thinking": {"schools": 12, "teachers": 200, "mentors": 3},
}
FIVE: Final = ["country/EE", "country/FI", "country/GE", "country/LT", "country/NO"]


class Ask(Protocol):
    """Asks the release for ``variables`` (names apart by spaces) where ``pattern`` holds."""

    def __call__(self, variables: str, pattern: str) -> list[tuple[Any, ...]]: ...


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> BuildReport:
    """The building of the core collection alone."""
    environment = {"IHUB_HOME": str(tmp_path_factory.mktemp("core")), "IHUB_EMBEDDER": "none"}
    return build_release(Settings.from_environment(environment), [CORE], strict=True)


@pytest.fixture(scope="module")
def ask(report: BuildReport) -> Ask:
    """Rows of plain values, sorted: IRIs of the deployment and of the ontology without their base, unbound as ''."""
    assert report.release, [str(error) for error in report.errors]
    store = report.release.graph.store
    prefixes = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())

    def plain(term: Any) -> str:
        return "" if term is None else term.value.removeprefix(ID).removeprefix(PREFIXES["ihub"])

    def rows(variables: str, pattern: str) -> list[tuple[Any, ...]]:
        names = variables.split()
        selected = " ".join("?" + name for name in names)
        query = f"{prefixes}SELECT DISTINCT {selected} WHERE {{ {pattern} }}"
        found: Any = store.query(query, base_iri=ID, use_default_graph_as_union=True)
        return sorted(tuple(plain(solution[name]) for name in names) for solution in found)

    return rows


def first(rows: Iterable[tuple[Any, ...]]) -> list[str]:
    return [row[0] for row in rows]


def numbers(rows: Iterable[tuple[Any, ...]]) -> dict[str, int]:
    return {name: int(value) for name, value in rows}


def test_every_document_is_accepted(report: BuildReport) -> None:
    assert report.errors == []
    assert report.accepted["core"] > 150


def test_every_document_but_the_authors_own_names_its_source(ask: Ask) -> None:
    unsourced = ask(
        "it", "GRAPH <collection/core> { ?it ihub:collection ?c . FILTER NOT EXISTS { ?it dcterms:source ?s } }"
    )
    assert first(unsourced) == ["organisation/ihub-contributors"]


def test_sources_are_web_addresses_publications_or_deliverables(ask: Ask) -> None:
    for source in first(ask("source", "GRAPH <collection/core> { ?it dcterms:source ?source }")):
        assert re.match(r"https://|publication/|deliverable/", source), source


def test_nobody_who_gave_a_testimonial_is_named(report: BuildReport) -> None:
    assert report.release
    assert not GAVE_TESTIMONIALS.search(report.release.quads_file.read_text(encoding="utf-8"))
    for path in CORE.rglob("*.yaml"):
        assert not GAVE_TESTIMONIALS.search(path.read_text(encoding="utf-8")), path.name


def test_nothing_in_it_is_synthetic(ask: Ask) -> None:
    kinds = ask("kind", "GRAPH <collection/core> { ?it ihub:dataKind ?kind }")
    assert first(kinds) == ["data-kind/original"]


def test_the_project_says_its_grant_period_target_groups_and_kindred_projects(ask: Ask) -> None:
    assert ask(
        "grant call start end",
        "<project/ihub4schools> ihub:grantAgreement ?grant ; ihub:fundingCall ?call ;"
        " schema:startDate ?start ; schema:endDate ?end",
    ) == [("101004676", "H2020-SC6-TRANSFORMATIONS-2020", "2021-01-01", "2023-06-30")]
    assert len(ask("group", "<project/ihub4schools> ihub:targetGroup ?group")) == 5
    kindred = first(ask("other", "<project/ihub4schools> ihub:relatedProject ?other"))
    assert kindred == ["project/illumine", "project/mensi", "project/seis"]
    assert ask("grant", "<project/mensi> ihub:grantAgreement ?grant") == [("101004633",)]


def test_the_project_has_eight_partners_of_which_tallinn_university_coordinates(ask: Ask) -> None:
    partners = dict(ask("who where", "<project/ihub4schools> ihub:partner ?who . ?who ihub:inCountry ?where"))
    assert partners == {
        "organisation/tallinn-university": "country/EE",
        "organisation/harno": "country/EE",
        "organisation/university-of-bergen": "country/NO",
        "organisation/university-college-london": "country/GB",
        "organisation/university-of-helsinki": "country/FI",
        "organisation/vilnius-university": "country/LT",
        "organisation/batumi-shota-rustaveli-state-university": "country/GE",
        "organisation/steps": "country/IT",
    }
    assert ask("who", "<project/ihub4schools> ihub:coordinator ?who") == [("organisation/tallinn-university",)]


def test_there_are_five_hubs_in_four_countries(ask: Ask) -> None:
    hubs = ask("hub country", "?hub a ihub:RegionalInnovationHub ; ihub:inCountry ?country")
    assert dict(hubs) == HUB_COUNTRIES
    assert len(hubs) == 5
    assert len({country for _, country in hubs}) == 4


def test_every_hub_is_named_in_six_languages_and_says_which_practices_it_uses(ask: Ask) -> None:
    for hub in HUB_COUNTRIES:
        assert set(first(ask("tag", f"<{hub}> schema:name ?name BIND(LANG(?name) AS ?tag)"))) >= LANGUAGES
        assert ask("practice", f"<{hub}> ihub:usesPractice ?practice")
        assert ask("member", f"<{hub}> ihub:memberOrganisation ?member")


def test_schools_are_in_the_country_of_their_hub(ask: Ask) -> None:
    schools = ask("school hub country", "?school a ihub:School ; ihub:inHub ?hub ; ihub:inCountry ?country")
    assert {hub: country for _, hub, country in schools}.items() <= HUB_COUNTRIES.items()
    of = defaultdict(set)
    for school, hub, _ in schools:
        of[hub].add(school.removeprefix("school/"))
    assert of["hub/porvoo"] == {"kevatkumpu", "varberga", "tolkkinen", "eklofska"}
    assert of["hub/digital-accelerator"] == {
        *("astangu", "emili", "audru", "joopre", "maardu", "rakvere-freedom-school"),
    }
    assert of["hub/georgia-adjara"] == {"batumi-n1", "dologani", "kobuleti-n1"}
    assert of["hub/lithuania-computational-thinking"] == {
        "siauliai-dubysos",
        "druskininkai-saules",
        "klaipeda-gedminai",
    }


@pytest.mark.parametrize(
    ("school", "tag", "name"),
    [
        ("kevatkumpu", "fi", "Kevätkummun koulu"),
        ("varberga", "sv", "Vårberga skola"),
        ("rakvere-freedom-school", "et", "Rakvere Vabaduse Kool"),
        ("klaipeda-gedminai", "lt", "Klaipėdos Gedminų progimnazija"),
        ("kobuleti-n1", "ka", "ქობულეთის N1 საჯარო სკოლა"),
    ],
)
def test_schools_keep_their_own_names(ask: Ask, school: str, tag: str, name: str) -> None:
    assert ask("name", f"<school/{school}> schema:name ?name FILTER(LANG(?name) = '{tag}')") == [(name,)]


@pytest.mark.parametrize("hub", HUB_FIGURES)
def test_each_hub_has_the_numbers_that_the_projects_site_gives(ask: Ask, hub: str) -> None:
    found = ask("kind value", f"?f ihub:figureOf <{hub}> ; ihub:quantityKind ?kind ; ihub:value ?value")
    assert numbers(found) == {f"quantity/{kind}": value for kind, value in HUB_FIGURES[hub].items()}


def test_of_the_hubs_only_porvoo_gives_an_approximate_number(ask: Ask) -> None:
    rows = ask(
        "f q", "?f ihub:figureOf/a ihub:RegionalInnovationHub ; ihub:valueQualifier ?q FILTER(?q != ihub:exactly)"
    )
    assert rows == [("figure/porvoo-teachers", "approximately")]


def test_the_schools_of_the_first_year_add_up(ask: Ask) -> None:
    first_year = (
        "?f ihub:figureOf <project/ihub4schools> ; ihub:quantityKind <quantity/schools> ;"
        " dcterms:source <publication/newsletter-2> ; ihub:value ?value"
    )
    by_country = numbers(ask("country value", f"{first_year} ; ihub:inCountry ?country"))
    assert by_country == dict(zip(FIVE, (15, 2, 2, 2, 5), strict=True))
    total = ask("value", f"{first_year} FILTER NOT EXISTS {{ ?f ihub:inCountry ?country }}")
    assert total == [(str(sum(by_country.values())),)] == [("26",)]


def test_the_countries_aimed_at_stand_beside_those_reached(ask: Ask) -> None:
    targets = ask(
        "kind value",
        "?f ihub:figureOf <project/ihub4schools> ; ihub:figureStatus ihub:targeted ;"
        f" ihub:quantityKind ?kind ; ihub:value ?value ; dcterms:source <{CORDIS}>",
    )
    assert numbers(targets) == {"quantity/schools": 75, "quantity/teachers": 600, "quantity/countries": 5}
    reported = ask(
        "kind value",
        "?f ihub:figureOf <project/ihub4schools> ; ihub:figureStatus ihub:achieved ; ihub:quantityKind ?kind ;"
        f" ihub:value ?value ; dcterms:source <{CORDIS}/reporting>"
        " FILTER(?kind IN (<quantity/hubs>, <quantity/countries>))",
    )
    assert numbers(reported) == {"quantity/hubs": 5, "quantity/countries": 4}


def test_about_600_and_more_than_600_teachers_both_stand(ask: Ask) -> None:
    rows = ask(
        "qualifier value",
        "?f ihub:figureOf <project/ihub4schools> ; ihub:quantityKind <quantity/teachers> ; ihub:value ?value ;"
        f" ihub:valueQualifier ?qualifier ; ihub:figureStatus ihub:achieved ; dcterms:source <{CORDIS}/reporting>",
    )
    assert rows == [("approximately", "600"), ("moreThan", "600")]


def test_industry_partners_and_start_ups_stay_two_figures_of_two_sources(ask: Ask) -> None:
    rows = ask(
        "kind value source",
        "?f ihub:quantityKind ?kind ; ihub:value ?value ; dcterms:source ?source ; ihub:figureOf ?of"
        " FILTER(?kind IN (<quantity/industry-partners>, <quantity/start-ups>))"
        " FILTER(?of IN (<project/ihub4schools>, <hub/edtech-co-creation>))",
    )
    assert [row[:2] for row in rows] == [("quantity/industry-partners", "16"), ("quantity/start-ups", "16")]
    assert rows[0][2] != rows[1][2]


def test_scenarios_and_tasks_are_one_number_and_say_so(ask: Ask) -> None:
    ((value, qualifier, scope),) = ask(
        "value qualifier scope",
        "?f ihub:quantityKind <quantity/scenarios-and-tasks> ; ihub:value ?value ; ihub:valueQualifier ?qualifier ;"
        " ihub:scope ?scope",
    )
    assert (value, qualifier) == ("1500", "moreThan")
    assert "scenarios and tasks together" in scope


@pytest.mark.parametrize(
    ("of", "kind", "expected"),
    [
        ("practice/digital-accelerator", "schools", ("71", "exactly")),
        ("practice/digital-accelerator", "duration", ("6", "exactly")),
        ("practice/edtech-co-creation", "teachers", ("12", "exactly")),
        ("practice/edtech-co-creation", "start-ups", ("6", "exactly")),
        ("practice/future-school", "smallest-team", ("5", "exactly")),
        ("practice/future-school", "largest-team", ("6", "exactly")),
        ("school/rakvere-freedom-school", "employees", ("70", "moreThan")),
        ("school/klaipeda-gedminai", "duration", ("7", "exactly")),
        ("project/ihub4schools", "duration", ("30", "exactly")),
    ],
)
def test_other_numbers_are_figures_too(ask: Ask, of: str, kind: str, expected: tuple[str, str]) -> None:
    pattern = f"?f ihub:figureOf <{of}> ; ihub:quantityKind <quantity/{kind}> ; ihub:value ?v ; ihub:valueQualifier ?q"
    assert ask("v q", pattern) == [expected]


def test_every_figure_has_a_source_a_reporter_a_status_and_a_qualifier(ask: Ask) -> None:
    figures = first(ask("f", "?f a ihub:ReportedFigure"))
    complete = first(
        ask(
            "f",
            "?f a ihub:ReportedFigure ; dcterms:source ?s ; ihub:reportedBy/a ihub:Organisation ;"
            " ihub:figureStatus ?status ; ihub:valueQualifier ?q ; ihub:value ?v",
        )
    )
    assert complete == figures
    assert len(figures) > 45


def test_the_phases_of_mentoring_follow_each_other(ask: Ask) -> None:
    phases = {int(position): phase for position, phase in ask("n p", "?p a ihub:ProcessPhase ; schema:position ?n")}
    in_order = [phases[position].removeprefix("phase/") for position in sorted(phases)]
    assert in_order == [
        "anchoring-meeting",
        "mapping-needs",
        "planning",
        "implementation-and-workshops",
        "evaluation-and-reflection",
    ]
    following = dict(ask("p next", "?p ihub:nextPhase ?next"))
    assert following == {phases[n]: phases[n + 1] for n in range(1, 5)}
    assert set(first(ask("p", "<practice/dynamic-process> ihub:phase ?p"))) == set(phases.values())


def test_the_conceptual_model_has_five_components_and_the_mentoring_model_three_key_ones(ask: Ask) -> None:
    assert first(ask("c", "<practice/conceptual-model> ihub:component ?c")) == [
        "component/collaborative-culture",
        "component/digital-infrastructure",
        "component/leadership",
        "component/pedagogical-practices",
        "component/vision",
    ]
    assert first(ask("c", "<practice/school-mentoring-model> ihub:component ?c")) == [
        "component/digi-pedagogical-practices",
        "component/evidence-informed-approach",
        "component/leadership",
    ]


def test_the_mentoring_model_names_its_levels_incentives_and_outcome_dimensions(ask: Ask) -> None:
    def of_model(property_: str) -> list[str]:
        return first(ask("it", f"<practice/school-mentoring-model> ihub:{property_} ?it"))

    assert of_model("mentoringLevel") == ["mentoring-level/interSchool", "mentoring-level/intraSchool"]
    assert of_model("incentive") == first(ask("it", "?it a ihub:IncentiveType"))
    assert of_model("outcomeDimension") == first(ask("it", "?it a ihub:EvaluationDimension"))
    assert len(of_model("incentive")) == len(of_model("outcomeDimension")) == 5


@pytest.mark.parametrize(
    ("practice", "kind"),
    [
        ("future-school", "programme"),
        ("digipeda", "workshop"),
        ("innovative-digital-school-workshop", "workshop"),
        ("school-to-school-peer-learning", "peerLearning"),
        ("learning-analytics-toolbox", "tool"),
        ("digital-mirror", "tool"),
        ("evaluation-toolkit", "tool"),
        ("co-creation-teams", "coCreation"),
    ],
)
def test_methods_have_their_kind(ask: Ask, practice: str, kind: str) -> None:
    assert (f"practice-kind/{kind}",) in ask("kind", f"<practice/{practice}> ihub:practiceKind ?kind")


def test_future_school_is_tallinn_universitys_since_2016(ask: Ask) -> None:
    assert ask("year who", "<practice/future-school> ihub:since ?year ; schema:creator ?who") == [
        ("2016", "organisation/tallinn-university")
    ]


def test_six_characteristics_come_from_research_in_five_countries(ask: Ask) -> None:
    found = first(ask("it", "?it a ihub:Characteristic ; dcterms:source <deliverable/d1-2>"))
    assert len(found) == 6
    ((study, kind, strength),) = ask(
        "study kind strength",
        "?study a ihub:Study ; ihub:evidenceKind ?kind ; ihub:evidenceStrength ?strength",
    )
    assert (kind, strength) == ("evidence-kind/study", "evidence-strength/limited")
    assert first(ask("it", f"<{study}> ihub:evidenceFor ?it")) == found
    assert first(ask("country", f"<{study}> ihub:inCountry ?country")) == FIVE


def test_testimonials_are_anecdotes_told_by_role_and_school(ask: Ask) -> None:
    rows = ask(
        "school role kind strength source",
        "?it a ihub:Testimonial ; ihub:school ?school ; ihub:role ?role ; ihub:evidenceKind ?kind ;"
        " ihub:evidenceStrength ?strength ; dcterms:source ?source",
    )
    assert {row[:2] for row in rows} == {
        ("school/kobuleti-n1", "role/teacher"),
        ("school/rakvere-freedom-school", "role/schoolLeader"),
        ("school/kevatkumpu", "role/schoolLeader"),
        ("school/klaipeda-gedminai", "role/teacher"),
    }
    assert {row[2:] for row in rows} == {("evidence-kind/testimonial", "evidence-strength/anecdotal", NEWSLETTER)}


def test_the_account_of_ville_is_no_evidence_for_the_mentoring_model(ask: Ask) -> None:
    subjects = first(ask("it", "<evidence/testimonial-klaipeda> ihub:evidenceFor ?it"))
    assert subjects == ["hub/lithuania-computational-thinking", "tool/ville"]


def test_no_practice_has_evidence_above_testimonial(ask: Ask) -> None:
    above = "?it ihub:evidenceFor/a ihub:MentoringPractice ; ihub:evidenceStrength/ihub:rank ?rank FILTER(?rank > 1)"
    assert ask("it", above) == []


def test_four_policy_themes_make_up_the_package(ask: Ask) -> None:
    themes = first(ask("it", "<policy/recommendation-package> schema:hasPart ?it . ?it a ihub:PolicyRecommendation"))
    assert themes == [
        "policy/digital-maturity-in-development-plans",
        "policy/motivation-and-incentives",
        "policy/strong-policy-and-leadership",
        "policy/teacher-collaboration",
    ]


def test_two_events_have_their_day(ask: Ask) -> None:
    assert ask("event day", "?event a ihub:Event ; schema:startDate ?day") == [
        ("event/etf-digi-ene-conference", "2023-05-23"),
        ("event/final-conference", "2023-04-25"),
    ]
    assert ask("place", "<event/final-conference> ihub:place ?place") == [("place/tallinn",)]


def test_deliverables_have_their_numbers_and_the_final_model_its_pages(ask: Ask) -> None:
    assert first(ask("number", "?it a ihub:Deliverable ; ihub:deliverableNumber ?number")) == ["D1.2", "D3.1", "D3.3"]
    assert ask("pages year", "<deliverable/d3-3> schema:numberOfPages ?pages ; dcterms:issued ?year") == [
        ("164", "2023")
    ]


def test_literature_is_cited_by_author_and_year_only(ask: Ask) -> None:
    cited = ask(
        "citation", f"?it a ihub:Publication ; dcterms:source <{NEWSLETTER}> ; dcterms:bibliographicCitation ?citation"
    )
    assert first(cited) == [
        "Agélie Genlott et al., 2019",
        "Ilomäki & Lakkala, 2018",
        "Ley et al., 2021",
        "Pata et al., 2022",
    ]
    assert ask("doi", "GRAPH <collection/core> { ?it bibo:doi ?doi }") == []


def test_general_terms_are_named_in_six_languages(ask: Ask) -> None:
    for kind, label in (
        ("MentoringPractice", "schema:name"),
        ("PolicyRecommendation", "schema:name"),
        ("Characteristic", "skos:prefLabel"),
    ):
        tags = defaultdict(set)
        for it, tag in ask("it tag", f"?it a ihub:{kind} ; {label} ?text BIND(LANG(?text) AS ?tag)"):
            tags[it].add(tag)
        assert {it for it, found in tags.items() if not found >= LANGUAGES} == set()
