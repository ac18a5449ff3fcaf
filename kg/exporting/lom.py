"""IEEE LOM 1.0 as XML, with our extensions (valid against lomLoose.xsd) or without (lomStrict.xsd).

Texts come in all their languages. What LOM has no element for stands in a classification without a purpose where it
is a concept, and in elements of ihub's own namespace where it is not; without extensions the latter are left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from lxml import etree

from kg.exporting.lom_elements import (
    LOM,
    add,
    category,
    classification,
    identifier,
    strings,
    taxon_path,
    term,
    vcard,
)
from kg.exporting.lom_extensions import extended
from kg.exporting.rules import Rule, apply
from ontology.namespaces import IHUB

if TYPE_CHECKING:
    from lxml.etree import _Element

    from kg.exporting.source import Source

__all__ = ["EXTENDED_RULES", "STRICT_RULES", "lom_element", "lom_xml"]

_XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
_NAMESPACES: Final[dict[Any, str]] = {None: LOM, "xsi": _XSI}  # the stubs know of no default namespace
_SCHEMAS: Final = "http://ltsc.ieee.org/xsd/lomv1.0"
_PURPOSES: Final = {
    "about": "discipline",
    "crossCurricularTheme": "idea",
    "educationalLevel": "educational level",
    "nationalGrade": "educational level",
    "teaches": "competency",
    "competencyRequired": "prerequisite",
}
_STATUSES: Final = {"reviewed": "final", "withdrawn": "unavailable"}
_ROLES: Final = {"teacher": "teacher", "student": "learner", "schoolLeader": "manager"}
_KINDS: Final = {
    "assessment": "exam",
    "exercise": "exercise",
    "experimentGuide": "experiment",
    "presentation": "slide",
    "simulation": "simulation",
    "text": "narrative text",
}
_LRE_KINDS: Final = {
    "application": "application",
    "assessment": "assessment",
    "audio": "audio",
    "caseStudy": "case study",
    "course": "course",
    "educationalGame": "educational game",
    "image": "image",
    "lessonPlan": "lesson plan",
    "presentation": "presentation",
    "project": "project",
    "simulation": "simulation",
    "video": "video",
    "website": "web page",
}
_CONTEXTS: Final = {"isced-4": "training"} | {f"isced-{level}": "higher education" for level in range(5, 9)}
_LICENCE_TAG: Final = "x-t-cc-url"  # as the Learning Resource Exchange marks the address of a licence


def lom_element(source: Source, page: str | None = None, *, extensions: bool = True) -> _Element:
    """Return the ``lom`` element of a scenario.

    Args:
        source: The scenario.
        page: Address of the page about it.
        extensions: Whether it may hold what only lomLoose.xsd allows.
    """
    lom = etree.Element(f"{{{LOM}}}lom", nsmap=_NAMESPACES | ({"ihub": IHUB} if extensions else {}))
    schema = "lomLoose.xsd" if extensions else "lomStrict.xsd"
    lom.set(f"{{{_XSI}}}schemaLocation", f"{LOM} {_SCHEMAS}/{schema}")
    general = category(lom, "general")
    identifier(general, source.iri)
    for name in ("lifeCycle", "metaMetadata", "technical", "educational", "rights"):
        category(lom, name)
    apply(EXTENDED_RULES if extensions else STRICT_RULES, source, lom)
    add(category(lom, "metaMetadata"), "metadataSchema", "LOMv1.0")
    technical = category(lom, "technical")
    add(technical, "format", "text/html")
    if page:
        add(technical, "location", page)
    for empty in [element for element in lom if element.tag.startswith(f"{{{LOM}}}") and len(element) == 0]:
        lom.remove(empty)
    return lom


def lom_xml(source: Source, page: str | None = None, *, extensions: bool = True) -> bytes:
    """Return the LOM record of a scenario as an XML document in UTF-8; see :func:`lom_element`."""
    element = lom_element(source, page, extensions=extensions)
    return etree.tostring(element, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _slug(iri: str) -> str:
    return iri.rsplit("/", 1)[-1]


def _text(key: str, place: str, name: str) -> Rule[_Element]:
    def write(source: Source, lom: _Element) -> None:
        strings(category(lom, place), name, source.first_texts(key))

    return Rule(key, f"{place}/{name}", write)


def _told(key: str) -> Rule[_Element]:
    """A text that LOM has no element for: as a remark on the use, headed by the field's name."""

    def write(source: Source, lom: _Element) -> None:
        names = source.graph.labels(IHUB + key)
        texts = {tag: f"{names.get(tag, key).capitalize()}: {text}" for tag, text in source.first_texts(key).items()}
        strings(category(lom, "educational"), "description", texts)

    return Rule(key, "educational/description", write, "a remark on the use, headed by the field's name")


def _keywords(source: Source, lom: _Element) -> None:
    for tag, words in source.texts("keywords").items():
        for word in words:
            strings(category(lom, "general"), "keyword", {tag: word})


def _languages(source: Source, lom: _Element) -> None:
    for tag in source.values("inLanguage"):
        add(category(lom, "general"), "language", tag)


def _licence(source: Source, lom: _Element) -> None:
    _rights(lom, _LICENCE_TAG, source.value("license") or "")


def _credit(source: Source, lom: _Element) -> None:
    _rights(lom, source.languages[0] if source.languages else "und", source.value("creditText") or "")


def _rights(lom: _Element, tag: str, text: str) -> None:
    rights = category(lom, "rights")
    description = rights.find(f"{{{LOM}}}description")
    if description is None:
        term(rights, "cost", "no")
        term(rights, "copyrightAndOtherRestrictions", "yes")
        strings(rights, "description", {tag: text})
    else:
        string = add(description, "string", text)
        string.set("language", tag)


def _agents(key: str, role: str, date_key: str = "") -> Rule[_Element]:
    def write(source: Source, lom: _Element) -> None:
        contribute = add(category(lom, "lifeCycle"), "contribute")
        term(contribute, "role", role)
        for iri in source.iris(key):
            add(contribute, "entity", vcard(source.graph.label(iri, source.languages)[0], iri))
        if date_key and (date := source.value(date_key)):
            add(add(contribute, "date"), "dateTime", date)

    return Rule(key, f"lifeCycle/contribute ({role})", write, "one language of the name, in a vCard")


def _date(key: str, role: str, unless: str = "") -> Rule[_Element]:
    """A date stands with who did it, and by itself where nobody is named."""

    def write(source: Source, lom: _Element) -> None:
        if not (unless and source.value(unless)):
            contribute = add(category(lom, "lifeCycle"), "contribute")
            term(contribute, "role", role)
            add(add(contribute, "date"), "dateTime", source.value(key))

    return Rule(key, f"lifeCycle/contribute ({role})/date", write)


def _status(source: Source, lom: _Element) -> None:
    term(category(lom, "lifeCycle"), "status", _STATUSES.get(_slug(source.value("reviewStatus") or ""), "draft"))


def _concepts(key: str) -> Rule[_Element]:
    """Concepts as taxons, each below those that it is a kind of; the vocabulary is their source."""

    def write(source: Source, lom: _Element) -> None:
        for concept in source.concepts(key):
            element = classification(lom, _PURPOSES.get(key))
            scheme = source.scheme(concept.iri)
            names = scheme.labels if scheme else source.graph.labels(IHUB + key) or {"en": key}
            path = [source.concept(iri) for iri in reversed(source.ancestors(concept.iri))]
            taxon_path(element, names, path)

    purpose = _PURPOSES.get(key, f"of {key}, without a purpose")
    return Rule(key, f"classification ({purpose})", write)


def _resource_types(source: Source, lom: _Element) -> None:
    for iri in source.iris("learningResourceType"):
        if kind := _KINDS.get(_slug(iri)):
            term(category(lom, "educational"), "learningResourceType", kind)


def _lre_kinds(source: Source, lom: _Element) -> None:
    for iri in source.iris("learningResourceType"):
        if kind := _LRE_KINDS.get(_slug(iri)):
            term(category(lom, "educational"), "learningResourceType", kind, "LREv3.0")


def _tools(source: Source, lom: _Element) -> None:
    names: dict[str, list[str]] = {}
    for concept in source.concepts("tool"):
        for tag, name in concept.labels.items():
            names.setdefault(tag, []).append(name)
    texts = {tag: ", ".join(found) for tag, found in names.items()}
    strings(category(lom, "technical"), "otherPlatformRequirements", texts)


def _audiences(source: Source, lom: _Element) -> None:
    for role in dict.fromkeys(_ROLES.get(_slug(iri)) for iri in source.iris("audience")):
        if role:
            term(category(lom, "educational"), "intendedEndUserRole", role)


def _levels(source: Source, lom: _Element) -> None:
    for context in dict.fromkeys(_CONTEXTS.get(_slug(iri), "school") for iri in source.iris("educationalLevel")):
        term(category(lom, "educational"), "context", context)
    _concepts("educationalLevel").write(source, lom)


def _interactivity(source: Source, lom: _Element) -> None:
    term(category(lom, "educational"), "interactivityType", _slug(source.iris("interactivityType")[0]))


def _min_age(source: Source, lom: _Element) -> None:
    ages = f"{source.value('minAge')}-{source.value('maxAge') or ''}"
    strings(category(lom, "educational"), "typicalAgeRange", {"x-none": ages})


def _max_age(source: Source, lom: _Element) -> None:
    if source.value("minAge") is None:
        strings(category(lom, "educational"), "typicalAgeRange", {"x-none": f"-{source.value('maxAge')}"})


def _minutes(source: Source, lom: _Element) -> None:
    time = add(category(lom, "educational"), "typicalLearningTime")
    add(time, "duration", f"PT{source.value('minutes')}M")


def _outcomes(source: Source, lom: _Element) -> None:
    for part in source.parts("learningOutcome"):
        texts = part.first_texts("name") | part.first_texts("description")
        strings(classification(lom, "educational objective"), "description", texts)


def _activities(source: Source, lom: _Element) -> None:
    for number, part in enumerate(source.parts("activity"), start=1):
        names, told = part.first_texts("name"), part.first_texts("description")
        minutes = f" ({part.value('minutes')} min)" if part.value("minutes") else ""
        texts = {
            tag: f"{part.value('position') or number}. {names.get(tag, '')}{minutes}: {told.get(tag, '')}"
            for tag in {**names, **told}
        }
        strings(category(lom, "educational"), "description", texts)


def _materials(source: Source, lom: _Element) -> None:
    for part in source.parts("material"):
        relation = _relation(lom, "haspart", part.value("url") or part.iri)
        strings(relation, "description", part.first_texts("name"))


def _related(key: str, kind: str, note: str = "") -> Rule[_Element]:
    def write(source: Source, lom: _Element) -> None:
        for iri in source.iris(key):
            resource = _relation(lom, kind, iri)
            if labels := source.graph.labels(iri):
                strings(resource, "description", labels)

    return Rule(key, f"relation ({kind})", write, note)


def _relation(lom: _Element, kind: str, entry: str) -> _Element:
    relation = add(lom, "relation")
    term(relation, "kind", kind)
    resource = add(relation, "resource")
    identifier(resource, entry)
    return resource


def _accessibility(key: str) -> Rule[_Element]:
    def write(source: Source, lom: _Element) -> None:
        element = classification(lom, "accessibility restrictions")
        strings(element, "description", {"en": key})
        for value in source.values(key):
            strings(element, "keyword", {"x-none": value})

    return Rule(key, "classification (accessibility restrictions)", write)


def _identifier(source: Source, lom: _Element) -> None:
    identifier(category(lom, "general"), source.value("identifier") or "", "source")


def _place(source: Source, lom: _Element) -> None:
    add(category(lom, "technical"), "location", source.value("url"))


def _no_rule_of_its_own(_source: Source, _out: Any) -> None:
    """Written by the rule of the whole part."""


_COMMON: Final[tuple[Rule[_Element], ...]] = (
    _text("name", "general", "title"),
    Rule("inLanguage", "general/language", _languages),
    _text("description", "general", "description"),
    Rule("keywords", "general/keyword", _keywords),
    Rule("identifier", "general/identifier", _identifier),
    _text("version", "lifeCycle", "version"),
    Rule("reviewStatus", "lifeCycle/status", _status, "one of LOM's own states"),
    _agents("creator", "author"),
    _agents("publisher", "publisher", "datePublished"),
    _agents("contributor", "unknown"),
    _date("datePublished", "publisher", unless="publisher"),
    _date("dateModified", "editor"),
    Rule("url", "technical/location", _place),
    Rule("interactivityType", "educational/interactivityType", _interactivity),
    Rule("learningResourceType", "educational/learningResourceType", _resource_types, "only kinds on LOM's own list"),
    Rule("audience", "educational/intendedEndUserRole", _audiences, "only roles on LOM's own list"),
    Rule("educationalLevel", "educational/context, classification", _levels),
    Rule("minAge", "educational/typicalAgeRange", _min_age),
    Rule("maxAge", "educational/typicalAgeRange", _max_age),
    Rule("minutes", "educational/typicalLearningTime", _minutes),
    *(_told(key) for key in ("abstract", "product", "assessment", "adaptation", "adaptationNote")),
    Rule("license", f"rights/description ({_LICENCE_TAG})", _licence),
    Rule("creditText", "rights/description", _credit),
    _related("isBasedOn", "isbasedon"),
    _related("translationOfWork", "isversionof", "one kind of relation for both kinds of works"),
    _related("exampleOfWork", "isversionof", "one kind of relation for both kinds of works"),
    _related("hasPart", "haspart"),
    _related("isPartOf", "ispartof"),
    _related("source", "isformatof"),
    *(_concepts(key) for key in ("about", "crossCurricularTheme", "nationalGrade", "teaches")),
    *(_concepts(key) for key in ("competencyRequired", "dataKind")),
    Rule("tool", "technical/otherPlatformRequirements", _tools, "by name"),
    *(_accessibility(key) for key in ("accessibilityFeature", "accessibilityHazard")),
)
_OUTCOME: Final = (
    Rule("name", "classification/description", _no_rule_of_its_own, "unless there is a description in the language"),
    Rule("description", "classification/description", _no_rule_of_its_own),
)
_MATERIAL: Final = (
    Rule("name", "relation/resource/description", _no_rule_of_its_own),
    Rule("url", "relation/resource/identifier", _no_rule_of_its_own),
)
_TOLD_ACTIVITY: Final = tuple(
    Rule(key, "educational/description", _no_rule_of_its_own, "within a sentence")
    for key in ("position", "name", "description", "minutes")
)

STRICT_RULES: Final[tuple[Rule[_Element], ...]] = (
    *_COMMON,
    Rule("learningOutcome", "classification (educational objective)", _outcomes, "without a name of its own", _OUTCOME),
    Rule("material", "relation (haspart)", _materials, "name and address only", _MATERIAL),
    Rule("activity", "educational/description", _activities, "a remark on the use, as text", _TOLD_ACTIVITY),
)
"""How LOM says each field by its own means; what has no rule here is not in the record."""

EXTENDED_RULES: Final[tuple[Rule[_Element], ...]] = tuple(extended(STRICT_RULES, {"learningResourceType": _lre_kinds}))
"""The same, with elements of ihub's own namespace for what LOM changes or has no place for."""
