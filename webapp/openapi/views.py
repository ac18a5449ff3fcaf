"""``/openapi.yaml``: the whole description, for the release that is served."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml
from flask import Blueprint, Response, current_app

from kg.model_documents import ontology_version
from webapp.answers import shared
from webapp.conditional import code_digest, conditional
from webapp.languages import served
from webapp.openapi.documents import document_paths
from webapp.openapi.exploring import EXPLORING_SCHEMAS, exploring_paths
from webapp.openapi.parts import RESPONSES, SCHEMAS
from webapp.openapi.planning import PLAN_SCHEMAS, plan_paths
from webapp.openapi.searching import SEARCH_SCHEMAS, search_parameters, search_paths

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as BaseResponse

    from webapp.openapi.parts import Json
    from webapp.site import Served

__all__ = ["blueprint", "description"]

blueprint = Blueprint("openapi", __name__)

_ABOUT = (
    "Learning scenarios as a knowledge graph: search, linked data, SPARQL, harvesting. Everything is open to be read, "
    "without a key and from any origin. The values of the filters are those of the release that is served."
)


@blueprint.get("/openapi.yaml")
def openapi() -> BaseResponse:
    """Give the description of every data route."""
    found = served()
    state = f"openapi:{found.release.id}:{code_digest()}"
    return conditional(state, lambda: Response(_text(found), content_type="application/yaml; charset=utf-8"))


def description(found: Served) -> Json:
    """Return the document, for what is served."""
    site = current_app.extensions["ihub.site"]
    parameters = search_parameters(found.filter_values, found.release.id, site.settings)
    paths = {**search_paths(parameters), **exploring_paths(parameters), **plan_paths()}
    paths |= document_paths(ontology_version())
    schemas = {**SCHEMAS, **SEARCH_SCHEMAS, **EXPLORING_SCHEMAS, **PLAN_SCHEMAS}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "ihub",
            "version": ontology_version(),
            "description": _ABOUT,
            "license": {"name": "Apache 2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {"parameters": parameters, "schemas": schemas, "responses": RESPONSES},
    }


class _Plain(yaml.SafeDumper):
    """Writes every part in full: equal parts are not made aliases of each other, which few readers of YAML expect."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - the base class calls it so
        """Never make an alias."""
        return True


def _text(found: Served) -> str:
    kept = shared("openapi")
    if "text" not in kept:
        kept["text"] = yaml.dump(
            description(found), Dumper=_Plain, sort_keys=False, allow_unicode=True, width=1_000_000
        )
    text: str = kept["text"]
    return text
