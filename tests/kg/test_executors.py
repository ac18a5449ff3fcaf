"""Wherever batches run, the result is the same."""

from __future__ import annotations

import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from kg.errors import ExecutorError
from kg.executors import WINDOW, open_executor, run_ordered
from kg.settings import Settings
from tests.cluster import two_workers
from tests.kg.importing.lessons import FIRST, lesson, run, snapshot, write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def many(path: Path, count: int) -> Path:
    """A source of several batches, with bad records and repeated ones among them."""
    good = [lesson(f"l{number}", subjects=["Physics", f"word {number % 7}"]) for number in range(count)]
    return write(path, *good[:240], "{bad", lesson("l5"), lesson("odd", licence="none"), *good[240:])


def files(home: Path, source: Path, executor: str) -> dict[str, bytes]:
    """The files of the collection that an import with this executor makes."""
    kind = executor.partition(":")[0]
    settings = Settings.from_environment({"IHUB_HOME": str(home / kind), "IHUB_EMBEDDER": "none"})
    with open_executor(executor) as pool:
        report = run(settings, source, executor=pool, now=FIRST)
    assert report.accepted == report.unresolved["subjects"].total() == report.read - 3
    return {name: content for name, (content, _) in snapshot(settings.collections / "mine").items()}


def test_serial_and_threads_give_the_same_files(tmp_path: Path) -> None:
    source = many(tmp_path / "many.jsonl", 260)
    assert files(tmp_path, source, "serial") == files(tmp_path, source, "threads")


@pytest.mark.long
def test_processes_give_the_same_files(tmp_path: Path) -> None:
    source = many(tmp_path / "many.jsonl", 700)
    assert files(tmp_path, source, "serial") == files(tmp_path, source, "processes")


@pytest.mark.long
def test_a_dask_cluster_of_two_workers_gives_the_same_files(tmp_path: Path) -> None:
    source = many(tmp_path / "many.jsonl", 700)
    with two_workers() as cluster:
        assert files(tmp_path, source, f"dask:{cluster.address}") == files(tmp_path, source, "serial")
        assert all(cluster.tasks_done().values())


@pytest.mark.parametrize(
    ("kind", "cause"),
    [
        ("magic", "'magic' is no executor"),
        ("dask:1.2.3.4", "no address of a Dask scheduler"),
    ],
)
def test_an_executor_that_does_not_exist_is_refused(kind: str, cause: str) -> None:
    with pytest.raises(ExecutorError, match=cause), open_executor(kind):
        pass


@pytest.mark.long
def test_a_cluster_that_does_not_answer_is_named() -> None:
    pytest.importorskip("distributed", reason="needs the extra [cluster]")
    with pytest.raises(ExecutorError, match=r"tcp://127\.0\.0\.1:9"), open_executor("dask:tcp://127.0.0.1:9"):
        pass


def test_arguments_are_taken_only_as_fast_as_results_are() -> None:
    taken = Counter[str]()

    def arguments() -> Iterator[tuple[int]]:
        for number in range(200):
            taken["all"] += 1
            yield (number,)

    with ThreadPoolExecutor(1) as pool:
        for done, result in enumerate(run_ordered(pool, abs, arguments())):
            assert result == done
            assert taken["all"] - done <= WINDOW + 1


@pytest.mark.long
def test_a_worker_that_dies_is_named() -> None:
    with open_executor("processes") as pool, pytest.raises(ExecutorError, match="ended unexpectedly"):
        list(run_ordered(pool, _die_later, [(number,) for number in range(4)]))


def _die_later(number: int) -> int:
    if number >= 2:
        os._exit(1)
    return number
