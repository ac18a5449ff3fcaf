"""AMB: the DINI-AG-KIM profile of schema.org and LRMI for learning resources, as JSON-LD (https://w3id.org/kim/amb/).

The profile has one default language for its texts and takes subjects, levels, kinds and licences from lists of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from kg.exporting.rules import Rule, apply
from ontology.language import choose
from ontology.namespaces import IHUB

if TYPE_CHECKING:
    from kg.exporting.source import Concept, Source

__all__ = ["RULES", "amb_document"]

Out = dict[str, Any]

_CONTEXT: Final = "https://w3id.org/kim/amb/context.jsonld"
_OWN_TERMS: Final = {
    name: {"@id": IHUB + name, "@type": "@id"} for name in ("dataKind", "reviewStatus", "completeness")
}
_SUBJECTS: Final = "http://w3id.org/kim/schulfaecher/"
_LEVELS: Final = "https://w3id.org/kim/educationalLevel/"
_KINDS: Final = "https://w3id.org/kim/hcrt/"
_DIGCOMP: Final = "https://w3id.org/kim/digcomp/"
_LRMI: Final = "http://purl.org/dcx/lrmi-vocabs/"
_ACCESS: Final = "http://w3id.org/kim/conditionsOfAccess/"
_LICENCES: Final = (
    *(
        f"{scheme}://creativecommons.org/{kind}/"
        for scheme in ("http", "https")
        for kind in ("licenses", "publicdomain")
    ),
    *(f"{scheme}://www.gnu.org/licenses/" for scheme in ("http", "https")),
    *(f"{scheme}://www.apache.org/licenses/" for scheme in ("http", "https")),
    *(f"{scheme}://opensource.org/licenses/MIT" for scheme in ("http", "https")),
)
_RETIRED: Final = frozenset({"bh", "in", "iw", "ji", "jw", "mo", "sh"})  # two letters, but no longer of ISO 639-1


def amb_document(source: Source, page: str | None = None, text: str | None = None) -> Out:
    """Return the AMB description of a scenario.

    Args:
        source: The scenario.
        page: Address of the page about it.
        text: Address of its text as Markdown.
    """
    language = _language(source)
    out: Out = {
        "@context": [_CONTEXT, {"@language": language}, _OWN_TERMS],
        "id": _uri(source.iri),
        "type": ["LearningResource"],
    }
    if language not in {tag.split("-")[0].lower() for tag in source.languages}:
        # AMB knows languages of two letters only; the texts keep their own tag.
        out["@context"].append(
            {key: {"@language": source.languages[0]} for key in ("name", "description", "abstract", "text", "keywords")}
        )
    apply(RULES, source, out)
    out["isAccessibleForFree"] = True
    if page:
        out.setdefault("mainEntityOfPage", []).insert(0, {"id": _uri(page), "type": "WebContent"})
    if text:
        out["encoding"] = [{"type": "MediaObject", "contentUrl": _uri(text), "encodingFormat": "text/markdown"}]
    return out


def _language(source: Source) -> str:
    return next((two for tag in source.languages if (two := _two_letters(tag))), "en")


def _two_letters(tag: str) -> str | None:
    primary = tag.lower().split("-")[0]
    return primary if len(primary) == 2 and primary not in _RETIRED else None


def _labels(texts: dict[str, str]) -> dict[str, str]:
    """Return labels under tags that the profile's localised strings allow."""
    found: dict[str, str] = {}
    for tag, text in sorted(texts.items()):
        if two := _two_letters(tag):
            found.setdefault(two, text)
    return found


def _uri(iri: str) -> str:
    """Return an IRI as a URI: the profile asks for that."""
    return quote(iri, safe="%!$&'()*+,/:;=@~?#[]")


def _concept(concept: Concept) -> Out:
    labels = _labels(concept.labels)
    return {"type": "Concept", "id": _uri(concept.iri)} | ({"prefLabel": labels} if labels else {})


def _text(key: str, note: str = "one language: that of the text") -> Rule[Out]:
    return Rule(key, key, lambda source, out: out.update({key: source.text(key)}), note)


def _value(key: str) -> Rule[Out]:
    return Rule(key, key, lambda source, out: out.update({key: source.value(key)}))


def _keywords(source: Source, out: Out) -> None:
    found = source.texts("keywords")
    chosen = choose({tag: tag for tag in found}, source.languages)
    out["keywords"] = found[chosen[1]] if chosen else []


def _languages(source: Source, out: Out) -> None:
    if found := list(dict.fromkeys(two for tag in source.languages if (two := _two_letters(tag)))):
        out["inLanguage"] = found


def _licence(source: Source, out: Out) -> None:
    licence = source.value("license") or ""
    if licence.startswith(_LICENCES):
        out["license"] = {"id": _uri(licence)}
    else:
        out["usageInfo"] = _uri(licence)


def _agents(key: str) -> Rule[Out]:
    def write(source: Source, out: Out) -> None:
        out[key] = [_agent(source, iri) for iri in source.iris(key)]

    return Rule(key, key, write, "one language of the name")


def _agent(source: Source, iri: str) -> Out:
    kind = "Person" if "/contributor/" in iri else "Organization"
    return {"type": kind, "id": _uri(iri), "name": source.graph.label(iri, source.languages)[0]}


def _resource_types(source: Source, out: Out) -> None:
    found = [
        match for iri in source.iris("learningResourceType") for match in source.matches(iri, _KINDS, upwards=True)
    ]
    if found:
        out["learningResourceType"] = [
            _concept(c) for c in _distinct([*found, *source.concepts("learningResourceType")])
        ]


def _subjects(source: Source, out: Out) -> None:
    matches = {iri: source.matches(iri, _SUBJECTS, upwards=True) for iri in source.iris("about")}
    theirs = [match for found in matches.values() for match in found]
    if theirs:
        own = source.concepts("about")
        out["about"] = [_concept(c) for c in _distinct([*theirs, *own])] + out.get("about", [])
    else:
        for concept in source.concepts("about"):
            _align(source, concept, "educationalSubject", out)


def _themes(source: Source, out: Out) -> None:
    for concept in source.concepts("crossCurricularTheme"):
        _align(source, concept, "educationalSubject", out)


def _levels(source: Source, out: Out) -> None:
    found = [m for iri in source.iris("educationalLevel") for m in source.matches(iri, _LEVELS, upwards=True)]
    if found:
        out["educationalLevel"] = [_concept(concept) for concept in _distinct(found)]
    for concept in source.concepts("educationalLevel"):
        if not source.matches(concept.iri, _LEVELS):
            _align(source, concept, "educationalLevel", out)


def _grades(source: Source, out: Out) -> None:
    for concept in source.concepts("nationalGrade"):
        _align(source, concept, "educationalLevel", out)


def _align(source: Source, concept: Concept, kind: str, out: Out) -> None:
    """Say what the profile's own lists have no place for as schema.org does (AlignmentObject)."""
    name = source.graph.label(concept.iri, source.languages)[0]
    node = {"type": "AlignmentObject", "alignmentType": kind, "targetUrl": _uri(concept.iri), "targetName": name}
    out.setdefault("educationalAlignment", []).append(node)


def _competences(key: str) -> Rule[Out]:
    def write(source: Source, out: Out) -> None:
        concepts = [c for own in source.concepts(key) for c in (own, *source.matches(own.iri, _DIGCOMP))]
        out[key] = [_concept(concept) for concept in _distinct(concepts)] + out.get(key, [])

    return Rule(key, key, write)


def _outcomes(source: Source, out: Out) -> None:
    for part in source.parts("learningOutcome"):
        texts = {tag: found[0] for key in ("name", "description") for tag, found in part.texts(key).items()}
        if labels := _labels(texts):
            out.setdefault("teaches", []).append({"id": _uri(part.iri), "prefLabel": labels})


def _mapped(key: str, prefix: str, *, single: bool = False) -> Rule[Out]:
    def write(source: Source, out: Out) -> None:
        found = [match for c in source.concepts(key) for match in (source.matches(c.iri, prefix) or [c])]
        if single:
            ours = [concept for concept in found if concept.iri.startswith(prefix)]
            out.update({key: _concept(ours[0])} if ours else {})
        else:
            out[key] = [_concept(concept) for concept in found]

    return Rule(key, key, write)


def _ages(source: Source, out: Out) -> None:
    low, high = source.value("minAge"), source.value("maxAge")
    out["typicalAgeRange"] = f"{low or ''}-{high or ''}"


def _works(key: str) -> Rule[Out]:
    def write(source: Source, out: Out) -> None:
        out.setdefault(key, []).extend(_work(source, iri) for iri in source.iris(key))

    return Rule(key, key, write)


def _work(source: Source, iri: str) -> Out:
    labels = source.graph.labels(iri)
    name = {"name": source.graph.label(iri, source.languages)[0]} if labels else {}
    return {"id": _uri(iri), "type": ["LearningResource"], **name}


def _parts(key: str, kind: str, rules: tuple[Rule[Out], ...], note: str) -> Rule[Out]:
    def write(source: Source, out: Out) -> None:
        for part in source.parts(key):
            node: Out = {"id": _uri(part.iri), "type": list(dict.fromkeys([kind, "LearningResource"]))}
            apply(rules, part, node)
            out.setdefault("hasPart", []).append(node)

    return Rule(key, "hasPart", write, note, rules)


def _minutes(source: Source, out: Out) -> None:
    out["timeRequired"] = f"PT{source.value('minutes')}M"


def _own(key: str) -> Rule[Out]:
    return Rule(key, key, lambda source, out: out.update({key: {**_concept(source.concepts(key)[0])}}))


def _number(key: str) -> Rule[Out]:
    return Rule(key, key, lambda source, out: out.update({key: int(source.value(key) or 0)}))


def _page(source: Source, out: Out) -> None:
    pages = [{"id": _uri(iri), "type": "WebContent"} for iri in source.iris("source")]
    out.setdefault("mainEntityOfPage", []).extend(pages)


def _distinct(concepts: list[Concept]) -> list[Concept]:
    return list({concept.iri: concept for concept in concepts}.values())


_ACTIVITY: Final[tuple[Rule[Out], ...]] = (
    _number("position"),
    _text("name"),
    _text("description"),
    Rule("minutes", "timeRequired", _minutes),
)
_MATERIAL: Final[tuple[Rule[Out], ...]] = (
    _text("name"),
    _text("description"),
    Rule("url", "url", lambda source, out: out.update({"url": _uri(source.value("url") or "")})),
    Rule("license", "license", _licence, "a licence that AMB does not list stands in usageInfo"),
)

RULES: Final[tuple[Rule[Out], ...]] = (
    _text("name"),
    _text("alternateName"),
    _text("description"),
    _text("abstract"),
    _text("text"),
    Rule("keywords", "keywords", _keywords, "one language: that of the text"),
    Rule("inLanguage", "inLanguage", _languages, "languages with a code of two letters, without region"),
    Rule("license", "license", _licence, "a licence that AMB does not list stands in usageInfo"),
    _agents("creator"),
    _agents("publisher"),
    _agents("contributor"),
    _value("creditText"),
    _value("datePublished"),
    _value("dateModified"),
    _value("version"),
    Rule("learningResourceType", "learningResourceType", _resource_types),
    _mapped("audience", _LRMI),
    Rule(
        "about",
        "about, educationalAlignment",
        _subjects,
        "with schulfaecher beside it; an alignment where there is none",
    ),
    Rule("crossCurricularTheme", "educationalAlignment", _themes, "an AlignmentObject"),
    Rule(
        "educationalLevel",
        "educationalLevel",
        _levels,
        "KIM's levels; levels 34 and 35 are an alignment beside level 3",
    ),
    Rule("nationalGrade", "educationalAlignment", _grades, "an AlignmentObject"),
    Rule("minAge", "typicalAgeRange", _ages),
    Rule("maxAge", "typicalAgeRange", _ages),
    _competences("teaches"),
    _competences("assesses"),
    _competences("competencyRequired"),
    Rule(
        "learningOutcome",
        "teaches",
        _outcomes,
        "among the competences",
        (
            Rule("name", "teaches.prefLabel", lambda _source, _out: None, "the label, unless there is a description"),
            Rule("description", "teaches.prefLabel", lambda _source, _out: None, "the label"),
        ),
    ),
    Rule("minutes", "timeRequired", _minutes),
    _parts("activity", "LearningResource", _ACTIVITY, "a part, without its organisation, tools and outcomes"),
    _parts("material", "WebContent", _MATERIAL, "a part"),
    _mapped("interactivityType", _LRMI, single=True),
    _mapped("conditionsOfAccess", _ACCESS, single=True),
    Rule(
        "accessibilityFeature",
        "accessibilityFeature",
        lambda s, o: o.update(accessibilityFeature=s.values("accessibilityFeature")),
    ),
    Rule(
        "accessibilityHazard",
        "accessibilityHazard",
        lambda s, o: o.update(accessibilityHazard=s.values("accessibilityHazard")),
    ),
    _works("isBasedOn"),
    _works("translationOfWork"),
    _works("exampleOfWork"),
    _works("hasPart"),
    _works("isPartOf"),
    _own("dataKind"),
    _own("reviewStatus"),
    _own("completeness"),
    Rule("url", "url", lambda source, out: out.update(url=_uri(source.value("url") or ""))),
    Rule("source", "mainEntityOfPage", _page),
    _value("identifier"),
)
"""How AMB says each field; what has no rule here is not in the file."""
