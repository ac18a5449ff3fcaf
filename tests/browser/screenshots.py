"""Take the screenshots of docs/screenshots: `python -m tests.browser.screenshots docs/screenshots [ADDRESS]`.

Without the address of a running server the shipped collections are built and served first.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from playwright.sync_api import sync_playwright

from kg.settings import Settings
from tests.webapp.conftest import running_server

if TYPE_CHECKING:
    from playwright.sync_api import Browser

WIDTHS: Final = (360, 1280)
QUALITY: Final = 60
"""Of JPEG: texts stay sharp enough to be read, and all files together stay below 3 MB."""

PLAN: Final = (
    "s=fake-invoice-mailroom&s=homophone-hunters-shop-signs"
    "&competence=digcomp22-1&competence=digcomp22-2&level=isced-2&lessons=8&name=Grade+7"
)
QUERY: Final = """PREFIX ihub: <https://w3id.org/ihub/ns#>
PREFIX schema: <https://schema.org/>

SELECT ?language (COUNT(DISTINCT ?scenario) AS ?scenarios) WHERE {
    ?scenario a ihub:LearningScenario ; schema:inLanguage ?language .
}
GROUP BY ?language
ORDER BY DESC(?scenarios)
"""
PLACES: Final = {
    "home": "/en/",
    "results": "/en/search?q=robot+60+minutes",
    "scenario": "/en/doc/scenario/homophone-hunters-shop-signs",
    "competence": "/en/doc/competence/digcomp22-1.2",
    "hub": "/en/doc/hub/porvoo",
    "coverage": "/en/coverage",
    "plan": f"/en/plan?{PLAN}",
    "graph": "/en/graph?about=competence/digcomp22-1.1",
    "sparql": f"/en/sparql?query={quote(QUERY)}",
    "results-fi": "/fi/search?q=l%C3%A4hdekritiikki&minutes_max=90",
    "results-ka": "/ka/search?q=%E1%83%A0%E1%83%9D%E1%83%91%E1%83%9D%E1%83%A2%E1%83%98",
    "scenario-fi": "/fi/doc/scenario/viljandi-castle-minecraft-et",
    "scenario-ka": "/ka/doc/scenario/kolkhuri-tetri-money-story-ka",
}
"""Where each screenshot is taken, by the name of its file."""

DARK: Final = ("home", "results", "scenario")
"""What is taken in dark, too."""

HEIGHTS: Final = {360: 1100, 1280: 900}


def take(browser: Browser, site: str, folder: Path) -> list[Path]:
    """Write all screenshots as ``NAME-WIDTH[-dark].jpg``; return their paths."""
    written = []
    shots = [(name, "light") for name in PLACES] + [(name, "dark") for name in DARK]
    for width in WIDTHS:
        for name, scheme in shots:
            page = browser.new_page(
                viewport={"width": width, "height": HEIGHTS[width]},
                color_scheme="dark" if scheme == "dark" else "light",
                reduced_motion="reduce",
            )
            page.goto(site + PLACES[name], wait_until="networkidle", timeout=60_000)
            if (keep := page.locator("[data-plan-keep]")).is_visible():
                keep.click()  # as a teacher sees her own plan
            path = folder / f"{name}-{width}{'-dark' if scheme == 'dark' else ''}.jpg"
            page.screenshot(path=path, type="jpeg", quality=QUALITY)
            page.close()
            written.append(path)
    return written


def main(folder: Path, site: str | None = None) -> None:
    """Take the screenshots of a server; of one over the shipped collections, if none is given."""
    executable = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as home:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox", "--disable-gpu"])
        if site:
            written = take(browser, site, folder)
        else:
            settings = Settings.from_environment({"IHUB_HOME": home, "IHUB_REQUESTS_PER_MINUTE": "0"})
            build = [sys.executable, "-m", "webapp.cli", "build"]
            subprocess.run(build, env={**os.environ, **settings.to_environment()}, check=True)
            with running_server(settings) as (address, _):
                written = take(browser, address, folder)
        browser.close()
    sys.stdout.write(f"{len(written)} screenshots, {sum(path.stat().st_size for path in written) / 1e6:.2f} MB\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
