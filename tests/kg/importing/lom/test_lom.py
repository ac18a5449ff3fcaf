"""LOM records of several profiles become lessons; broken and dangerous files are refused with file and line."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import DocumentError, ImportSourceError
from kg.importing.adapter import Record, Run
from kg.importing.lom.adapter import LomAdapter
from kg.importing.lom.strings import person
from kg.importing.safe_xml import parse_xml

if TYPE_CHECKING:
    from pathlib import Path

    from kg.importing.lesson import Lesson
    from kg.vocabulary import ConceptIndex

WHOLE = """<lom xmlns="http://ltsc.ieee.org/xsd/LOM">
  <general>
    <identifier><catalog>oai</catalog><entry>portal.example:7</entry></identifier>
    <title><string language="est">Murrud</string><string language="en">Fractions</string></title>
    <language>et</language><language>fi</language>
    <description><string language="et">Kook ja &lt;b&gt;murrud&lt;/b&gt;.</string></description>
    <keyword><string language="et">kook</string><string language="en">cake</string></keyword>
    <keyword><string>osa</string></keyword>
  </general>
  <lifeCycle>
    <contribute><role><source>LOMv1.0</source><value>author</value></role>
      <entity>BEGIN:VCARD
VERSION:3.0
N:Tamm;Mari;;;
FN:Mari Tamm
EMAIL;TYPE=internet:mari@example.org
END:VCARD</entity><date><dateTime>2020-01-02</dateTime></date></contribute>
    <contribute><role><value>publisher</value></role>
      <entity>BEGIN:VCARD\nVERSION:3.0\nORG:Portaal\\, MTÜ\nEND:VCARD</entity>
      <date><dateTime>2021-03-04T05:06:07Z</dateTime></date></contribute>
  </lifeCycle>
  <metaMetadata><language>et</language></metaMetadata>
  <technical><location>https://portal.example.org/7</location></technical>
  <educational>
    <learningResourceType><source>LREv3.0</source><value>lesson plan</value></learningResourceType>
    <intendedEndUserRole><value>teacher</value></intendedEndUserRole>
    <context><value>Primary education</value></context>
    <typicalAgeRange><string language="x-t-lre">10-12</string></typicalAgeRange>
    <typicalLearningTime><duration>PT45M</duration></typicalLearningTime>
    <interactivityType><value>active</value></interactivityType>
  </educational>
  <rights><copyrightAndOtherRestrictions><value>yes</value></copyrightAndOtherRestrictions>
    <description><string language="en">See https://creativecommons.org/licenses/by/4.0/.</string></description></rights>
  <relation><kind><value>isbasedon</value></kind><resource><identifier><catalog>URI</catalog>
    <entry>https://other.example/1</entry></identifier></resource></relation>
  <relation><kind><value>haspart</value></kind><resource><identifier><entry>https://portal.example.org/7.pdf</entry>
    </identifier><description><string language="et">Tööleht</string></description></resource></relation>
  <classification><purpose><value>discipline</value></purpose><taxonPath>
    <taxon><id>1</id><entry><string language="en">Science</string></entry></taxon>
    <taxon><id>2</id><entry><string language="en">Mathematics</string></entry></taxon>
    <taxon><id>3</id><entry><string language="en">Fractions of cakes</string></entry></taxon></taxonPath>
  </classification>
  <classification><purpose><value>educational level</value></purpose><taxonPath>
    <taxon><entry><string language="en">Lower secondary education</string></entry></taxon></taxonPath></classification>
  <classification><purpose><value>competency</value></purpose><taxonPath>
    <taxon><entry><string language="en">Browsing data</string></entry></taxon></taxonPath></classification>
  <classification><purpose><value>idea</value></purpose><taxonPath>
    <taxon><entry><string language="en">sharing fairly</string></entry></taxon></taxonPath></classification>
</lom>"""


def read(tmp_path: Path, concepts: ConceptIndex, **files: str) -> tuple[list[Record], Run]:
    for name, text in files.items():
        (tmp_path / f"{name}.xml").write_text(text, encoding="utf-8")
    run = Run(str(tmp_path), concepts)
    return list(LomAdapter().records(run)), run


def lesson(tmp_path: Path, concepts: ConceptIndex, text: str) -> Lesson:
    (record,), _ = read(tmp_path, concepts, a=text)
    assert record.lesson, record.cause
    return record.lesson


def test_a_record_says_what_a_lesson_is(tmp_path: Path, concepts: ConceptIndex) -> None:
    found = lesson(tmp_path, concepts, WHOLE)
    assert found.identifier == "oai:portal.example:7"
    assert (found.title, found.languages) == ({"et": "Murrud", "en": "Fractions"}, ("et", "fi"))
    assert found.summary == {"et": "Kook ja murrud."}
    assert found.keywords == {"et": ("kook", "osa"), "en": ("cake", "sharing fairly")}
    assert (found.attribution, found.publisher) == ("Mari Tamm", "Portaal, MTÜ")
    assert (found.published, found.source_url) == ("2021-03-04", "https://portal.example.org/7")
    assert (found.min_age, found.max_age, found.minutes) == (10, 12, 45)
    assert (found.resource_types, found.audience) == (("lesson plan",), ("teacher",))
    assert found.licence == "https://creativecommons.org/licenses/by/4.0/"
    assert found.based_on == ("https://other.example/1",)
    assert [(dict(m.name), m.url) for m in found.materials] == [({"et": "Tööleht"}, "https://portal.example.org/7.pdf")]
    assert concepts.find(str(found.document["interactivityType"]), "https://w3id.org/ihub/ns#InteractivityType")


def test_of_a_taxon_path_the_most_specific_known_concept_counts(tmp_path: Path, concepts: ConceptIndex) -> None:
    found = lesson(tmp_path, concepts, WHOLE)
    assert found.subjects == ("Mathematics",)
    assert found.levels == ("Primary education", "Lower secondary education")
    assert found.competences == ("Browsing data",)


def test_no_personal_data_beyond_names_are_taken(tmp_path: Path, concepts: ConceptIndex) -> None:
    assert "mari@example.org" not in repr(lesson(tmp_path, concepts, WHOLE))


def test_estonian_paths_are_understood(tmp_path: Path, concepts: ConceptIndex) -> None:
    text = """<xm:estcore xmlns:xm="http://www.estcore/2015/XMLSchema" xmlns:lom="http://ltsc.ieee.org/xsd/LOM">
    <general><title><lom:string language="et">Tund</lom:string></title></general>
    <classification><taxonPath><gymnasiumTaxon><domain>Natural sciences</domain><subject>Chemistry</subject>
    <topic>Happed</topic></gymnasiumTaxon></taxonPath><crossCurricularThemesAndCompetences>
    <keyCompetence><subject>Cultural awareness</subject></keyCompetence><crossCurricularTheme>
    <subject>Lifelong learning and career planning</subject></crossCurricularTheme>
    </crossCurricularThemesAndCompetences></classification></xm:estcore>"""
    found = lesson(tmp_path, concepts, text)
    assert (found.subjects, found.competences) == (("Chemistry",), ("Cultural awareness",))
    assert found.levels == ("General upper secondary education",)
    assert found.keywords == {"und": ("Happed",)}
    assert len(found.document["crossCurricularTheme"]) == 1


def test_the_old_binding_is_understood(tmp_path: Path, concepts: ConceptIndex) -> None:
    text = """<lom xmlns="http://www.imsglobal.org/xsd/imsmd_rootv1p2p1"><general><identifier>x-1</identifier>
    <title><langstring xml:lang="de-DE">Brüche</langstring></title><language>ger</language></general>
    <lifecycle><contribute><role><value><langstring xml:lang="x-none">Author</langstring></value></role>
    <centity><vcard/></centity></contribute></lifecycle></lom>"""
    found = lesson(tmp_path, concepts, text)
    assert (found.identifier, found.title, found.languages) == ("x-1", {"de-DE": "Brüche"}, ("de",))


def test_a_file_may_hold_many_records(tmp_path: Path, concepts: ConceptIndex) -> None:
    one = "<lom><general><title>One</title></general></lom>"
    records, run = read(tmp_path, concepts, a=f"<lomCollection>{one}{one.replace('One', 'Two')}</lomCollection>")
    assert [dict(record.lesson.title) for record in records if record.lesson] == [{"und": "One"}, {"und": "Two"}]
    assert run.complete


def test_kept_answers_of_repositories_are_read_with_their_deletions(tmp_path: Path, concepts: ConceptIndex) -> None:
    text = (
        '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords><record><header><identifier>oai:x:1'
        f"</identifier></header><metadata>{WHOLE}</metadata></record><record><header status='deleted'><identifier>"
        "oai:x:2</identifier></header></record><record><header><identifier>oai:x:3</identifier></header><metadata>"
        "<dc/></metadata></record></ListRecords></OAI-PMH>"
    )
    records, _ = read(tmp_path, concepts, a=text)
    assert records[0].lesson
    assert records[0].lesson.identifier == "oai:x:1"
    assert records[1].deleted == "oai:x:2"
    assert "record oai:x:3 holds no LOM" in (records[2].cause or "")


def test_a_record_without_a_title_is_refused_but_known(tmp_path: Path, concepts: ConceptIndex) -> None:
    text = "<lom>\n<general><identifier><entry>7</entry></identifier></general></lom>"
    (record,), run = read(tmp_path, concepts, a=text)
    assert (record.identifier, record.field, record.file, record.number) == ("7", "general.title", "a.xml", 1)
    assert (record.cause or "").startswith("is missing")
    assert run.complete


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("<lom>\n<general></lom>", 2, "is no well-formed XML: "),
        ("<lom/>\n<lom/>", 2, "is no well-formed XML: Extra content"),
        ("", 1, "is no "),
        ("<EntityDescriptor/>", 1, "has no LOM record in it; its root is <EntityDescriptor>"),
    ],
)
def test_what_cannot_be_read_is_refused(
    tmp_path: Path, concepts: ConceptIndex, text: str, line: int, reason: str
) -> None:
    records, _ = read(tmp_path, concepts, a=text, b=WHOLE)
    assert (records[0].file, records[0].number) == ("a.xml", line)
    assert (records[0].cause or "").startswith(reason)
    assert records[1].lesson


DANGERS = {
    "billion laughs": "<!DOCTYPE lom [<!ENTITY a 'ha'>"
    + "".join(f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>" for n in range(12))
    + "]><lom><general><title>&m;</title></general></lom>",
    "quadratic": f"<!DOCTYPE lom [<!ENTITY a '{'x' * 100_000}'>]><lom><title>{'&a;' * 10_000}</title></lom>",
    "in attributes": f"<!DOCTYPE lom [<!ENTITY a '{'x' * 100_000}'>]><lom x='{'&a;' * 10_000}'/>",
    "external file": "<!DOCTYPE lom [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><lom><title>&a;</title></lom>",
    "parameter": "<!DOCTYPE lom [<!ENTITY % a SYSTEM 'file:///etc/passwd'> %a;]><lom/>",
}


@pytest.mark.parametrize("text", DANGERS.values(), ids=DANGERS.keys())
def test_entities_are_refused_and_never_expanded(tmp_path: Path, concepts: ConceptIndex, text: str) -> None:
    (record,), _ = read(tmp_path, concepts, a=text)
    assert record.lesson is None
    assert "root:" not in f"{record.raw}{record.cause}"


def test_an_external_dtd_is_not_fetched(tmp_path: Path, concepts: ConceptIndex) -> None:
    (tmp_path / "evil.dtd").write_text("<!ENTITY a 'from the DTD'>", encoding="utf-8")
    text = f"<!DOCTYPE lom SYSTEM '{(tmp_path / 'evil.dtd').as_uri()}'><lom><general><title>T</title></general></lom>"
    assert lesson(tmp_path, concepts, text).title == {"und": "T"}


@pytest.mark.parametrize("depth", [200, 100_000])
def test_depth_does_not_matter(tmp_path: Path, concepts: ConceptIndex, depth: int) -> None:
    (record,), _ = read(tmp_path, concepts, a=f"<lom>{'<a>' * depth}{'</a>' * depth}</lom>")
    assert record.cause


def test_a_folder_without_xml_is_refused(tmp_path: Path, concepts: ConceptIndex) -> None:
    with pytest.raises(ImportSourceError, match="no \\*\\.xml file"):
        read(tmp_path, concepts)


@pytest.mark.parametrize(
    ("card", "name"),
    [
        ("Mari Tamm", "Mari Tamm"),
        ("BEGIN:VCARD\nN:Tamm;Mari;;;\nEND:VCARD", "Mari Tamm"),
        ("BEGIN:VCARD VERSION:4.0 FN:Mari Tamm URL:https://x.example/ END:VCARD", "Mari Tamm"),
        ("BEGIN:VCARD\nFN;CHARSET=UTF-8:Tamm\\, Mari\nEND:VCARD", "Tamm, Mari"),
        ("BEGIN:VCARD\nFN:\nORG:Kool;Osakond\nEND:VCARD", "Kool, Osakond"),
        ("BEGIN:VCARD END:VCARD", None),
        ("", None),
    ],
)
def test_names_are_read_from_cards(card: str, name: str | None) -> None:
    assert person(card) == name


@given(st.text())
def test_no_card_raises(card: str) -> None:
    person(f"BEGIN:VCARD {card}")


@given(
    st.binary()
    | st.text().map(lambda text: f"<lom><general><title>{text}</title></general></lom>".encode(errors="replace"))
)
def test_no_bytes_raise_but_as_no_xml(content: bytes) -> None:
    with contextlib.suppress(DocumentError):
        parse_xml(content)


def test_real_records_are_read_or_refused_with_a_reason(shared: Path, concepts: ConceptIndex) -> None:
    run = Run(str(shared / "corpus" / "metadata_samples" / "e-koolikott-oaipmh"), concepts)
    records = list(LomAdapter().records(run))
    assert sum(record.lesson is not None for record in records) == 5
    assert [(record.file, record.number, record.cause) for record in records if record.cause] == [
        ("parseNullTitle.xml", 16, "is missing, and a lesson needs a title"),
        ("reos_metadata.xml", 1, "has no LOM record in it; its root is <EntityDescriptor>"),
    ]
