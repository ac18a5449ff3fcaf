"""A researcher's way through the SPARQL page in a real headless Chromium: type, complete, run, look, share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

import webapp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

FOCUSED = """(() => {
  const element = document.activeElement.shadowRoot?.activeElement ?? document.activeElement;
  return element.getAttribute('aria-label') ?? element.textContent;
})()"""
ROWS = "SELECT ?what ?n { VALUES (?what ?n) { ('one' 1) ('two' 2) } }"


class Visit:
    """A page with what the browser complained of, other hosts that it asked included."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address
        self.complaints: list[str] = []
        page.on("console", lambda message: self._note(message.type, message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self._ask(request.url))

    def _note(self, kind: str, text: str) -> None:
        # That a request was answered with 400 is what a mistake in a query is answered with.
        if kind in {"error", "warning"} and "status of 400" not in text:
            self.complaints.append(text)

    def _ask(self, url: str) -> None:
        if not url.startswith((self.address, "data:", "blob:")):
            self.complaints.append(url)

    def open(self, query: str | None = None) -> None:
        self.page.goto(f"{self.address}/sparql" + (f"?{urlencode({'query': query})}" if query else ""))

    def write(self, text: str) -> None:
        """Replace the query; brackets are not typed, so that they are not closed by themselves."""
        editor = self.page.get_by_role("textbox", name="SPARQL query")
        editor.click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(text)

    def query(self) -> str:
        value: str = self.page.evaluate("document.getElementById('query').value")
        return value


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Visit]:
    if not (Path(webapp.__file__).parent / "static" / "built" / "query.js").is_file():
        pytest.skip("needs the built editor (make editor)")
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en")
    visit = Visit(context.new_page(), address)
    visit.page.set_default_timeout(10_000)
    yield visit
    context.close()
    assert visit.complaints == []


def test_a_query_is_typed_completed_and_run(visit: Visit) -> None:
    visit.open()
    visit.write("SELECT ?s WHERE { ?s a ")
    visit.page.keyboard.type("learning s", delay=20)
    visit.page.get_by_role("option", name="Learning scenario · ihub:LearningScenario").wait_for()
    visit.page.wait_for_timeout(150)  # the list takes no key in its first moments, lest a fast typist be surprised
    visit.page.keyboard.press("Enter")
    assert "a ihub:LearningScenario" in visit.query()
    visit.page.keyboard.insert_text(" }")
    visit.page.keyboard.press("Control+Enter")
    table = visit.page.get_by_role("table")
    table.wait_for()
    assert table.get_by_role("columnheader").all_inner_texts() == ["s"]
    assert table.get_by_role("link").count() >= 1
    assert "query=SELECT" in visit.page.url


def test_the_label_of_a_concept_inserts_its_iri(visit: Visit) -> None:
    visit.open()
    visit.write("SELECT ?s { ?s schema:about ")
    visit.page.keyboard.type("<mathem", delay=20)
    visit.page.get_by_role("option", name="Mathematics").first.wait_for()
    visit.page.wait_for_timeout(150)
    visit.page.keyboard.press("Enter")
    assert visit.query().endswith("/id/subject/mathematics>")


def test_a_mistake_is_marked_where_the_server_found_it(visit: Visit) -> None:
    visit.open()
    visit.write("SELECT ?s\nWHERE {\n  ?s ?p '🧭' . FILER(?s = 1)\n}")
    visit.page.keyboard.press("Control+Enter")
    visit.page.get_by_role("alert").wait_for()
    mark = visit.page.locator(".cm-lintRange-error")
    assert mark.inner_text() == "FILER"
    assert "line 3" in visit.page.get_by_role("alert").inner_text()
    editor = visit.page.get_by_role("textbox", name="SPARQL query")
    assert editor.get_attribute("aria-invalid") == "true"
    visit.write(ROWS)
    visit.page.keyboard.press("Control+Enter")
    visit.page.get_by_role("table").wait_for()
    assert mark.count() == 0
    assert editor.get_attribute("aria-invalid") is None


def test_the_permanent_link_and_the_chart(visit: Visit) -> None:
    visit.open(ROWS)
    visit.page.locator("summary", has_text="Chart").click()
    assert visit.page.locator("#chart").get_by_role("rowheader").all_inner_texts() == ["one", "two"]
    visit.page.get_by_role("link", name="Permanent link").click()
    assert visit.query().strip() == ROWS
    assert visit.page.locator("table.results tbody tr").count() == 2


def test_going_back_leads_to_the_query_before(visit: Visit) -> None:
    visit.open(ROWS)
    visit.write("ASK {}")
    visit.page.keyboard.press("Control+Enter")
    visit.page.get_by_text("Yes", exact=True).wait_for()
    visit.page.go_back()
    visit.page.locator("table.results").wait_for()
    assert visit.query().strip() == ROWS


def test_the_keyboard_is_enough_and_is_not_trapped(visit: Visit) -> None:
    visit.open(ROWS)
    visit.page.get_by_role("button", name="Show its query").focus()
    for _ in range(3):
        visit.page.keyboard.press("Tab")
    assert visit.page.evaluate(FOCUSED) == "SPARQL query"
    visit.page.keyboard.press("Control+Enter")
    visit.page.get_by_role("status").filter(has_text="2 rows").wait_for()
    assert visit.page.evaluate(FOCUSED) == "SPARQL query", "running leaves the cursor where it was"
    visit.page.keyboard.press("Tab")
    assert visit.page.evaluate(FOCUSED) == "Run"
    visit.page.keyboard.press("Shift+Tab")
    assert visit.page.evaluate(FOCUSED) == "SPARQL query"


def test_a_running_query_can_be_stopped(visit: Visit) -> None:
    visit.open()
    visit.write("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")
    visit.page.keyboard.press("Control+Enter")
    visit.page.get_by_role("button", name="Stop").click()
    visit.page.get_by_role("status").filter(has_text="Stopped.").wait_for()
    assert visit.page.get_by_role("button", name="Stop").count() == 0


def test_a_query_too_long_for_an_address_runs_all_the_same(visit: Visit) -> None:
    visit.open()
    visit.write("SELECT ?x { VALUES ?x { " + " ".join(map(str, range(2000))) + " } }")
    visit.page.keyboard.press("Control+Enter")
    visit.page.get_by_text("2,000 rows, the first 1,000 shown").first.wait_for()
    assert "query=" not in visit.page.url


@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_sticks_out_sideways(visit: Visit, width: int) -> None:
    visit.page.set_viewport_size({"width": width, "height": 800})
    visit.open(ROWS)
    for summary in visit.page.locator("summary").all():
        summary.click()
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= width


def test_without_javascript_a_form_gives_the_table(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/sparql")
    page.get_by_role("textbox", name="Query").fill(ROWS)
    page.get_by_role("button", name="Run", exact=True).click()
    assert page.locator("table.results tbody tr").count() == 2
    page.get_by_role("textbox", name="Query").fill(ROWS + "}")
    page.get_by_role("button", name="Run a long query").click()
    assert page.get_by_role("alert").count() == 1
    context.close()
