"""Somebody adapts a published scenario: nothing of it gets lost, its authors stay named, its licence is kept."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from lxml import html
from sqlalchemy import select

from kg.licences import OFFERED, adaptation_licences
from kg.release import current_release
from kg.stated_document import stated_document
from ontology.namespaces import IHUB, SCHEMA
from tests.webapp.taking_part.shelf_of_origins import LICENCES
from tests.webapp.taking_part.test_reviewing import collected, decide, own_settings, publishing, write
from tests.webapp.taking_part.test_stories import publish
from webapp import create_app
from webapp.taking_part.models import Draft, Proposal, ProposalVersion
from webapp.taking_part.moments import now

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.settings import Settings
    from tests.webapp.taking_part.conftest import Browser
    from webapp.taking_part.database import Database

__all__ = ["own_settings", "publishing"]  # in this process nothing is published in the background

BASE = "http://127.0.0.1:8000/id/"
SA_4 = "https://creativecommons.org/licenses/by-sa/4.0/"


def begun(browser: Browser, scenario: str, kind: str = "adaptation", **fields: str) -> str:
    """Begin an adaptation or a translation; the address of its draft below /taking-part."""
    page = f"/{'adapt' if kind == 'adaptation' else 'translate'}/{scenario}"
    answer = browser.post("/hub/east/adaptations", page, scenario=f"scenario/{scenario}", kind=kind, **fields)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return answer.headers["Location"].removeprefix("/taking-part")


def form_of(browser: Browser, draft: str) -> dict[str, Any]:
    """What a browser sends of a draft's page that nobody has changed."""
    page = html.fromstring(browser.get(draft).get_data(as_text=True))
    (form,) = page.xpath("//form[@id='draft']")
    found: dict[str, Any] = {}
    for name, value in form.form_values():
        found.setdefault(name, []).append(value)
    return found


def send(browser: Browser, draft: str, do: str = "save", **changes: Any) -> Any:
    """Send a draft's page with changes, as a browser does."""
    data = {**form_of(browser, draft), "do": do, **changes}
    return browser.client.post(f"/taking-part{draft}", data=data)


def submitted(browser: Browser, draft: str, **changes: Any) -> str:
    answer = send(browser, draft, "submit", **changes)
    assert answer.status_code == 303, re.findall(r'class="mistake"[^>]*>([^<]*)', answer.get_data(as_text=True))
    return str(answer.headers["Location"]).rpartition("/")[2]


def last_document(kept: Database) -> dict[str, Any]:
    with kept.reading() as session:
        return session.scalars(select(ProposalVersion).order_by(ProposalVersion.submitted)).all()[-1].data


def words(browser: Browser, address: str) -> str:
    return " ".join(html.fromstring(browser.get(address).get_data(as_text=True)).text_content().split())


@pytest.mark.parametrize("scenario", ["checking-a-photo", "drafted-here", "rich", "under-zero"])
def test_the_page_of_each_scenario_leads_to_adapting_and_translating_it(mari: Browser, scenario: str) -> None:
    page = mari.client.get(f"/doc/scenario/{scenario}").get_data(as_text=True)
    for kind in ("adapt", "translate"):
        assert f'/taking-part/{kind}/{scenario}"' in page
        assert mari.get(f"/{kind}/{scenario}").status_code == 200


def test_of_what_is_not_published_nothing_is_made(mari: Browser) -> None:
    for scenario in ("none", "../hub/east"):
        assert mari.get(f"/adapt/{scenario}").status_code == 404
    for identifier in ("scenario/none", "hub/east", ""):
        assert mari.post("/hub/east/adaptations", "/account", scenario=identifier).status_code == 404


def test_who_belongs_to_another_hub_begins_nothing_here(signed_in: Callable[..., Browser]) -> None:
    browser = signed_in("contributor", "hub/west")
    answer = browser.post("/hub/east/adaptations", "/account", scenario="scenario/rich")
    assert answer.status_code == 403


def test_who_belongs_to_several_hubs_chooses_one(signed_in: Callable[..., Browser]) -> None:
    page = signed_in("contributor", "*").get("/adapt/rich").get_data(as_text=True)
    assert {f"/taking-part/hub/{slug}/adaptations" for slug in ("east", "west")} <= set(
        re.findall(r'formaction="([^"]+)"', page)
    )


def test_the_draft_has_everything_that_the_form_knows(mari: Browser) -> None:
    fields = form_of(mari, begun(mari, "rich"))
    assert fields["name"] == ["Melukartta"]
    assert fields["abstract"] == ["Lyhyesti: melu, mittaus, kartta."]
    assert fields["outcome"] == ["Osaan mitata melua.", "Osaan piirtää kartan."]
    assert fields["nationalGrade"] == ["grade/fi-7"]
    assert set(fields["teaches"]) == {"competence/digcomp22-1.3", "competence/digcomp22-1"}  # the form's list lacks one
    assert fields["activity-1.tool"] == ["tool/phyphox"]
    assert fields["activity-2.minutes"] == ["15"]
    assert fields["language"] == ["fi"]


def test_what_has_no_field_is_told_and_goes_along(mari: Browser) -> None:
    page = words(mari, begun(mari, "rich"))
    told = page.partition("Also taken over, without a field")[2]
    for text in ("Active", "captions", "Kartan pohja", "Meluisa koulu"):
        assert text in told, text
    assert "Stays with the original: Original." in page
    assert "Fixture publisher · Melukartta" in page
    assert "CC BY-SA 3.0 · Tekijä T., Koulu 2020" in page


def test_an_adaptation_changed_in_one_text_keeps_all_the_rest(mari: Browser, kept: Database) -> None:
    draft = begun(mari, "rich")
    submitted(mari, draft, **{"activity-2.description": "Luokka piirtää ja vertaa.", "adaptationNote": "Vertailu."})
    found = last_document(kept)
    assert found["activity"][1]["description"] == {"fi": "Luokka piirtää ja vertaa."}
    assert found["activity"][0]["display"] == "tool/cat-display"
    assert found["activity"][1]["outcome"] == ["#outcome-1", "#outcome-2"]
    assert found["name"] == {"fi": "Melukartta", "en": "A map of noise"}
    assert found["keywords"]["fi"] == ["kartta", "melu, ääni"]
    assert found["alignment"][0]["proficiencyLevel"] == "proficiency/digcomp22-4"
    assert found["material"][0]["url"] == "https://example.org/pohja.pdf"
    assert found["needsPupilDevices"] is False
    assert found["isBasedOn"] == ["scenario/rich"]
    assert found["dataKind"] == "data-kind/adapted"
    assert found["license"] == SA_4
    assert found["creditText"].endswith("Tekijä T., Koulu 2020")
    assert found["hub"] == ["hub/east"]
    assert not {"url", "source", "identifier"} & found.keys()
    assert found["adaptationNote"] == {"fi": "Vertailu."}


def test_a_changed_text_leaves_its_other_languages_behind_and_says_so(mari: Browser, kept: Database) -> None:
    draft = begun(mari, "rich")
    send(mari, draft, name="Melukartta pihalla")
    assert "These are not taken over: English: Name" in words(mari, draft)
    submitted(mari, draft)
    found = last_document(kept)
    assert found["name"] == {"fi": "Melukartta pihalla"}
    assert found["description"]["en"] == "Pupils measure noise."
    assert found["inLanguage"] == ["fi"]  # it has no title in English any more


def test_rows_keep_what_is_theirs_wherever_they_are_moved(mari: Browser, kept: Database) -> None:
    draft = begun(mari, "rich")
    send(mari, draft, "down-activity-1")
    send(mari, draft, "remove-outcome-1")
    page = words(mari, draft)
    assert "What differs from the original (" in page
    submitted(mari, draft)
    found = last_document(kept)
    first, second = found["activity"]
    assert (first["name"]["fi"], second["name"]["fi"]) == ("Kartta", "Mittaus")
    assert "display" not in first
    assert second["display"] == "tool/cat-display"
    assert found["learningOutcome"][0]["description"] == {"fi": "Osaan piirtää kartan.", "en": "I can draw a map."}
    assert first["outcome"] == ["#outcome-1"]
    assert not second.get("outcome")


def test_what_differs_is_shown_in_the_draft_in_review_and_to_the_author(mari: Browser, editor: Browser) -> None:
    draft = begun(mari, "checking-a-photo")
    assert "Nothing so far." in words(mari, draft)
    send(mari, draft, **{"activity-1.minutes": "20"})
    shown = mari.get(draft).get_data(as_text=True)
    assert "<del>10</del> <ins>20</ins>" in shown
    proposal = submitted(mari, draft)
    text = editor.get(f"/hub/east/proposals/{proposal}").get_data(as_text=True)
    assert "What differs from the original" in text
    assert re.search(r'Activity 1: Minutes</th><td class="text">10</td><td class="text">20<', text)
    assert "What differs from the original (1)" in words(mari, f"/proposals/{proposal}")


def test_a_save_in_the_background_tells_what_differs(mari: Browser) -> None:
    draft = begun(mari, "checking-a-photo")
    data = {**form_of(mari, draft), "name": "Is this map what it says it is?"}
    headers = {"X-Requested-With": "fetch"}
    assert mari.client.post(f"/taking-part{draft}", data=data, headers=headers).status_code == 200
    assert "<ins>Is this map what it says it is?</ins>" in mari.get(f"{draft}/remarks").get_data(as_text=True)


def test_an_unchanged_copy_is_not_submitted(mari: Browser, kept: Database) -> None:
    answer = send(mari, begun(mari, "drafted-here"), "submit")
    assert answer.status_code == 422
    assert "Nothing is changed yet." in answer.get_data(as_text=True)
    with kept.reading() as session:
        assert session.scalars(select(Proposal)).all() == []


@pytest.mark.parametrize("slug", ["nd", "rights"])
def test_what_may_not_be_changed_says_why_and_begins_nothing(mari: Browser, kept: Database, slug: str) -> None:
    said = "nothing made of it can be published"
    page = mari.client.get(f"/doc/scenario/under-{slug}").get_data(as_text=True)
    assert said in page
    assert "/taking-part/adapt/" not in page
    shown = mari.get(f"/adapt/under-{slug}").get_data(as_text=True)
    assert said in shown
    assert f"/doc/scenario/under-{slug}" in shown
    for kind in ("adaptation", "translation"):
        fields = {"scenario": f"scenario/under-{slug}", "kind": kind, "language": "et"}
        answer = mari.post("/hub/east/adaptations", "/account", **fields)
        assert answer.status_code == 422
        assert said in answer.get_data(as_text=True)
    with kept.reading() as session:
        assert session.scalars(select(Draft)).all() == []


@pytest.mark.parametrize("slug", ["by", "sa", "nc", "zero"])
def test_only_licences_that_go_with_the_origins_are_offered(mari: Browser, slug: str) -> None:
    page = html.fromstring(mari.get(begun(mari, f"under-{slug}")).get_data(as_text=True))
    offered = page.xpath("//select[@id='license']/option/@value")
    assert offered == adaptation_licences(LICENCES[slug])
    told = page.xpath("string(//*[@id='license-help'])")
    assert ("Not possible here" in told) is (len(offered) < len(OFFERED))


@pytest.mark.parametrize(("slug", "licence"), [("sa", LICENCES["by"]), ("by", LICENCES["zero"]), ("nc", SA_4)])
def test_a_forged_licence_is_not_submitted_and_explained(mari: Browser, slug: str, licence: str) -> None:
    draft = begun(mari, f"under-{slug}")
    answer = send(mari, draft, "submit", name="Another title", license=licence)
    assert answer.status_code == 422
    assert "does not go with" in answer.get_data(as_text=True)


def test_a_licence_that_nobody_knows_is_not_taken(mari: Browser, kept: Database) -> None:
    send(mari, begun(mari, "under-sa"), license="https://example.org/mine")
    with kept.reading() as session:
        assert session.scalars(select(Draft)).one().data["license"] == SA_4


def test_a_submission_whose_licence_does_not_fit_is_not_accepted(
    mari: Browser, editor: Browser, kept: Database
) -> None:
    proposal = submitted(mari, begun(mari, "under-sa"), name="Another title")
    with kept.writing() as session:
        version = session.scalars(select(ProposalVersion)).one()
        version.data = {**version.data, "license": LICENCES["by"]}
    answer = decide(editor, proposal, "accept")
    assert answer.status_code == 422
    assert "does not go with" in answer.get_data(as_text=True)
    with kept.reading() as session:
        assert session.scalars(select(Proposal.state)).one() == "waiting"


@pytest.mark.parametrize(
    ("stated", "told"),
    [({"license": LICENCES["by"]}, "does not go with"), ({"isBasedOn": ["scenario/gone"]}, "not published any more")],
)
def test_what_cannot_be_accepted_because_of_its_origin_is_not_brought_back_either(
    mari: Browser, editor: Browser, kept: Database, stated: dict[str, Any], told: str
) -> None:
    proposal = submitted(mari, begun(mari, "under-sa"), name="Another title")
    assert decide(editor, proposal, "accept").status_code == 303
    assert decide(editor, proposal, "withdraw", "To be checked.").status_code == 303
    with kept.writing() as session:
        former = session.scalars(select(ProposalVersion)).one()
        former.data = {**former.data, **stated}  # as if the original had changed since
        version = session.scalars(select(Proposal.version)).one()
    page = f"/proposals/{proposal}/history"
    answer = editor.post(
        f"/hub/east/proposals/{proposal}/restore", page, number=1, text="It was good.", version=version
    )
    assert answer.status_code == 422
    assert told in answer.get_data(as_text=True)
    assert "The rules have changed" not in answer.get_data(as_text=True)
    with kept.reading() as session:
        assert session.scalars(select(Proposal.state)).one() == "withdrawn"


def test_what_a_draft_is_made_of_cannot_be_changed_by_a_form(mari: Browser, kept: Database) -> None:
    send(mari, begun(mari, "under-by"), origin="scenario/rich", isBasedOn="scenario/rich", creditText="me")
    with kept.reading() as session:
        origin = session.scalars(select(Draft)).one().data["origin"]
    assert origin["document"]["id"] == "scenario/under-by"
    assert "Clock makers" in origin["credit"]


def test_an_older_page_of_an_adaptation_overwrites_nothing(mari: Browser) -> None:
    draft = begun(mari, "under-by")
    old = form_of(mari, draft)
    send(mari, draft, name="The first window")
    answer = mari.client.post(f"/taking-part{draft}", data={**old, "name": "The second window", "do": "save"})
    assert answer.status_code == 409
    assert form_of(mari, draft)["name"] == ["The first window"]


def test_a_published_adaptation_stands_in_the_tree_and_says_that_its_source_was_drafted_here(
    home: Settings, mari: Browser, editor: Browser, kept: Database
) -> None:
    decide(
        editor,
        submitted(mari, begun(mari, "drafted-here"), name="A lesson that we taught", **{"about.more": "Physics"}),
        "accept",
    )
    publish(kept, home)
    graph = current_release(home).graph
    (iri,) = graph.subjects(SCHEMA + "isBasedOn", BASE + "scenario/drafted-here")
    assert graph.iri(iri, IHUB + "dataKind") == BASE + "data-kind/adapted"
    app = create_app(home)
    app.testing = True
    try:
        client = app.test_client()
        origin = html.fromstring(client.get("/doc/scenario/drafted-here").text)
        page = client.get(f"/doc/{iri.removeprefix(BASE)}").text
    finally:
        app.extensions["ihub.services"].close()
        app.extensions["ihub.people"].database.close()
    (tree,) = origin.xpath("//div[@aria-labelledby='family']")
    assert "A lesson that we taught" in tree.text_content()
    assert "Made from a scenario that was drafted for this repository" in page
    assert "A lesson that nobody has taught" in page


def test_an_adaptation_outlives_its_original_that_is_withdrawn(
    mari: Browser, editor: Browser, kept: Database, own_settings: Settings
) -> None:
    decide(editor, submitted(mari, begun(mari, "under-by"), name="Two clocks in our school"), "accept")
    write(kept, own_settings)
    (made,) = [found for found in collected(own_settings).values() if found["type"] == "LearningScenario"]
    assert made["isBasedOn"] == ["scenario/under-by"]
    with kept.writing() as session:
        agent = session.scalars(select(Proposal.agent_id)).one()
        gone = Proposal(
            id="gone", document="scenario/under-by", hub="hub/west", agent_id=agent, state="withdrawn", version=2,
            changed=now(),
        )  # fmt: skip
        session.add(gone)
    write(kept, own_settings)
    found = collected(own_settings)[made["id"]]
    assert "isBasedOn" not in found
    assert "Clock makers · A lesson under by · http://127.0.0.1:8000/id/scenario/under-by" in found["creditText"]


def test_of_an_original_that_is_gone_nothing_is_submitted_or_accepted(
    mari: Browser, editor: Browser, kept: Database
) -> None:
    draft, said = begun(mari, "under-by"), "not published any more"
    proposal = submitted(mari, begun(mari, "under-by"), name="Two clocks in our school")
    with kept.writing() as session:
        found = session.scalars(select(Draft).where(Draft.id == draft.rpartition("/")[2])).one()
        document = {**found.data["origin"]["document"], "id": "scenario/gone"}
        found.data = {**found.data, "origin": {**found.data["origin"], "document": document}}
        version = session.scalars(select(ProposalVersion)).one()
        version.data = {**version.data, "isBasedOn": ["scenario/gone"]}
    answer = send(mari, draft, "submit", name="Two clocks in our school")
    assert (answer.status_code, said in answer.get_data(as_text=True)) == (422, True)
    page = f"/hub/east/proposals/{proposal}"
    assert said in editor.get(page).get_data(as_text=True)
    assert decide(editor, proposal, "accept").status_code == 422


def test_a_document_read_back_from_a_release_is_the_one_that_was_published(hub_settings: Settings) -> None:
    found = stated_document(current_release(hub_settings).graph, BASE + "scenario/rich", BASE)
    assert found["learningOutcome"][1]["description"] == {"fi": "Osaan piirtää kartan.", "en": "I can draw a map."}
    assert [row["position"] for row in found["activity"]] == [1, 2]
    assert found["activity"][1]["outcome"] == ["scenario/rich#outcome-1", "scenario/rich#outcome-2"]
    assert found["needsPupilDevices"] is False
    assert found["creator"] == "organisation/fixture-publisher"
    assert "collection" not in found
