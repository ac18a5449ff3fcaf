"""The vocabularies as shipped: well formed, complete in six languages, unambiguous, resolving teachers' words."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Final

import pytest
from rdflib import OWL, RDF, SKOS, BNode, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS

from ontology import digcomp_supplement
from ontology.entity_types import ENTITY_TYPES
from ontology.load import vocabulary_files
from ontology.namespaces import IHUB

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BASE: Final = "http://127.0.0.1:8000/id/"
HERE = Namespace(BASE)
TERM = Namespace(IHUB)
LANGUAGES: Final = {"en", "et", "fi", "lt", "nb", "ka"}
MATCHES: Final = (SKOS.exactMatch, SKOS.closeMatch, SKOS.broadMatch, SKOS.narrowMatch, SKOS.relatedMatch)
TOP_SUBJECTS: Final = {
    *("first-language", "foreign-languages", "mathematics", "informatics", "natural-science", "biology", "chemistry"),
    *("physics", "geography", "history", "civics", "religion-ethics-philosophy", "art", "music", "crafts-technology"),
    *("physical-education", "health-home-economics", "business-economics", "media-education", "vocational"),
}

# "Grade 7" is said in five countries of five grades; whoever resolves it takes the country into account.
AMBIGUOUS: Final = {"grades": re.compile(r"grade \d+|\d+(st|nd|rd|th) grade")}

FOREIGN: Final = re.compile(
    r"http://w3id\.org/kim/schulfaecher/s10\d\d"
    r"|http://w3id\.org/openeduhub/vocabs/(discipline|educationalContext)/\w+"
    r"|http://w3id\.org/openeduhub/vocabs/digCompEdu/[1-6](\.[1-5])?"
    r"|http://w3id\.org/kim/conditionsOfAccess/(no_login|login)"
    r"|https://w3id\.org/kim/educationalLevel/level_\d"
    r"|https://w3id\.org/kim/hcrt/[a-z_]+"
    r"|https://w3id\.org/kim/digcomp/g_([1-9]|1\d|2[0-6])"
    r"|http://data\.europa\.eu/snb/isced-f/\d{4}"
    r"|http://purl\.org/dcx/lrmi-vocabs/(learningResourceType|educationalAudienceRole|interactivityType)/[a-zA-Z]+"
    r"|http://publications\.europa\.eu/resource/authority/(language|country)/[A-Z]{3}"
)


@pytest.fixture(scope="module")
def vocabularies() -> Graph:
    graph = Graph()
    for path in vocabulary_files():
        graph.parse(path, format="turtle", publicID=BASE)
    return graph


def concepts(graph: Graph) -> list[URIRef]:
    return sorted(s for s in graph.subjects(RDF.type, SKOS.Concept) if isinstance(s, URIRef))


def in_scheme(graph: Graph, scheme: str) -> set[URIRef]:
    return {s for s in graph.subjects(SKOS.inScheme, HERE["scheme/" + scheme]) if isinstance(s, URIRef)}


def short(iri: object) -> str:
    return str(iri).removeprefix(BASE)


def folded(text: str) -> str:
    """Labels are compared as those who resolve words compare them: without case, hyphens or underscores."""
    return re.sub(r"[-_\s]+", " ", text).strip().casefold()


def resolve(graph: Graph, scheme: str, language: str, word: str) -> set[str]:
    return {
        short(concept).partition("/")[2]
        for concept in in_scheme(graph, scheme)
        for predicate in (SKOS.prefLabel, SKOS.altLabel)
        for label in graph.objects(concept, predicate)
        if isinstance(label, Literal) and label.language == language and folded(label) == folded(word)
    }


def test_no_file_holds_a_blank_node(vocabularies: Graph) -> None:
    assert [term for triple in vocabularies for term in triple if isinstance(term, BNode)] == []


def test_every_concept_has_the_class_that_its_path_segment_stands_for(vocabularies: Graph) -> None:
    wrong = []
    for concept in concepts(vocabularies):
        kind = ENTITY_TYPES[short(concept).partition("/")[0]].class_iri
        classes = set(vocabularies.objects(concept, RDF.type))
        if classes != {SKOS.Concept, URIRef(kind)}:
            wrong.append(short(concept))
    assert wrong == []


def test_every_concept_has_one_label_in_each_of_the_six_languages(vocabularies: Graph) -> None:
    wrong = []
    for concept in concepts(vocabularies):
        languages = Counter(label.language for label in vocabularies.objects(concept, SKOS.prefLabel))
        if set(languages) < LANGUAGES or max(languages.values()) > 1:
            wrong.append((short(concept), dict(languages)))
    assert wrong == []


def test_every_concept_has_one_notation_and_one_scheme(vocabularies: Graph) -> None:
    wrong = [
        short(concept)
        for concept in concepts(vocabularies)
        if len(list(vocabularies.objects(concept, SKOS.notation))) != 1
        or len(list(vocabularies.objects(concept, SKOS.inScheme))) != 1
    ]
    assert wrong == []


def test_notations_are_unique_in_their_scheme(vocabularies: Graph) -> None:
    seen = Counter(
        (short(vocabularies.value(concept, SKOS.inScheme)), str(vocabularies.value(concept, SKOS.notation)))
        for concept in concepts(vocabularies)
    )
    assert [key for key, count in seen.items() if count > 1] == []


def test_every_scheme_says_its_title_description_licence_and_version(vocabularies: Graph) -> None:
    schemes = set(vocabularies.objects(None, SKOS.inScheme))
    assert schemes == set(vocabularies.subjects(RDF.type, SKOS.ConceptScheme))
    for scheme in schemes:
        titles = {title.language for title in vocabularies.objects(scheme, DCTERMS.title)}
        assert titles >= LANGUAGES, short(scheme)
        for predicate in (DCTERMS.description, DCTERMS.license, OWL.versionInfo):
            assert vocabularies.value(scheme, predicate) is not None, (short(scheme), predicate)


def test_every_language_but_english_is_marked_as_drafted_by_a_machine(vocabularies: Graph) -> None:
    for scheme in set(vocabularies.subjects(RDF.type, SKOS.ConceptScheme)):
        marked = {str(language) for language in vocabularies.objects(scheme, TERM.machineDraftedLanguage)}
        used = {
            label.language
            for concept in in_scheme(vocabularies, short(scheme).partition("/")[2])
            for label in vocabularies.objects(concept, SKOS.prefLabel)
        }
        assert marked == used - {"en"}, short(scheme)


def test_a_concept_is_on_top_or_beneath_a_concept_of_its_own_scheme(vocabularies: Graph) -> None:
    wrong = []
    for concept in concepts(vocabularies):
        scheme = vocabularies.value(concept, SKOS.inScheme)
        broader = set(vocabularies.objects(concept, SKOS.broader))
        is_top = (concept, SKOS.topConceptOf, scheme) in vocabularies
        if is_top != ((scheme, SKOS.hasTopConcept, concept) in vocabularies) or is_top == bool(broader):
            wrong.append(short(concept))
        wrong += [short(concept) for other in broader if vocabularies.value(other, SKOS.inScheme) != scheme]
    assert wrong == []


def test_no_concept_is_broader_than_itself(vocabularies: Graph) -> None:
    for concept in concepts(vocabularies):
        above = set(vocabularies.transitive_objects(concept, SKOS.broader))
        assert all((other, SKOS.broader, concept) not in vocabularies for other in above), short(concept)


def test_no_word_of_one_language_means_two_concepts_of_a_scheme(vocabularies: Graph) -> None:
    owners: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for concept in concepts(vocabularies):
        scheme = short(vocabularies.value(concept, SKOS.inScheme)).partition("/")[2]
        for predicate in (SKOS.prefLabel, SKOS.altLabel):
            for label in vocabularies.objects(concept, predicate):
                owners[scheme, str(label.language), folded(label)].add(short(concept))
    clashes = {
        key: found
        for key, found in owners.items()
        if len(found) > 1 and not (key[0] in AMBIGUOUS and AMBIGUOUS[key[0]].fullmatch(key[2]))
    }
    assert clashes == {}


def test_a_synonym_is_never_the_label_itself(vocabularies: Graph) -> None:
    both = [
        (short(concept), str(label))
        for concept in concepts(vocabularies)
        for label in vocabularies.objects(concept, SKOS.altLabel)
        if (concept, SKOS.prefLabel, label) in vocabularies
    ]
    assert both == []


def labels(graph: Graph) -> Iterator[tuple[str, Literal]]:
    for concept in concepts(graph):
        for predicate in (SKOS.prefLabel, SKOS.altLabel, SKOS.definition):
            for label in graph.objects(concept, predicate):
                assert isinstance(label, Literal)
                yield short(concept), label


def test_labels_are_written_in_the_script_of_their_language(vocabularies: Graph) -> None:
    georgian, cyrillic = re.compile("[\u10a0-\u10ff]"), re.compile("[\u0400-\u04ff]")
    wrong = []
    for concept, label in labels(vocabularies):
        latin_only = label.language in LANGUAGES - {"ka"}
        if latin_only and (georgian.search(label) or cyrillic.search(label)):
            wrong.append((concept, str(label)))
        if label.language == "ka" and cyrillic.search(label):
            wrong.append((concept, str(label)))
        # Names of products stay as they are; everything else is in Georgian letters.
        if label.language == "ka" and not concept.startswith("tool/") and not georgian.search(label):
            wrong.append((concept, str(label)))
    assert wrong == []


def test_labels_have_no_stray_space_or_punctuation(vocabularies: Graph) -> None:
    wrong = [
        (concept, str(label))
        for concept, label in labels(vocabularies)
        if str(label) != " ".join(label.split()) or label.endswith((",", ";", ":")) or not label
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("scheme", "count"),
    [
        ("digcomp22", 26),
        ("digcomp22-levels", 8),
        ("digcomp30", 26),
        ("digcomp30-levels", 4),
        ("digcomp30-steps", 8),
        ("digcompedu", 28),
        ("key-competences", 8),
        ("levels", 11),
        ("groupings", 4),
        ("learning-types", 6),
        ("co-authorship-levels", 7),
        ("evidence-strengths", 4),
        ("incentives", 5),
        ("target-groups", 5),
    ],
)
def test_closed_lists_have_the_number_of_concepts_that_their_source_gives(
    vocabularies: Graph, scheme: str, count: int
) -> None:
    assert len(in_scheme(vocabularies, scheme)) == count


def test_subjects_have_the_twenty_top_concepts_of_the_model(vocabularies: Graph) -> None:
    tops = set(vocabularies.objects(HERE["scheme/subjects"], SKOS.hasTopConcept))
    assert {short(top) for top in tops} == {"subject/" + slug for slug in TOP_SUBJECTS}


@pytest.mark.parametrize("framework", ["digcomp22", "digcomp30", "digcompedu"])
def test_a_competence_is_beneath_the_area_that_its_number_begins_with(vocabularies: Graph, framework: str) -> None:
    for concept in in_scheme(vocabularies, framework):
        number = str(vocabularies.value(concept, SKOS.notation))
        assert short(concept) == f"competence/{framework}-{number}"
        area = vocabularies.value(concept, SKOS.broader)
        expected = HERE[f"competence/{framework}-{number[0]}"] if "." in number else None
        assert area == expected


def test_every_competence_of_both_digcomps_is_defined_and_belongs_to_a_framework(vocabularies: Graph) -> None:
    for framework in ("digcomp22", "digcomp30"):
        for concept in in_scheme(vocabularies, framework):
            assert any(text.language == "en" for text in vocabularies.objects(concept, SKOS.definition)), short(concept)
            assert vocabularies.value(concept, TERM.framework) == HERE["framework/" + framework]


def test_every_digcomp22_competence_has_synonyms_in_all_six_languages(vocabularies: Graph) -> None:
    for concept in in_scheme(vocabularies, "digcomp22"):
        if vocabularies.value(concept, SKOS.broader) is None:
            continue
        words = Counter(label.language for label in vocabularies.objects(concept, SKOS.altLabel))
        assert all(words[language] >= 6 for language in LANGUAGES), (short(concept), words)


def test_every_digcomp22_competence_is_mapped_to_its_german_counterpart_and_to_digcomp30(vocabularies: Graph) -> None:
    in_order = sorted(in_scheme(vocabularies, "digcomp22"), key=short)
    for place, concept in enumerate(in_order, start=1):
        assert URIRef(f"https://w3id.org/kim/digcomp/g_{place}") in vocabularies.objects(concept, SKOS.exactMatch)
        newer = URIRef(str(concept).replace("digcomp22", "digcomp30"))
        assert any((concept, match, newer) in vocabularies for match in MATCHES), short(concept)


def test_mappings_between_our_own_concepts_are_stated_in_both_directions(vocabularies: Graph) -> None:
    inverse = {
        SKOS.exactMatch: SKOS.exactMatch,
        SKOS.closeMatch: SKOS.closeMatch,
        SKOS.broadMatch: SKOS.narrowMatch,
        SKOS.narrowMatch: SKOS.broadMatch,
        SKOS.relatedMatch: SKOS.relatedMatch,
    }
    for match, back in inverse.items():
        for one, other in vocabularies.subject_objects(match):
            if str(other).startswith(BASE):
                assert (other, RDF.type, SKOS.Concept) in vocabularies, short(other)
                assert (other, back, one) in vocabularies, (short(one), short(other))


def test_mappings_to_other_vocabularies_have_iris_of_the_form_that_these_use(vocabularies: Graph) -> None:
    wrong = [
        str(other)
        for match in MATCHES
        for other in vocabularies.objects(None, match)
        if not str(other).startswith(BASE) and not FOREIGN.fullmatch(str(other))
    ]
    assert wrong == []


def test_an_exact_match_is_no_broad_narrow_or_related_match(vocabularies: Graph) -> None:
    for one, other in vocabularies.subject_objects(SKOS.exactMatch):
        for match in (SKOS.broadMatch, SKOS.narrowMatch, SKOS.relatedMatch):
            assert (one, match, other) not in vocabularies
            assert (other, match, one) not in vocabularies


def test_no_two_concepts_of_a_scheme_are_exactly_the_same_foreign_concept(vocabularies: Graph) -> None:
    seen = Counter(
        (vocabularies.value(one, SKOS.inScheme), other) for one, other in vocabularies.subject_objects(SKOS.exactMatch)
    )
    assert [str(other) for (_, other), count in seen.items() if count > 1] == []


def test_a_grade_names_its_country_level_and_ages(vocabularies: Graph) -> None:
    for grade in in_scheme(vocabularies, "grades"):
        country, level = vocabularies.value(grade, TERM.country), vocabularies.value(grade, TERM.level)
        assert country in in_scheme(vocabularies, "countries"), short(grade)
        assert level in in_scheme(vocabularies, "levels"), short(grade)
        youngest, oldest = (vocabularies.value(grade, TERM[name]) for name in ("minAge", "maxAge"))
        assert 3 <= int(str(youngest)) < int(str(oldest)) <= 22, short(grade)


@pytest.mark.parametrize("scheme", ["levels", "digcomp22-levels", "digcomp30-levels", "digcomp30-steps"])
def test_ordered_lists_carry_ranks(vocabularies: Graph, scheme: str) -> None:
    ranks = [int(str(vocabularies.value(concept, TERM.rank))) for concept in in_scheme(vocabularies, scheme)]
    assert set(ranks) == set(range(1, max(ranks) + 1))


def test_every_product_is_beneath_categories_and_every_category_on_top(vocabularies: Graph) -> None:
    for tool in in_scheme(vocabularies, "tools"):
        above = {short(other) for other in vocabularies.objects(tool, SKOS.broader)}
        if short(tool).startswith("tool/cat-"):
            assert above == set()
        else:
            assert above
            assert all(other.startswith("tool/cat-") for other in above)


@pytest.mark.parametrize(
    ("scheme", "language", "word", "slug"),
    [
        ("subjects", "fi", "äidinkieli", "first-language"),
        ("subjects", "fi", "ympäristöoppi", "primary-science"),
        ("subjects", "nb", "KRLE", "religion-ethics-philosophy"),
        ("subjects", "nb", "samfunnsfag", "civics"),
        ("subjects", "et", "inimeseõpetus", "personal-social-education"),
        ("subjects", "et", "loodusõpetus", "primary-science"),
        ("subjects", "lt", "etika", "ethics"),
        ("subjects", "lt", "gamta ir žmogus", "natural-science"),
        ("subjects", "ka", "სამოქალაქო განათლება", "civics"),
        ("subjects", "de", "Sachunterricht", "primary-science"),
        ("subjects", "en", "maths", "mathematics"),
        ("subjects", "en", "PE", "physical-education"),
        ("subjects", "en", "design and technology", "crafts-technology"),
        ("subjects", "en", "computer-science", "informatics"),
        ("subjects", "en", "arts_and_crafts", "arts-and-crafts"),
        ("subjects", "en", "food and nutrition", "food-nutrition"),
        ("subjects", "en", "numeration", "number-sense"),
        ("levels", "et", "põhikool", "isced-2"),
        ("levels", "fi", "yläkoulu", "isced-2"),
        ("levels", "nb", "videregående", "isced-3"),
        ("levels", "lt", "pradinė mokykla", "isced-1"),
        ("levels", "ka", "დაწყებითი", "isced-1"),
        ("levels", "en", "lower-primary", "isced-1"),
        ("grades", "et", "7. klass", "ee-7"),
        ("grades", "fi", "7. luokka", "fi-7"),
        ("grades", "lt", "7 klasė", "lt-7"),
        ("grades", "nb", "7. trinn", "no-7"),
        ("grades", "ka", "VII კლასი", "ge-7"),
        ("grades", "en", "year 7", "en-year-7"),
        ("digcomp22", "et", "allikakriitika", "digcomp22-1.2"),
        ("digcomp22", "fi", "lähdekritiikki", "digcomp22-1.2"),
        ("digcomp22", "lt", "šaltinių kritika", "digcomp22-1.2"),
        ("digcomp22", "nb", "kildekritikk", "digcomp22-1.2"),
        ("digcomp22", "ka", "წყაროების კრიტიკა", "digcomp22-1.2"),
        ("digcomp22", "en", "passwords", "digcomp22-4.1"),
        ("digcomp22", "fi", "ruutuaika", "digcomp22-4.3"),
        ("tools", "en", "micro:bit", "microbit"),
        ("groupings", "et", "paaristöö", "pair"),
        ("languages", "et", "eesti keel", "et"),
        ("countries", "lt", "Sakartvelas", "GE"),
    ],
)
def test_a_word_that_teachers_use_finds_its_concept(
    vocabularies: Graph, scheme: str, language: str, word: str, slug: str
) -> None:
    assert resolve(vocabularies, scheme, language, word) == {slug}


def test_grade_7_without_a_country_stands_for_one_grade_in_each_of_the_five_countries(vocabularies: Graph) -> None:
    assert resolve(vocabularies, "grades", "en", "Grade 7") == {"ee-7", "fi-7", "lt-7", "no-7", "ge-7"}


def supplement(path: Path, *, level_sheet: str = "2 Proficiency Levels", step: object = 1) -> Path:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.title = "1 Competence Areas&Competences"
    sheet.append(["Competence area number", "Competence area name", "Competence area descriptor"])
    for column, name in enumerate(("Competence number", "Competence name"), start=4):
        sheet.cell(1, column, name)
    sheet.append([1, "Information ", "…", 1.1, 'Looking  for "news" '])
    sheet.append([1, "Information ", "…", 1.2, "Judging"])
    sheet.append([None, None, None, None, None])
    levels = book.create_sheet(level_sheet)
    levels.append(["Proficiency level name", "Purpose", "Eight level mapping", "Six level mapping"])
    levels.append(["Highly advanced ", "…", step, "A1"])
    book.save(path)
    return path


def test_the_supplement_is_read_without_stray_spaces_and_empty_rows(tmp_path: Path) -> None:
    framework = digcomp_supplement.read_framework(supplement(tmp_path / "s.xlsx"))
    assert [area.name for area in framework.areas] == ["Information"]
    assert [(item.notation, item.name) for item in framework.competences] == [
        ("1.1", 'Looking for "news"'),
        ("1.2", "Judging"),
    ]
    assert framework.levels == (digcomp_supplement.Level(1, "Highly advanced", "A1"),)


def test_the_supplement_becomes_concepts_under_their_area(tmp_path: Path) -> None:
    turtle = digcomp_supplement.to_turtle(digcomp_supplement.read_framework(supplement(tmp_path / "s.xlsx")))
    graph = Graph().parse(data=turtle, format="turtle", publicID=BASE)
    competence = HERE["competence/digcomp30-1.1"]
    assert graph.value(competence, SKOS.broader) == HERE["competence/digcomp30-1"]
    assert graph.value(competence, SKOS.prefLabel) == Literal('Looking for "news"', lang="en")
    assert (
        graph.value(HERE["proficiency/digcomp30-1"], SKOS.broadMatch) == HERE["proficiency/digcomp30-highly-advanced"]
    )


def test_a_workbook_without_the_sheet_is_refused_by_name(tmp_path: Path) -> None:
    path = supplement(tmp_path / "other.xlsx", level_sheet="Levels")
    with pytest.raises(digcomp_supplement.SupplementError, match="'2 Proficiency Levels'"):
        digcomp_supplement.read_framework(path)


def test_a_level_that_is_not_a_number_is_refused(tmp_path: Path) -> None:
    with pytest.raises(digcomp_supplement.SupplementError, match="'first'"):
        digcomp_supplement.read_framework(supplement(tmp_path / "s.xlsx", step="first"))


def test_the_command_explains_a_missing_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert digcomp_supplement.main([str(tmp_path / "none.xlsx")]) == 2
    assert "none.xlsx" in capsys.readouterr().err


def test_the_command_writes_the_vocabulary(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert digcomp_supplement.main([str(supplement(tmp_path / "s.xlsx"))]) == 0
    assert "<competence/digcomp30-1.2>" in capsys.readouterr().out
