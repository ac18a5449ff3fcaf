"""A scenario's page in a real Chromium: it prints on one or two sheets of A4, and axe finds nothing to complain of."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from kg.settings import Settings
from search.index import SearchPart
from tests.kg.shelf import Shelf
from tests.webapp.conftest import running_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]
STARTER = ROOT / "kg" / "data" / "starter"
AXE = ROOT / "webapp" / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
LANGUAGES = ("en", "et", "fi", "lt", "nb", "ka")


def of_the_collection() -> dict[str, dict[str, Any]]:
    """The longest scenario of the starter collection in each language, and one of middling length, by name."""
    texts = sorted((path.read_text(encoding="utf-8") for path in STARTER.glob("*/*.yaml")), key=len)
    chosen: dict[str, str] = {"middling": texts[len(texts) // 2]}
    for language in LANGUAGES:
        mark = re.compile(rf"^inLanguage: \[{language}\]", re.MULTILINE)
        chosen[f"longest-{language}"] = next(text for text in reversed(texts) if mark.search(text))
    defaults = yaml.safe_load((STARTER / "collection.yaml").read_text(encoding="utf-8"))["defaults"]
    return {name: {**defaults, **yaml.safe_load(text)} for name, text in chosen.items()}


@pytest.fixture(scope="module")
def starter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, list[str]]]:
    """The address of a server of these scenarios, and the paths of their pages."""
    settings = Settings.from_environment({"IHUB_HOME": str(tmp_path_factory.mktemp("home")), "IHUB_EMBEDDER": "none"})
    shelf = Shelf(settings, [SearchPart(None, settings.home / "cache" / "embeddings.sqlite")], vocabularies=True)
    documents = of_the_collection()
    for document in documents.values():
        shelf.documents[document["id"]] = document
    shelf.release()
    with running_server(settings) as (address, _):
        yield address, [f"/doc/{document['id']}" for document in documents.values()]


def test_scenarios_print_on_two_sheets_at_most_with_their_code(
    browser: Browser, starter: tuple[str, list[str]]
) -> None:
    address, paths = starter
    context = browser.new_context()
    page = context.new_page()
    fetched: list[str] = []
    page.on("requestfinished", lambda request: fetched.append(request.url))
    for path in paths:
        page.goto(address + path, wait_until="networkidle")
        code = f"{address}{path}.qr.svg"
        assert code not in fetched, "only a print needs it"
        printed = page.pdf(prefer_css_page_size=True)
        assert 1 <= len(re.findall(rb"/Type\s*/Page\b", printed)) <= 2, path
        assert code in fetched, path
    context.close()


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser: Browser, starter: tuple[str, list[str]], width: int, scheme: Any) -> None:
    if not AXE.is_file():
        pytest.skip("needs axe-core (npm ci in webapp/frontend)")
    address, paths = starter
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme, locale="en-GB")
    page = context.new_page()
    for path in paths[:3]:
        page.goto(address + path)
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found = page.evaluate("axe.run().then(result => result.violations.map(one => [one.id, one.nodes[0].html]))")
        assert found == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    context.close()


def test_the_link_is_copied_and_said_to_be(browser: Browser, starter: tuple[str, list[str]]) -> None:
    address, paths = starter
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(address + paths[0])
    page.get_by_role("button", name="Copy link").click()
    page.get_by_role("status").filter(has_text="The link is copied.").wait_for()
    assert page.evaluate("navigator.clipboard.readText()").endswith(paths[0].replace("/doc/", "/id/"))
    context.close()
