"""schema.org LearningResource as search engines and the Bioschemas TrainingMaterial profile read it.

https://schema.org/LearningResource, https://bioschemas.org/profiles/TrainingMaterial/1.0-RELEASE
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kg.exporting.rules import Rule, apply
from ontology.language import choose
from ontology.namespaces import PREFIXES

if TYPE_CHECKING:
    from kg.exporting.source import Source

__all__ = ["PROFILE", "RULES", "learning_resource"]

Out = dict[str, Any]

PROFILE: Final = "https://bioschemas.org/profiles/TrainingMaterial/1.0-RELEASE"
"""The Bioschemas profile that a full description conforms to."""

_IN_SCHEME: Final = PREFIXES["skos"] + "inScheme"
_CONFORMS: Final = "http://purl.org/dc/terms/conformsTo"
_MINIMUM: Final = ("description", "keywords", "name")


def learning_resource(source: Source, page: str | None = None) -> Out:
    """Return the description of a scenario; its texts are in the scenario's own language.

    Args:
        source: The scenario.
        page: Address of the page about it.
    """
    out: Out = {"@context": "https://schema.org/", "@type": "LearningResource", "@id": source.iri}
    apply(RULES, source, out)
    out.setdefault("keywords", _words(source))
    out["isAccessibleForFree"] = True
    if page:
        out["mainEntityOfPage"] = page
        out.setdefault("url", page)
    if all(out.get(name) for name in _MINIMUM):
        out[_CONFORMS] = {"@type": "CreativeWork", "@id": PROFILE}
    return {key: value for key, value in out.items() if value not in (None, [], "")}


def _words(source: Source) -> list[str]:
    """Return the names of what it is about and teaches, for a scenario without keywords: the profile asks for some."""
    concepts = [*source.iris("about"), *source.iris("teaches")]
    return list(dict.fromkeys(source.graph.label(iri, source.languages)[0] for iri in concepts))


def _text(key: str) -> Rule[Out]:
    return Rule(key, key, lambda source, out: out.update({key: source.text(key)}), "one language: that of the text")


def _value(key: str, target: str = "") -> Rule[Out]:
    return Rule(key, target or key, lambda source, out: out.update({target or key: source.value(key)}))


def _list(key: str) -> Rule[Out]:
    return Rule(key, key, lambda source, out: out.update({key: source.values(key)}))


def _keywords(source: Source, out: Out) -> None:
    found = source.texts("keywords")
    chosen = choose({tag: tag for tag in found}, source.languages)
    out["keywords"] = found[chosen[1]] if chosen else []


def _name(source: Source, iri: str) -> str:
    return source.graph.label(iri, source.languages)[0]


def _term(source: Source, iri: str) -> Out:
    node: Out = {"@type": "DefinedTerm", "@id": iri, "name": _name(source, iri)}
    scheme = source.graph.iri(iri, _IN_SCHEME)
    return node | ({"inDefinedTermSet": scheme} if scheme else {})


def _terms(key: str, target: str = "", note: str = "") -> Rule[Out]:
    def write(source: Source, out: Out) -> None:
        out.setdefault(target or key, []).extend(_term(source, iri) for iri in source.iris(key))

    return Rule(key, target or key, write, note)


def _levels(source: Source, out: Out) -> None:
    """One level stands by itself, as Bioschemas asks."""
    found = [_term(source, iri) for iri in source.iris("educationalLevel")]
    out["educationalLevel"] = found[0] if len(found) == 1 else found


def _grades(source: Source, out: Out) -> None:
    for iri in source.iris("nationalGrade"):
        _align(source, iri, "educationalLevel", out)


def _align(source: Source, iri: str, kind: str, out: Out) -> None:
    name = _name(source, iri)
    node = {"@type": "AlignmentObject", "alignmentType": kind, "targetUrl": iri, "targetName": name}
    out.setdefault("educationalAlignment", []).append(node)


def _outcomes(source: Source, out: Out) -> None:
    for part in source.parts("learningOutcome"):
        if text := part.text("description") or part.text("name"):
            out.setdefault("teaches", []).append({"@type": "DefinedTerm", "@id": part.iri, "name": text})


def _agents(key: str, *targets: str) -> Rule[Out]:
    def write(source: Source, out: Out) -> None:
        found = [_agent(source, iri) for iri in source.iris(key)]
        out.update({target: found[0] if len(found) == 1 else found for target in targets})

    return Rule(key, ", ".join(targets), write, "one language of the name")


def _agent(source: Source, iri: str) -> Out:
    kind = "Person" if "/contributor/" in iri else "Organization"
    return {"@type": kind, "@id": iri, "name": _name(source, iri)}


def _audiences(source: Source, out: Out) -> None:
    roles = [(iri, _name(source, iri)) for iri in source.iris("audience")]
    out["audience"] = [
        {"@type": "EducationalAudience", "@id": iri, "educationalRole": role, "audienceType": role}
        for iri, role in roles
    ]


def _works(key: str, target: str = "") -> Rule[Out]:
    def write(source: Source, out: Out) -> None:
        out.setdefault(target or key, []).extend(_work(source, iri) for iri in source.iris(key))

    return Rule(key, target or key, write)


def _work(source: Source, iri: str) -> Out:
    name = {"name": _name(source, iri)} if source.graph.labels(iri) else {}
    return {"@type": "CreativeWork", "@id": iri, **name}


def _parts(key: str, kind: str, rules: tuple[Rule[Out], ...], note: str) -> Rule[Out]:
    def write(source: Source, out: Out) -> None:
        for part in source.parts(key):
            node: Out = {"@type": kind, "@id": part.iri}
            apply(rules, part, node)
            out.setdefault("hasPart", []).append(node)

    return Rule(key, "hasPart", write, note, rules)


def _number(key: str) -> Rule[Out]:
    return Rule(key, key, lambda source, out: out.update({key: int(source.value(key) or 0)}))


def _minutes(source: Source, out: Out) -> None:
    out["timeRequired"] = f"PT{source.value('minutes')}M"


def _ages(source: Source, out: Out) -> None:
    out["typicalAgeRange"] = f"{source.value('minAge') or ''}-{source.value('maxAge') or ''}"


def _additional_type(source: Source, out: Out) -> None:
    kind = source.iris("dataKind")[0]
    out["additionalType"] = kind
    out["disambiguatingDescription"] = _name(source, kind)


_ACTIVITY: Final[tuple[Rule[Out], ...]] = (
    _number("position"),
    _text("name"),
    _text("description"),
    Rule("minutes", "timeRequired", _minutes),
)
_MATERIAL: Final[tuple[Rule[Out], ...]] = (_text("name"), _text("description"), _value("url"), _value("license"))

RULES: Final[tuple[Rule[Out], ...]] = (
    _text("name"),
    _text("alternateName"),
    _text("description"),
    _text("abstract"),
    Rule("keywords", "keywords", _keywords, "one language: that of the text"),
    _list("inLanguage"),
    _value("license"),
    _agents("creator", "author", "creator"),
    _agents("publisher", "publisher"),
    _agents("contributor", "contributor"),
    _value("creditText"),
    _value("datePublished"),
    _value("dateModified"),
    _value("version"),
    _terms("learningResourceType"),
    Rule("audience", "audience", _audiences),
    _terms("about"),
    _terms("crossCurricularTheme", "about", "among the subjects"),
    Rule("educationalLevel", "educationalLevel", _levels),
    Rule("nationalGrade", "educationalAlignment", _grades, "an AlignmentObject"),
    Rule("minAge", "typicalAgeRange", _ages),
    Rule("maxAge", "typicalAgeRange", _ages),
    _terms("teaches"),
    _terms("assesses"),
    _terms("competencyRequired"),
    Rule(
        "learningOutcome",
        "teaches",
        _outcomes,
        "among the competences",
        (
            Rule("name", "teaches.name", lambda _source, _out: None, "the name, unless there is a description"),
            Rule("description", "teaches.name", lambda _source, _out: None, "one language: that of the text"),
        ),
    ),
    Rule("minutes", "timeRequired", _minutes),
    _parts("activity", "LearningResource", _ACTIVITY, "a part, without its organisation, tools and outcomes"),
    _parts("material", "CreativeWork", _MATERIAL, "a part"),
    Rule(
        "interactivityType",
        "interactivityType",
        lambda source, out: out.update(interactivityType=_name(source, source.iris("interactivityType")[0])),
        "its name",
    ),
    Rule(
        "conditionsOfAccess",
        "conditionsOfAccess",
        lambda source, out: out.update(conditionsOfAccess=_name(source, source.iris("conditionsOfAccess")[0])),
        "its name",
    ),
    _list("accessibilityFeature"),
    _list("accessibilityHazard"),
    _works("isBasedOn"),
    _works("translationOfWork"),
    _works("exampleOfWork"),
    _works("hasPart"),
    _works("isPartOf"),
    _works("collection", "isPartOf"),
    Rule("dataKind", "additionalType, disambiguatingDescription", _additional_type),
    Rule(
        "reviewStatus",
        "creativeWorkStatus",
        lambda source, out: out.update(creativeWorkStatus=_term(source, source.iris("reviewStatus")[0])),
    ),
    _value("url"),
    _value("source", "sameAs"),
    _value("identifier"),
)
"""How schema.org says each field; what has no rule here is not in the page."""
