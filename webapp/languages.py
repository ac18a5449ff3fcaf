"""The reader's languages, and texts and labels chosen for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import current_app, g, request

from ontology.language import choose

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Flask

    from webapp.site import Served, Site

__all__ = ["PATH_LANGUAGE", "init_app", "label", "pick", "reader_languages", "served"]

PATH_LANGUAGE: Final = "ihub.language"
"""Where the environment of a request keeps the language that its path begins with."""

_MOST: Final = 5  # languages that are read from a header


def init_app(app: Flask) -> None:
    """Provide ``label`` and ``pick`` to templates."""
    app.jinja_env.globals.update(label=label, pick=pick)


def served() -> Served:
    """Return the release that this request is answered from, the same from its first to its last look."""
    found: Served | None = g.get("served")
    if found is None:
        site: Site = current_app.extensions["ihub.site"]
        found = g.served = site.served()
    return found


def reader_languages() -> tuple[str, ...]:
    """Return the languages of ``lang``, of the path and of the Accept-Language header, the most wanted first."""
    found: tuple[str, ...] | None = g.get("languages")
    if found is None:
        asked = [request.args.get("lang", ""), request.environ.get(PATH_LANGUAGE, "")]
        asked += [tag for tag, _ in request.accept_languages]
        tags = [tag for tag in asked if tag and tag != "*" and len(tag) <= 35 and tag.replace("-", "").isalnum()]
        found = g.languages = tuple(dict.fromkeys(tags[:_MOST])) or ("en",)
    return found


def pick(texts: Mapping[str, str], first: str | None = None) -> tuple[str, str]:
    """Return the text for this reader and its language, an empty text where there is none.

    Args:
        texts: Texts by language tag.
        first: A language that is wanted more than the reader's, such as that of the whole page.
    """
    wanted = (first, *reader_languages()) if first else reader_languages()
    return choose(texts, wanted) or ("", "und")


def label(iri: str) -> tuple[str, str]:
    """Return the label of an entity for this reader, and its language."""
    return served().graph.label(iri, reader_languages())
