"""Scenarios as Markdown (CommonMark): facts in front matter under the keys of documents, the text as one reads it.

Headings are the ontology's own labels, so they are in the language of the scenario where the ontology has it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import yaml

from kg.exporting.rules import MODEL_FIELDS, Rule, apply
from ontology.namespaces import IHUB, SCHEMA

if TYPE_CHECKING:
    from kg.exporting.source import Source

__all__ = ["RULES", "escaped", "markdown_document"]

_MARKUP: Final = re.compile(r"([\\`*_\[\]<>&~|$])")
_LINE_START: Final = re.compile(r"(?m)^([ \t]*)(?:([#+=:-])|(\d{1,9})([.)]))")
_INDENT: Final = re.compile(r"(?m)^[ \t]+|[ \t]+$")
_BLANK_LINES: Final = re.compile(r"\n\s*\n")
_CONTROL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f\x85\u2028\u2029]")


@dataclass
class _Page:
    """What is being written: facts for the front matter, and the text."""

    facts: dict[str, Any] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)

    def paragraph(self, text: str) -> None:
        self.lines += [text, ""]


Out = _Page


def markdown_document(source: Source, page: str | None = None) -> str:
    """Return a scenario as a Markdown document.

    Args:
        source: The scenario.
        page: Address of the page about it.
    """
    out = _Page({"id": source.iri, "type": "LearningScenario"})
    apply(RULES, source, out)
    imprint = [
        _line(source.value("creditText") or ""),
        *(f"<{link}>" for link in (source.value("license"), page) if link),
    ]
    out.paragraph(" · ".join(part for part in imprint if part))
    facts = yaml.safe_dump(out.facts, allow_unicode=True, sort_keys=False, width=10**6)
    return f"---\n{facts}---\n\n" + "\n".join(out.lines).rstrip() + "\n"


def escaped(text: str) -> str:
    r"""Return ``text`` so that Markdown shows it as it is: no character of it is markup.

    >>> escaped("1. *not* <b>")
    '1\\. \\*not\\* \\<b\\>'
    """
    # Indentation would make code of it, and control characters have no place in a text file.
    plain = _INDENT.sub("", _CONTROL.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n")))
    marked = _MARKUP.sub(r"\\\1", plain)
    return _LINE_START.sub(lambda m: f"{m[1]}\\{m[2]}" if m[2] else f"{m[1]}{m[3]}\\{m[4]}", marked)


def _paragraphs(text: str) -> str:
    """Return a text of several paragraphs; a line break within one stays one."""
    return "\n\n".join(escaped(part).replace("\n", "\\\n") for part in _BLANK_LINES.split(text.strip()))


def _line(text: str) -> str:
    return escaped(" ".join(text.split()))


def _name(source: Source, iri: str) -> str:
    return _line(source.graph.label(iri, source.whole.languages)[0])


def _heading(source: Source, key: str, namespace: str = IHUB) -> str:
    name = _name(source, namespace + key)
    return name[:1].upper() + name[1:]


def _fact(key: str) -> Rule[Out]:
    """A field of the front matter, with its key and values as in a document."""

    def write(source: Source, out: Out) -> None:
        values: list[Any] = [_plain(value) for value in source.values(key)]
        out.facts[key] = values[0] if len(values) == 1 else values

    return Rule(key, f"front matter: {key}", write)


def _plain(value: str) -> Any:
    return {"true": True, "false": False}.get(value, int(value) if re.fullmatch(r"0|[1-9]\d{0,9}", value) else value)


def _alignments(source: Source, out: Out) -> None:
    keys = MODEL_FIELDS["alignment"]
    out.facts["alignment"] = [
        {key: part.value(key) for key in keys if part.value(key)} for part in source.parts("alignment")
    ]


def _text_fact(key: str) -> Rule[Out]:
    return Rule(key, f"front matter: {key}", lambda source, out: out.facts.update({key: source.texts(key)}))


def _literal(key: str) -> Rule[Out]:
    """A field of the front matter whose values stay text even where they look like numbers."""

    def write(source: Source, out: Out) -> None:
        values = source.values(key)
        out.facts[key] = values[0] if len(values) == 1 else values

    return Rule(key, f"front matter: {key}", write)


def _title(source: Source, out: Out) -> None:
    out.paragraph(f"# {_line(source.text('name') or '')}")


def _kind(source: Source, out: Out) -> None:
    out.facts["dataKind"] = source.value("dataKind")
    if not (source.value("dataKind") or "").endswith("/original"):
        out.paragraph(f"*{_name(source, source.value('dataKind') or '')}*")


def _told(key: str, *, headed: bool = True, namespace: str = IHUB) -> Rule[Out]:
    def write(source: Source, out: Out) -> None:
        if headed:
            out.paragraph(f"## {_heading(source, key, namespace)}")
        out.paragraph(_paragraphs(source.text(key) or ""))

    return Rule(key, "a section" if headed else "the text below the title", write, "one language: that of the text")


def _outcomes(source: Source, out: Out) -> None:
    out.paragraph(f"## {_heading(source, 'learningOutcome')}")
    texts = [part.text("description") or part.text("name") or "" for part in source.parts("learningOutcome")]
    out.paragraph("\n".join(f"{number}. {_line(text)}" for number, text in enumerate(texts, start=1)))


def _activities(source: Source, out: Out) -> None:
    out.paragraph(f"## {_heading(source, 'activity')}")
    for number, part in enumerate(source.parts("activity"), start=1):
        out.paragraph(f"### {part.value('position') or number}. {_line(part.text('name') or '')}")
        minutes = [f"{part.value('minutes')} min"] if part.value("minutes") else []
        keys = ("grouping", "learningType", "coAuthorship", "tool", "display")
        facts = minutes + [_name(source, iri) for key in keys for iri in part.iris(key)]
        if facts:
            out.paragraph("*" + " · ".join(facts) + "*")
        if text := part.text("description"):
            out.paragraph(_paragraphs(text))


def _materials(source: Source, out: Out) -> None:
    out.paragraph(f"## {_heading(source, 'material')}")
    for part in source.parts("material"):
        told = [_line(part.text("name") or ""), _line(part.text("description") or "")]
        links = [f"<{address}>" for key in ("url", "license") if (address := part.value(key))]
        out.lines.append("- " + " · ".join([text for text in told if text] + links))
    out.lines.append("")


def _whole(_source: Source, _out: Out) -> None:
    """Written by the rule of the whole part."""


_ALIGNMENT: Final = tuple(Rule(key, "front matter: alignment", _whole) for key in MODEL_FIELDS["alignment"])
_OUTCOME: Final = tuple(
    Rule(key, "the item", _whole, "one language: that of the text") for key in ("name", "description")
)
_ACTIVITY: Final = (
    Rule("position", "the heading", _whole, "in the heading"),
    Rule("name", "the heading", _whole, "one language: that of the text"),
    Rule("description", "the section", _whole, "one language: that of the text"),
    Rule("minutes", "the line below the heading", _whole, "in the line below the heading"),
    *(
        Rule(key, "the line below the heading", _whole, "by name")
        for key in ("grouping", "learningType", "coAuthorship", "tool", "display")
    ),
)
_MATERIAL: Final = (
    *(Rule(key, "the item", _whole, "one language: that of the text") for key in ("name", "description")),
    *(Rule(key, "the item", _whole, "as a link") for key in ("url", "license")),
)

RULES: Final[tuple[Rule[Out], ...]] = (
    Rule("name", "the title", _title, "one language: that of the text"),
    Rule("dataKind", "front matter: dataKind, the line below the title", _kind),
    _told("description", headed=False),
    _text_fact("alternateName"),
    _text_fact("keywords"),
    *(_literal(key) for key in ("inLanguage", "license", "creator", "publisher", "contributor", "creditText")),
    *(_literal(key) for key in ("datePublished", "dateModified", "version", "learningResourceType", "audience")),
    *(_literal(key) for key in ("about", "crossCurricularTheme", "educationalLevel", "nationalGrade")),
    *(_fact(key) for key in ("minAge", "maxAge")),
    *(_literal(key) for key in ("teaches", "assesses", "competencyRequired")),
    Rule("alignment", "front matter: alignment", _alignments, "", _ALIGNMENT),
    *(_fact(key) for key in ("minutes", "preparationMinutes", "minStudents", "maxStudents", "needsPupilDevices")),
    *(_literal(key) for key in ("tool", "interactivityType", "conditionsOfAccess")),
    *(_literal(key) for key in ("accessibilityFeature", "accessibilityHazard", "isBasedOn", "translationOfWork")),
    *(_literal(key) for key in ("exampleOfWork", "hasPart", "isPartOf", "hub", "school", "project", "practice")),
    *(_literal(key) for key in ("collection", "reviewStatus", "completeness")),
    *(_fact(key) for key in ("machineTranslated", "languageDetected")),
    *(_literal(key) for key in ("url", "source", "sourceLocation", "identifier", "retrieved", "adapter", "recordHash")),
    *(_literal(key) for key in ("sameWorkCandidate", "withdrawnOn", "wasRevisionOf")),
    _told("abstract", namespace=SCHEMA),
    Rule("learningOutcome", "a section", _outcomes, "one language, without the links from activities", _OUTCOME),
    Rule("activity", "a section each", _activities, "one language; lists by name, without outcomes", _ACTIVITY),
    _told("product"),
    _told("assessment"),
    _told("adaptation"),
    _told("adaptationNote"),
    Rule("material", "a section", _materials, "one language", _MATERIAL),
    _told("text", namespace=SCHEMA),
)
"""How Markdown says each field; what has no rule here is not in the file."""
