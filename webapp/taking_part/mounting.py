"""Puts the pages of those who take part into the site."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

from webapp.taking_part.access import check_table
from webapp.taking_part.database import open_database
from webapp.taking_part.form_tokens import form_token, send_form_cookie
from webapp.taking_part.passwords import Passwords
from webapp.taking_part.permissions import licence_refusal
from webapp.taking_part.publisher import start_publishing, unpublished
from webapp.taking_part.roles import ROLE_NAMES
from webapp.taking_part.sign_ins import send_cookie
from webapp.taking_part.state import People, blueprint, visitor
from webapp.taking_part.telling import takes_stories
from webapp.taking_part.tokens import secret_key

if TYPE_CHECKING:
    from flask import Flask, Response

    from kg.settings import Settings

__all__ = ["init_app"]

_PAGES: Final = (
    "accounts",
    "joining",
    "own_account",
    "members",
    "writing",
    "telling",
    "adapting",
    "reviewing",
    "openid_pages",
    "mentoring.hub_pages",
    "mentoring.proposal_pages",
    "mentoring.school_pages",
    "mentoring.relation_pages",
    "assessment.pages",
    "dashboard",
    "hub_usage",
    "upload_pages",
    "together_pages",
    "revising",
)
"""Modules that each hold the pages of one concern."""


def init_app(app: Flask, settings: Settings, *, supervised: bool) -> None:
    """Add the pages to the site; under a server, go on with publishing what a former one did not get done.

    Args:
        app: The application.
        settings: The settings of this run.
        supervised: Whether this is one of several web processes of a server.

    Raises:
        TakingPartError: The database does not answer or has other tables than this program's.
    """
    database = open_database(settings)
    database.require_current()
    if supervised and unpublished(settings, database):
        start_publishing(settings)
    app.extensions["ihub.people"] = People(settings, database, secret_key(settings.home), Passwords())
    for name in _PAGES:
        import_module(f"webapp.taking_part.{name}")
    app.register_blueprint(blueprint)
    check_table(app)
    app.jinja_env.globals.update(
        taking_part=True,
        takes_stories=takes_stories,
        licence_refusal=licence_refusal,
        form_token=form_token,
        visitor=visitor,
        role_names=ROLE_NAMES,
        openid=bool(settings.openid_issuer),
    )


@blueprint.after_request
def _finish(response: Response) -> Response:
    """What these pages show is one person's: no cache keeps it, and no other site learns an address of theirs."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "same-origin"
    send_cookie(response)
    send_form_cookie(response)
    return response
