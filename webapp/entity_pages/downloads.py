"""What a scenario can be taken away as, in groups by what people do with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from kg.exporting.formats import EXPORT_FORMATS
from kg.media_types import RDF_MEDIA_TYPES
from webapp.addresses import document_address
from webapp.companions import COMPANIONS
from webapp.interface_language import gettext, message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.exporting.formats import ExportFormat
    from kg.media_types import RdfMediaType
    from webapp.companions import Companion

__all__ = ["Download", "DownloadGroup", "download_groups"]


class Download(NamedTuple):
    """One document: its name, its address and its media type."""

    label: str
    address: str
    media_type: str


class DownloadGroup(NamedTuple):
    """Documents for one purpose, and that purpose in words."""

    title: str
    meaning: str
    downloads: list[Download]


_READING: Final = frozenset({"md"})
_CITING: Final = frozenset({"bib", "csl.json"})


def download_groups(iri: str) -> list[DownloadGroup]:
    """Return all documents of a scenario, each in one group."""
    reading = [form for form in EXPORT_FORMATS if form.suffix in _READING]
    platforms = [form for form in EXPORT_FORMATS if form.suffix not in _READING]
    citing = [form for form in COMPANIONS if form.suffix in _CITING]
    groups: list[tuple[str, str, Sequence[ExportFormat | RdfMediaType | Companion]]] = [
        (
            message("To read and edit"),
            message("The whole text with its headings, for notes, text editors and word processors."),
            reading,
        ),
        (
            message("For other platforms"),
            message("The description as repositories of learning materials and search services exchange it."),
            platforms,
        ),
        (message("For reference managers"), message("The citation, for programs such as Zotero or JabRef."), citing),
        (
            message("As linked data"),
            message("All statements about the scenario and its parts, for programs and researchers."),
            RDF_MEDIA_TYPES,
        ),
    ]
    return [DownloadGroup(gettext(title), gettext(meaning), _downloads(iri, forms)) for title, meaning, forms in groups]


def _downloads(iri: str, forms: Sequence[ExportFormat | RdfMediaType | Companion]) -> list[Download]:
    return [Download(form.label, document_address(iri, f".{form.suffix}") or "", form.media_type) for form in forms]
