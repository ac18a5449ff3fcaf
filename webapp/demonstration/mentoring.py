"""Coordinators of the demonstration enter schools and bring them together; schools agree to publish some of it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from webapp.demonstration.accounts import contact_email, contact_name, email
from webapp.demonstration.data import load
from webapp.demonstration.visitor import Visitor, fault
from webapp.demonstration.world import hubs, school_identifier, school_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Flask

__all__ = ["mentor"]


def mentor(app: Flask, password: str, today: dt.date) -> dict[str, str]:
    """Fill the mentoring of each hub, and return the address of each school's page.

    Args:
        app: The site.
        password: The password of everybody.
        today: The day on which the demonstration is filled.

    Raises:
        TakingPartError: A page refuses what is filled in, or does not propose what coordinators are to decide about.
    """
    addresses: dict[str, str] = {}
    told = load("mentoring")
    for hub in hubs():
        coordinator = Visitor(app, email("coordinator", hub["slug"]), password)
        page = f"/hub/{hub['slug']}/mentoring"
        for school in hub["schools"]:
            addresses[school] = _enter(coordinator, page, school, told["schools"][school])
        for school in hub["contacts"]:
            _choose_contact(coordinator, addresses[school], school)
        for decision in told["decisions"][hub["slug"]]:
            _decide(coordinator, f"{page}/proposals", decision)
        for relation in told["relations"][hub["slug"]]:
            address = _relation(coordinator, addresses[relation["mentor"]], relation)
            _record(coordinator, address, relation, today)
            for side in relation.get("agree", ()):
                school = relation[side]
                speaks = coordinator
                if school in hub["contacts"]:
                    speaks = Visitor(app, contact_email(hub["slug"], school), password)
                speaks.send(f"{address}/agreement", address, {"side": side, "do": "agree"})
    return addresses


def _enter(coordinator: Visitor, page: str, school: str, profile: Mapping[str, Any]) -> str:
    """Enter a school as the form asks: practices are ticked, competences and tools written by their names."""
    latitude, longitude = profile["at"]
    fields: dict[str, Any] = {
        "document": school_identifier(school),
        "languages": profile["languages"],
        "latitude": latitude,
        "longitude": longitude,
        "mentorPlaces": profile["places"][0],
        "menteePlaces": profile["places"][1],
        "note": profile.get("note", ""),
    }
    for name in ("offers", "needs"):
        given = profile[name]
        fields[f"{name}.practice"] = [f"practice/{slug}" for slug in given.get("practices", [])]
        fields[f"{name}.competence.more"] = "; ".join(given.get("competences", []))
        fields[f"{name}.tool.more"] = "; ".join(given.get("tools", []))
    return coordinator.send(f"{page}/schools", f"{page}/schools?document={fields['document']}", fields)


def _choose_contact(coordinator: Visitor, address: str, school: str) -> None:
    person = coordinator.option(address, "person", contact_name(school))
    coordinator.send(f"{address}/standing", address, {"do": "contact", "person": person})


def _decide(coordinator: Visitor, page: str, decision: Mapping[str, Any]) -> None:
    """Confirm or refuse a proposal; it is found by the schools that it names."""
    wanted = {key: [school_identifier(decision[key])] for key in ("mentor", "mentee") if key in decision}
    if "members" in decision:
        wanted["member"] = sorted(school_identifier(school) for school in decision["members"])
    found = [form for form in coordinator.forms(page) if all(form.get(key) == value for key, value in wanted.items())]
    if not found:
        raise fault(f"{page}: nobody proposes {wanted}")
    reason = decision.get("refuse", "")
    coordinator.send(page, page, {**found[0], "do": "refuse" if reason else "confirm", "reason": reason})


def _relation(coordinator: Visitor, mentor: str, relation: Mapping[str, Any]) -> str:
    """Return the address of a relation, which the page of its mentor leads to by the mentee's name."""
    return coordinator.link(mentor, f"Mentor of {school_name(relation['mentee'])}")


def _record(coordinator: Visitor, address: str, relation: Mapping[str, Any], today: dt.date) -> None:
    def day(ago: int) -> str:
        return (today - dt.timedelta(days=ago)).isoformat()

    phases = {f"phase/{phase}": day(ago) for phase, ago in relation.get("phases", {}).items()}
    fields = {
        **phases,
        "startDate": min(phases.values(), default=""),
        "practice": [f"practice/{slug}" for slug in relation.get("practices", [])],
        "incentive": [f"incentive/{slug}" for slug in relation.get("incentives", [])],
        "nextStep": relation.get("next", ""),
        "outcome": relation.get("outcome", ""),
        "notes": relation.get("notes", ""),
        "state": "open",
    }
    coordinator.send(address, address, fields)
