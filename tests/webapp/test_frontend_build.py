"""The set-up of the query page's script: what is locked, and that nothing depends on it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

FRONTEND = Path(__file__).parents[2] / "webapp" / "frontend"
UNREACHABLE = "http://127.0.0.1:9/"


def test_every_package_is_locked_to_its_content_and_to_no_host() -> None:
    lock = json.loads((FRONTEND / "package-lock.json").read_text("utf-8"))
    packages = {path: entry for path, entry in lock["packages"].items() if path}
    assert packages
    for path, entry in packages.items():
        assert entry["integrity"].startswith("sha512-"), path
        assert "resolved" not in entry, path


def test_packages_are_named_with_exact_versions() -> None:
    package = json.loads((FRONTEND / "package.json").read_text("utf-8"))
    versions = {**package["dependencies"], **package["devDependencies"]}
    assert [name for name, version in versions.items() if not version.replace(".", "").isdigit()] == []


@pytest.mark.parametrize("has_node", [True, False])
def test_without_the_network_the_set_up_goes_on_with_a_notice(tmp_path: Path, *, has_node: bool) -> None:
    if has_node and not (shutil.which("node") and shutil.which("npm")):
        pytest.skip("needs Node.js and npm of the system")
    copy = tmp_path / "webapp" / "frontend"
    shutil.copytree(FRONTEND, copy, ignore=shutil.ignore_patterns("node_modules"))
    shutil.copy(FRONTEND.parents[1] / "constraints.txt", tmp_path)
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("sh", "dirname", "env", *(("node", "npm") if has_node else ())):
        (tools / name).symlink_to(shutil.which(name) or name)
    environment = {
        "PATH": str(tools),
        "HOME": str(tmp_path),
        "PIP_INDEX_URL": UNREACHABLE,
        "PIP_RETRIES": "0",
        "PIP_CONFIG_FILE": os.devnull,
        "npm_config_registry": UNREACHABLE,
        "npm_config_fetch_retries": "0",
        "npm_config_cache": str(tmp_path / "cache"),
    }
    command = [str(copy / "build.sh"), sys.executable]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert run.returncode == 0
    assert "the query page gets no editor" in run.stderr
    assert not (tmp_path / "webapp" / "static").exists()
