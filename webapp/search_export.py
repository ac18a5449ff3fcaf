"""Search results as a table (RFC 4180), sent row by row, for spreadsheets."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from flask import Response, stream_with_context

from kg.importing.licences import licence_name
from ontology.language import choose
from search.request import encode_cursor
from webapp.addresses import document_address
from webapp.languages import label, reader_languages, served
from webapp.presentation import kind_slug
from webapp.search_address import address

if TYPE_CHECKING:
    from collections.abc import Iterator

    from search.request import SearchRequest
    from search.results import Hit

__all__ = ["COLUMNS", "MOST_ROWS", "csv_response", "safe_cell"]

MOST_ROWS: Final = 10_000
"""Rows of one table; a Link header leads to the next ones."""

COLUMNS: Final = (
    "iri",
    "url",
    "title",
    "titleLanguage",
    "languages",
    "summary",
    "subjects",
    "levels",
    "competences",
    "minutes",
    "youngest",
    "oldest",
    "licence",
    "collection",
    "dataKind",
    "sourceIdentifier",
    "score",
)
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv_response(search: SearchRequest, *, stated_limit: bool) -> Response:
    """Return all hits of a search as a table, or as many as its ``limit`` says.

    Args:
        search: The search; its offset is where the table starts.
        stated_limit: Whether the client stated a limit.
    """
    asked = replace(search, limit=search.limit if stated_limit else MOST_ROWS, facets=(), constraints=False)
    total = served().engine.total(asked)
    response = Response(stream_with_context(_lines(asked)), content_type="text/csv; charset=utf-8; header=present")
    response.headers["Content-Disposition"] = 'attachment; filename="scenarios.csv"'
    response.headers["Vary"] = "Accept-Language"
    response.headers["X-Total-Count"] = str(total)
    if asked.offset + asked.limit < total:
        cursor = encode_cursor(served().release.id, asked.offset + asked.limit)
        following = address(search, cursor=cursor, endpoint="api.search_csv", absolute=True)
        response.headers["Link"] = f'<{following}>; rel="next"'
    return response


def safe_cell(value: object) -> str:
    """Return a cell's text; one that a spreadsheet would take for a formula gets an apostrophe before it.

    >>> safe_cell("=1+1"), safe_cell(45), safe_cell(None)
    ("'=1+1", '45', '')
    """
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _lines(search: SearchRequest) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    for hit in served().engine.hits(search):
        row = _row(hit)
        writer.writerow([safe_cell(row[name]) for name in COLUMNS])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def _row(hit: Hit) -> dict[str, Any]:
    engine = served().engine
    card = engine.cards[hit.row]
    title, language = choose(card["names"], (card["language"], *reader_languages())) or ("", "und")
    summary, _ = choose(card["descriptions"], (card["language"], *reader_languages())) or ("", "und")
    youngest, oldest = card["ages"] or (None, None)
    return {
        "iri": card["iri"],
        "url": document_address(card["iri"], absolute=True),
        "title": title,
        "titleLanguage": language,
        "languages": " ".join(
            sorted({tag for row in (hit.row, *hit.others) for tag in engine.cards[row]["languages"]})
        ),
        "summary": " ".join(summary.split()),
        **{name: _labels(card[name]) for name in ("subjects", "levels", "competences")},
        "minutes": card["minutes"],
        "youngest": youngest,
        "oldest": oldest,
        "licence": licence_name(card["licence"]) if card["licence"] else None,
        "collection": kind_slug(card["collection"]),
        "dataKind": kind_slug(card["dataKind"]),
        "sourceIdentifier": card["identifier"],
        "score": hit.score,
    }


def _labels(iris: list[str]) -> str:
    return "; ".join(label(iri)[0] for iri in iris)
