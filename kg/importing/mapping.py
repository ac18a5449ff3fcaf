"""The mapping file: what a source's words mean here, said once by a person and remembered with the collection.

A YAML file of fields (:data:`FIELDS`), each with words and what they stand for: a concept such as
``subject/chemistry``, a list of concepts, ``keyword`` (keep the word, and report it no longer) or ``ignore`` (leave it
out). Under ``licence`` a word stands for the licence's address, under ``languages`` for a language tag. ``defaults``
says what holds where a record says nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import yaml

from kg.documents import load_yaml
from kg.errors import DocumentError, ImportSourceError
from kg.importing.licences import licence_iri
from kg.languages import language_tag
from kg.vocabulary import fold
from ontology.namespaces import IHUB

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from kg.vocabulary import ConceptIndex

__all__ = ["DEFAULTS", "FIELDS", "IGNORE", "KEYWORD", "WordMapping", "read_mapping"]

KEYWORD: Final = "keyword"
IGNORE: Final = "ignore"

FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "subjects": ("Subject", "CrossCurricularTheme"),
    "levels": ("EducationalLevel", "NationalGrade"),
    "competences": ("Competence",),
    "assesses": ("Competence",),
    "requires": ("Competence",),
    "tools": ("DigitalTool",),
    "audience": ("AudienceRole",),
    "resource_types": ("ResourceType",),
    "grouping": ("Grouping",),
    "learning_type": ("LearningType",),
    "co_authorship": ("CoAuthorshipLevel",),
}
"""The fields of a lesson whose words name concepts, and of what classes."""

DEFAULTS: Final = ("licence", "attribution", "language")
"""What ``defaults`` may give."""

_PLAIN: Final = ("licence", "languages")


@dataclass(frozen=True)
class WordMapping:
    """Words by field and what they stand for; see the module's text.

    Attributes:
        words: By field, then by word as the source has it: what it stands for, always as a list.
        defaults: What holds where a record says nothing.
    """

    words: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)

    def look_up(self, name: str, word: str) -> tuple[str, ...] | None:
        """Return what ``word`` stands for in the field ``name``, or None where nothing is said; case plays no part."""
        words = self.words.get(name, {})
        if word in words:
            return words[word]
        folded = fold(word)
        return next((targets for text, targets in words.items() if fold(text) == folded and folded), None)

    def over(self, former: WordMapping) -> WordMapping:
        """Return ``former`` with what this one says in its place or besides."""
        names = {**former.words, **self.words}
        words = {name: {**former.words.get(name, {}), **self.words.get(name, {})} for name in names}
        return WordMapping(words, {**former.defaults, **self.defaults})

    def text(self) -> str:
        """Return the mapping as YAML; empty where it says nothing."""
        fields = {
            name: {word: list(targets) if len(targets) > 1 else targets[0] for word, targets in sorted(words.items())}
            for name, words in sorted(self.words.items())
        }
        content = {**({"defaults": dict(sorted(self.defaults.items()))} if self.defaults else {}), **fields}
        return yaml.safe_dump(content, allow_unicode=True, sort_keys=False) if content else ""


def read_mapping(path: Path, concepts: ConceptIndex) -> WordMapping:
    """Read a mapping file.

    Raises:
        ImportSourceError: It cannot be read, or names a field, concept, licence or language that does not exist.
    """
    try:
        nodes = load_yaml(path)
    except OSError as error:
        raise ImportSourceError(f"cannot be read: {error.strerror or error}", file=path) from error
    except DocumentError as error:
        raise ImportSourceError(error.cause, file=path) from error
    content = nodes[0] if nodes else None
    if content is None:
        return WordMapping()
    if not isinstance(content, dict) or len(nodes) > 1:
        raise ImportSourceError("is not a mapping of fields to words", file=path)
    words = {}
    for name, entries in content.items():
        if name == "defaults":
            continue
        if name not in FIELDS and name not in _PLAIN:
            known = ", ".join([*FIELDS, *_PLAIN, "defaults"])
            raise ImportSourceError("is no field with words", file=path, field=str(name), hint=f"there are: {known}")
        if not isinstance(entries, dict):
            raise ImportSourceError("is not a mapping of words to what they stand for", file=path, field=name)
        words[name] = {str(word): _targets(path, name, str(word), value, concepts) for word, value in entries.items()}
    return WordMapping(words, _defaults(path, content.get("defaults") or {}))


def _targets(path: Path, name: str, word: str, value: Any, concepts: ConceptIndex) -> tuple[str, ...]:
    targets = value if isinstance(value, list) else [value]
    where = f"{name}: {word}"
    if not targets or not all(isinstance(target, str) and target.strip() for target in targets):
        raise ImportSourceError("stands for nothing", file=path, field=where, hint="a concept, keyword or ignore")
    if targets in ([KEYWORD], [IGNORE]):
        return tuple(targets)
    if name == "licence":
        return tuple(_licence(path, where, target) for target in targets[:1])
    if name == "languages":
        return (_language(path, where, targets[0], concepts),)
    for target in targets:
        if not any(concepts.has(target, IHUB + kind) for kinds in FIELDS.values() for kind in kinds):
            hint = "such as subject/chemistry; or keyword, or ignore"
            raise ImportSourceError(f"{target!r} is no concept of the vocabularies", file=path, field=where, hint=hint)
    return tuple(targets)


def _language(path: Path, where: str, text: str, concepts: ConceptIndex) -> str:
    tag = language_tag(text, concepts)
    if tag is None:
        raise ImportSourceError(f"{text!r} is no language", file=path, field=where, hint="give its tag, such as et")
    return tag


def _licence(path: Path, where: str, text: str) -> str:
    licence = licence_iri(text) or (text if urlsplit(text).scheme in {"http", "https"} else None)
    if licence is None:
        raise ImportSourceError(f"{text!r} is no licence", file=path, field=where, hint="give its web address")
    return licence


def _defaults(path: Path, entries: Any) -> dict[str, str]:
    if not isinstance(entries, dict):
        raise ImportSourceError("is not a mapping of fields to values", file=path, field="defaults")
    for name, value in entries.items():
        if name not in DEFAULTS or not isinstance(value, str):
            hint = f"defaults may give {', '.join(DEFAULTS)}"
            raise ImportSourceError("is no default", file=path, field=f"defaults: {name}", hint=hint)
    return {
        name: _licence(path, "defaults: licence", value) if name == "licence" else value
        for name, value in entries.items()
    }
