"""Licences: the short names that sources use, and the IRIs that stand for them."""

from __future__ import annotations

from typing import Final

__all__ = ["licence_iri"]

_CC: Final = "https://creativecommons.org/licenses/"

_BY_NAME: Final[dict[str, str]] = {
    "cc0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "pdm": "https://creativecommons.org/publicdomain/mark/1.0/",
    "public domain": "https://creativecommons.org/publicdomain/mark/1.0/",
    "ogl-uk-3.0": "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
    "mit": "https://spdx.org/licenses/MIT",
    "gpl-3.0-or-later": "https://spdx.org/licenses/GPL-3.0-or-later",
    "eupl-1.2": "https://spdx.org/licenses/EUPL-1.2",
    "apache-2.0": "https://spdx.org/licenses/Apache-2.0",
}


def licence_iri(name: str) -> str | None:
    """Return the IRI of the licence called ``name`` (SPDX-like names and Creative Commons names), or None.

    >>> licence_iri("CC-BY-SA-4.0")
    'https://creativecommons.org/licenses/by-sa/4.0/'
    >>> licence_iri("all rights reserved") is None
    True
    """
    key = name.strip().casefold()
    if key.startswith(("http://creativecommons.org/", "https://creativecommons.org/")):
        return "https://" + key.split("://", 1)[1].rstrip("/") + "/"
    if key in _BY_NAME:
        return _BY_NAME[key]
    kind, _, version = key.replace(" ", "-").removeprefix("cc-").rpartition("-")
    kinds = {"by", "by-sa", "by-nc", "by-nd", "by-nc-sa", "by-nc-nd"}
    if kind in kinds and version in {"1.0", "2.0", "2.5", "3.0", "4.0"}:
        return f"{_CC}{kind}/{version}/"
    return None
