"""Markdown reads as the scenario does, whatever its text holds, and its front matter has the facts."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import yaml
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from kg.exporting.markdown import escaped, markdown_document
from tests.kg.exporting.world import FULL, HOSTILE, ID_BASE, PAGE, source_of


class _Text(HTMLParser):
    """The text of the elements of one kind."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, str]] = []
        self._open: list[str] = []

    def handle_starttag(self, tag: str, _attrs: object) -> None:
        if tag != "br":
            self._open.append(tag)
            self.elements.append((tag, ""))

    def handle_endtag(self, _tag: str) -> None:
        self._open.pop()

    def handle_data(self, data: str) -> None:
        if self._open:
            tag, text = self.elements[-1]
            self.elements[-1] = (tag, text + data)


def split(document: str) -> tuple[dict[str, object], list[tuple[str, str]]]:
    """The front matter, and the elements of the text."""
    _, facts, text = re.split(r"(?m)^---$", document, maxsplit=2)
    reader = _Text()
    reader.feed(MarkdownIt("commonmark").enable("table").render(text))
    return yaml.safe_load(facts), reader.elements


def test_it_reads_as_the_scenario_does() -> None:
    facts, elements = split(markdown_document(source_of(FULL), PAGE))
    assert facts["id"] == f"{ID_BASE}scenario/full"
    assert facts["teaches"] == f"{ID_BASE}competence/digcomp22-1.2"
    assert facts["dataKind"] == f"{ID_BASE}data-kind/adapted"
    assert facts["minutes"] == 4321
    assert facts["datePublished"] == "2026-03-04"
    assert facts["alignment"] == [
        {
            "competence": f"{ID_BASE}competence/digcomp22-2.3",
            "alignmentSource": f"{ID_BASE}alignment-source/machine",
            "proficiencyLevel": f"{ID_BASE}proficiency/digcomp22-4",
            "confidence": "0.8125",
        }
    ]
    assert elements[0] == ("h1", "Pealkiri üks")
    headings = [text for tag, text in elements if tag == "h2"]
    assert headings[1:3] == ["Õpiväljund", "Tegevus"]  # headings are in the language of the text
    assert ("h3", "1. Tegevuse nimi") in elements
    assert ("p", "Tegevuse kirjeldus") in elements


def test_hostile_text_stays_text() -> None:
    hostile = {**FULL, "name": {"et": HOSTILE}, "assessment": {"et": HOSTILE}, "creditText": HOSTILE}
    facts, elements = split(markdown_document(source_of(hostile)))
    assert facts["creditText"] == HOSTILE
    assert elements[0][0] == "h1"
    assert "".join(elements[0][1].split()) == "".join(HOSTILE.split())
    assert not {tag for tag, _ in elements} & {"script", "img", "table"}


def test_front_matter_cannot_be_ended_by_a_text() -> None:
    facts, elements = split(markdown_document(source_of({**FULL, "creditText": "a\n---\nb: c"})))
    assert facts["creditText"] == "a\n---\nb: c"
    assert elements[0][0] == "h1"


LINES = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=60)


@given(st.lists(LINES, min_size=1, max_size=4))
def test_an_escaped_text_is_shown_as_it_is(lines: list[str]) -> None:
    text = "\n".join(lines)
    reader = _Text()
    reader.feed(MarkdownIt("commonmark").enable("table").render(escaped(text)))
    assert {tag for tag, _ in reader.elements} <= {"p"}
    assert "".join("".join(t for _, t in reader.elements).split()) == "".join(text.split())


@given(st.lists(st.sampled_from(list("#*_`[]()<>&|~-+=.1234567890) \t\\!:>\na"))).map("".join))
def test_no_markup_comes_of_a_text(text: str) -> None:
    reader = _Text()
    reader.feed(MarkdownIt("commonmark").enable("table").render(escaped(text)))
    assert {tag for tag, _ in reader.elements} <= {"p"}
    assert "".join("".join(t for _, t in reader.elements).split()) == "".join(text.split())
