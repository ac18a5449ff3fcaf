"""OAI-PMH: what a harvester is told is right at every moment, and every answer is valid by the schemas."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from kg.harvesting import oai
from kg.harvesting.oai import OaiProvider
from kg.harvesting.sets import safe_name, set_concept, set_specs
from kg.harvesting.tokens import ResumptionToken, TokenError, TokenSigner
from kg.release import prune, roll_back
from kg.tombstones import Tombstone
from tests.kg.harvesting.oai_schemas import answer_schema
from tests.kg.shelf import Shelf

if TYPE_CHECKING:
    from pathlib import Path

    from kg.release import Release
    from kg.settings import Settings

OAI = "{http://www.openarchives.org/OAI/2.0/}"
NS = {"o": OAI[1:-1], "dc": "http://purl.org/dc/elements/1.1/"}
HOSTILE = "</dc:title><script>␀␋␦ & \"quoted\" 'and' ]]> \U0001f600 <!--"


@pytest.fixture
def shelf(settings: Settings) -> Shelf:
    shelf = Shelf(settings)
    for number in range(5):
        shelf.put(f"s{number}", f"Scenario {number}")
    return shelf


@pytest.fixture
def provider(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> OaiProvider:
    monkeypatch.setattr(oai, "PAGE", 2)
    return OaiProvider(settings, "somebody@example.org")


def ask(provider: OaiProvider, **arguments: str | list[str]) -> etree._Element:
    given_values = {
        {"set_": "set", "from_": "from"}.get(name, name): [value] if isinstance(value, str) else value
        for name, value in arguments.items()
    }
    return etree.fromstring(provider.answer(given_values))


def error(answer: etree._Element) -> str | None:
    found = answer.find(f"{OAI}error")
    return None if found is None else found.get("code")


def headers(answer: etree._Element) -> dict[str, str]:
    """Identifiers of the answer's records, each with the status."""
    return {h.findtext(f"{OAI}identifier"): h.get("status", "") for h in answer.iter(f"{OAI}header")}


def harvest(provider: OaiProvider, **arguments: str) -> dict[str, str]:
    """All records of a list, page after page."""
    answer = ask(provider, **arguments)
    found = headers(answer)
    while token := answer.findtext(f".//{OAI}resumptionToken"):
        answer = ask(provider, verb=arguments["verb"], resumptionToken=token)
        assert error(answer) is None
        page = headers(answer)
        assert not page.keys() & found.keys()
        found |= page
    return found


def name(slug: str) -> str:
    return f"oai:repository.invalid:scenario/{slug}"


def test_a_list_gives_every_record_once_in_pages(shelf: Shelf, provider: OaiProvider) -> None:
    shelf.release()
    answer = ask(provider, verb="ListRecords", metadataPrefix="oai_dc")
    token = answer.find(f".//{OAI}resumptionToken")
    assert token is not None
    assert (token.get("completeListSize"), token.get("cursor")) == ("5", "0")
    assert harvest(provider, verb="ListRecords", metadataPrefix="oai_dc") == {name(f"s{n}"): "" for n in range(5)}
    assert harvest(provider, verb="ListIdentifiers", metadataPrefix="rdf") == {name(f"s{n}"): "" for n in range(5)}


def test_the_last_page_says_that_it_is_the_last(shelf: Shelf, provider: OaiProvider) -> None:
    shelf.release()
    answer = ask(provider, verb="ListIdentifiers", metadataPrefix="oai_dc")
    cursors = []
    while True:
        token = answer.find(f".//{OAI}resumptionToken")
        assert token is not None
        cursors.append(token.get("cursor"))
        if not token.text:
            break
        answer = ask(provider, verb="ListIdentifiers", resumptionToken=token.text)
    assert cursors == ["0", "2", "4"]


def test_withdrawn_scenarios_stay_as_deleted_records_in_their_sets(shelf: Shelf, provider: OaiProvider) -> None:
    shelf.release()
    shelf.take("s1")
    shelf.release()
    assert harvest(provider, verb="ListRecords", metadataPrefix="oai_dc", set_="subject:informatics") == {
        **{name(f"s{n}"): "" for n in (0, 2, 3, 4)},
        name("s1"): "deleted",
    }
    record = ask(provider, verb="GetRecord", identifier=name("s1"), metadataPrefix="rdf")
    assert headers(record) == {name("s1"): "deleted"}
    assert record.find(f".//{OAI}metadata") is None
    assert error(ask(provider, verb="ListMetadataFormats", identifier=name("s1"))) is None


def test_a_harvester_that_comes_back_gets_exactly_what_changed(shelf: Shelf, provider: OaiProvider) -> None:
    mine: dict[str, str] = {}
    since: dict[str, str] = {}
    steps = [
        lambda: shelf.put("s0", "Changed"),
        lambda: shelf.take("s1"),
        lambda: shelf.put("new"),
        lambda: shelf.put("s1", "Back again"),
        lambda: shelf.take("s2", "Its author asked for it."),
    ]
    shelf.release()
    for step in [lambda: None, *steps]:
        step()
        release = shelf.release()
        answer = ask(provider, verb="Identify")
        mine |= harvest(provider, verb="ListRecords", metadataPrefix="oai_dc", **since)
        since = {"from_": answer.findtext(f"{OAI}responseDate") or ""}
        alive = {e.iri for e in release.history.state("scenario") if e.kind != "delete"}
        assert {key.rsplit(":", 1)[-1] for key, status in mine.items() if not status} == {
            iri.split("/id/")[1] for iri in alive
        }
    assert mine[name("s2")] == "deleted"


def test_a_rollback_is_told_to_harvesters(shelf: Shelf, provider: OaiProvider) -> None:
    first = shelf.release()
    shelf.put("later")
    shelf.release()
    before = ask(provider, verb="Identify").findtext(f"{OAI}responseDate") or ""
    roll_back(shelf.settings, first.id)
    told = harvest(provider, verb="ListIdentifiers", metadataPrefix="oai_dc", from_=before)
    assert told[name("later")] == "deleted"


def test_a_list_goes_on_unchanged_over_a_new_release(shelf: Shelf, provider: OaiProvider) -> None:
    shelf.release()
    token = ask(provider, verb="ListRecords", metadataPrefix="oai_dc").findtext(f".//{OAI}resumptionToken") or ""
    shelf.put("s3", "Another title")
    shelf.take("s4")
    second = shelf.release()
    answer = ask(provider, verb="ListRecords", resumptionToken=token)
    assert headers(answer) == {name("s2"): "", name("s3"): ""}
    assert [t.text for t in answer.iter(f"{{{NS['dc']}}}title")] == ["Scenario 2", "Scenario 3"]
    edition = second.history.edition()
    assert edition
    assert (answer.findtext(f"{OAI}responseDate") or "") <= edition.time.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_a_list_of_a_release_that_is_gone_is_refused(shelf: Shelf, provider: OaiProvider) -> None:
    first = shelf.release()
    token = ask(provider, verb="ListRecords", metadataPrefix="oai_dc").findtext(f".//{OAI}resumptionToken") or ""
    shelf.put("more")
    shelf.release()
    manifest = first.directory / "manifest.json"  # made older, since releases of one second have no order
    manifest.write_text(manifest.read_text().replace('"created": "20', '"created": "19'))
    assert prune(shelf.settings, 1) == [first.id]
    assert error(ask(provider, verb="ListRecords", resumptionToken=token)) == "badResumptionToken"


def test_tokens_cannot_be_made_up_or_changed(shelf: Shelf, provider: OaiProvider, settings: Settings) -> None:
    shelf.release()
    token = ask(provider, verb="ListRecords", metadataPrefix="oai_dc").findtext(f".//{OAI}resumptionToken") or ""
    for bad in (token[:-2] + "AA", "x" + token, token[::-1], "", "!", "ä", "a" * 5000):
        assert error(ask(provider, verb="ListRecords", resumptionToken=bad)) == "badResumptionToken"
    assert error(ask(provider, verb="ListIdentifiers", resumptionToken=token)) == "badResumptionToken"
    assert error(ask(provider, verb="ListSets", resumptionToken=token)) == "badResumptionToken"
    key = settings.home / "harvesting.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert (
        OaiProvider(settings, "x@example.org")
        .answer({"verb": ["ListRecords"], "resumptionToken": [token]})
        .count(b"<record>")
    )


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({}, "badVerb"),
        ({"verb": "Nothing"}, "badVerb"),
        ({"verb": ["Identify", "Identify"]}, "badVerb"),
        ({"verb": "Identify", "set": "x"}, "badArgument"),
        ({"verb": "ListRecords"}, "badArgument"),
        ({"verb": "GetRecord", "metadataPrefix": "oai_dc"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": ["oai_dc", "oai_dc"]}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "resumptionToken": "x"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "yesterday"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2026-13-01"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "until": "2026-11-22T10:00Z"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "until": "9999-12-31"}, None),
        (
            {"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2026-01-01", "until": "2026-11-22T10:00:00Z"},
            "badArgument",
        ),
        (
            {"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2027-01-01", "until": "2026-01-01"},
            "badArgument",
        ),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "set": "a b"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "set": "subject:none"}, "noRecordsMatch"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "until": "2001-01-01"}, "noRecordsMatch"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2999-01-01"}, "noRecordsMatch"),
        ({"verb": "ListRecords", "metadataPrefix": "marc"}, "cannotDisseminateFormat"),
        ({"verb": "GetRecord", "metadataPrefix": "m <x>", "identifier": "x"}, "cannotDisseminateFormat"),
        ({"verb": "GetRecord", "metadataPrefix": "oai_dc", "identifier": "\x00 <x>"}, "idDoesNotExist"),
        ({"verb": "ListMetadataFormats", "identifier": "oai:repository.invalid:subject/informatics"}, "idDoesNotExist"),
        ({"verb": "ListMetadataFormats", "identifier": "scenario/s0"}, "idDoesNotExist"),
        ({"verb": "ListSets", "resumptionToken": "x"}, "badResumptionToken"),
        ({"verb": "ListSets"}, None),
        ({"verb": "ListMetadataFormats", "identifier": "oai:repository.invalid:scenario/s0"}, None),
        ({"verb": "GetRecord", "metadataPrefix": "rdf", "identifier": "http://127.0.0.1:8000/id/scenario/s0"}, None),
        ({"verb": "Identify"}, None),
        ({"verb": "ListIdentifiers", "metadataPrefix": "oai_dc", "set": "subject", "from": "2001-01-01"}, None),
        ({"verb": "ListRecords", "metadataPrefix": "rdf", "set": "language:en"}, None),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc"}, None),
        ({"verb": "ListRecords", "metadataPrefix": "lom"}, None),
    ],
)
def test_every_answer_and_every_error_is_valid(
    shelf: Shelf, provider: OaiProvider, shared: Path, arguments: dict[str, str | list[str]], code: str | None
) -> None:
    shelf.put("s0", HOSTILE, description={"en": HOSTILE}, keywords={"en": [HOSTILE]}, creditText=HOSTILE)
    shelf.tombstones.append(Tombstone("scenario/gone", "It was withdrawn."))
    shelf.release()
    body = provider.answer({n: [v] if isinstance(v, str) else v for n, v in arguments.items()})
    answer = etree.fromstring(body)
    assert error(answer) == code
    lom = {"http://ltsc.ieee.org/xsd/LOM": shared / "conformance" / "lom" / "lomLoose.xsd"}
    schema = answer_schema(shared / "conformance" / "oai" / "schemas", lom)
    assert schema.validate(answer), schema.error_log


def test_before_the_first_release_there_are_no_records_but_valid_answers(
    shelf: Shelf, provider: OaiProvider, shared: Path
) -> None:
    release = shelf.release()
    release.history.path.unlink()  # as in a home that an earlier version of ihub built
    schema = answer_schema(shared / "conformance" / "oai" / "schemas")
    fresh = OaiProvider(shelf.settings, "x@example.org")
    for verb, code in (("Identify", None), ("ListSets", "noSetHierarchy"), ("ListMetadataFormats", None)):
        answer = ask(fresh, verb=verb)
        assert error(answer) == code
        assert schema.validate(answer), schema.error_log
    assert error(ask(fresh, verb="ListRecords", metadataPrefix="oai_dc")) == "noRecordsMatch"


def test_slugs_beyond_ascii_have_identifiers_and_sets_within(shelf: Shelf, provider: OaiProvider) -> None:
    shelf.put("õhk-ja-мир", "Air", about=["subject/mõõtmine"])
    shelf.release()
    identifier = "oai:repository.invalid:scenario/%C3%B5hk-ja-%D0%BC%D0%B8%D1%80"
    assert headers(ask(provider, verb="GetRecord", identifier=identifier, metadataPrefix="oai_dc")) == {identifier: ""}
    found = harvest(provider, verb="ListIdentifiers", metadataPrefix="oai_dc", set_="subject:m~C3~B5~C3~B5tmine")
    assert list(found) == [identifier]


def test_sets_follow_the_vocabularies(release: Release) -> None:
    sets = {event.iri.rsplit("/", 1)[-1]: event.sets for event in release.history.state("scenario")}
    assert sets["checking-a-photo-et"] == (
        "collection:classroom",
        "competence-area:digcomp22-1",
        "language:et",
        "level:isced-2",
        "subject:media-education:media-literacy",
    )


def test_a_set_lies_in_the_sets_of_all_broader_concepts() -> None:
    about = "https://schema.org/about"
    broader = {"x/subject/optics": ["x/subject/physics"], "x/subject/physics": ["x/subject/science"]}
    assert set_specs({about: ["x/subject/optics"]}, broader) == ["subject:science:physics:optics"]
    circular = {"x/a": ["x/b"], "x/b": ["x/a"]}
    assert set_specs({about: ["x/a"]}, circular) == ["subject:b:a"]


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="/#:"), min_size=1))
def test_set_names_are_ascii_and_lead_back(text: str) -> None:
    part = safe_name(text)
    assert part.isascii()
    assert ":" not in part
    assert set_concept(f"subject:{part}", "x:") == f"x:subject/{text}"


@given(st.text(max_size=50))
def test_no_text_is_taken_for_a_token(text: str) -> None:
    signer = SIGNER
    with pytest.raises(TokenError):
        signer.decode(text)


@given(st.lists(st.integers(0, 2**40), min_size=4, max_size=4), st.text(max_size=20) | st.none())
def test_tokens_survive_the_way(numbers: list[int], set_spec: str | None) -> None:
    token = ResumptionToken("ListRecords", "rdf", set_spec, None, None, "log", numbers[0], "r", *numbers[1:])
    assert SIGNER.decode(SIGNER.encode(token)) == token


@pytest.fixture(scope="module", autouse=True)
def _signer(tmp_path_factory: pytest.TempPathFactory) -> None:
    global SIGNER  # noqa: PLW0603 - hypothesis wants no function-scoped fixtures
    SIGNER = TokenSigner(tmp_path_factory.mktemp("key") / "key")


SIGNER: TokenSigner
