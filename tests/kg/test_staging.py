"""Several files change in one step: whoever looks sees the old ones or the new ones."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from kg.errors import CollectionError
from kg.staging import StagedFiles, finish_commit

if TYPE_CHECKING:
    from pathlib import Path


def test_committed_files_take_their_places(tmp_path: Path) -> None:
    folder = tmp_path / "c"
    with StagedFiles(folder) as staged:
        staged.write("a", "1")
        staged.write("empty", "")
        staged.commit()
    assert {path.name: path.read_text() for path in folder.iterdir()} == {"a": "1"}


def test_what_was_not_committed_leaves_no_trace(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old")
    with StagedFiles(tmp_path) as staged:
        staged.write("a", "new")
        staged.write("b", "new")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"a": "old"}


def test_an_equal_file_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("same")
    os.utime(path, ns=(1, 1))
    with StagedFiles(tmp_path) as staged:
        staged.write("a", "same")
        staged.commit()
    assert path.stat().st_mtime_ns == 1


def test_a_commit_that_was_cut_short_is_finished_by_the_next_reader(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("new already")
    (tmp_path / "b").write_text("old")
    committed = tmp_path / ".import" / "committed"
    committed.mkdir(parents=True)
    (committed / "b").write_text("new")
    finish_commit(tmp_path)
    finish_commit(tmp_path)
    assert (tmp_path / "b").read_text() == "new"
    assert not committed.exists()


def test_what_a_killed_import_left_unfinished_is_cleared(tmp_path: Path) -> None:
    staged_before = tmp_path / ".import" / "staged"
    staged_before.mkdir(parents=True)
    (staged_before / "a").write_text("half")
    with StagedFiles(tmp_path) as staged:
        staged.write("b", "whole")
        staged.commit()
    assert {path.name for path in tmp_path.iterdir()} == {"b"}


def test_two_imports_do_not_write_to_one_folder_at_once(tmp_path: Path) -> None:
    with StagedFiles(tmp_path), pytest.raises(CollectionError, match="another import is running"):
        StagedFiles(tmp_path).__enter__()


KILLED_AT = """
import os, pathlib, signal, sys
from kg.staging import StagedFiles
folder, limit, moves = pathlib.Path(sys.argv[1]), int(sys.argv[2]), 0
def counted(move):
    def moved(path, target):
        global moves
        if moves == limit:
            os.kill(os.getpid(), signal.SIGKILL)
        moves += 1
        return move(path, target)
    return moved
pathlib.Path.rename, pathlib.Path.replace = counted(pathlib.Path.rename), counted(pathlib.Path.replace)
with StagedFiles(folder) as staged:
    for name in ("a", "b", "c"):
        staged.write(name, "new")
    staged.commit()
"""


def test_a_process_killed_before_any_move_leaves_all_files_old_or_all_new(tmp_path: Path) -> None:
    ends = []
    for limit in range(6):
        folder = tmp_path / str(limit)
        folder.mkdir()
        for name in ("a", "b", "c"):
            (folder / name).write_text("old")
        ended = subprocess.run([sys.executable, "-c", KILLED_AT, str(folder), str(limit)])
        finish_commit(folder)
        states = {path.read_text() for path in folder.iterdir() if path.is_file()}
        assert len(states) == 1
        ends.append((ended.returncode, *states))
    assert ends == [(-9, "old"), *[(-9, "new")] * 3, *[(0, "new")] * 2]
