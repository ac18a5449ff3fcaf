"""Who may reach which address: one table, and the one place that asks it before any page is made."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final

from flask import Response, g, redirect, request, url_for

from webapp.interface_language import gettext
from webapp.problems import problem
from webapp.taking_part.form_tokens import is_own
from webapp.taking_part.roles import Role
from webapp.taking_part.sign_ins import find_visitor
from webapp.taking_part.state import blueprint

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Flask
    from werkzeug.wrappers import Response as AnyResponse

__all__ = ["ACCESS", "Everybody", "check_table", "guard"]


class Everybody(Enum):
    """Addresses that need no role."""

    ANYBODY = "anybody"
    SIGNED_IN = "signed in"


_TEAM: Final = frozenset({Role.EDITOR, Role.COORDINATOR, Role.ADMINISTRATOR})

_EDITORS: Final = frozenset({Role.EDITOR, Role.ADMINISTRATOR})

_COORDINATORS: Final = frozenset({Role.COORDINATOR, Role.ADMINISTRATOR})

ACCESS: Final[Mapping[str, Everybody | frozenset[Role]]] = {
    "home": Everybody.ANYBODY,
    "sign_in": Everybody.ANYBODY,
    "join": Everybody.ANYBODY,
    "recover": Everybody.ANYBODY,
    "openid_start": Everybody.ANYBODY,
    "openid_return": Everybody.ANYBODY,
    "sign_out": Everybody.SIGNED_IN,
    "account": Everybody.SIGNED_IN,
    "attribution": Everybody.SIGNED_IN,
    "password": Everybody.SIGNED_IN,
    "recovery_codes": Everybody.SIGNED_IN,
    "export": Everybody.SIGNED_IN,
    "erase": Everybody.SIGNED_IN,
    "members": _TEAM,
    "invite": _TEAM,
    "remove": _TEAM,
    "read": _TEAM,
    "begin": frozenset(Role),
    "template": Everybody.ANYBODY,
    "upload": frozenset(Role),
    "uploaded": Everybody.SIGNED_IN,
    "used": Everybody.SIGNED_IN,
    "begin_story": frozenset(Role),
    "adapt": Everybody.SIGNED_IN,
    "translate": Everybody.SIGNED_IN,
    "begin_derived": frozenset(Role),
    "draft": Everybody.SIGNED_IN,
    "join_draft": Everybody.SIGNED_IN,
    "together": Everybody.SIGNED_IN,
    "remarks": Everybody.SIGNED_IN,
    "suggestions": Everybody.SIGNED_IN,
    "throw_away": Everybody.SIGNED_IN,
    "own_proposal": Everybody.SIGNED_IN,
    "change": Everybody.SIGNED_IN,
    "proposal_history": Everybody.SIGNED_IN,
    "keep_mine": Everybody.SIGNED_IN,
    "seen": Everybody.SIGNED_IN,
    "queue": _EDITORS,
    "proposal": _EDITORS,
    "decision": _EDITORS,
    "mentoring": _TEAM,
    "mentoring_enter": frozenset(Role),
    "mentoring_proposals": _COORDINATORS,
    "mentoring_decision": _COORDINATORS,
    "mentoring_relate": _COORDINATORS,
    "mentoring_circle": _COORDINATORS,
    "mentoring_school": Everybody.SIGNED_IN,
    "mentoring_standing": Everybody.SIGNED_IN,
    "mentoring_relation": Everybody.SIGNED_IN,
    "mentoring_agreement": Everybody.SIGNED_IN,
    "dashboard": _COORDINATORS,
    "dashboard_csv": _COORDINATORS,
    "assessment_choice": Everybody.SIGNED_IN,
    "assessment": Everybody.SIGNED_IN,
    "assessment_csv": Everybody.SIGNED_IN,
    "assessment_template": Everybody.SIGNED_IN,
    "assessment_upload": Everybody.SIGNED_IN,
    "assessment_round": Everybody.SIGNED_IN,
    "save_assessment_round": Everybody.SIGNED_IN,
    "bring_back": _EDITORS,
}
"""Endpoints, and for which roles they are. Where the address names a hub (``hub``), the role must be one at that hub.

Drafts and own proposals are for those who are signed in, and then for those who wrote them only: others get 404.
A school of mentoring and its relations are for the hub's team and for the school's contact; others get 404.
So are self-assessments, for nobody but the people of the school.
A proposal's history and a change of it are for its author and the editors of its hub.
An address that is not here is refused to everybody, and the site does not start with one.
"""


@blueprint.before_request
def guard() -> AnyResponse | None:
    """Let a request through that may reach its page; answer the others."""
    g.visitor = found = find_visitor()
    if request.method not in {"GET", "HEAD", "OPTIONS"} and not is_own():
        detail = gettext("This form is out of date. Go back, load the page again and send it once more.")
        return problem(403, detail, kind="foreign-form")
    wanted = ACCESS.get((request.endpoint or "").removeprefix("taking_part."), frozenset[Role]())
    if wanted is Everybody.ANYBODY:
        return None
    if found is None:
        return _to_sign_in()
    if wanted is Everybody.SIGNED_IN:
        return None
    slug = (request.view_args or {}).get("hub")
    if isinstance(wanted, frozenset) and found.roles_at(f"hub/{slug}" if slug else None) & wanted:
        return None
    return problem(403, gettext("Your account does not have the role that this page is for."), kind="role-missing")


def check_table(app: Flask) -> None:
    """Check that the table has every endpoint, and none that is not there.

    Raises:
        RuntimeError: It has not; a mistake in the program.
    """
    prefix = "taking_part."
    there = {
        rule.endpoint.removeprefix(prefix) for rule in app.url_map.iter_rules() if rule.endpoint.startswith(prefix)
    }
    if there != ACCESS.keys():
        raise RuntimeError(f"webapp.taking_part.access.ACCESS and the routes differ: {sorted(there ^ ACCESS.keys())}")


def _to_sign_in() -> AnyResponse:
    if request.method != "GET" or request.headers.get("X-Requested-With") == "fetch":
        return problem(401, gettext("You are not signed in any more. Sign in, then go on."), kind="signed-out")
    return redirect(url_for("taking_part.sign_in", next=request.full_path.rstrip("?")), 303, Response)
