"""``/metrics`` in the Prometheus text format, right over all web processes and the SPARQL processes behind them.

Counters lie in files that each web process maps into memory and that whoever is asked adds up (the multiprocess mode of
prometheus_client; ``ihub serve`` makes their directory). What the SPARQL processes know is asked of them.
"""

from __future__ import annotations

import ipaddress
import os
import time
from typing import TYPE_CHECKING, Final

from flask import Blueprint, Response, abort, current_app, g, request
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from kg.errors import IhubError
from webapp.languages import served
from webapp.server_directory import COUNTERS_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flask import Flask
    from prometheus_client.metrics_core import Metric

    from kg.release import Release

__all__ = ["blueprint", "init_app"]

blueprint = Blueprint("metrics", __name__)

_BOUNDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_REQUESTS: Final = Counter("ihub_http_requests", "HTTP requests by route.", ("route", "method", "status"))
_SECONDS: Final = Histogram("ihub_http_request_seconds", "Time to a response, by route.", ("route",), buckets=_BOUNDS)
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "OPTIONS"})
_SPARQL_GAUGES: Final = {
    "waiting": "SPARQL queries that wait for a worker.",
    "running": "SPARQL queries that run.",
    "running_long": "SPARQL queries that run and have taken long.",
    "workers": "SPARQL worker processes.",
}
_SPARQL_COUNTERS: Final = {
    "answered": "Queries that the SPARQL workers of this release have answered.",
    "workers_killed": "SPARQL workers that were ended for their query.",
    "workers_died": "SPARQL workers that ended by themselves.",
}


def init_app(app: Flask) -> None:
    """Count and time every request."""
    app.before_request(_start)
    app.after_request(_observe)


def _start() -> None:
    g.request_started = time.perf_counter()


def _observe(response: Response) -> Response:
    # The rule, not the path: paths are without number, and so would be the time series.
    route = request.url_rule.rule if request.url_rule else "none"
    method = request.method if request.method in _METHODS else "other"
    _REQUESTS.labels(route, method, response.status_code).inc()
    started = g.get("request_started")
    if started is not None:
        _SECONDS.labels(route).observe(time.perf_counter() - started)
    return response


@blueprint.get("/metrics")
def metrics() -> Response:
    """Answer with all metrics, to those who may read them (IHUB_METRICS)."""
    if not _may_read(current_app.extensions["ihub.site"].settings.metrics):
        abort(404)
    registry = CollectorRegistry()
    if os.environ.get(COUNTERS_VARIABLE):
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry.register(_OfThisProcess())
    present = CollectorRegistry()
    present.register(_Present())
    body = generate_latest(registry) + generate_latest(present)
    return Response(body, content_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})


def _may_read(who: str) -> bool:
    if who != "loopback":
        return who == "open"
    settings = current_app.extensions["ihub.site"].settings
    if not settings.proxies and any(name in request.headers for name in ("X-Forwarded-For", "Forwarded", "Via")):
        return False  # a proxy that nobody told us of stands between: the address is its own
    try:
        return ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


class _OfThisProcess(Collector):
    """What this process has counted, without the versions that prometheus_client tells by itself."""

    def collect(self) -> Iterable[Metric]:
        """Give the metrics."""
        return (metric for metric in REGISTRY.collect() if metric.name.startswith("ihub_"))


class _Present(Collector):
    """What is so at the moment: the release, and what the SPARQL processes say of themselves."""

    def collect(self) -> Iterable[Metric]:
        """Give the metrics."""
        try:
            release = served().release
            yield from _release(release)
            said = current_app.extensions["ihub.services"].service(release).statistics()
        except IhubError:
            yield GaugeMetricFamily("ihub_sparql_up", "Whether the SPARQL processes answer.", value=0)
            return
        yield GaugeMetricFamily("ihub_sparql_up", "Whether the SPARQL processes answer.", value=1)
        for name, text in _SPARQL_GAUGES.items():
            yield GaugeMetricFamily(f"ihub_sparql_{name}", text, value=said.get(name, 0))
        for name, text in _SPARQL_COUNTERS.items():
            yield CounterMetricFamily(f"ihub_sparql_{name}", text, value=said.get(name, 0))


def _release(release: Release) -> Iterator[Metric]:
    info = GaugeMetricFamily("ihub_release_info", "The release that is served.", labels=("release",))
    info.add_metric([release.id], 1)
    yield info
    yield GaugeMetricFamily("ihub_release_quads", "Quads in the release.", value=release.manifest["quads"])
    scenarios = release.manifest["parts"]["search"]["scenarios"]
    yield GaugeMetricFamily("ihub_release_scenarios", "Scenarios in the release.", value=scenarios)
