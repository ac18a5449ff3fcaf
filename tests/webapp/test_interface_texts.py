"""Every text of a page comes from a catalogue: with one that marks each text, nothing unmarked is left but data."""

from __future__ import annotations

from gettext import NullTranslations
from typing import TYPE_CHECKING

import pytest
from lxml import html

from kg.exporting.report import formats_and_effects
from kg.exporting.rules import Effect
from kg.harvesting.catalogue import SERVICES
from kg.harvesting.dump_formats import DUMP_FORMATS
from kg.sparql.formats import GRAPH_FORMATS, TABLE_FORMATS
from ontology.questions import AUDIENCES
from webapp import dumps, exports
from webapp.audiences import audience_name

if TYPE_CHECKING:
    from flask.testing import FlaskClient

TABLE = "/sparql?query=SELECT%20%3Fx%20%3Fy%20%7B%20VALUES%20(%3Fx%20%3Fy)%20%7B%20(1%202)%20(3%204)%20%7D%20%7D"
GRAPH = "/sparql?query=CONSTRUCT%20%7B%20%3Ca%3E%20%3Cb%3E%20%3Cc%3E%20%7D%20WHERE%20%7B%7D"
PAGES = {
    "the form": "/sparql",
    "a table": TABLE,
    "a graph": GRAPH,
    "a truth value": "/sparql?query=ASK%20%7B%7D",
    "an error": "/sparql?query=SELEC",
    "the examples": "/sparql/examples",
    "the ontology": "/ontology",
    "the exports": "/exports",
    "the dumps": "/dumps/",
}
DATA = (
    "ancestor-or-self::*[self::code or self::pre or self::kbd or self::textarea or self::td or self::dd]"
    " | ancestor::table[@class='results']"
    " | ancestor-or-self::*[@lang][1][not(self::html)]"  # data, or English and marked so
)
NAMES = {"SPARQL", "OpenAPI", "CC BY 4.0", "DCAT-AP 3", "VoID", "Python", "R", "curl"}
NAMES |= {row.label for row, _ in formats_and_effects()}
NAMES |= {form.label for form in (*TABLE_FORMATS, *GRAPH_FORMATS)}


class Marked(NullTranslations):
    """Marks each text."""

    def ugettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    def ungettext(self, one: str, many: str, count: int) -> str:
        return f"⟦{one if count == 1 else many}⟧"


@pytest.mark.parametrize("address", PAGES.values(), ids=PAGES)
def test_no_text_is_left_untranslated(client: FlaskClient, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setattr("webapp.interface_language._translations", lambda _language: Marked())
    page = html.fromstring(client.get(f"/et{address}", headers={"Accept": "text/html"}).get_data(as_text=True))
    (main,) = page.xpath("//main")
    left, depth = [], 0
    for node in main.xpath(".//text()"):
        before = depth
        depth += node.count("⟦") - node.count("⟧")
        parent = node.getparent() if node.is_text else node.getparent().getparent()
        if not before and "⟦" not in node and any(map(str.isalpha, node)) and not parent.xpath(DATA):
            left.append(node.strip(" ().,\n"))
    assert set(left) <= NAMES
    attributes = main.xpath(".//@aria-label | .//@alt | .//@title | .//@placeholder")
    assert [text for text in attributes if "⟦" not in text and not text.startswith("xsd:")] == []


def test_every_audience_has_a_name() -> None:
    assert len({audience_name(audience) for audience in AUDIENCES}) == len(AUDIENCES)


def test_what_the_catalogue_and_the_report_say_is_known_to_the_catalogues() -> None:
    said = {text for service in SERVICES for text in (service.title, service.purpose)}
    said |= {form.holds for form in DUMP_FORMATS.values()}
    assert said == set(dumps.SHOWN_TEXTS)
    assert {effect.value for effect in Effect} == set(exports.SHOWN_TEXTS)
