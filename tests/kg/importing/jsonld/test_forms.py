"""JSON-LD in all the forms in which the web serves it says the same; what it does not say is not made up."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import DocumentError
from kg.importing.jsonld.adapter import records_of_document
from kg.importing.jsonld.json_text import decoded, parse_json
from kg.importing.jsonld.sources import Place

if TYPE_CHECKING:
    from kg.importing.adapter import Record
    from kg.importing.lesson import Lesson
    from kg.vocabulary import ConceptIndex

PLACE = Place("page", "https://lessons.example.org/page")


def records(value: Any, concepts: ConceptIndex, place: Place = PLACE) -> list[Record]:
    return list(records_of_document(value, place, concepts))


def lesson(value: Any, concepts: ConceptIndex, place: Place = PLACE) -> Lesson:
    (record,) = records(value, concepts, place)
    assert record.lesson, record.cause
    return record.lesson


WHOLE = {
    "@context": "https://schema.org",
    "@type": "LearningResource",
    "@id": "https://lessons.example.org/1",
    "name": "Fractions",
    "description": "Cake and fractions.",
    "inLanguage": "en",
    "license": "https://creativecommons.org/licenses/by/4.0/",
    "author": [{"@type": "Person", "name": "Ada"}, "Grace"],
    "publisher": {"@type": "Organization", "name": "A School"},
    "timeRequired": "PT1H30M",
    "typicalAgeRange": "10-12",
    "keywords": "cake, fractions",
    "datePublished": "2024-05-06T10:00:00Z",
    "about": {"@type": "Thing", "name": "Mathematics"},
    "teaches": ["Browsing data", "Pupils can add two fractions with different denominators."],
    "audience": {"@type": "EducationalAudience", "educationalRole": "teacher"},
}


def test_schema_org_says_what_a_lesson_is(concepts: ConceptIndex) -> None:
    found = lesson(WHOLE, concepts)
    assert (found.identifier, found.title) == ("https://lessons.example.org/1", {"en": "Fractions"})
    assert (found.attribution, found.publisher) == ("Ada, Grace", "A School")
    assert (found.minutes, found.min_age, found.max_age) == (90, 10, 12)
    assert found.keywords == {"en": ("cake", "fractions")}
    assert (found.published, found.subjects, found.audience) == ("2024-05-06", ("Mathematics",), ("teacher",))
    assert found.competences == ("Browsing data",)
    assert found.outcomes == ({"en": "Pupils can add two fractions with different denominators."},)


FORMS = {
    "an array": [WHOLE],
    "a graph": {"@context": "https://schema.org", "@graph": [{"@type": "WebSite", "name": "S"}, WHOLE]},
    "a main entity": {"@context": "https://schema.org", "@type": "WebPage", "mainEntity": WHOLE},
    "a list": {"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "item": WHOLE}]},
    "without a context": {key: value for key, value in WHOLE.items() if key != "@context"},
    "the http context": {**WHOLE, "@context": "http://schema.org/"},
    "full names": {
        (key if key.startswith("@") else f"http://schema.org/{key}"): value
        for key, value in WHOLE.items()
        if key != "@context"
    },
    "a prefix": {
        "@context": {"s": "https://schema.org/"},
        **{(key if key.startswith("@") else f"s:{key}"): value for key, value in WHOLE.items() if key != "@context"},
        "@type": "s:LearningResource",
    },
    "a type as address": {**WHOLE, "@type": "http://schema.org/LearningResource"},
    "several types": {**WHOLE, "@type": ["VideoObject", "LearningResource"]},
    "a wrong type that is for learning": {**WHOLE, "@type": "Artikel", "educationalLevel": "Primary"},
    "no type, but for learning": {k: v for k, v in {**WHOLE, "learningResourceType": "x"}.items() if k != "@type"},
    "repeated scripts": [WHOLE, WHOLE],
    "references": {
        "@graph": [
            {**WHOLE, "author": [{"@id": "#ada"}, {"@id": "#grace"}], "publisher": {"@id": "_:b0"}},
            {"@id": "#ada", "@type": "Person", "name": "Ada"},
            {"@id": "#grace", "@type": "Person", "givenName": "Grace"},
            {"@id": "_:b0", "@type": "Organization", "name": "A School"},
        ]
    },
    "values with language": {
        **WHOLE,
        "name": {"@value": "Fractions", "@language": "en"},
        "description": {"en": "Cake and fractions."},
    },
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_every_form_says_the_same(concepts: ConceptIndex, form: Any) -> None:
    found, whole = lesson(form, concepts), lesson(WHOLE, concepts)
    for name in ("identifier", "title", "summary", "attribution", "publisher", "minutes", "licence", "subjects"):
        assert getattr(found, name) == getattr(whole, name), name


def test_language_maps_and_defaults_keep_each_text_in_its_language(concepts: ConceptIndex) -> None:
    found = lesson(
        {
            "@context": ["https://w3id.org/kim/amb/context.jsonld", {"@language": "de"}],
            "type": ["LearningResource"],
            "id": "https://oer.example/1",
            "name": {"de": "Brüche", "et": "Murrud"},
            "description": "Kuchen.",
            "inLanguage": ["fr"],
            "about": [{"id": "http://w3id.org/kim/schulfaecher/s1017", "prefLabel": {"de": "Mathematik"}}],
            "license": {"id": "https://creativecommons.org/publicdomain/zero/1.0/"},
            "competencyRequired": [{"id": "https://example.org/c", "prefLabel": {"de": "Zählen"}}],
            "assesses": [{"id": "https://example.org/d", "prefLabel": {"de": "Rechnen"}}],
        },
        concepts,
    )
    assert (found.title, found.summary) == ({"de": "Brüche", "et": "Murrud"}, {"de": "Kuchen."})
    assert found.languages == ("fr",)
    assert concepts.find(found.subjects[0], "https://w3id.org/ihub/ns#Subject")
    assert (found.requires, found.assesses) == (("Zählen",), ("Rechnen",))


def test_alignments_of_lrmi_are_understood(concepts: ConceptIndex) -> None:
    def aligned(kind: str | None, target: str, **more: str) -> dict[str, Any]:
        return {"@type": "AlignmentObject", "alignmentType": kind, "targetName": target, **more}

    found = lesson(
        {
            "@type": "Course",
            "name": "C",
            "educationalAlignment": [
                aligned("educationalSubject", "Chemistry"),
                aligned("educationalLevel", "Primary education"),
                aligned("teaches", "Browsing data"),
                aligned("requires", "1.1", targetUrl="https://w3id.org/kim/digcomp/g_2"),
                aligned("http://purl.org/dcx/lrmi-vocabs/alignmentType/assesses", "Netiquette"),
                aligned(None, "Physics"),
                aligned("textComplexity", "Lexile 900"),
                aligned(None, "Something else"),
            ],
        },
        concepts,
    )
    assert found.subjects == ("Chemistry", "Physics")
    assert (found.levels, found.competences, found.assesses) == (
        ("Primary education",),
        ("Browsing data",),
        ("Netiquette",),
    )
    assert len(found.requires) == 1


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ({"@type": "Organization", "name": "O"}, "describes no learning resource, only Organization"),
        ({"@type": "BlogPosting", "name": "B", "timeRequired": "PT3M"}, "only BlogPosting"),
        ({"name": "N"}, "there is no @type such as LearningResource"),
        ({"@context": "https://schema.org"}, "describes nothing"),
        ({"$schema": "http://json-schema.org/draft-07/schema#", "type": "object"}, "is a JSON Schema"),
        ([], "describes nothing"),
        (42, "describes nothing"),
        ({"@type": "Course"}, "is missing, and a lesson needs a title"),
        ({"@type": "Course", "name": {"@type": "Thing"}}, "is missing, and a lesson needs a title"),
    ],
)
def test_what_is_no_lesson_is_refused_in_words_of_its_owner(concepts: ConceptIndex, value: Any, reason: str) -> None:
    (record,) = records(value, concepts)
    assert record.lesson is None
    assert reason in (record.cause or "")


@pytest.mark.parametrize(
    ("node", "identifier"),
    [
        ({"@id": "https://a.example/1", "url": "https://a.example/2"}, "https://a.example/1"),
        ({"@id": "#lesson"}, "https://lessons.example.org/page#lesson"),
        ({"@id": "_:b1", "url": "/2"}, "https://lessons.example.org/2"),
        ({"identifier": {"@type": "PropertyValue", "propertyID": "doi", "value": "10.1/2"}}, "10.1/2"),
        ({"@id": "urn:uuid:1"}, "urn:uuid:1"),
    ],
)
def test_a_record_keeps_its_identifier(concepts: ConceptIndex, node: dict[str, Any], identifier: str) -> None:
    assert lesson({"@type": "Course", "name": "C", **node}, concepts).identifier == identifier


def test_a_record_without_an_identifier_is_known_by_its_place(concepts: ConceptIndex) -> None:
    assert lesson({"@type": "Course", "name": "C"}, concepts).identifier == PLACE.address
    assert lesson({"@type": "Course", "name": "C"}, concepts, Place("folder/a.json")).identifier == "folder/a.json"


def test_several_records_without_identifiers_are_known_by_what_they_say(concepts: ConceptIndex) -> None:
    one, other = {"@type": "Course", "name": "C", "keywords": "k"}, {"@type": "Course", "name": "D"}
    first = [record.lesson.identifier for record in records([one, other], concepts) if record.lesson]
    again = [
        record.lesson.identifier for record in records([other, dict(reversed(one.items()))], concepts) if record.lesson
    ]
    assert sorted(first) == sorted(again)
    assert all(identifier.startswith("sha256:") for identifier in first)


def test_nothing_is_read_into_wrong_values(concepts: ConceptIndex) -> None:
    found = lesson(
        {
            "@type": "Course",
            "name": ["", None, "C", 7],
            "license": {"@type": "CreativeWork"},
            "timeRequired": {"@type": "Duration"},
            "typicalAgeRange": "all",
            "datePublished": "soon",
            "inLanguage": {"@type": "Language", "name": "Estonian", "alternateName": "et"},
            "about": [None, {}, [], "", {"@id": "_:b"}],
            "author": {"@type": "Person"},
            "isBasedOn": [{"name": "Remix me"}, "a book"],
            "teaches": False,
            "url": "javascript:alert(1)",
        },
        concepts,
    )
    assert found.title == {"et": "C"}
    assert (found.licence, found.minutes, found.min_age, found.published) == (None, None, None, None)
    assert (found.subjects, found.attribution, found.based_on) == ((), None, ())
    assert found.source_url == PLACE.address


def test_html_in_texts_becomes_plain_text(concepts: ConceptIndex) -> None:
    value = {"@type": "Course", "name": "A &amp; B", "description": "<p>One</p><script>x()</script><ul><li>Two</ul>"}
    found = lesson({**value, "inLanguage": "en"}, concepts)
    assert (found.title, found.summary) == ({"en": "A & B"}, {"en": "One\n\nTwo"})


def test_steps_and_materials_are_taken_over(concepts: ConceptIndex) -> None:
    found = lesson(
        {
            "@type": ["HowTo", "LearningResource"],
            "name": "H",
            "inLanguage": "en",
            "step": [
                {"@type": "HowToStep", "name": "First", "text": "Do it.", "timeRequired": "PT10M"},
                {"@type": "HowToSection", "itemListElement": [{"@type": "HowToStep", "text": "Then this."}]},
            ],
            "encoding": {"@type": "MediaObject", "contentUrl": "/sheet.pdf"},
            "hasPart": [{"name": "Slides", "url": "https://a.example/s", "license": "CC BY"}],
        },
        concepts,
    )
    assert [(dict(s.name), dict(s.description), s.minutes) for s in found.activities] == [
        ({"en": "First"}, {"en": "Do it."}, 10),
        ({}, {"en": "Then this."}, None),
    ]
    assert [(dict(m.name), m.url, m.licence) for m in found.materials] == [
        ({"en": "sheet.pdf"}, "https://lessons.example.org/sheet.pdf", None),
        ({"en": "Slides"}, "https://a.example/s", "CC BY"),
    ]


def test_nodes_that_refer_to_each_other_are_read_once(concepts: ConceptIndex) -> None:
    graph = [
        {"@id": "#a", "@type": "Course", "name": "A", "hasPart": {"@id": "#b"}},
        {"@id": "#b", "@type": "Course", "name": "B", "isPartOf": {"@id": "#a"}, "about": {"@id": "#b"}},
    ]
    found = records({"@graph": graph}, concepts)
    assert [record.lesson.identifier[-2:] for record in found if record.lesson] == ["#a", "#b"]


def test_the_raw_record_means_the_same_by_itself(concepts: ConceptIndex) -> None:
    """Else a change of the context, or of a node that several refer to, would go unnoticed."""
    page = {
        "@context": ["https://schema.org", {"@language": "et"}],
        "@graph": [
            {"@id": "#a", "@type": "Course", "name": "A", "author": {"@id": "#ada"}},
            {"@id": "#b", "@type": "Course", "name": "B"},
            {"@id": "#ada", "@type": "Person", "name": "Ada"},
        ],
    }
    for record in records(page, concepts):
        again = lesson(json.loads(record.raw), concepts)
        assert record.lesson
        assert (again.title, again.attribution) == (record.lesson.title, record.lesson.attribution)


def test_contexts_are_not_fetched(concepts: ConceptIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_o: pytest.fail("asked the network"))
    value = {**WHOLE, "@context": ["https://json-ld.org/contexts/person.jsonld", {"@import": "http://127.0.0.1/x"}]}
    assert lesson(value, concepts).title


MISTAKES = {
    "comment": '<!-- {"a": 1} -->',
    "CDATA": '//<![CDATA[\n{"a": 1}\n//]]>',
    "CDATA in comments": '/* <![CDATA[ */{"a": 1}/* ]]> */',
    "semicolon": '{"a": 1};',
    "byte order mark": '\ufeff{"a": 1}',
    "stray commas": '{"a": 1,\n}',
    "escaped quotes": "{&quot;a&quot;: 1}",
}


@pytest.mark.parametrize("text", MISTAKES.values(), ids=MISTAKES.keys())
def test_common_mistakes_are_mended(text: str) -> None:
    assert parse_json(text) == {"a": 1}


def test_strings_are_not_mended() -> None:
    assert parse_json('{"a": "x,}", "b": [1,],}') == {"a": "x,}", "b": [1]}


def test_control_characters_and_lone_surrogates_are_left_out() -> None:
    assert parse_json('{"a": "one\x00\n\ttwo\\u0007\\ud800"}') == {"a": "one\n\ttwo"}


def test_members_that_come_twice_are_both_kept() -> None:
    assert parse_json('{"a": 1, "a": [2, 3], "a": 1}') == {"a": [1, 2, 3, 1]}
    assert parse_json('{"a": NaN}') == {"a": None}


@pytest.mark.parametrize(
    "text", ["", "   ", "{", '{"a"', "[" * 5_000, '{"a":' * 200 + "1" + "}" * 200, "<html>", "9" * 5_000]
)
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(DocumentError):
        parse_json(text)


@pytest.mark.parametrize("text", ['"' + '\\"' * 500_000, "[" + " " * 1_000_000 + "x", ", " * 500_000, ";" * 100_000])
def test_no_text_takes_for_ever(text: str) -> None:
    with pytest.raises(DocumentError):
        parse_json(text)


@pytest.mark.parametrize(
    ("content", "charset"),
    [
        ("õ".encode(), None),
        ("õ".encode(), "iso-8859-1"),
        (b"\xef\xbb\xbf" + "õ".encode(), None),
        ("\ufeffõ".encode("utf-16-le"), None),
        ("\ufeffõ".encode("utf-16-be"), None),
        ("õ".encode("windows-1257"), "windows-1257"),
        ("õ".encode("iso-8859-15"), "no-such-charset"),
    ],
)
def test_texts_are_decoded(content: bytes, charset: str | None) -> None:
    assert decoded(content, charset) == "õ"


NAMES = st.sampled_from(
    [
        *("@type", "@id", "@graph", "@value", "@language", "@context", "@list", "id", "type", "name", "description"),
        *("about", "teaches", "assesses", "license", "author", "keywords", "inLanguage", "timeRequired", "audience"),
        *("typicalAgeRange", "educationalAlignment", "alignmentType", "targetName", "url", "step", "identifier"),
        *("encoding", "hasPart", "isBasedOn", "datePublished", "mainEntity", "itemListElement", "prefLabel", "de"),
    ]
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["LearningResource", "Course", "#a", "_:b", "http://[", "https://a.example/1", "de", "PT1H"])
)
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES | st.text(max_size=8), inner, max_size=6)
)


@given(JSON)
def test_arbitrary_json_never_raises(concepts: ConceptIndex, value: Any) -> None:
    for record in records({"@type": "LearningResource", "name": "N", "x": value, "about": value}, concepts):
        assert record.lesson or record.cause
    for record in records(value, concepts):
        assert record.lesson or record.cause
        assert json.loads(record.raw) is None or record.raw


@given(st.dictionaries(NAMES, JSON))
def test_a_resource_with_arbitrary_values_never_raises(concepts: ConceptIndex, values: dict[str, Any]) -> None:
    for record in records({**values, "@type": "LearningResource"}, concepts):
        assert record.lesson or record.cause


@given(st.text() | JSON.map(json.dumps))
def test_arbitrary_text_is_json_or_refused(text: str) -> None:
    with contextlib.suppress(DocumentError):
        json.dumps(parse_json(text), ensure_ascii=False).encode()
