"""Harvesting over OAI-PMH: everything once, then what changed; nothing is lost to pages, faults and cuts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from kg.errors import FetchError, ImportSourceError
from kg.importing.adapter import Record, Run
from kg.importing.net.transport import FetchLimits
from kg.importing.oai.adapter import OaiAdapter
from tests.kg.importing.oai.provider import Item, Provider, dublin_core, lessons

if TYPE_CHECKING:
    from kg.vocabulary import ConceptIndex
    from tests.kg.importing.web import Handler, Web

QUICK = FetchLimits(seconds=5, idle_seconds=2, tries=2, pause=0.01, longest_pause=5)
STATE = "oai_dc|"


def harvest(
    provider: Provider, concepts: ConceptIndex, state: dict[str, Any] | None = None, **options: str
) -> tuple[list[Record], Run]:
    state = state if state is not None else {}
    run = Run(provider.url, concepts, {"delay": "0", **options}, state, allow_private=True)
    return list(OaiAdapter(QUICK).records(run)), run


def identifiers(records: list[Record]) -> list[str]:
    return [record.lesson.identifier for record in records if record.lesson]


def test_every_page_is_read(web: Web, concepts: ConceptIndex) -> None:
    records, run = harvest(Provider(web, lessons(8)), concepts)
    assert identifiers(records) == [f"oai:test:{n}" for n in range(1, 9)]
    assert [record.number for record in records] == list(range(1, 9))
    assert run.complete
    assert run.state == {STATE: {"from": "2026-02-01T12:00:00Z"}}


def test_dublin_core_says_what_a_lesson_is(web: Web, concepts: ConceptIndex) -> None:
    metadata = dublin_core(
        1,
        language="est",
        date="2024-05-06T07:08:09Z",
        rights="Free to use, see https://creativecommons.org/licenses/by-sa/4.0/.",
        description="<p>Arvutame &amp; joonistame</p>",
    )
    (record,), _ = harvest(Provider(web, [Item("oai:test:1", metadata={"oai_dc": metadata})]), concepts)
    lesson = record.lesson
    assert lesson
    assert (lesson.title, lesson.summary) == ({"et": "Lesson 1"}, {"et": "Arvutame & joonistame"})
    assert lesson.languages == ("et",)
    assert lesson.licence == "https://creativecommons.org/licenses/by-sa/4.0/"
    assert (lesson.published, lesson.subjects) == ("2024-05-06", ("Mathematics",))
    assert lesson.source_url == "https://lessons.example.org/1"


def test_deletions_are_carried_over(web: Web, concepts: ConceptIndex) -> None:
    records, _ = harvest(Provider(web, [*lessons(2), Item("oai:test:gone")]), concepts)
    assert [record.deleted for record in records] == [None, None, "oai:test:gone"]


def test_the_next_harvest_asks_only_for_what_changed(web: Web, concepts: ConceptIndex) -> None:
    provider = Provider(web, lessons(4))
    _, first = harvest(provider, concepts)
    provider.items[1].datestamp = "2026-02-10T00:00:00Z"
    provider.date = "2026-02-11T00:00:00Z"
    provider.queries.clear()
    records, second = harvest(provider, concepts, first.state)
    assert provider.queries[0]["from"] == "2026-02-01T11:59:59Z"
    assert identifiers(records) == ["oai:test:2"]
    assert not second.complete
    assert second.state == {STATE: {"from": "2026-02-11T00:00:00Z"}}


def test_a_repository_that_dates_by_days_is_asked_by_days(web: Web, concepts: ConceptIndex) -> None:
    provider = Provider(web, lessons(1), granularity="YYYY-MM-DD")
    _, first = harvest(provider, concepts)
    harvest(provider, concepts, first.state)
    assert provider.queries[-1]["from"] == "2026-01-31"


def test_nothing_new_is_no_error(web: Web, concepts: ConceptIndex) -> None:
    provider = Provider(web, lessons(2))
    _, first = harvest(provider, concepts)
    records, second = harvest(provider, concepts, dict(first.state))
    assert records == []
    assert not second.complete
    assert second.state == first.state


def test_an_emptied_repository_withdraws_nothing(web: Web, concepts: ConceptIndex) -> None:
    provider = Provider(web, lessons(1))
    provider.items[0].sets = ("other",)
    records, run = harvest(provider, concepts, set="physics")
    assert records == []
    assert not run.complete


def test_a_repository_without_deletions_is_read_whole_every_time(web: Web, concepts: ConceptIndex) -> None:
    provider = Provider(web, lessons(2), deleted="no")
    _, first = harvest(provider, concepts)
    provider.items.pop()
    records, second = harvest(provider, concepts, first.state)
    assert "from" not in provider.queries[-1]
    assert identifiers(records) == ["oai:test:1"]
    assert second.complete


def test_full_asks_for_everything_again(web: Web, concepts: ConceptIndex) -> None:
    provider = Provider(web, lessons(2))
    _, first = harvest(provider, concepts)
    records, second = harvest(provider, concepts, first.state, full="yes")
    assert len(records) == 2
    assert second.complete


def test_sets_and_dates_are_passed_on_and_are_not_everything(web: Web, concepts: ConceptIndex) -> None:
    provider = Provider(web, lessons(3))
    provider.items[2].sets = ("physics",)
    records, run = harvest(provider, concepts, set="physics", **{"from": "2025-01-01"})
    assert identifiers(records) == ["oai:test:3"]
    assert not run.complete
    assert run.state == {}


def test_a_second_set_does_not_make_the_first_vanish(web: Web, concepts: ConceptIndex) -> None:
    provider = Provider(web, lessons(2))
    provider.items[0].sets, provider.items[1].sets = ("a",), ("b",)
    _, first = harvest(provider, concepts, set="a")
    assert first.complete
    _, second = harvest(provider, concepts, first.state, set="b")
    assert not second.complete
    assert set(second.state) == {"oai_dc|a", "oai_dc|b"}


def test_a_busy_repository_is_asked_again_when_it_says(web: Web, concepts: ConceptIndex) -> None:
    provider = Provider(web, lessons(4))

    def busy(handler: Handler, _: str) -> bool:
        handler.send(b"", status=503, retry_after="1")
        return True

    provider.faults = [None, busy]
    records, run = harvest(provider, concepts)
    assert len(identifiers(records)) == 4
    assert run.complete


def broken(text: str, replacement: str) -> Any:
    def fault(handler: Handler, answer: str) -> bool:
        handler.send(answer.replace(text, replacement).encode(), content_type="text/xml")
        return True

    return fault


def test_a_broken_record_does_not_stop_the_others(web: Web, concepts: ConceptIndex) -> None:
    provider = Provider(web, lessons(5))
    provider.faults = [broken("Lesson 2", "Salt & pepper <b>")]
    records, run = harvest(provider, concepts)
    assert identifiers(records) == [f"oai:test:{n}" for n in (1, 3, 4, 5)]
    (rejected,) = [record for record in records if record.cause]
    assert "no well-formed XML" in (rejected.cause or "")
    assert "Salt & pepper" in rejected.raw
    assert not run.complete


def test_control_characters_cost_no_record(web: Web, concepts: ConceptIndex) -> None:
    provider = Provider(web, lessons(2))
    provider.faults = [broken("Lesson 2", "Lesson\x0b 2")]
    records, _ = harvest(provider, concepts)
    assert len(identifiers(records)) == 2
    assert [record.cause for record in records if record.cause] == []


def test_a_page_that_ends_in_the_middle_is_not_taken_for_the_last(web: Web, concepts: ConceptIndex) -> None:
    provider = Provider(web, lessons(5))

    def half(handler: Handler, answer: str) -> bool:
        handler.send(answer[: answer.index("oai:test:3")].encode(), content_type="text/xml")
        return True

    provider.faults = [half]
    records, run = harvest(provider, concepts)
    assert identifiers(records) == ["oai:test:1", "oai:test:2"]
    assert "no new resumption token" in (records[-1].cause or "")
    assert not run.complete
    assert "from" not in run.state[STATE]


def test_an_answer_that_is_no_oai_is_refused(web: Web, concepts: ConceptIndex) -> None:
    provider = Provider(web, lessons(1))
    web.page("/oai", "<html><body>Welcome</body></html>")
    with pytest.raises(ImportSourceError, match="no OAI-PMH repository"):
        harvest(provider, concepts)


def test_an_expired_token_starts_anew_without_repeating_records(web: Web, concepts: ConceptIndex) -> None:
    provider = Provider(web, lessons(7))

    def expired(handler: Handler, _: str) -> bool:
        body = '<error code="badResumptionToken">expired</error>'
        handler.send(provider.envelope(body).encode(), content_type="text/xml")
        return True

    provider.faults = [None, None, expired]
    records, run = harvest(provider, concepts)
    assert identifiers(records) == [f"oai:test:{n}" for n in range(1, 8)]
    assert run.complete


def test_a_cut_harvest_keeps_what_came_and_goes_on_the_next_time(web: Web, concepts: ConceptIndex) -> None:
    provider = Provider(web, lessons(7))

    def cut(handler: Handler, answer: str) -> bool:
        handler.send_response(200)
        handler.send_header("content-length", str(len(answer)))
        handler.end_headers()
        handler.wfile.write(answer[:50].encode())
        handler.cut()
        return True

    provider.faults = [None, cut, cut]
    records, run = harvest(provider, concepts)
    assert identifiers(records) == ["oai:test:1", "oai:test:2", "oai:test:3"]
    assert "breaks off" in (records[-1].cause or "")
    assert "goes on from there" in (records[-1].cause or "")
    assert not run.complete
    provider.date = "2026-03-01T00:00:00Z"
    records, run = harvest(provider, concepts, run.state)
    assert identifiers(records) == [f"oai:test:{n}" for n in range(4, 8)]
    # Changes since the first part began have to be asked for the next time.
    assert run.state == {STATE: {"from": "2026-02-01T12:00:00Z"}}
    assert not run.complete


def test_a_token_that_expired_between_two_imports_starts_anew(web: Web, concepts: ConceptIndex) -> None:
    provider = Provider(web, lessons(4))
    resume = {"token": "at~3~oai_dc~~x", "began": "2026-01-31T00:00:00Z"}
    provider.expired = {resume["token"]}
    state = {STATE: {"resume": resume}}
    records, run = harvest(provider, concepts, state)
    assert len(identifiers(records)) == 4
    assert run.state == {STATE: {"from": "2026-01-31T00:00:00Z"}}


def test_a_repository_that_goes_in_circles_is_left(web: Web, concepts: ConceptIndex) -> None:
    provider = Provider(web, lessons(9))
    provider.faults = [broken("at~3~", "at~0~"), broken("at~3~", "at~0~"), broken("at~3~", "at~0~")]
    records, run = harvest(provider, concepts)
    assert "no new resumption token" in (records[-1].cause or "")
    assert len(identifiers(records)) == 3
    assert not run.complete


def test_a_repository_that_does_not_answer_fails_the_import(web: Web, concepts: ConceptIndex) -> None:
    provider = Provider(web, lessons(1))
    web.answers["/oai"] = lambda handler: handler.send(b"", status=500)
    with pytest.raises(FetchError, match="answers 500"):
        harvest(provider, concepts)


def test_a_format_that_is_not_there_is_refused_with_those_that_are(web: Web, concepts: ConceptIndex) -> None:
    with pytest.raises(ImportSourceError, match=r"cannotDisseminateFormat.*it has oai_dc"):
        harvest(Provider(web, lessons(1)), concepts, prefix="lom")


def test_lom_and_amb_are_read_too(web: Web, concepts: ConceptIndex) -> None:
    lom = (
        '<lom xmlns="http://ltsc.ieee.org/xsd/LOM"><general><title><string language="et">Tund</string></title>'
        "</general></lom>"
    )
    amb = '<amb xmlns="urn:x"><![CDATA[{"@context": ["https://w3id.org/kim/amb/context.jsonld", {"@language": "de"}],'
    amb += '"id": "https://oer.example/1", "type": ["LearningResource"], "name": "Stunde"}]]></amb>'
    provider = Provider(web, [Item("oai:test:1", metadata={"lom": lom, "amb": amb, "marc": "<marc xmlns='urn:m'/>"})])
    for prefix, title in (("lom", {"et": "Tund"}), ("amb", {"de": "Stunde"})):
        (record,), _ = harvest(provider, concepts, prefix=prefix)
        assert record.lesson
        assert (record.lesson.identifier, record.lesson.title) == ("oai:test:1", title)
    (record,), _ = harvest(provider, concepts, prefix="marc")
    assert record.cause == "oai:test:1: is in a format that this import does not read: <marc>"
    assert record.identifier == "oai:test:1"


def test_an_address_may_have_a_query_of_its_own(web: Web, concepts: ConceptIndex) -> None:
    provider = Provider(web, lessons(4))
    run = Run(provider.url + "?journal=math", concepts, {"delay": "0"}, allow_private=True)
    assert len(identifiers(list(OaiAdapter(QUICK).records(run)))) == 4
    assert [query["journal"] for query in provider.queries] == ["math", "math"]


@pytest.mark.parametrize("option", ["from", "until"])
def test_dates_that_are_none_are_refused(web: Web, concepts: ConceptIndex, option: str) -> None:
    with pytest.raises(ImportSourceError, match="is no date"):
        harvest(Provider(web, lessons(1)), concepts, **{option: "yesterday"})


def test_loopback_is_refused_unless_allowed(web: Web, concepts: ConceptIndex) -> None:
    run = Run(Provider(web, lessons(1)).url, concepts, {"delay": "0"})
    with pytest.raises(FetchError, match="inside a network or of this machine"):
        list(OaiAdapter(QUICK).records(run))
    assert web.asked == {}


def test_entities_in_an_answer_are_not_expanded(web: Web, concepts: ConceptIndex) -> None:
    provider = Provider(web, lessons(2))
    bomb = '<!DOCTYPE OAI-PMH [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    bomb += '<!ENTITY x SYSTEM "file:///etc/passwd">]><OAI-PMH'
    provider.faults = [
        lambda handler, answer: (
            handler.send(answer.replace("<OAI-PMH", bomb).replace("Lesson 1", "&b;&x;").encode()) or True
        )
    ]
    records, _ = harvest(provider, concepts)
    assert all("root:" not in record.raw for record in records)
    assert identifiers(records) == ["oai:test:2"]
