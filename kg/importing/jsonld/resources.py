"""Which nodes of a document describe a learning resource, and which only surround one."""

from __future__ import annotations

import json
from collections import deque
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.importing.jsonld.nodes import Node

__all__ = ["find_resources", "is_resource", "reason_for_none"]

_RESOURCES: Final = frozenset({"learningresource", "course", "quiz", "syllabus", "creativework", "trainingmaterial"})
_OTHERS: Final = frozenset(
    {
        *("action", "searchaction", "offer", "product", "event", "review", "rating", "aggregaterating"),
        *("alignmentobject", "audience", "educationalaudience", "concept", "definedterm", "definedtermset"),
        *("organization", "educationalorganization", "collegeoruniversity", "localbusiness", "person", "contactpoint"),
        *("place", "country", "postaladdress", "monetaryamount", "propertyvalue", "thing", "imageobject"),
        *("breadcrumblist", "listitem", "sitenavigationelement", "website", "courseinstance"),
        *("educationaloccupationalcredential",),
    }
)
_EDUCATIONAL: Final = frozenset(
    {
        *("educationalAlignment", "educationalLevel", "educationalUse", "learningResourceType", "typicalAgeRange"),
        *("teaches", "assesses", "competencyRequired", "interactivityType"),
    }
)
"""Properties that say that a work is for learning. Not ``timeRequired``: blogs give their reading time."""

_HOLDERS: Final = ("mainEntity", "@graph", "itemListElement", "item", "mainEntityOfPage", "dataFeedElement")


def is_resource(node: Node) -> bool:
    """Tell whether the node describes a learning resource: by its class, or by what is said of it."""
    types = {name.lower() for name in node.types}
    if types & _RESOURCES:
        return True
    return not types & _OTHERS and bool(_EDUCATIONAL & set(node.values))


def find_resources(nodes: Iterable[Node]) -> Iterator[Node]:
    """Yield each learning resource once: at the top, in a graph or list, or as the main entity of a page.

    What a resource itself holds (its parts, what it is based on) belongs to it and is not yielded.
    """
    seen: set[int] = set()
    known: set[str] = set()
    waiting = deque(nodes)
    while waiting:
        node = waiting.popleft()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if is_resource(node):
            # Pages repeat the same description in several scripts.
            said = json.dumps(node.raw, sort_keys=True)
            if said not in known:
                known.add(said)
                yield node
        else:
            waiting += list(node.nodes(*_HOLDERS))


def reason_for_none(nodes: list[Node]) -> str:
    """Say, to the owner of the document, why there is no learning resource in it."""
    if any("$schema" in node.raw for node in nodes):
        return "is a JSON Schema, which says how records look, and no record"
    types = sorted({name for node in nodes for name in node.types})
    if types:
        return f"describes no learning resource, only {', '.join(types[:8])}"
    return (
        "does not say what it describes: there is no @type such as LearningResource" if nodes else "describes nothing"
    )
