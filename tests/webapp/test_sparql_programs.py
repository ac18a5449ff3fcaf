"""The programs that the SPARQL page offers, run as a user would run them, against a real server."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import requests
from lxml import html

from tests.webapp.conftest import running_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.release import Release
    from kg.settings import Settings

TABLE = """\
PREFIX ex: <http://example.org/>
# it's "quoted" and has a \\ in it
SELECT ?text ?n {
  VALUES (?text ?n) { ("it's" 1) ("õunad, \\"ja\\" ქ" 2) (\"\"\"a
b\"\"\" 3) ("a)-\\"" 4) }
  FILTER(?n > 1 && ?n != 3)
}"""
QUERIES = {
    "table": (TABLE, ["õunad", "ქ"]),
    "plain": ("SELECT ?x {\n  VALUES ?x { 41 42 }\n}", ["41", "42"]),
    "boolean": ("ASK { FILTER(1 = 1) }", ["true"]),
    "graph": ('CONSTRUCT { <http://example.org/s> rdfs:label "õun" } WHERE {}', ["http://example.org/s", "õun"]),
}


@pytest.fixture(scope="module")
def address(site_settings: Settings, release: Release) -> Iterator[str]:
    with running_server(site_settings) as (address, _):
        yield address


def program(address: str, language: str, query: str, **fields: str) -> str:
    """The program as the page shows it to a browser, whose forms end lines with CR LF."""
    data = {"query": query.replace("\n", "\r\n"), **fields}
    page = requests.post(f"{address}/sparql", data=data, headers={"Accept": "text/html"}, timeout=30)
    assert page.status_code == 200, page.text
    text: str = html.fromstring(page.text).xpath(f"string(//pre[@aria-labelledby='program-{language}'])")
    assert text
    return text


def output(command: list[str], text: str) -> str:
    run = subprocess.run([*command], input=text, capture_output=True, text=True, encoding="utf-8", timeout=60)
    assert run.returncode == 0, f"{text}\n{run.stderr}"
    return run.stdout


@pytest.mark.parametrize("name", QUERIES)
@pytest.mark.parametrize("language", ["Python", "curl", "R"])
def test_the_program_gives_the_answer(address: str, language: str, name: str) -> None:
    commands = {"Python": [sys.executable, "-X", "utf8", "-"], "curl": ["bash", "-s"], "R": ["Rscript", "-"]}
    if not shutil.which("Rscript" if language == "R" else "curl" if language == "curl" else commands[language][0]):
        pytest.skip(f"needs {language}")
    query, expected = QUERIES[name]
    found = output(commands[language], program(address, language, query))
    assert [text for text in expected if text not in found] == [], found


def test_the_dataset_of_the_request_is_kept(address: str) -> None:
    query = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    text = program(address, "curl", query, **{"default-graph-uri": "http://example.org/none"})
    assert output(["bash", "-s"], text).split() == ["n", "0"]


def test_python_gives_rows_to_go_on_with(address: str) -> None:
    text = program(address, "Python", QUERIES["plain"][0])
    assert output([sys.executable, "-"], text + "print(sum(int(row['x']) for row in rows))").split()[-1] == "83"
