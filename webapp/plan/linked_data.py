"""A plan as JSON-LD: a schema.org item list of scenarios, under the context that all documents here share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from kg.terms import is_iri
from ontology.language import choose
from webapp.languages import reader_languages, served
from webapp.plan.asked import plan_address

if TYPE_CHECKING:
    from webapp.plan.contents import Contents, Member

__all__ = ["plan_document"]


def plan_document(contents: Contents) -> dict[str, Any]:
    """Return the plan as a document; its address is its identifier.

    ``teaches`` are the competences that its scenarios state, ``minutes`` the time that they take. What cannot be had
    stands in the list by its IRI alone, so that nothing is lost.
    """
    plan = contents.plan
    document: dict[str, Any] = {
        "@context": served().release.manifest["base_iri"] + "context/v1.jsonld",
        "id": plan_address(plan, absolute=True),
        "type": ["schema:Course", "schema:ItemList"],
    }
    if plan.name:
        document["name"] = {reader_languages()[0]: plan.name}
    cards = [member.card for member in contents.here]
    document |= {
        "teaches": sorted({iri for card in cards for iri in card["competences"]}),
        "about": sorted({iri for card in cards for iri in card["subjects"]}),
        "minutes": contents.minutes,
        "schema:numberOfItems": len(contents.members),
        "schema:itemListOrder": {"id": "schema:ItemListOrderAscending"},
        "schema:itemListElement": [_item(at, member) for at, member in enumerate(contents.members, 1)],
    }
    return document


def _item(position: int, member: Member) -> dict[str, Any]:
    # What is in the address of a plan need not make an IRI.
    item: dict[str, Any] = {"id": member.iri if is_iri(member.iri) else quote(member.iri, safe="/:%")}
    if card := member.card:
        title, language = choose(card["names"], (card["language"], *reader_languages())) or ("", "und")
        item |= {"type": "LearningScenario", "name": {language: title}}
        if card["minutes"]:
            item["minutes"] = card["minutes"]
        if card["licence"]:
            item["license"] = card["licence"]
    return {"type": "schema:ListItem", "position": position, "schema:item": item}
