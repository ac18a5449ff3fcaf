"""The essential journeys in a browser that runs no scripts: links and forms of the server's pages do all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.visits import number_in, visit

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.long]


def test_searching_narrowing_and_opening_need_no_scripts(browser: Browser, shipped_address: str) -> None:
    with visit(browser, shipped_address, width=360, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{shipped_address}/ka/")
        page.get_by_role("search").get_by_role("searchbox").fill("კოლხური თეთრი 60 წუთი")
        page.get_by_role("search").get_by_role("button").click()
        page.wait_for_url("**/ka/search?*")
        before = number_in(page.locator("#total").inner_text())
        page.locator(".offers a.chip-offer").first.click()
        expect(page.locator(".set-filters a.chip")).to_have_count(1)
        assert number_in(page.locator("#total").inner_text()) < before
        page.locator("#filters > summary").click()
        page.locator("#f-language-ka").click()
        expect(page.locator(".set-filters a.chip")).to_have_count(2)
        page.get_by_role("article").first.get_by_role("heading").get_by_role("link").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("კოლხური თეთრი")
        assert page.locator("ol.timeline > li").count() >= 2
        expect(page.locator("button[data-print]")).to_be_hidden()
        page.go_back()
        expect(page.locator(".set-filters a.chip")).to_have_count(2)


def test_limits_are_set_by_a_form_without_scripts(browser: Browser, shipped_address: str) -> None:
    with visit(browser, shipped_address, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{shipped_address}/en/search?q=water")
        before = number_in(page.locator("#total").inner_text())
        page.locator("#minutes_max").fill("45")
        page.locator("#apply").click()
        expect(page.locator(".set-filters a.chip")).to_have_count(1)
        assert 1 <= number_in(page.locator("#total").inner_text()) < before


def test_a_plan_grows_by_links_and_forms_without_scripts(browser: Browser, shipped_address: str) -> None:
    with visit(browser, shipped_address, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{shipped_address}/et/doc/scenario/viljandi-castle-minecraft-et")
        page.locator("a[data-plan-slug]").first.click()
        page.wait_for_url("**/et/plan?*")
        page.locator("#find").fill("Viljandi")
        page.locator(".plan-find").get_by_role("button").click()
        page.locator(".plan-find .plan-add").first.click()
        expect(page.locator(".plan-list > li")).to_have_count(2)
        first, second = parse_qs(urlsplit(page.url).query)["s"]
        page.locator("#scenario-1 .plan-moves li:nth-child(2) a").click()
        page.wait_for_url(f"**/plan?s={second}&s={first}*")
        page.locator("input[name=competence]").first.check()
        page.locator("details.plan-goal", has=page.locator("input[name=lessons]")).get_by_role("button").click()
        expect(page.locator(".plan-coverage")).to_be_visible()
        page.locator(".plan-suggestions .plan-add").first.click()
        expect(page.locator(".plan-missing")).to_have_count(0)


def test_the_coverage_table_is_chosen_and_followed_without_scripts(browser: Browser, shipped_address: str) -> None:
    with visit(browser, shipped_address, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{shipped_address}/et/coverage")
        page.locator("select[name=rows]").select_option("subject")
        page.locator(".coverage-form").get_by_role("button").click()
        page.wait_for_url("**/coverage?*rows=subject*")
        cell = page.locator("table.coverage tbody td[class*=heat-]:not(.heat-0) a").first
        said = number_in(cell.inner_text())
        cell.click()
        page.wait_for_url("**/search?*")
        assert number_in(page.locator("#total").inner_text()) == said


def test_the_graph_is_a_list_without_scripts(browser: Browser, shipped_address: str) -> None:
    with visit(browser, shipped_address, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{shipped_address}/ka/graph?about=competence/digcomp22-1.1")
        expect(page.locator(".drawing")).to_be_hidden()
        page.locator("a[data-expand]").first.click()
        expect(page.locator("#centre-2")).to_be_visible()
        assert page.locator("section.centre").last.locator(".neighbours li").count() >= 1


def test_a_query_is_answered_without_scripts(browser: Browser, shipped_address: str) -> None:
    with visit(browser, shipped_address, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{shipped_address}/et/sparql")
        page.locator("textarea#query").fill("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
        page.locator("#query-form .run").get_by_role("button").first.click()
        assert number_in(page.locator("#answer table td").first.inner_text()) > 1000
