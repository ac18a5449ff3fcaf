"""A Virtuoso 7 of its own: free loopback ports, its own ini file and database directory, ended with the test."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import requests

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PASSWORD = "loopback-only"  # noqa: S105 - of a server that lives as long as a test
_INI = """
[Database]
DatabaseFile = {directory}/virtuoso.db
ErrorLogFile = {directory}/virtuoso.log
LockFile = {directory}/virtuoso.lck
TransactionFile = {directory}/virtuoso.trx
xa_persistent_file = {directory}/virtuoso.pxa
ErrorLogLevel = 7
FileExtend = 200
MaxCheckpointRemap = 2000
[TempDatabase]
DatabaseFile = {directory}/virtuoso-temp.db
TransactionFile = {directory}/virtuoso-temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
DisableUnixSocket = 1
MaxClientConnections = 20
CheckpointInterval = 0
CaseMode = 2
DirsAllowed = {directory}
NumberOfBuffers = {buffers}
MaxDirtyBuffers = {dirty}
MaxQueryMem = 1G
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerThreads = 20
MaxClientConnections = 20
MaxKeepAlives = 20
KeepAliveTimeout = 30
[SPARQL]
ResultSetMaxRows = {rows}
MaxQueryExecutionTime = 30
"""


@dataclass
class Virtuoso:
    """A running server."""

    process: subprocess.Popen[bytes]
    http: int
    sql: int

    @property
    def query(self) -> str:
        return f"http://127.0.0.1:{self.http}/sparql"

    @property
    def update(self) -> str:
        return f"http://127.0.0.1:{self.http}/sparql-auth"

    @property
    def graphs(self) -> str:
        return f"http://127.0.0.1:{self.http}/sparql-graph-crud-auth"

    def environment(self) -> dict[str, str]:
        """The settings that make ihub use it."""
        return {
            "IHUB_SPARQL_STORE": self.query,
            "IHUB_SPARQL_STORE_UPDATE": self.update,
            "IHUB_SPARQL_STORE_GRAPHS": self.graphs,
            "IHUB_SPARQL_STORE_USER": "dba",
            "IHUB_SPARQL_STORE_PASSWORD": PASSWORD,
        }


def installed() -> bool:
    """Whether Debian's package virtuoso-opensource-7 is there."""
    return shutil.which("virtuoso-t") is not None


@contextmanager
def virtuoso(directory: Path, *, buffers: int = 20_000, rows: int = 1_000_000) -> Iterator[Virtuoso]:
    """Run a server in ``directory``; yields it once it answers."""
    directory.mkdir(parents=True, exist_ok=True)
    http, sql = free_ports(2)
    ini = directory / "virtuoso.ini"
    dirty = buffers * 3 // 4
    ini.write_text(_INI.format(directory=directory, http=http, sql=sql, buffers=buffers, dirty=dirty, rows=rows))
    command = ["virtuoso-t", "+foreground", "+configfile", str(ini)]
    log = (directory / "output.log").open("wb")
    passwords = ["+pwdold", "dba", "+pwddba", PASSWORD, "+pwddav", PASSWORD]  # it creates the database, then ends
    subprocess.run([*command, *passwords], cwd=directory, stdout=log, stderr=log, check=True, timeout=90)
    process = subprocess.Popen(command, cwd=directory, stdout=log, stderr=log)
    server = Virtuoso(process, http, sql)
    try:
        _wait(server, directory)
        yield server
    finally:
        process.kill()  # the database goes with the test
        process.wait()
        log.close()


def _wait(server: Virtuoso, directory: Path) -> None:
    until = time.monotonic() + 90
    while time.monotonic() < until:
        assert server.process.poll() is None, (directory / "virtuoso.log").read_text()[-2000:]
        try:
            if requests.get(server.query, params={"query": "ASK {}"}, timeout=5).ok:
                return
        except requests.RequestException:
            time.sleep(0.2)
    raise AssertionError("Virtuoso did not start in time")


def free_ports(count: int) -> list[int]:
    """Ports of the loopback that nobody listens on."""
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports
