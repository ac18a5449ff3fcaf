"""Concepts as links with their labels, and the languages of texts, in the words of HTML."""

from __future__ import annotations

from flask import request
from markupsafe import Markup, escape

from webapp.addresses import document_address
from webapp.answers import shared
from webapp.interface_language import interface_language
from webapp.languages import label

__all__ = ["concept_link", "lang"]


def lang(tag: str | None) -> Markup:
    """Return the ``lang`` attribute for a text in this language; nothing where the page is in that language, too."""
    if not tag or tag in {"und", interface_language()}:
        return Markup()
    return Markup(' lang="{}"').format(tag)


def concept_link(iri: str) -> Markup:
    """Return a link to an entity or a page elsewhere, labelled for the reader.

    Most pages show the same few hundred concepts, so each link is made once for a release and the reader's languages.
    """
    known = shared(f"concept-links:{request.root_path}")
    found: Markup | None = known.get(iri)
    if found is None:
        text, language = label(iri)
        where = document_address(iri) or iri
        found = Markup('<a href="{}"{}>{}</a>').format(where, lang(language), escape(text))
        if "/id/scenario/" not in iri:  # of these there are too many
            known[iri] = found
    return found
