"""The files in deploy/ work: nginx takes its configuration and passes addresses on; ihub runs as nobody."""

from __future__ import annotations

import configparser
import os
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests

from kg.build import build_release
from search.index import SearchPart
from tests.conftest import COLLECTIONS
from tests.store.virtuoso import free_ports
from tests.webapp.conftest import running_server

if TYPE_CHECKING:
    from kg.settings import Settings

ROOT = Path(__file__).parents[1]


@pytest.mark.long
def test_behind_nginx_the_metrics_are_closed_and_addresses_are_the_readers(settings: Settings, tmp_path: Path) -> None:
    if not shutil.which("nginx"):
        pytest.skip("needs nginx (Debian: apt install nginx-light)")
    build_release(settings, [COLLECTIONS], [SearchPart(None, settings.home / "cache" / "e.sqlite")])
    (port,) = free_ports(1)
    with running_server(replace(settings, proxies=1)) as (address, _):
        site = (ROOT / "deploy" / "nginx.conf").read_text()
        site = site.replace("listen 80;", f"listen 127.0.0.1:{port};").replace("    listen [::]:80;\n", "")
        site = site.replace("http://127.0.0.1:8000", address)
        (tmp_path / "nginx.conf").write_text(
            f"daemon off;\npid {tmp_path}/pid;\nerror_log {tmp_path}/error.log;\nevents {{}}\n"
            f"http {{\naccess_log off;\nclient_body_temp_path {tmp_path}/body;\nproxy_temp_path {tmp_path}/proxy;\n"
            f"fastcgi_temp_path {tmp_path}/f;\nuwsgi_temp_path {tmp_path}/u;\nscgi_temp_path {tmp_path}/s;\n"
            f"{site}\n}}\n"
        )
        process = subprocess.Popen(["nginx", "-c", str(tmp_path / "nginx.conf"), "-p", str(tmp_path)])
        try:
            time.sleep(1.0)
            assert process.poll() is None, (tmp_path / "error.log").read_text()
            base, host = f"http://127.0.0.1:{port}", {"Host": "ihub.example.org"}
            assert requests.get(f"{base}/readyz", headers=host, timeout=10).status_code == 200
            assert requests.get(f"{base}/metrics", headers=host, timeout=10).status_code == 403
            described = requests.get(f"{base}/sparql", headers={**host, "Accept": "text/turtle"}, timeout=10)
            assert "http://ihub.example.org/sparql" in described.text
        finally:
            process.terminate()
            process.wait(10)


@pytest.mark.long
def test_it_builds_and_serves_as_nobody(settings: Settings, tmp_path: Path) -> None:
    if os.getuid() != 0 or not shutil.which("setpriv"):
        pytest.skip("only root can become somebody else (with setpriv)")
    home = Path("/tmp") / f"ihub-nobody-{os.getpid()}"
    home.mkdir(mode=0o700)
    os.chown(home, 65534, 65534)
    (port,) = free_ports(1)
    nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs"]
    environment = {**os.environ, "IHUB_HOME": str(home / "var"), "IHUB_EMBEDDER": "none", "IHUB_PORT": str(port)}
    environment |= {"HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"}
    python = sys.executable
    if subprocess.run([*nobody, "test", "-x", os.path.realpath(python)]).returncode:
        # A Python in somebody's home: the system's own of the same version does as well.
        python = f"/usr/bin/python3.{sys.version_info.minor}"
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), *sys.path]))
    ihub = [*nobody, python, "-m", "webapp.cli"]
    try:
        if subprocess.run([*ihub, "--help"], env=environment, cwd=ROOT, capture_output=True).returncode:
            pytest.skip("nobody can read the checkout or a Python")
        command = [*ihub, "build", "--collections", str(COLLECTIONS)]
        subprocess.run(command, env=environment, cwd=ROOT, check=True, capture_output=True)
        log = (tmp_path / "log").open("w")
        process = subprocess.Popen([*ihub, "serve"], env=environment, cwd=ROOT, stderr=log)
        try:
            until = time.monotonic() + 30
            while time.monotonic() < until and not _ready(port):
                time.sleep(0.2)
            assert _ready(port), (tmp_path / "log").read_text()
            answer = requests.get(f"http://127.0.0.1:{port}/sparql?query=ASK{{}}&format=json", timeout=10)
            assert answer.json()["boolean"] is True
            owners = {path.stat().st_uid for path in home.rglob("*")}
            assert owners == {65534}
        finally:
            process.terminate()
            process.wait(30)
            log.close()
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _ready(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/readyz", timeout=5).ok
    except requests.ConnectionError:
        return False


def test_the_unit_runs_as_a_user_of_its_own_and_serves() -> None:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(ROOT / "deploy" / "ihub.service")
    service = unit["Service"]
    assert service["User"] == "ihub"
    assert service["ExecStart"].endswith("ihub serve")
    assert service["NoNewPrivileges"] == "yes"
