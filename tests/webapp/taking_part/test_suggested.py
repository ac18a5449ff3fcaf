"""Competences are suggested with a reason, to confirm or refuse; what was refused is not suggested again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from tests.webapp.taking_part.test_contributing import begun, save
from webapp.taking_part.models import Draft, ProposalVersion

if TYPE_CHECKING:
    from tests.webapp.taking_part.conftest import Browser
    from webapp.taking_part.database import Database

PHOTO = {
    "language": "en",
    "name": "Checking a photo",
    "description": "Pupils check where a photo comes from before they share it.",
    "keywords": "evaluating data",
}


def suggested(browser: Browser, draft: str) -> list[str]:
    page = browser.get(f"{draft}/suggestions").get_data(as_text=True)
    return re.findall(r'value="teach-(competence/[\w.-]+)"', page)


def kept_data(kept: Database) -> dict[str, Any]:
    with kept.reading() as session:
        return session.scalars(select(Draft)).one().data


def test_each_suggestion_says_why(mari: Browser) -> None:
    draft = begun(mari)
    save(mari, draft, **PHOTO)
    page = mari.get(f"{draft}/suggestions").get_data(as_text=True)
    assert suggested(mari, draft)
    for row in page.split('<li class="suggested">')[1:]:
        assert "Taught by similar scenarios:" in row or "Your text names it." in row
    assert "/doc/scenario/" in page.split("Taught by similar scenarios:")[1]


def test_a_competence_that_the_text_names_is_suggested_for_that(mari: Browser) -> None:
    draft = begun(mari)
    save(mari, draft, **{**PHOTO, "description": "An evening of programming.", "keywords": "programming"})
    page = mari.get(f"{draft}/suggestions").get_data(as_text=True)
    assert "competence/digcomp22-3.4" in suggested(mari, draft)
    row = page.split("teach-competence/digcomp22-3.4")[0].rpartition("<li")[2]
    assert "Your text names it." in row


def test_yes_adds_a_competence_and_no_keeps_it_from_being_suggested_again(mari: Browser, kept: Database) -> None:
    draft = begun(mari)
    save(mari, draft, **PHOTO)
    first, second = suggested(mari, draft)[:2]
    answer = save(mari, draft, f"teach-{first}", **PHOTO)
    assert answer.headers["Location"].endswith("#likeness")
    assert kept_data(kept)["values"]["teaches"] == [first]
    save(mari, draft, f"refuse-{second}", **PHOTO, teaches=first)
    page = mari.get(draft).get_data(as_text=True)
    assert "You said no to one competence" in page
    assert f'name="refused" value="{second}"' in page
    assert not {first, second} & set(suggested(mari, draft))


def test_refusals_are_saved_with_the_form_and_can_be_forgotten(mari: Browser, kept: Database) -> None:
    draft = begun(mari)
    save(mari, draft, **PHOTO)
    first = suggested(mari, draft)[0]
    save(mari, draft, **PHOTO, refused=[first, "competence/none", "<b>"])
    assert kept_data(kept)["refused"] == [first]
    save(mari, draft, "suggest-again", **PHOTO, refused=first)
    assert "refused" not in kept_data(kept)
    assert first in suggested(mari, draft)


def test_what_is_no_competence_is_not_taken(mari: Browser, kept: Database) -> None:
    draft = begun(mari)
    for button in ("teach-subject/physics", "refuse-nothing", "teach-"):
        save(mari, draft, button, **PHOTO)
    assert "teaches" not in kept_data(kept)["values"]
    assert "refused" not in kept_data(kept)


def test_nothing_is_suggested_for_a_title_of_three_words(mari: Browser) -> None:
    draft = begun(mari)
    save(mari, draft, language="en", name="A photo")
    assert suggested(mari, draft) == []


def test_refusals_are_no_part_of_what_is_submitted(mari: Browser, kept: Database) -> None:
    draft = begun(mari)
    sketch = {**PHOTO, "about.more": "informatics", "activities": "0", "refused": "competence/digcomp22-3.4"}
    assert save(mari, draft, "submit", **sketch).status_code == 303
    with kept.reading() as session:
        data = session.scalars(select(ProposalVersion)).one().data
    assert "3.4" not in str(data)
