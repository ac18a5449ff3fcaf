"""How to cite a scenario: as text, as CSL-JSON (https://citationstyles.org/) and as BibTeX, in its own language."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from kg.exporting.source import Source

__all__ = ["Citation", "bibtex", "citation", "csl_json"]

_TEX: Final = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{character: f"\\{character}" for character in "{}$&#_%"},
}
_KEY: Final = re.compile(r"[^A-Za-z0-9:.-]+")


@dataclass(frozen=True)
class Citation:
    """What a citation names; what is not known is empty.

    Attributes:
        iri: What is cited.
        authors: Names of those who made it: stated creators, else whom the credit names, else the publisher.
        published: Day, month or year of publication (ISO 8601).
        title: The title, in the language of the text.
        collection: The collection that holds it.
        publisher: Who publishes it, unless named as author.
        language: The language of the text.
        licence: IRI of its licence.
        release: The release of the data that was read.
    """

    iri: str
    authors: tuple[str, ...]
    published: str
    title: str
    collection: str
    publisher: str
    language: str
    licence: str
    release: str

    @property
    def year(self) -> str:
        """The year of publication, or nothing."""
        return self.published[:4]

    def __str__(self) -> str:
        """Return the citation as a line: authors (year). Title. Collection, release. IRI."""
        start = ", ".join(self.authors) + (f" ({self.year})" if self.year else "")
        place = ", ".join(part for part in (self.collection, self.release) if part)
        parts = [part.rstrip(".") for part in (start.strip(), self.title, place) if part]
        return " ".join([*(part if part[-1:] in "?!…" else f"{part}." for part in parts), self.iri])


def citation(source: Source, release: str) -> Citation:
    """Return what a citation of a scenario names.

    Args:
        source: The scenario.
        release: Identifier of the release that it is read from.
    """
    publisher = next(iter(_names(source, "publisher")), "")
    credit = " ".join((source.value("creditText") or "").split())
    authors = _names(source, "creator") or ((credit,) if credit else ()) or ((publisher,) if publisher else ())
    return Citation(
        iri=source.iri,
        authors=authors,
        published=source.value("datePublished") or "",
        title=" ".join((source.text("name") or source.iri).split()),
        collection=next(iter(_names(source, "collection")), ""),
        publisher="" if publisher in authors else publisher,
        language=next(iter(source.languages), ""),
        licence=source.value("license") or "",
        release=release,
    )


def _names(source: Source, key: str) -> tuple[str, ...]:
    return tuple(source.graph.label(iri, source.languages)[0] for iri in source.iris(key))


def csl_json(cited: Citation) -> bytes:
    """Return the citation as CSL-JSON 1.0.2: a list with one item."""
    item: dict[str, Any] = {
        "id": cited.iri,
        "type": "document",
        "title": cited.title,
        "author": [{"literal": name} for name in cited.authors],
        "issued": {"date-parts": [[int(part) for part in cited.published.split("-")]]} if cited.published else None,
        "container-title": cited.collection,
        "publisher": cited.publisher,
        "language": cited.language,
        "version": cited.release,
        "license": cited.licence,
        "URL": cited.iri,
    }
    return json.dumps([{key: value for key, value in item.items() if value}], ensure_ascii=False, indent=1).encode()


def bibtex(cited: Citation) -> bytes:
    """Return the citation as one BibTeX entry, in UTF-8 as biber and current bibtex programs read it."""
    fields = {
        # Names of groups stand in braces of their own, or they would be taken apart into first and last names.
        "author": " and ".join(f"{{{_tex(name)}}}" for name in cited.authors),
        "title": f"{{{_tex(cited.title)}}}",
        "year": cited.year,
        "howpublished": _tex(cited.collection),
        "publisher": _tex(cited.publisher),
        "version": cited.release,
        "langid": cited.language,
        "url": cited.iri,
    }
    key = _KEY.sub("-", cited.iri.rsplit("/", 1)[-1])
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return ("\n".join([f"@misc{{{key},", *lines, "}"]) + "\n").encode()


def _tex(text: str) -> str:
    return "".join(_TEX.get(character, character) for character in text)
