"""Whether the server lives, and whether it can answer."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, jsonify

from kg.errors import IhubError, StoreError
from webapp.languages import served

__all__ = ["blueprint"]

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    """Answer 200 as long as the process runs."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
def readyz() -> tuple[Response, int]:
    """Answer 200 once a release is served and SPARQL answers for it, else 503 with the cause."""
    try:
        release = served().release
        obstacle = current_app.extensions["ihub.services"].obstacle(release)
    except StoreError as error:
        return jsonify(status="not ready", detail=f"the store {error.cause}"), 503
    except IhubError as error:
        return jsonify(status="not ready", detail=error.cause), 503
    if obstacle:
        return jsonify(status="not ready", detail=obstacle), 503
    return jsonify(status="ready", release=release.id), 200
