"""Concepts as links with their labels."""

from __future__ import annotations

from flask import request
from markupsafe import Markup

from webapp.addresses import document_address
from webapp.answers import shared
from webapp.interface_language import lang_of
from webapp.languages import label

__all__ = ["ConceptLinks"]


class ConceptLinks:
    """Makes the links of one page: for its reader, under its root.

    Most pages show the same few hundred concepts, so each link is made once for a release and the reader's languages.
    """

    def __init__(self) -> None:
        self._known = shared(f"concept-links:{request.root_path}")

    def concept(self, iri: str) -> Markup:
        """Return a link to an entity or a page elsewhere, labelled for the reader."""
        found: Markup | None = self._known.get(iri)
        if found is None:
            text, language = label(iri)
            where = document_address(iri) or iri
            found = Markup('<a href="{}"{}>{}</a>').format(where, lang_of(language), text)
            if "/id/scenario/" not in iri:  # of these there are too many
                self._known[iri] = found
        return found
