"""axe finds nothing on any type of page, in both colour schemes and at two widths, and nothing sticks out sideways."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
import requests

from ontology.entity_types import ENTITY_TYPES
from tests.browser.axe import violations

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.long]

WIDTHS: Final = (360, 1280)
SCHEMES: Final = ("light", "dark")
PLAN: Final = "s=viljandi-castle-minecraft-et&s=jabberwocky-field-guide-suffixes&s=there-is-none"
GOAL: Final = "competence=digcomp22-1&competence=digcomp22-2&level=isced-2&lessons=8&name=%E1%83%92"
PLACES: Final = (
    "/",
    "/search",
    "/fi/search?q=l%C3%A4hdekritiikki&minutes_max=45",
    "/search?q=robot+45+min+grade+7&devices=none",
    "/search?view=table&q=water",
    "/search?q=zzzzqqqq&subject=music&minutes_max=1&level=upper-secondary",
    "/sparql",
    "/sparql?query=SELECT+%3Fs+%3Fp+%3Fo+%7B%3Fs+%3Fp+%3Fo%7D+LIMIT+5",
    "/sparql/examples",
    "/ontology",
    "/exports",
    "/dumps/",
    "/doc/scenario/there-is-none",
    "/ka/",
    "/fi/doc/scenario/viljandi-castle-minecraft-et",
    "/competences",
    "/monitoring",
    "/monitoring/plots",
    "/monitoring?indicator=active-schools&by=hub",
    "/subjects",
    "/hubs",
    "/schools",
    "/practices",
    "/collections",
    "/coverage",
    "/fi/coverage?rows=subject&columns=language&suggested=1",
    "/coverage?rows=level&columns=collection&language=ka",
    "/charts",
    "/graph",
    "/fi/graph?about=competence/digcomp22-1.1",
    "/plan",
    f"/plan?{PLAN}&find=water",
    f"/ka/plan?{PLAN}&{GOAL}",
    "/about/data",
    "/about/privacy",
    "/about/accessibility",
    "/help",
)
"""Addresses of pages that are no documents about an entity."""

TYPED: Final = "PREFIX : <> SELECT (SAMPLE(?one) AS ?entity) { ?one a <%s> FILTER(CONTAINS(STR(?one), '/id/')) }"


def addresses(site: str) -> list[str]:
    """Return the places, and a document of each kind of entity that is there."""
    found = list(PLACES)
    for row in ENTITY_TYPES.values():
        answer = requests.get(
            f"{site}/sparql",
            {"query": TYPED % row.class_iri},
            headers={"Accept": "application/sparql-results+json"},
            timeout=60,
        ).json()
        entities = [binding["entity"]["value"] for binding in answer["results"]["bindings"] if "entity" in binding]
        found += ["/doc/" + iri.partition("/id/")[2].partition("#")[0] for iri in entities]
    return found


def test_every_page_type_in_both_schemes_and_widths(browser: Browser, shipped_address: str) -> None:
    complaints = []
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text) if "Content Security" in message.text else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    looked = addresses(shipped_address)
    for place in looked:
        page.goto(shipped_address + place)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            for scheme in SCHEMES:
                page.emulate_media(color_scheme=scheme)
                complaints += [f"{place} {width} {scheme}: {found}" for found in violations(page)]
            if page.evaluate("document.documentElement.scrollWidth") > width:
                complaints.append(f"{place} {width}: something sticks out sideways")
    context.close()
    assert not complaints, "\n".join(complaints)
    assert len(looked) > len(PLACES) + 10
