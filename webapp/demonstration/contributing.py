"""What the contributors of the demonstration write, and what editors decide about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from webapp.demonstration.accounts import email
from webapp.demonstration.data import load
from webapp.demonstration.visitor import Visitor

if TYPE_CHECKING:
    from flask import Flask

__all__ = ["contribute"]

_BUTTONS: Final = {"accepted": "accept", "changes": "changes"}


def contribute(app: Flask, password: str) -> None:
    """Write, submit and review scenarios, adaptations and stories.

    Args:
        app: The site.
        password: The password of everybody.

    Raises:
        TakingPartError: A page refuses what is written.
    """
    for lesson in load("lessons"):
        hub = lesson["hub"]
        author = Visitor(app, email("contributor", hub), password)
        draft = _begin(author, lesson)
        # What is adapted comes with everything that it has; a browser sends that back.
        begun = author.form(draft, "language") if "adapts" in lesson else {}
        proposal = author.send(draft, draft, {**begun, **lesson["fields"], "do": "submit"}).rpartition("/")[2]
        if lesson["becomes"] != "waiting":
            page = f"/hub/{hub}/proposals/{proposal}"
            editor = Visitor(app, email("editor", hub), password)
            editor.send(page, page, {"do": _BUTTONS[lesson["becomes"]], "text": lesson.get("reason", "")})


def _begin(author: Visitor, lesson: dict[str, Any]) -> str:
    """Begin a draft of a scenario, of an adaptation of one or of a story of one, and return its address."""
    hub = f"/hub/{lesson['hub']}"
    if origin := lesson.get("adapts"):
        return author.send(f"{hub}/adaptations", f"/adapt/{origin}", author.form(f"/adapt/{origin}", "scenario"))
    if used := lesson.get("used"):
        return author.send(f"{hub}/stories", f"/used/{used}", author.form(f"/used/{used}", "scenario"))
    return author.send(f"{hub}/drafts", "/account", {})
