"""In a real browser: what somebody writes is saved as they write, and stays when it cannot be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import openpyxl
import pytest

from tests.browser.chromium import chromium
from tests.webapp.conftest import running_server
from tests.webapp.taking_part.conftest import add_members, sign_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page, Response

    from kg.settings import Settings

pytestmark = [pytest.mark.long, pytest.mark.browser]

SAVED = "All changes are saved"
PATIENCE = 60_000  # milliseconds


@pytest.fixture
def draft(home: Settings) -> Iterator[Page]:
    """A draft that somebody has just begun, in a browser."""
    add_members(home, {"mari": ("contributor", "east")})
    with running_server(home) as (address, _), chromium() as browser:
        page = browser.new_context().new_page()
        page.set_default_timeout(PATIENCE)
        sign_in(page, address, "mari")
        page.get_by_role("button", name="Begin a scenario").click()
        page.wait_for_url("**/drafts/*")
        yield page


def test_what_is_written_is_saved_and_judged_without_a_button(draft: Page) -> None:
    draft.locator("#name").fill("How loud is our canteen?")
    draft.locator("#minAge").fill("200")
    draft.get_by_text(SAVED).wait_for()

    draft.locator("#remarks a[href='#minAge']").wait_for()
    draft.reload()
    assert draft.locator("#name").input_value() == "How loud is our canteen?"


def test_minutes_add_up_while_one_writes(draft: Page) -> None:
    draft.locator("[name='activity-1.minutes']").fill("30")
    assert draft.locator("#minutes").text_content() == "30"
    draft.locator("[name='activity-1.inClass']").uncheck()
    assert draft.locator("#minutes").text_content() == "0"


def test_what_cannot_be_saved_stays_on_the_page_and_is_saved_later(draft: Page) -> None:
    draft.route("**/drafts/*", lambda route: route.abort())
    draft.locator("#name").fill("Written on a train")
    draft.get_by_text("the server does not answer").wait_for()
    draft.unroute("**/drafts/*")
    draft.locator("#description").fill("There is a network again.")
    draft.get_by_text(SAVED).wait_for()
    draft.reload()
    assert draft.locator("#name").input_value() == "Written on a train"


def test_a_session_that_is_over_is_told_and_loses_nothing(draft: Page) -> None:
    cookies = draft.context.cookies()
    draft.context.clear_cookies()
    draft.locator("#name").fill("After the session")
    draft.get_by_text("you are not signed in any more").wait_for()
    draft.context.add_cookies(cookies)  # type: ignore[arg-type]  # what it gave
    draft.locator("#description").fill("Signed in again.")
    draft.get_by_text(SAVED).wait_for()
    draft.reload()
    assert draft.locator("#name").input_value() == "After the session"


def test_another_window_is_not_overwritten(draft: Page) -> None:
    other = draft.context.new_page()
    other.goto(draft.url)
    other.locator("#name").fill("The other window")
    other.get_by_text(SAVED).wait_for()
    draft.locator("#name").fill("This window")
    draft.get_by_text("changed in another window").wait_for()
    draft.get_by_role("button", name="Save", exact=True).last.click()
    draft.get_by_text("What you were about to save").wait_for()
    assert {"The other window", "This window"} <= set(draft.locator("td").all_text_contents())


def three_activities(draft: Page) -> None:
    for number, name in enumerate(("Measure", "Compare", "Tell"), start=1):
        if number > 1:
            draft.get_by_role("button", name="One more activity").click()
            draft.locator(f"[name='activity-{number}.name']").wait_for()
        draft.locator(f"[name='activity-{number}.name']").fill(name)
        draft.locator(f"[name='activity-{number}.minutes']").fill(str(number * 10))
    draft.get_by_text(SAVED).wait_for()


def saved_to(response: Response) -> bool:
    """Whether a response is that to a save."""
    return response.request.method == "POST"


def order(draft: Page) -> list[str]:
    return [draft.locator(f"[name='activity-{number}.name']").input_value() for number in (1, 2, 3)]


def test_activities_are_dragged_by_mouse_and_their_order_is_saved(draft: Page) -> None:
    refused: list[str] = []
    draft.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)
    three_activities(draft)
    first = draft.locator("#activity-1 .handle")
    first.scroll_into_view_if_needed()
    start = first.bounding_box()
    draft.set_viewport_size({"width": 1280, "height": 3000})  # all of them at once
    start, end = first.bounding_box(), draft.locator("#activity-3 .handle").bounding_box()
    assert start
    assert end
    draft.mouse.move(start["x"] + 20, start["y"] + 20)
    draft.mouse.down()
    for step in range(1, 11):
        draft.mouse.move(start["x"] + 20, start["y"] + 20 + (end["y"] + 150 - start["y"]) * step / 10)
        draft.wait_for_timeout(50)
    with draft.expect_response(saved_to):
        draft.mouse.up()
    assert order(draft) == ["Compare", "Tell", "Measure"]
    assert draft.locator("#moved").text_content() == "This is activity 3 of 3 now."
    assert draft.locator("#activity-3 > legend").text_content() == "Activity 3"
    draft.get_by_text(SAVED).wait_for()
    draft.reload()
    assert order(draft) == ["Compare", "Tell", "Measure"]
    assert draft.locator("[name='activity-3.minutes']").input_value() == "10"
    assert refused == []


def test_activities_are_moved_by_keys_and_the_focus_stays_with_them(draft: Page) -> None:
    three_activities(draft)
    draft.locator("[value='up-activity-3']").focus()
    draft.keyboard.press("Enter")
    assert order(draft) == ["Measure", "Tell", "Compare"]
    assert draft.evaluate("document.activeElement.value") == "up-activity-2"
    with draft.expect_response(saved_to):
        draft.keyboard.press("Enter")
    assert order(draft) == ["Tell", "Measure", "Compare"]
    assert draft.evaluate("document.activeElement.value") == "down-activity-1"
    assert draft.locator("[value='up-activity-1']").is_hidden()
    draft.get_by_text(SAVED).wait_for()
    draft.reload()
    assert order(draft) == ["Tell", "Measure", "Compare"]


def test_suggestions_come_after_a_save_and_are_answered_in_place(draft: Page) -> None:
    draft.locator("#name").fill("Checking a photo")
    draft.locator("#description").fill("Pupils check where a photo comes from before they share it.")
    rows = draft.locator(".suggested")
    rows.first.wait_for()
    taken, refused = (rows.nth(at).locator("strong").text_content() or "" for at in (0, 1))
    rows.nth(0).get_by_role("button", name="Yes, it teaches this").click()
    draft.locator(".suggested", has_text=refused).get_by_role("button", name="No").click()
    draft.get_by_text("You said no to one competence").wait_for()
    draft.reload()
    assert draft.locator("#teaches").get_by_label(taken).is_checked()
    assert {taken, refused}.isdisjoint(rows.locator("strong").all_text_contents())


def test_a_spreadsheet_becomes_drafts(draft: Page, tmp_path: Path) -> None:
    draft.goto(draft.url.partition("/drafts/")[0] + "/")
    draft.get_by_role("link", name="Upload a spreadsheet").click()
    with draft.expect_download() as download:
        draft.get_by_role("link", name="The spreadsheet to fill in").click()
    path = tmp_path / "ours.xlsx"
    download.value.save_as(path)
    workbook = openpyxl.load_workbook(path)
    sheet = workbook.worksheets[0]
    columns = {cell.value: cell.column for cell in sheet[1]}
    for at, (name, minutes) in enumerate((("How loud is our canteen?", 45), ("Too long", "for ever")), start=3):
        sheet.cell(at, columns["Name"], name)
        sheet.cell(at, columns["Minutes"], minutes)
    workbook.save(path)
    draft.get_by_label("Filled spreadsheet").set_input_files(path)
    draft.get_by_role("button", name="Make drafts of it").click(timeout=3 * PATIENCE)
    draft.get_by_text("Sheet Scenarios, row 4").wait_for()
    draft.get_by_role("link", name="How loud is our canteen?").click()
    assert draft.locator("#name").input_value() == "How loud is our canteen?"
