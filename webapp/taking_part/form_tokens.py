"""Forms that only our own pages can send: each carries a token that belongs to the browser's cookie."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from flask import g, request

from webapp.taking_part.sign_ins import secure, session_token
from webapp.taking_part.state import people
from webapp.taking_part.tokens import keyed_digest, new_token

if TYPE_CHECKING:
    from flask import Response

__all__ = ["FIELD", "HEADER", "form_token", "is_own", "send_form_cookie"]

FIELD: Final = "form_token"
HEADER: Final = "X-Form-Token"
"""What scripts send the token in."""

_SAFE_SITES: Final = frozenset({"same-origin", "none"})


def form_token() -> str:
    """Return the token for the forms of this page: a keyed digest of the session's token, or of a cookie of its own.

    A page elsewhere can read neither the cookie nor the page, so it cannot know the token; and as the token follows the
    session, a form that was open before somebody signed in is of no use afterwards.
    """
    return keyed_digest(people().key, "form", session_token() or _anonymous())


def is_own() -> bool:
    """Whether this request comes from a form of ours."""
    if request.headers.get("Sec-Fetch-Site", "none") not in _SAFE_SITES:
        return False
    origin = request.headers.get("Origin")
    if origin and urlsplit(origin).netloc != request.host:
        return False
    sent = request.headers.get(HEADER) or request.form.get(FIELD, "")
    return hmac.compare_digest(sent.encode(), form_token().encode())


def send_form_cookie(response: Response) -> None:
    """Hand the browser the cookie that the forms of this page belong to, where it has none yet."""
    if made := g.get("form_cookie"):
        response.set_cookie(_name(), made, secure=secure(), httponly=True, samesite="Strict", path="/")


def _name() -> str:
    return "__Host-ihub-form" if secure() else "ihub-form"


def _anonymous() -> str:
    kept = request.cookies.get(_name())
    if not kept and not g.get("form_cookie"):
        g.form_cookie = new_token()
    return kept or str(g.form_cookie)
