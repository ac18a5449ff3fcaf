"""Scenarios as schema.org LearningResource, embedded in their pages."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from webapp.languages import label

if TYPE_CHECKING:
    from kg.scenario import Scenario

__all__ = ["learning_resource"]


def learning_resource(scenario: Scenario) -> str:
    """Return the JSON-LD of a scenario, safe to stand inside a script element."""
    language = scenario.language
    node: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "LearningResource",
        "@id": scenario.iri,
        "name": scenario.names.get(language) or next(iter(scenario.names.values()), None),
        "description": scenario.descriptions.get(language) or next(iter(scenario.descriptions.values()), None),
        "inLanguage": scenario.languages,
        "license": scenario.licence,
        "creditText": scenario.credit,
        "identifier": scenario.identifier,
        "about": [{"@type": "DefinedTerm", "@id": iri, "name": label(iri)[0]} for iri in scenario.subjects],
        "educationalLevel": [{"@type": "DefinedTerm", "@id": iri, "name": label(iri)[0]} for iri in scenario.levels],
        "teaches": [{"@type": "DefinedTerm", "@id": iri, "name": label(iri)[0]} for iri in scenario.competences],
        "timeRequired": f"PT{scenario.minutes}M" if scenario.minutes else None,
        "keywords": sorted({word for words in scenario.keywords.values() for word in words}),
    }
    stated = {key: value for key, value in node.items() if value not in (None, [], "")}
    # A title may hold "</script>"; no < may stand in a script element as it is.
    return json.dumps(stated, ensure_ascii=False).replace("<", "\\u003c").replace("\u2028", "\\u2028")
