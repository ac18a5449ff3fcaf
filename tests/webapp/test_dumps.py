"""Dumps: every format holds what the release says, files never change, and downloads can be resumed."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
import requests
from arro3.io import read_parquet

from kg.harvesting.dumps import DumpsPart
from kg.harvesting.scenario_table import COLUMNS
from kg.release import prune
from ontology.load import context
from tests.kg.shelf import Shelf, controlled
from tests.webapp.loopback import served_on_loopback
from webapp import create_app

if TYPE_CHECKING:
    from pathlib import Path

    from flask.testing import FlaskClient

    from kg.release import Release
    from kg.settings import Settings

HOSTILE = '=HYPERLINK("http://evil.example/") | "quoted", \r\n ␀ end'


def dump(client: FlaskClient, release: Release, name: str) -> bytes:
    answer = client.get(f"/dumps/{release.id}/{name}", buffered=True)
    assert answer.status_code == 200
    return answer.data


def quads(data: bytes, form: ox.RdfFormat) -> set[ox.Quad]:
    return set(ox.parse(data, format=form))


def test_the_whole_in_n_quads_is_the_release(client: FlaskClient, release: Release) -> None:
    data = gzip.decompress(dump(client, release, "all.nq.gz"))
    assert sorted(data.splitlines(keepends=True)) == release.quads_file.read_bytes().splitlines(keepends=True)


def test_turtle_says_the_same_without_graphs(client: FlaskClient, release: Release) -> None:
    stated = {q.triple for q in ox.parse(path=str(release.quads_file), format=ox.RdfFormat.N_QUADS)}
    turtle = gzip.decompress(dump(client, release, "all.ttl.gz"))
    assert {quad.triple for quad in ox.parse(turtle, format=ox.RdfFormat.TURTLE)} == stated


def test_the_files_of_a_collection_hold_its_graph(client: FlaskClient, release: Release) -> None:
    graph = ox.NamedNode("http://127.0.0.1:8000/id/collection/classroom")
    stated = {q for q in ox.parse(path=str(release.quads_file), format=ox.RdfFormat.N_QUADS) if q.graph_name == graph}
    packed = dump(client, release, "collection-classroom.nq.gz")
    assert quads(gzip.decompress(packed), ox.RdfFormat.N_QUADS) == stated
    lines = gzip.decompress(dump(client, release, "collection-classroom.jsonl.gz")).splitlines()
    documents = [json.loads(line) for line in lines]
    assert {document["@context"] for document in documents} == {"http://127.0.0.1:8000/context/v1.jsonld"}
    assert len({document["id"] for document in documents}) == len(lines)
    inlined = (json.dumps({**document, "@context": context()}) for document in documents)
    said = {quad.triple for text in inlined for quad in ox.parse(text, format=ox.RdfFormat.JSON_LD)}
    assert said == {q.triple for q in stated}


def test_tables_have_a_row_for_each_scenario(client: FlaskClient, release: Release, tmp_path: Path) -> None:
    text = gzip.decompress(dump(client, release, "all.csv.gz")).decode()
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert len(rows) == 7
    (tmp_path / "all.parquet").write_bytes(dump(client, release, "all.parquet"))
    table = read_parquet(tmp_path / "all.parquet").read_all()
    assert tuple(table.column_names) == COLUMNS
    assert table.num_rows == 7
    titles = {scalar.as_py() for scalar in table["title"]}
    assert titles == {row["title"] for row in rows}
    photo = next(row for row in rows if row["iri"].endswith("/checking-a-photo"))
    assert (photo["subjects"], photo["minutes"], photo["data_kind"]) == ("Media literacy", "45", "original")


def test_hostile_texts_survive_in_every_format_and_are_no_formulas_in_spreadsheets(settings: Settings) -> None:
    shelf = Shelf(settings, [DumpsPart(settings.id_base)])
    shelf.put("hostile", HOSTILE)
    folder = shelf.release().directory / "dumps"
    (row,) = csv.DictReader(io.StringIO(gzip.decompress((folder / "all.csv.gz").read_bytes()).decode(), newline=""))
    assert row["title"] == f"'{controlled(HOSTILE)}"
    assert read_parquet(folder / "all.parquet").read_all()["title"][0].as_py() == controlled(HOSTILE)
    for name, form in (("all.nq.gz", ox.RdfFormat.N_QUADS), ("all.ttl.gz", ox.RdfFormat.TURTLE)):
        literals = {q.object.value for q in quads(gzip.decompress((folder / name).read_bytes()), form)}
        assert controlled(HOSTILE) in literals


def test_checksums_are_true_and_files_do_not_depend_on_the_day(
    settings: Settings, client: FlaskClient, release: Release
) -> None:
    sums = dump(client, release, "SHA256SUMS").decode().splitlines()
    assert (
        len(sums)
        == len(release.manifest["parts"]["dumps"]["files"])
        == len(list((release.directory / "dumps").iterdir())) - 1
    )
    for line in sums:
        digest, name = line.split("  ")
        assert hashlib.sha256(dump(client, release, name)).hexdigest() == digest
    written = []
    for home in ("one", "other"):
        from dataclasses import replace

        shelf = Shelf(replace(settings, home=settings.home / home), [DumpsPart(settings.id_base)])
        shelf.put("a")
        written.append((shelf.release().directory / "dumps" / "SHA256SUMS").read_text())
    assert written[0] == written[1]


def test_a_broken_download_is_resumed_over_real_http(settings: Settings) -> None:
    shelf = Shelf(settings, [DumpsPart(settings.id_base)])
    shelf.put("a")
    release = shelf.release()
    with served_on_loopback(create_app(settings)) as address:
        url = f"{address}/dumps/{release.id}/all.nq.gz"
        whole = requests.get(url, timeout=10)
        assert whole.headers["Accept-Ranges"] == "bytes"
        assert "immutable" in whole.headers["Cache-Control"]
        rest = requests.get(url, headers={"Range": "bytes=100-", "If-Range": whole.headers["ETag"]}, timeout=10)
        assert rest.status_code == 206
        assert whole.content[:100] + rest.content == whole.content
        assert requests.get(url, headers={"Range": "bytes=99999999-"}, timeout=10).status_code == 416
        again = requests.get(url, headers={"If-None-Match": whole.headers["ETag"]}, timeout=10)
        assert again.status_code == 304
        current = requests.get(f"{address}/dumps/current/all.nq.gz", timeout=10)
        assert current.url == url


@pytest.mark.parametrize("name", ["manifest.json", "..%2fmanifest.json", "..", "none.nq.gz", "%00"])
def test_nothing_but_dumps_is_given(client: FlaskClient, release: Release, name: str) -> None:
    assert client.get(f"/dumps/{release.id}/{name}").status_code == 404
    assert client.get(f"/dumps/{'0' * 16}/{name}").status_code == 404
    assert client.get(f"/dumps/../{name}").status_code == 404


def test_a_kept_release_keeps_its_dumps_and_a_removed_one_has_none(settings: Settings) -> None:
    shelf = Shelf(settings, [DumpsPart(settings.id_base)])
    shelf.put("a")
    first = shelf.release()
    shelf.put("b")
    shelf.release()
    client = create_app(settings).test_client()
    assert client.get(f"/dumps/{first.id}/all.nq.gz", buffered=True).status_code == 200
    manifest = first.directory / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"created": "20', '"created": "19'))
    prune(settings, 1)
    assert client.get(f"/dumps/{first.id}/all.nq.gz").status_code == 404


def test_the_page_lists_every_file_in_the_readers_language(client: FlaskClient, release: Release) -> None:
    page = client.get("/dumps/").get_data(as_text=True)
    for entry in release.manifest["parts"]["dumps"]["files"]:
        assert f"/dumps/{release.id}/{entry['name']}" in page
    assert "Classroom fixtures" in page
    assert 'href="/oai?verb=Identify"' in page
    assert 'Kind of data: <span lang="en">Original</span>' in page
