"""Small documents that go with a scenario beside its descriptions: a code for the print, and how to cite it."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Final

from kg.exporting.citation import bibtex, citation, csl_json
from kg.exporting.source import Source
from webapp.languages import served

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["COMPANIONS", "QR_SUFFIX", "Companion"]

QR_SUFFIX: Final = "qr.svg"
"""Suffix of the QR code that leads to the scenario's IRI."""


@dataclass(frozen=True)
class Companion:
    """One kind of document.

    Attributes:
        suffix: File suffix without the first dot, as in ``/doc/scenario/x.bib``.
        media_type: Its media type.
        label: What people call it.
        write: Makes it for a scenario's IRI.
        lasting: Whether it says the same for ever: it then depends on nothing but the IRI.
    """

    suffix: str
    media_type: str
    label: str
    write: Callable[[str], bytes]
    lasting: bool = False


def _qr_code(iri: str) -> bytes:
    """Return a QR code (ISO/IEC 18004) as SVG, readable with up to 15 % of it damaged (level M)."""
    import segno

    out = BytesIO()
    segno.make(iri, error="m", micro=False).save(out, kind="svg", omitsize=True, border=2, xmldecl=False, nl=False)
    return out.getvalue()


def _bibtex(iri: str) -> bytes:
    return bibtex(citation(Source(served().graph, iri), served().release.id))


def _csl_json(iri: str) -> bytes:
    return csl_json(citation(Source(served().graph, iri), served().release.id))


COMPANIONS: Final = (
    Companion("bib", "application/x-bibtex", "BibTeX", _bibtex),
    Companion("csl.json", "application/vnd.citationstyles.csl+json", "CSL-JSON", _csl_json),
    Companion(QR_SUFFIX, "image/svg+xml", "QR code", _qr_code, lasting=True),
)
"""What every scenario has; none of them is negotiated."""
