"""``ihub serve``: one small parent that keeps gunicorn and a SPARQL zygote for each served release running.

The parent imports nothing that starts threads, forks nothing itself and holds no data: web workers and zygotes are
programs of their own, which end when it ends.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any, Final

from kg.errors import IhubError
from kg.release import current_release, record_current
from webapp.server_directory import new_server_directory, server_environment
from webapp.token_buckets import reset_rates
from webapp.zygotes import Zygotes

if TYPE_CHECKING:
    from flask import Flask

    from kg.settings import Settings

__all__ = ["application", "serve"]

_LOG: Final = logging.getLogger("ihub.serve")
_TURN: Final = 0.5  # seconds between looks at the children and at the current release
_NOBODY: Final = ""
_PATIENCE: Final = 20  # seconds that gunicorn has to finish its requests


class _Stop(Exception):  # noqa: N818 - a signal, not an error
    """Raised in the parent when it is asked to end."""


def serve(settings: Settings) -> int:
    """Serve until a signal comes; return the exit status.

    Raises:
        ReleaseError: There is nothing to serve.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    release = current_release(settings)
    record_current(settings)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, _stop)
    with new_server_directory() as directory, Zygotes(settings, directory) as zygotes:
        reset_rates(directory)
        zygotes.follow(release)
        environment = {**os.environ, **settings.to_environment(), **server_environment(directory)}
        web = subprocess.Popen(_gunicorn(settings), env=environment)  # noqa: S603 - our own program
        try:
            while web.poll() is None:
                time.sleep(_TURN)
                _turn(settings, zygotes)
        except _Stop:
            return _end(web)
        finally:
            _end(web)
        return web.returncode or 1


def _turn(settings: Settings, zygotes: Zygotes) -> None:
    try:
        zygotes.follow(current_release(settings))
    except (IhubError, OSError):
        # What is served goes on; the cause may pass (a release being replaced, memory short for a moment).
        _LOG.exception("cannot follow the current release")


def _stop(_number: int, _frame: Any) -> None:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    raise _Stop


def _end(web: subprocess.Popen[bytes]) -> int:
    if web.poll() is None:
        web.terminate()
        try:
            web.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            web.kill()
            web.wait()
    return 0


def application() -> Flask:
    """Return the application of a web worker, whose log goes to standard error; called by gunicorn."""
    import gunicorn.http.wsgi

    from webapp import create_app
    from webapp.logs import write_logs

    # What answers is nobody's business.
    gunicorn.http.wsgi.SERVER = "ihub"
    write_logs()
    return create_app(supervised=True)


def _gunicorn(settings: Settings) -> list[str]:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    options = {
        "--bind": f"{host}:{settings.port}",
        "--worker-class": "webapp.web_worker.WebWorker",
        "--workers": str(settings.workers),
        "--threads": str(settings.threads),
        "--graceful-timeout": str(_PATIENCE - 5),
        "--timeout": "120",
        "--keep-alive": "15",
        "--limit-request-line": "8190",
        "--forwarded-allow-ips": _NOBODY,  # headers of proxies are IHUB_PROXIES' business
    }
    flat = [part for option in options.items() for part in option]
    return [sys.executable, "-m", "gunicorn", *flat, "--no-control-socket", "webapp.serve:application()"]
