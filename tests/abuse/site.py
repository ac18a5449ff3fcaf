"""What a real gunicorn serves in the tests: ``/sparql`` alone, over the zygote that the environment names."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from kg.sparql.client import SparqlService
from kg.sparql.limits import Limits
from tests.conformance.factory import sparql_app

if TYPE_CHECKING:
    from flask import Flask


def application() -> Flask:
    limits = Limits(deadline=float(os.environ["TEST_DEADLINE"]))
    places = int(os.environ["TEST_PLACES"])
    service = SparqlService(os.environ["TEST_SOCKET"], limits, cache_bytes=0, max_in_flight=places)
    return sparql_app(service)
