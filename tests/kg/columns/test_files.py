"""Columns hold every statement of the union once, and find every term again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, Store

from kg.columns.files import Columns, write_columns
from tests.kg.columns.conftest import EX, columns_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

    from kg.release import Release

IRIS = st.sampled_from("a a/ a/b a#b a-b aa õ A".split()).map(lambda name: NamedNode(EX + name))  # noqa: SIM905
TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=8)
LITERALS = st.one_of(
    TEXTS.map(Literal),
    st.builds(lambda text, tag: Literal(text, language=tag), TEXTS, st.sampled_from(["en", "en-gb", "ka"])),
    st.integers().map(Literal),
)
QUADS = st.builds(Quad, IRIS, IRIS, st.one_of(IRIS, LITERALS), IRIS)


@given(st.lists(QUADS, max_size=30))
def test_every_statement_of_the_union_is_there_once(
    tmp_path_factory: pytest.TempPathFactory, quads: list[Quad]
) -> None:
    store = Store()
    store.extend(quads)
    columns = columns_of(store, tmp_path_factory.mktemp("columns") / "made")
    for predicate in {quad.predicate for quad in quads}:
        stored = [(str(quad.subject), str(quad.object)) for quad in store.quads_for_pattern(None, predicate, None)]
        ends = columns.statements(predicate.value)
        assert (ends is None) == (len(set(stored)) < len(stored))
        if ends is None:
            continue
        subjects, values = ends
        found = [(columns.term(s).decode(), columns.term(o).decode()) for s, o in zip(subjects, values, strict=True)]
        assert sorted(found) == sorted(stored)
        assert list(subjects) == sorted(subjects)
    for number in range(columns.size):
        assert columns.number(columns.term(number)) == number


@given(st.lists(st.one_of(IRIS, LITERALS), min_size=1, unique=True))
def test_iris_are_numbered_as_the_engine_sorts_them(
    tmp_path_factory: pytest.TempPathFactory, terms: list[NamedNode | Literal]
) -> None:
    store = Store()
    store.extend([Quad(NamedNode(EX), NamedNode(EX), term, NamedNode(EX)) for term in terms])
    columns = columns_of(store, tmp_path_factory.mktemp("columns") / "made")
    answer = store.query(
        "SELECT DISTINCT ?o { ?s ?p ?o FILTER isIRI(?o) } ORDER BY ?o", use_default_graph_as_union=True
    )
    numbers = [columns.number(str(row[0]).encode()) for row in answer]  # type: ignore[union-attr, index]
    assert numbers == sorted(number for number in numbers if number is not None)
    assert columns.all_iris(np.array(numbers, np.uint32))
    others = [columns.number(str(term).encode()) for term in terms if not isinstance(term, NamedNode)]
    assert not others or not columns.all_iris(np.array(numbers + others, np.uint32))


def test_what_is_not_there_has_no_number_and_no_statements(made: Callable[[str], Columns]) -> None:
    columns = made(":a :p :b .")
    assert columns.number(b"<http://example.org/c>") is None
    assert columns.number(b'"~"') is None
    ends = columns.statements(EX + "q")
    assert ends is not None
    assert not len(ends[0])


def test_a_release_without_statements_has_columns(made: Callable[[str], Columns]) -> None:
    columns = made("")
    assert columns.size == 0
    assert columns.number(b"<http://example.org/c>") is None


def test_the_same_quads_give_the_same_files(release: Release, tmp_path: Path) -> None:
    columns = release.columns_directory
    assert columns
    assert write_columns(release.quads_file, tmp_path) == {
        name: release.manifest["parts"]["columns"][name] for name in ("terms", "statements", "left_out")
    }
    files = sorted(path.name for path in columns.iterdir())
    assert files == ["objects.npy", "offsets.npy", "properties.json", "subjects.npy", "terms.bin"]
    assert all((columns / name).read_bytes() == (tmp_path / name).read_bytes() for name in files)
    places = json.loads((columns / "properties.json").read_text("utf-8"))
    assert max(end for _, end in places.values()) == release.manifest["parts"]["columns"]["statements"]
