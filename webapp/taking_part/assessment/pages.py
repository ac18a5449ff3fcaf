"""Pages of a school's self-assessment: its rounds over time, the form of one, and sheets out and in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, abort, redirect, render_template, request, url_for

from webapp.figures.panels import Panel, level_panel
from webapp.interface_language import gettext, message
from webapp.languages import label
from webapp.taking_part.assessment.instrument import DIMENSIONS, LEVELS, STATEMENTS, dimension_levels
from webapp.taking_part.assessment.rounds import (
    LONGEST_NOTE,
    delete_round,
    find_round,
    list_rounds,
    month_mistake,
    save_round,
    this_month,
)
from webapp.taking_part.assessment.schools import School, find_own_school, own_schools
from webapp.taking_part.assessment.sheet import LARGEST, Sheet, read_sheet, write_sheet
from webapp.taking_part.assessment.uploads import ChangedMeanwhile, take_in
from webapp.taking_part.audit import record
from webapp.taking_part.state import blueprint, id_base, people, require_visitor

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session
    from werkzeug.wrappers import Response as AnyResponse

    from webapp.taking_part.assessment.models import Assessment

__all__ = [
    "assessment",
    "assessment_choice",
    "assessment_csv",
    "assessment_round",
    "assessment_template",
    "assessment_upload",
    "save_assessment_round",
]

_Answer = str | tuple[str, int]


@blueprint.get("/self-assessment")
def assessment_choice() -> str | AnyResponse:
    """Lead to the visitor's school, or let one of several be chosen."""
    with people().database.reading() as session:
        schools = own_schools(session, require_visitor())
    if len(schools) == 1:
        return redirect(url_for("taking_part.assessment", school=schools[0].id))
    return render_template("taking_part/assessment_choice.html", schools=schools)


@blueprint.get("/school/<school>/self-assessment")
def assessment(school: str) -> str | AnyResponse:
    """Show a school its rounds over time; with a month chosen, go to its form."""
    with people().database.reading() as session:
        found = _own_school(session, school)
        mistake = month_mistake(asked) if (asked := request.args.get("month", "").strip()) else None
        if asked and not mistake:
            return redirect(url_for("taking_part.assessment_round", school=school, month=asked))
        return _page(session, found, mistake=gettext(mistake) if mistake else "")


@blueprint.get("/school/<school>/self-assessment.csv")
def assessment_csv(school: str) -> Response:
    """Give all rounds of a school as a sheet, which can be sent back."""
    with people().database.reading() as session:
        _own_school(session, school)
        rounds = [(found.month, found.answers, found.note) for found in list_rounds(session, school)]
    return _file(write_sheet(rounds), "self-assessment.csv")


@blueprint.get("/school/<school>/self-assessment/template.csv")
def assessment_template(school: str) -> Response:
    """Give an empty sheet for this month."""
    with people().database.reading() as session:
        _own_school(session, school)
    return _file(write_sheet([(this_month(), {}, "")]), "self-assessment-template.csv")


@blueprint.post("/school/<school>/self-assessment/upload")
def assessment_upload(school: str) -> _Answer | AnyResponse:
    """Take a sheet in, all of it or nothing."""
    visitor, file = require_visitor(), request.files.get("sheet")
    name = (file.filename if file else "") or gettext("The file")
    sheet = read_sheet(file.read(LARGEST + 1)) if file else Sheet()
    if not file:
        sheet.refuse(1, "", message("Choose a file."))
    with people().database.reading() as session:
        found = _own_school(session, school)
    done, lost = 0, False
    if not sheet.mistakes:
        try:
            with people().database.writing() as session:
                replace = request.form.get("replace") == "yes"
                done = take_in(session, school, sheet, agent=visitor.agent, replace=replace)
                if done:
                    _log(session, "assessment.upload", found)
        except ChangedMeanwhile:
            lost = True
    with people().database.reading() as session:
        if lost:
            text = gettext("Somebody changed a round in the same moment. Nothing of the file was kept. Send it again.")
            return _page(session, found, mistake=text), 409
        if sheet.mistakes:
            return _page(session, found, file=name, mistakes=sheet.mistakes), 422
        return _page(session, found, done=done)


@blueprint.get("/school/<school>/self-assessment/<month>")
def assessment_round(school: str, month: str) -> str:
    """Show the form of a round, filled in as far as it was."""
    with people().database.reading() as session:
        found = _own_school(session, school)
        kept = find_round(session, school, month)
    if kept is None and month_mistake(month):
        abort(404)
    shown = (kept.answers, kept.note, kept.version) if kept else ({}, "", 0)
    return _form(found, month, *shown)


@blueprint.post("/school/<school>/self-assessment/<month>")
def save_assessment_round(school: str, month: str) -> _Answer | AnyResponse:
    """Keep a round, or throw it away."""
    visitor, version = require_visitor(), request.form.get("version", 0, type=int)
    answers, note = _answers(), request.form.get("note", "").replace("\r\n", "\n").strip()
    with people().database.reading() as session:
        found = _own_school(session, school)
    if month_mistake(month):
        abort(404)
    throw_away = request.form.get("do") == "delete"
    if not throw_away and len(note) > LONGEST_NOTE:
        text = gettext("The note is longer than %(most)s characters.", most=LONGEST_NOTE)
        return _form(found, month, answers, note, version, mistake=text), 422
    if not throw_away and not answers and not note:
        return _form(found, month, answers, note, version, mistake=gettext("Answer at least one statement.")), 422
    with people().database.writing() as session:
        if throw_away:
            done = delete_round(session, school, month, version)
        else:
            done = save_round(session, school, month, version, answers, note, agent=visitor.agent)
        if done:
            _log(session, "assessment.delete" if throw_away else "assessment.save", found)
    if done:
        return redirect(url_for("taking_part.assessment", school=school), 303)
    with people().database.reading() as session:
        kept = find_round(session, school, month)
    return _form(found, month, answers, note, kept.version if kept else 0, kept=kept, conflict=True), 409


def _own_school(session: Session, school: str) -> School:
    """Return a school of the visitor's; answers 404 to everybody else, as if there were no such school."""
    return find_own_school(session, school, require_visitor()) or abort(404)


def _log(session: Session, action: str, school: School) -> None:
    visitor = require_visitor()
    roles = sorted(visitor.roles_at(school.hub))
    role = roles[0] if roles else "self"
    record(session, action, agent=visitor.agent, role=role, hub=school.hub, about=school.id)


def _answers() -> dict[str, int]:
    numbers = {str(level.number): level.number for level in LEVELS}
    return {name: numbers[text] for name in STATEMENTS if (text := request.form.get(name, "")) in numbers}


def _file(text: str, name: str) -> Response:
    # The mark at the beginning tells spreadsheets that it is UTF-8.
    response = Response("\ufeff" + text, content_type="text/csv; charset=utf-8; header=present")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _dimension(slug: str) -> tuple[str, str]:
    return label(f"{id_base()}dimension/{slug}")


def _page(session: Session, school: School, **others: Any) -> str:
    rounds = list_rounds(session, school.id)
    levels = [(found, dimension_levels(found.answers)) for found in rounds]
    shown = {
        "school": school,
        "rounds": levels,
        "dimensions": [(slug, *_dimension(slug)) for slug in DIMENSIONS],
        "panels_shown": _panels(levels),
        "month": this_month(),
        "most": LARGEST // 1024,
    }
    return render_template("taking_part/assessment.html", **shown, **others)


def _panels(levels: Sequence[tuple[Assessment, Mapping[str, Any]]]) -> list[Panel]:
    months = [found.month for found, _ in levels]
    found = []
    for slug in DIMENSIONS:
        points = {round_.month: float(given[slug]) for round_, given in levels if slug in given}
        if points:
            found.append(level_panel(_dimension(slug), points, months))
    return found


def _form(school: School, month: str, answers: Mapping[str, int], note: str, version: int, **others: Any) -> str:
    by_dimension = [
        (*_dimension(slug), [statement for statement in STATEMENTS.values() if statement.dimension == slug])
        for slug in DIMENSIONS
    ]
    shown = {"school": school, "month": month, "answers": answers, "note": note, "version": version, "levels": LEVELS}
    return render_template("taking_part/assessment_round.html", by_dimension=by_dimension, **shown, **others)
