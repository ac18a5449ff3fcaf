"""What an import did, for the screen, for people (``report.md``) and for programs (``report.json``)."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from kg.importing.nearest import Nearest, NearestConcepts

__all__ = ["LISTED", "ImportReport", "Rejection", "write_report"]

LISTED: Final = 1000
"""Rejections and words that a report lists one by one; the quarantine holds every rejected record."""


@dataclass(frozen=True)
class Rejection:
    """A record that gave no valid document: where, which field, and why."""

    source: str
    line: int
    field: str | None
    cause: str

    def __str__(self) -> str:
        """Format as ``file:line: field: cause``."""
        return ": ".join(part for part in (f"{self.source}:{self.line}", self.field, self.cause) if part)


@dataclass
class ImportReport:
    """What an import did.

    Attributes:
        collection: The collection's slug.
        read: Records that the source holds, deletions among them.
        created: New documents.
        changed: Documents that say something else than before.
        unchanged: Documents that say the same as before.
        rejected: Records that gave no valid document.
        withdrawn: Documents taken out, by reason.
        kept: Documents that are no longer in the source, and stay because a record that cannot be read may be theirs.
        rejections: The first of them, each with its place and cause.
        unresolved: Words that no concept was found for, by field, with how often they stand.
        words: By field: words that somebody or some vocabulary knows, and all.
        languages: Documents by language.
        detected: Documents whose language was detected.
        nearest: The concepts nearest to unresolved words, by field and word.
        notes: What the adapter wants people to know, a line each.
    """

    collection: str
    read: int = 0
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0
    withdrawn: Counter[str] = field(default_factory=Counter)
    kept: int = 0
    rejections: list[Rejection] = field(default_factory=list)
    unresolved: dict[str, Counter[str]] = field(default_factory=dict)
    words: dict[str, tuple[int, int]] = field(default_factory=dict)
    languages: Counter[str] = field(default_factory=Counter)
    detected: int = 0
    nearest: dict[str, dict[str, list[Nearest]]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def accepted(self) -> int:
        """Records that are in the collection now."""
        return self.created + self.changed + self.unchanged

    def count_words(self, unresolved: Mapping[str, Iterable[str]], counts: Mapping[str, tuple[int, int]]) -> None:
        """Add the words of one record."""
        for name, words in unresolved.items():
            self.unresolved.setdefault(name, Counter()).update(words)
        for name, (known, total) in counts.items():
            before = self.words.get(name, (0, 0))
            self.words[name] = (before[0] + known, before[1] + total)

    def add_nearest(self, concepts: NearestConcepts) -> None:
        """Look up the concepts nearest to the words that are listed."""
        for name, words in self.unresolved.items():
            self.nearest[name] = {word: concepts.find(name, word) for word, _ in _most(words)}

    def as_json(self) -> dict[str, Any]:
        """Return the report as plain values."""
        return {
            "collection": self.collection,
            "read": self.read,
            "accepted": self.accepted,
            "created": self.created,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "rejected": self.rejected,
            "withdrawn": dict(sorted(self.withdrawn.items())),
            "keptThoughMissing": self.kept,
            "notes": self.notes,
            "rejections": [vars(rejection) for rejection in self.rejections],
            "languages": dict(self.languages.most_common()),
            "languagesDetected": self.detected,
            "words": {
                name: {"known": known, "all": total, "percent": _percent(known, total)}
                for name, (known, total) in sorted(self.words.items())
            },
            "unresolved": {
                name: [
                    {"word": word, "count": count, "nearest": [item._asdict() for item in nearest.get(word, ())]}
                    for word, count in _most(words)
                ]
                for name, words in sorted(self.unresolved.items())
                for nearest in [self.nearest.get(name, {})]
            },
        }

    def draft(self) -> str:
        """Return the draft of a mapping file: every word that needs a decision, with the nearest concepts beside it."""
        if not self.unresolved:
            return ""
        lines = [
            "# Words that name no concept of the vocabularies. Put a concept, or a list of concepts, in place of",
            "# `keyword`, leave `keyword` to keep the word as it is, or write `ignore`. Then import again with --map.",
        ]
        for name, words in sorted(self.unresolved.items()):
            lines.append(f"{name}:")
            for word, count in _most(words):
                near = " ".join(self._near(name, word).split()) or "nothing near"
                lines.append(f"  {_quoted(word)}: keyword  # {count}x; {near}")
        return "\n".join(lines) + "\n"

    def markdown(self) -> str:
        """Return the report as a page for people."""
        taken = ", ".join(f"{count} {reason}" for reason, count in sorted(self.withdrawn.items())) or "none"
        lines = [
            f"# Import into {self.collection}",
            "",
            "| what | number |",
            "|---|---|",
            f"| records read | {self.read} |",
            f"| accepted | {self.accepted} ({self.created} new, {self.changed} changed, {self.unchanged} unchanged) |",
            f"| rejected | {self.rejected} |",
            f"| withdrawn | {taken} |",
            *([f"| missing, kept because unreadable records may be theirs | {self.kept} |"] if self.kept else []),
            f"| languages | {', '.join(f'{tag} {count}' for tag, count in self.languages.most_common())} |",
            f"| of these detected | {self.detected} |",
        ]
        for name, (known, total) in sorted(self.words.items()):
            lines.append(f"| words for {name} resolved | {known} of {total} ({_percent(known, total)} %) |")
        if self.notes:
            lines += ["", "## How it was read", "", *(f"* {' '.join(note.split())}" for note in self.notes)]
        if self.rejections:
            lines += ["", "## Rejected", "", "| where | field | cause |", "|---|---|---|"]
            lines += [
                f"| {_cell(f'{item.source}:{item.line}')} | {_cell(item.field or '')} | {_cell(item.cause)} |"
                for item in self.rejections
            ]
            lines += [f"\nand {more} more" for more in [self.rejected - len(self.rejections)] if more]
        for name, words in sorted(self.unresolved.items()):
            lines += ["", f"## Words for {name} that name no concept", ""]
            lines += ["| word | times | nearest concepts |", "|---|---|---|"]
            lines += [f"| {_cell(word)} | {count} | {_cell(self._near(name, word))} |" for word, count in _most(words)]
        return "\n".join(lines) + "\n"

    def _near(self, name: str, word: str) -> str:
        nearest = self.nearest.get(name, {}).get(word, ())
        return ", ".join(f"{item.concept} ({item.label}, {item.score:.2f})" for item in nearest)


def write_report(report: ImportReport, directory: Path) -> None:
    """Write ``report.json``, ``report.md`` and, where words need a decision, ``unresolved.yaml`` into ``directory``."""
    directory.mkdir(parents=True, exist_ok=True)
    text = json.dumps(report.as_json(), ensure_ascii=False, indent=1) + "\n"
    (directory / "report.json").write_text(text, encoding="utf-8")
    (directory / "report.md").write_text(report.markdown(), encoding="utf-8")
    draft = directory / "unresolved.yaml"
    if text := report.draft():
        draft.write_text(text, encoding="utf-8")
    else:
        draft.unlink(missing_ok=True)


def _most(words: Counter[str]) -> list[tuple[str, int]]:
    return sorted(words.items(), key=lambda item: (-item[1], item[0]))[:LISTED]


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 1) if whole else 100.0


def _quoted(word: str) -> str:
    """Return a word as a YAML key."""
    return yaml.safe_dump(word, allow_unicode=True, default_style='"', width=10**9).strip()


def _cell(text: str) -> str:
    """Return text that a table cell in Markdown shows as it is."""
    return " ".join(text.split()).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
