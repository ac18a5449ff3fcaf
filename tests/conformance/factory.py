"""WSGI applications with nothing but the SPARQL endpoint, over the datasets of the W3C test suites."""

from __future__ import annotations

import atexit
import itertools
import tempfile
from pathlib import Path

from flask import Flask
from jinja2 import BaseLoader, ChoiceLoader, DictLoader, FileSystemLoader

from kg.sparql.client import SparqlService
from kg.sparql.launcher import Zygote, start_zygote
from kg.sparql.limits import Limits
from webapp import interface_language, problems, sparql

TEMPLATES = str(Path(sparql.__file__).parent / "templates")
BASE_TEMPLATE = "<!doctype html><title>{% block title %}{% endblock %}</title>{% block content %}{% endblock %}"
LIMITS = Limits(deadline=10.0, workers=1)

_directory = tempfile.TemporaryDirectory(prefix="ihub-conformance-")
_numbers = itertools.count()
_running: list[Zygote] = []


def sparql_app(service: SparqlService) -> Flask:
    """Return a Flask application that serves ``/sparql`` alone."""
    app = Flask("sparql_alone")
    app.jinja_loader = with_base()
    app.testing = True
    app.extensions["ihub.sparql"] = service
    interface_language.init_app(app)
    problems.init_app(app)
    app.register_blueprint(sparql.blueprint)
    return app


def application(dataset: list[tuple[str | None, str]]) -> Flask:
    """Serve exactly ``dataset``: (graph IRI or None, path of an N-Triples file); the default graph stays apart."""
    while _running:
        _running.pop().close()
    number = next(_numbers)
    quads = Path(_directory.name) / f"{number}.nq"
    with quads.open("w", encoding="utf-8") as file:
        for graph, path in dataset:
            for line in Path(path).read_text("utf-8").split("\n"):
                if line.strip() and not line.startswith("#"):
                    statement = line.strip().removesuffix(".")
                    file.write(f"{statement}<{graph}> .\n" if graph else f"{statement}.\n")
    zygote = start_zygote(
        Path(_directory.name) / f"{number}.sock", quads=quads, limits=LIMITS, union_default=False, prefixes=False
    )
    _running.append(zygote)
    return sparql_app(SparqlService(zygote.socket_path, LIMITS, release=str(number), union_default=False))


def with_base() -> BaseLoader:
    """Give the site's templates with a base page that needs nothing else of the site."""
    return ChoiceLoader([DictLoader({"base.html": BASE_TEMPLATE}), FileSystemLoader(TEMPLATES)])


@atexit.register
def _end() -> None:
    while _running:
        _running.pop().close()
