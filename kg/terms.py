"""RDF terms: data here has neither blank nodes nor triple terms, and these functions hold it to that."""

from __future__ import annotations

import pyoxigraph as ox

__all__ = ["iri_of", "is_iri"]


def iri_of(term: object) -> str:
    """Return the IRI that ``term`` is.

    Raises:
        TypeError: It is not an IRI; the message shows it.
    """
    if isinstance(term, ox.NamedNode):
        return term.value
    raise TypeError(f"not an IRI: {term}")


def is_iri(text: str) -> bool:
    """Whether ``text`` is an absolute IRI (RFC 3987), so that something could be said of it.

    >>> is_iri("https://hub.example/id/scenario/caf\u00e9"), is_iri("https://hub.example/id/scenario/100%")
    (True, False)
    """
    try:
        ox.NamedNode(text)
    except (ValueError, UnicodeEncodeError):
        return False
    return True
