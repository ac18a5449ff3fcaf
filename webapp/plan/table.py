"""A plan as a table (RFC 4180) for spreadsheets."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any, Final

from kg.importing.licences import licence_name
from ontology.language import choose
from webapp.addresses import document_address
from webapp.languages import label, pick, reader_languages
from webapp.presentation import kind_slug
from webapp.search_export import safe_cell

if TYPE_CHECKING:
    from collections.abc import Iterable

    from webapp.plan.contents import Contents, Member

__all__ = ["COLUMNS", "written_table"]

COLUMNS: Final = (
    *("position", "state", "iri", "url", "title", "titleLanguage", "lessons", "minutes", "subjects", "levels"),
    *("competences", "covers", "licence", "collection", "dataKind"),
)
"""``state`` is ``here``, ``withdrawn`` or ``unknown``; ``covers`` holds the competences of the goal."""


def written_table(contents: Contents) -> str:
    """Return the table: a row for every scenario, those that cannot be had included."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    for position, member in enumerate(contents.members, 1):
        row = {"position": position, "iri": member.iri, **_row(member, contents)}
        writer.writerow([safe_cell(row.get(name)) for name in COLUMNS])
    return buffer.getvalue()


def _row(member: Member, contents: Contents) -> dict[str, Any]:
    if member.row is None:
        state = "withdrawn" if member.history else "unknown"
        title, language = pick(member.history.title) if member.history else ("", "")
        return {"state": state, "title": title, "titleLanguage": language}
    card = member.card
    title, language = choose(card["names"], (card["language"], *reader_languages())) or ("", "und")
    return {
        "state": "here",
        "url": document_address(member.iri, absolute=True),
        "title": title,
        "titleLanguage": language,
        "lessons": member.lessons,
        "minutes": card["minutes"],
        **{name: _labels(card[name]) for name in ("subjects", "levels", "competences")},
        "covers": _labels(c for c, rows in contents.coverage.items() if member.row in rows),
        "licence": licence_name(card["licence"]) if card["licence"] else None,
        "collection": kind_slug(card["collection"]),
        "dataKind": kind_slug(card["dataKind"]),
    }


def _labels(iris: Iterable[str]) -> str:
    return "; ".join(label(iri)[0] for iri in iris)
