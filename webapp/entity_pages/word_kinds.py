"""The kinds of the small vocabularies in which scenarios are described: how a class is organised, kinds of data, ..."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from webapp.entity_pages.kind import SAME, Kind
from webapp.interface_language import message

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["WORD_KINDS"]

_RANK = (message("Place in the order"), "ihub:rank")

WORD_KINDS: Final[Mapping[str, Kind]] = {
    "language": Kind(sections=(SAME,), scenarios="language"),
    "grouping": Kind(scenarios="organisation"),
    "learning-type": Kind(scenarios="learning_type"),
    "co-authorship": Kind(facts=(_RANK,), scenarios="co_authorship"),
    "resource-type": Kind(sections=(SAME,)),
    "audience": Kind(sections=(SAME,)),
    "interactivity": Kind(sections=(SAME,)),
    "access": Kind(
        sections=((message("Tools with this access"), "^schema:conditionsOfAccess of ihub:DigitalTool"), SAME)
    ),
    "data-kind": Kind(
        sections=((message("Collections of this kind"), "^ihub:dataKind of ihub:Collection"),), scenarios="kind"
    ),
    "review-status": Kind(),
    "completeness": Kind(facts=(_RANK,)),
    "alignment-source": Kind(),
    "scheme": Kind(
        facts=(
            (message("Framework"), "foaf:primaryTopic"),
            (message("Version"), "owl:versionInfo"),
            (message("Licence"), "dcterms:license"),
            (message("Languages drafted by a program"), "ihub:machineDraftedLanguage"),
        ),
        sections=((message("Its main concepts"), "skos:hasTopConcept"),),
    ),
}
"""Rows by the path segment of :data:`ontology.entity_types.ENTITY_TYPES`."""
