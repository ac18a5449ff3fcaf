"""Reconciliation: words become concepts, what names none is kept and reported, and nothing is guessed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.documents import normalise
from kg.errors import DocumentError, ImportSourceError
from kg.importing.lesson import Lesson, LessonMaterial, LessonStep
from kg.importing.licences import licence_iri
from kg.importing.mapping import FIELDS, WordMapping, read_mapping
from kg.importing.reconcile import Reconciled, Reconciler
from kg.vocabulary import ConceptIndex, vocabulary_quads

if TYPE_CHECKING:
    from pathlib import Path

BASE = "http://127.0.0.1:8000/id/"
CONCEPTS = ConceptIndex(vocabulary_quads(BASE))
LESSON = Lesson(
    identifier="7",
    title={"en": "Snowflakes"},
    languages=("en",),
    licence="CC BY 4.0",
    attribution="A. Teacher",
)


def reconcile(mapping: WordMapping | None = None, **fields: Any) -> Reconciled:
    reconciler = Reconciler(CONCEPTS, BASE, "mine", "data-kind/original", mapping)
    return reconciler.reconcile(replace(LESSON, **fields))


@pytest.mark.parametrize(
    "word",
    ["Keemia", "Chemistry", "kemi", "ქიმია", "Химия", "CHEMISTRY ", "chemistry", "subject/chemistry",
     BASE + "subject/chemistry", "http://w3id.org/kim/schulfaecher/s1002/", "https://w3id.org/kim/schulfaecher/s1002"],
)  # fmt: skip
def test_a_subject_is_found_by_label_notation_or_iri_in_any_language(word: str) -> None:
    assert reconcile(subjects=(word,)).document["about"] == ["subject/chemistry"]


@pytest.mark.parametrize(
    ("field", "word", "key", "concept"),
    [
        ("levels", "põhikool", "educationalLevel", "level/isced-2"),
        ("levels", "ISCED 1", "educationalLevel", "level/isced-1"),
        ("levels", "7. klass", "nationalGrade", "grade/ee-7"),
        ("levels", "year 7", "nationalGrade", "grade/en-year-7"),
        ("tools", "GeoGebra", "tool", "tool/geogebra"),
        ("audience", "teachers", "audience", "audience/teacher"),
        ("audience", "http://purl.org/dcx/lrmi-vocabs/educationalAudienceRole/teacher", "audience", "audience/teacher"),
        ("resource_types", "lesson plan", "learningResourceType", "resource-type/lessonPlan"),
        ("competences", "https://w3id.org/kim/digcomp/g_3", "teaches", "competence/digcomp22-1.2"),
    ],
)
def test_words_of_every_field_become_concepts(field: str, word: str, key: str, concept: str) -> None:
    assert reconcile(**{field: (word,)}).document[key] == [concept]


def test_what_names_no_concept_is_kept_as_a_keyword_and_reported() -> None:
    result = reconcile(subjects=("Chemistry", "Fun  with slime"), tools=("abacus 3000",), keywords={"en": ("winter",)})
    assert result.document["about"] == ["subject/chemistry"]
    assert result.document["keywords"] == {"en": ["Fun with slime", "abacus 3000", "winter"]}
    assert result.unresolved == {"subjects": ["Fun with slime"], "tools": ["abacus 3000"]}
    assert result.counts == {"subjects": (1, 2), "tools": (0, 1)}


def test_a_word_that_names_several_concepts_is_decided_by_the_language_of_the_text_or_not_at_all() -> None:
    assert reconcile(levels=("7",)).document.get("nationalGrade") is None
    assert reconcile(levels=("7",)).unresolved == {"levels": ["7"]}
    estonian = reconcile(title={"et": "Lumehelbed"}, languages=("et",), levels=("7",))
    assert estonian.document["nationalGrade"] == ["grade/ee-7"]
    lithuanian = reconcile(title={"lt": "Snaigės"}, languages=("lt",), levels=("7 klasė",))
    assert lithuanian.document["nationalGrade"] == ["grade/lt-7"]


def test_a_range_of_grades_becomes_each_of_them() -> None:
    document = reconcile(title={"nb": "Snø"}, languages=("nb",), levels=("8.-10. trinn",)).document
    assert document["nationalGrade"] == ["grade/no-8", "grade/no-9", "grade/no-10"]
    assert document["educationalLevel"] == ["level/isced-2"]


@pytest.mark.parametrize("word", ["ages 8-10", "Age 8 to 10", "8–10 aastat", "8-10 år"])
def test_ages_among_the_levels_are_ages(word: str) -> None:
    result = reconcile(levels=(word,))
    assert (result.document["minAge"], result.document["maxAge"]) == (8, 10)
    assert result.unresolved == {}


@pytest.mark.parametrize(("language", "slug"), [("en-GB", "english-first-language"), ("lt", "english")])
def test_english_is_a_first_language_only_where_lessons_are_in_english(language: str, slug: str) -> None:
    document = reconcile(title={language: "Poems"}, languages=(language,), subjects=("English",)).document
    assert document["about"] == [f"subject/{slug}"]


@pytest.mark.parametrize(
    ("word", "tag"),
    [("Estonian", "et"), ("eesti keel", "et"), ("EST", "et"), ("ger", "de"), ("en_gb", "en-GB"), ("zh-hans", "zh-Hans"),
     ("http://publications.europa.eu/resource/authority/language/LIT", "lt")],
)  # fmt: skip
def test_a_language_is_understood_as_tag_code_or_name(word: str, tag: str) -> None:
    assert reconcile(title={"und": "Snow"}, languages=(word,)).document["inLanguage"] == [tag]


def test_an_undetermined_text_takes_the_one_language_that_the_source_states() -> None:
    document = reconcile(title={"und": "Snow"}, summary={"und": "White."}, languages=("fi",)).document
    assert (document["name"], document["description"]) == ({"fi": "Snow"}, {"fi": "White."})
    assert "languageDetected" not in document


def test_a_language_that_nobody_states_is_detected_and_marked() -> None:
    title = "Lumehelbed talvises metsas"
    summary = (
        "Õpilased uurivad mikroskoobiga lumehelbeid, joonistavad neid ja kirjutavad, "
        "miks ükski neist teisega ei sarnane."
    )
    document = reconcile(title={"und": title}, summary={"und": summary}, languages=()).document
    assert document["inLanguage"] == ["et"]
    assert document["name"] == {"et": title}
    assert document["languageDetected"] is True


def test_detection_chooses_among_the_languages_that_the_source_states() -> None:
    document = reconcile(title={"und": "Snø og is på fjellet om vinteren. " * 5}, languages=("da", "nb")).document
    assert document["inLanguage"] == ["nb"]


def test_a_text_without_words_stays_undetermined() -> None:
    document = reconcile(title={"und": "1 + 1 = 2"}, languages=()).document
    assert document["inLanguage"] == ["und"]
    assert "languageDetected" not in document


def test_a_mapping_decides_what_words_mean() -> None:
    mapping = WordMapping(
        {"subjects": {"Slime": ("subject/chemistry", "subject/art"), "Fun": ("keyword",), "misc": ("ignore",)}},
        {"attribution": "The portal"},
    )
    result = reconcile(mapping, subjects=("slime", "Fun", "Misc"), attribution=None)
    assert result.document["about"] == ["subject/chemistry", "subject/art"]
    assert result.document["keywords"] == {"en": ["Fun"]}
    assert result.document["creditText"] == "The portal"
    assert result.unresolved == {}


def test_a_mapping_may_point_to_a_concept_of_another_kind() -> None:
    mapping = WordMapping({"subjects": {"Scratch club": ("tool/scratch",)}})
    assert reconcile(mapping, subjects=("Scratch club",)).document["tool"] == ["tool/scratch"]


@pytest.mark.parametrize(
    ("text", "field", "cause"),
    [
        ("subjects: {Slime: subject/alchemy}", "subjects: Slime", "no concept"),
        ("colours: {red: keyword}", "colours", "no field"),
        ("subjects: [Slime]", "subjects", "not a mapping"),
        ("subjects: {Slime: []}", "subjects: Slime", "stands for nothing"),
        ("licence: {Ours: none}", "licence: Ours", "no licence"),
        ("languages: {Elvish: Quenya}", "languages: Elvish", "no language"),
        ("defaults: {colour: red}", "defaults: colour", "no default"),
        ("- a", None, "not a mapping"),
        ("{", None, "not readable YAML"),
    ],
)
def test_a_mapping_file_that_cannot_be_used_is_refused_with_its_place(
    tmp_path: Path, text: str, field: str | None, cause: str
) -> None:
    path = tmp_path / "map.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ImportSourceError, match=cause) as caught:
        read_mapping(path, CONCEPTS)
    assert (caught.value.file, caught.value.field) == (str(path), field)


def test_a_mapping_survives_being_written_and_read(tmp_path: Path) -> None:
    mapping = WordMapping(
        {"subjects": {"Slime": ("subject/chemistry", "subject/art")}, "languages": {"no": ("nb",)}}, {"language": "et"}
    )
    path = tmp_path / "map.yaml"
    path.write_text(mapping.text(), encoding="utf-8")
    assert read_mapping(path, CONCEPTS) == mapping


def test_a_later_mapping_goes_over_an_earlier_one() -> None:
    former = WordMapping({"subjects": {"a": ("keyword",), "b": ("keyword",)}}, {"language": "et"})
    later = WordMapping({"subjects": {"b": ("ignore",)}})
    assert later.over(former) == WordMapping({"subjects": {"a": ("keyword",), "b": ("ignore",)}}, {"language": "et"})


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"identifier": " "}, "identifier"),
        ({"title": {"en": " "}}, "title"),
        ({"licence": "mine, all mine"}, "licence"),
    ],
)
def test_what_cannot_become_a_document_says_why(fields: dict[str, Any], field: str) -> None:
    with pytest.raises(DocumentError) as caught:
        reconcile(**fields)
    assert caught.value.field == field


@pytest.mark.parametrize("name", ["CC BY", "all rights reserved", "CC BY 9.9", "https://example.org/terms", ""])
def test_a_licence_that_is_not_known_or_not_whole_is_none(name: str) -> None:
    assert licence_iri(name) is None


def test_a_language_or_a_licence_of_a_handout_that_nobody_knows_is_reported() -> None:
    material = LessonMaterial({"en": "Sheet"}, licence="ask me")
    result = reconcile(languages=("en", "Elvish"), materials=(material,))
    assert result.unresolved == {"languages": ["Elvish"], "licence": ["ask me"]}
    assert result.document["inLanguage"] == ["en"]
    assert result.document["material"] == [{"name": {"en": "Sheet"}}]


def test_activities_and_materials_keep_their_own_concepts() -> None:
    step = LessonStep(name={"und": "Look"}, minutes=10, grouping="pairs", tools=("GeoGebra", "loupe"))
    material = LessonMaterial({"en": "Sheet"}, url="https://example.org/a sheet.pdf", licence="CC0")
    result = reconcile(activities=(step,), materials=(material,))
    (activity,) = result.document["activity"]
    assert activity == {"name": {"en": "Look"}, "minutes": 10, "grouping": "grouping/pair", "tool": ["tool/geogebra"]}
    assert result.document["keywords"] == {"en": ["loupe"]}
    assert result.document["material"] == [
        {"name": {"en": "Sheet"}, "url": "https://example.org/a%20sheet.pdf",
         "license": "https://creativecommons.org/publicdomain/zero/1.0/"}
    ]  # fmt: skip
    assert "tool" not in result.document


WORDS = st.text(min_size=1, max_size=12)


@given(
    words=st.dictionaries(st.sampled_from(sorted(FIELDS)[:6]), st.lists(WORDS, max_size=4).map(tuple)),
    title=st.text(min_size=1).filter(str.strip),
    identifier=st.text(min_size=1).filter(str.strip),
)
def test_any_words_give_a_document_in_normal_form_and_none_is_lost(
    words: dict[str, tuple[str, ...]], title: str, identifier: str
) -> None:
    fields: dict[str, Any] = {name: values for name, values in words.items() if name in vars(LESSON)}
    result = reconcile(title={"en": title}, identifier=identifier, **fields)
    normal = normalise(result.document)
    assert normalise(normal) == normal
    kept = {" ".join(word.split()) for texts in normal.get("keywords", {}).values() for word in texts}
    lost = {word for values in result.unresolved.values() for word in values} - kept
    assert lost == set()
    assert reconcile(title={"en": title}, identifier=identifier, **fields) == result
