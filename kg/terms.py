"""RDF terms: data here has neither blank nodes nor triple terms, and these functions hold it to that."""

from __future__ import annotations

import pyoxigraph as ox

__all__ = ["iri_of"]


def iri_of(term: object) -> str:
    """Return the IRI that ``term`` is.

    Raises:
        TypeError: It is not an IRI; the message shows it.
    """
    if isinstance(term, ox.NamedNode):
        return term.value
    raise TypeError(f"not an IRI: {term}")
