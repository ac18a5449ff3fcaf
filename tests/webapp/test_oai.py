"""OAI-PMH over real HTTP, harvested by two independent clients."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest
import requests
import sickle
from lxml import etree
from oaipmh_scythe import Scythe

from kg.harvesting import oai
from tests.kg.harvesting.oai_schemas import RDF_SCHEMA
from tests.kg.shelf import Shelf
from tests.webapp.loopback import served_on_loopback
from webapp import create_app

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.settings import Settings

COUNT = 23


@pytest.fixture
def shelf(settings: Settings) -> Shelf:
    shelf = Shelf(settings)
    for number in range(COUNT):
        shelf.put(f"s{number}", f"Pealkiri № {number} & <more>")
    shelf.put("gone")
    shelf.release()
    shelf.take("gone")
    shelf.release()
    return shelf


@pytest.fixture
def address(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr(oai, "PAGE", 5)
    with served_on_loopback(create_app(shelf.settings)) as address:
        yield f"{address}/oai"


def test_sickle_harvests_everything(address: str) -> None:
    client = sickle.Sickle(address)
    identity = client.Identify()
    assert (identity.deletedRecord, identity.granularity) == ("persistent", "YYYY-MM-DDThh:mm:ssZ")
    assert {row.metadataPrefix for row in client.ListMetadataFormats()} >= {"oai_dc", "rdf"}
    assert "subject:informatics" in {row.setSpec for row in client.ListSets()}
    records = list(client.ListRecords(metadataPrefix="oai_dc"))
    assert len(records) == COUNT + 1
    assert [r.header.identifier.rsplit("/")[-1] for r in records if r.deleted] == ["gone"]
    titles = {r.metadata["title"][0] for r in records if not r.deleted}
    assert titles == {f"Pealkiri № {n} & <more>" for n in range(COUNT)}
    alive = client.ListRecords(metadataPrefix="oai_dc", set="collection:shelf", ignore_deleted=True)
    assert len(list(alive)) == COUNT
    one = client.GetRecord(identifier=records[0].header.identifier, metadataPrefix="oai_dc")
    assert one.metadata == records[0].metadata


def test_sickle_gets_what_changed_since_its_last_harvest(address: str, shelf: Shelf) -> None:
    client = sickle.Sickle(address)
    shelf.put("s3", "Changed")
    release = shelf.release()
    event = release.history.events(0, 1000)[-1]
    since = event.time.strftime("%Y-%m-%dT%H:%M:%SZ")
    changed = {r.header.identifier for r in client.ListRecords(metadataPrefix="oai_dc", **{"from": since})}
    assert "oai:repository.invalid:scenario/s3" in changed
    with pytest.raises(sickle.oaiexceptions.NoRecordsMatch):
        client.ListRecords(metadataPrefix="oai_dc", until="2001-01-01T00:00:00Z")


def test_scythe_harvests_everything(address: str) -> None:
    with Scythe(address) as client:
        assert client.identify().deletedRecord == "persistent"
        assert {row.metadataPrefix for row in client.list_metadata_formats()} >= {"oai_dc", "rdf"}
        headers = list(client.list_identifiers(metadata_prefix="rdf"))
        assert len(headers) == COUNT + 1
        assert sum(header.deleted for header in headers) == 1
        records = list(client.list_records(metadata_prefix="rdf", set_="language:en"))
        assert len(records) == COUNT + 1
        assert len(list(client.list_sets())) > 4
        assert client.get_record(identifier=headers[0].identifier, metadata_prefix="oai_dc").metadata


def test_a_form_asks_as_well_as_an_address(address: str) -> None:
    got = requests.get(address, params={"verb": "ListIdentifiers", "metadataPrefix": "oai_dc"}, timeout=10)
    posted = requests.post(address, data={"verb": "ListIdentifiers", "metadataPrefix": "oai_dc"}, timeout=10)
    assert got.status_code == posted.status_code == 200
    assert posted.headers["Content-Type"] == "text/xml; charset=utf-8"
    count = "count(//*[local-name()='header'])"
    assert etree.fromstring(got.content).xpath(count) == etree.fromstring(posted.content).xpath(count) == 5
    both = requests.post(f"{address}?verb=Identify", data={"verb": "Identify"}, timeout=10)
    assert b'code="badVerb"' in both.content


def test_errors_are_answers_with_status_200(address: str) -> None:
    answer = requests.get(f"{address}?verb=%FF%00", timeout=10)
    assert answer.status_code == 200
    assert etree.fromstring(answer.content).xpath("string(//*[local-name()='error']/@code)") == "badVerb"


def test_answers_are_compressed_for_those_who_ask(address: str) -> None:
    parameters = {"verb": "ListRecords", "metadataPrefix": "oai_dc"}
    plain = requests.get(address, params=parameters, headers={"Accept-Encoding": "identity"}, timeout=10)
    packed = requests.get(address, params=parameters, headers={"Accept-Encoding": "gzip"}, stream=True, timeout=10)
    raw = packed.raw.read()
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(raw) * 3 < len(plain.content)
    assert gzip.decompress(raw).startswith(b"<?xml")


def test_the_schema_of_the_rdf_format_is_where_the_formats_say(address: str) -> None:
    formats = sickle.Sickle(address).ListMetadataFormats()
    schema = next(row.schema for row in formats if row.metadataPrefix == "rdf")
    path = schema.removeprefix("http://127.0.0.1:8000")
    answer = requests.get(address.removesuffix("/oai") + path, timeout=10)
    assert answer.content == RDF_SCHEMA.read_bytes()
    assert answer.headers["Content-Type"].startswith("application/xml")


def test_lom_records_are_those_of_the_scenarios(address: str) -> None:
    client = sickle.Sickle(address)
    row = next(row for row in client.ListMetadataFormats() if row.metadataPrefix == "lom")
    names = {"lom": row.metadataNamespace}
    records = [r for r in client.ListRecords(metadataPrefix="lom") if not r.deleted]
    assert len(records) == COUNT
    for record in records:
        lom = record.xml.find(".//lom:lom", names)
        slug = record.header.identifier.rsplit("/", 1)[-1]
        entry = lom.findtext("lom:general/lom:identifier/lom:entry", None, names)
        assert entry == f"http://127.0.0.1:8000/id/scenario/{slug}"
        titles = lom.findall("lom:general/lom:title/lom:string", names)
        assert [title.text for title in titles] == [f"Pealkiri № {slug.removeprefix('s')} & <more>"]
