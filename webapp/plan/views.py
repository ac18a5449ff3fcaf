"""The routes of plans: the page, and the plan as a table, a calendar, JSON-LD and JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response, current_app, jsonify, render_template, request

from search.request import ParameterError, clean_query
from webapp.answers import remembered
from webapp.interface_language import gettext
from webapp.plan import view
from webapp.plan.answer import plan_json
from webapp.plan.asked import LESSON_LENGTHS, MOST_SCENARIOS, PARAMETERS, plan_address, plan_parameters
from webapp.plan.calendar import CALENDAR_PARAMETERS, WEEKDAYS, ZONES, calendar_request, weekday_name, written_calendar
from webapp.plan.contents import init_memory, plan_contents, slug_of
from webapp.plan.linked_data import plan_document
from webapp.plan.table import written_table
from webapp.plan.texts import FINDING, gap_text, proposal_texts

if TYPE_CHECKING:
    from flask import Flask

__all__ = ["blueprint"]

blueprint = Blueprint("plan", __name__)

_FOUND_AT_MOST: Final = 200  # characters of the words to find scenarios by


@blueprint.record_once
def _provide(state: Any) -> None:
    app: Flask = state.app
    init_memory(app)
    app.jinja_env.globals["scenario_slug"] = slug_of


@blueprint.get("/plan")
def plan() -> str:
    """Show a plan: its scenarios, their time, what they cover of the goal, what to add, and its exports."""
    contents = plan_contents()
    words = clean_query(request.args.get("find", ""))
    if len(words) > _FOUND_AT_MOST:
        raise ParameterError(f"is longer than {_FOUND_AT_MOST} characters", field="find")
    return remembered(lambda: _page(contents, words))


def _page(contents: Any, words: str) -> str:
    asked = contents.plan
    members = view.member_entries(contents)
    proposed = view.proposal_entries(contents)
    kept = plan_parameters(asked)
    language = request.args.get("lang")
    always = [("lang", language)] if language else []
    return render_template(
        "plan.html",
        plan=asked,
        contents=contents,
        members=members,
        unavailable=view.unavailable_entries(contents),
        subjects=view.subject_times(contents),
        board=view.board(contents, members, proposed),
        proposal=contents.proposal,
        proposed=proposed,
        proposal_texts=proposal_texts(contents),
        gap_text=gap_text,
        add_all=view.all_added(contents),
        words=words,
        found=view.found_entries(contents, words) if words else [],
        finding=gettext(FINDING),
        form=view.form(asked),
        scenarios_hidden=[pair for pair in kept if pair[0] in {"s", "name"}] + always,
        all_hidden=kept + always,
        query=plan_address(asked).partition("?")[2],
        exports={
            "csv": plan_address(asked, "plan.table"),
            "jsonld": plan_address(asked, "plan.linked_data"),
            "json": plan_address(asked, "plan.api"),
        },
        weekdays=[(day, weekday_name(day)) for day in WEEKDAYS],
        zones=ZONES,
        lesson_lengths=LESSON_LENGTHS,
        most_scenarios=MOST_SCENARIOS,
        canonical=plan_address(asked, absolute=True),
        empty=plan_address(type(asked)(goal=asked.goal)),
    )


@blueprint.get("/plan.csv")
def table() -> Response:
    """Give the plan as a table (RFC 4180)."""
    _refuse_unknown(PARAMETERS)
    response = Response(written_table(plan_contents()), content_type="text/csv; charset=utf-8; header=present")
    return _download(response, "csv")


@blueprint.get("/plan.ics")
def calendar() -> Response:
    """Give the plan as a calendar (RFC 5545), one event for each lesson."""
    _refuse_unknown(PARAMETERS | CALENDAR_PARAMETERS)
    contents = plan_contents()
    body = written_calendar(contents, calendar_request())
    return _download(Response(body, content_type="text/calendar; charset=utf-8"), "ics")


@blueprint.get("/plan.jsonld")
def linked_data() -> Response:
    """Give the plan as JSON-LD under the published context."""
    _refuse_unknown(PARAMETERS)
    body = current_app.json.dumps(plan_document(plan_contents()), indent=1) + "\n"
    response = Response(body, content_type="application/ld+json; charset=utf-8")
    response.headers["Vary"] = "Accept-Language"
    return response


@blueprint.get("/api/plan")
def api() -> Response:
    """Answer with the plan, what it covers of its goal, and what to add."""
    _refuse_unknown(PARAMETERS)
    response = jsonify(plan_json(plan_contents()))
    response.headers["Vary"] = "Accept-Language"
    return response


def _download(response: Response, suffix: str) -> Response:
    response.headers["Content-Disposition"] = f'attachment; filename="plan.{suffix}"'
    response.headers["Vary"] = "Accept-Language"
    return response


def _refuse_unknown(known: frozenset[str]) -> None:
    """Refuse parameters that do not exist, as the search API does."""
    for name in request.args:
        if name not in known:
            raise ParameterError("is no parameter here", field=name[:80], hint=", ".join(sorted(known)))
