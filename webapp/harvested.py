"""The release that harvesters are answered from: the current one, at the moment of the request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import current_app, g

if TYPE_CHECKING:
    from flask import Flask

    from kg.harvesting.releases import HarvestedReleases
    from kg.release import Release

__all__ = ["harvested_release", "init_app"]


def init_app(app: Flask) -> None:
    """Keep the open releases of this process."""
    from kg.harvesting.releases import HarvestedReleases

    app.extensions["ihub.harvested"] = HarvestedReleases(app.extensions["ihub.site"].settings)


def harvested_release() -> Release:
    """Return the release that this request is answered from, the same from its first to its last look.

    Unlike :func:`webapp.languages.served` it needs no search engine, and all server processes pass to a new release at
    the same moment: who reads a list from several of them never goes back in time.

    Raises:
        ReleaseError: There is none.
    """
    if "harvested" not in g:
        releases: HarvestedReleases = current_app.extensions["ihub.harvested"]
        g.harvested = releases.current()
    found: Release = g.harvested
    return found
