"""The text of a lesson in Markdown: as plain text, its headings, its steps and its objectives."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from markdown_it import MarkdownIt

from kg.importing.markdown.marks import without_marks
from kg.importing.measures import minutes_of
from kg.importing.plain_text import clean, paragraphs_of_html, plain

if TYPE_CHECKING:
    from markdown_it.token import Token

__all__ = ["Body", "Section", "read_body"]

_STEP: Final = re.compile(
    r"(?:step|activity|exercise|task|part|steg|aktivitet|oppgave|oppgåve|del|samm|tegevus|ülesanne|vaihe|tehtävä|osa"
    r"|žingsnis|veikla|užduotis|ნაბიჯი|აქტივობა|крок|этап|schritt|étape|paso|uppgift)\s*\d{1,2}\b",
    re.IGNORECASE,
)
_MINUTES: Final = re.compile(r"\(\s*(?:ca\.?\s*)?(\d{1,3}\s*(?:min\w*|h|t))\.?\s*\)", re.IGNORECASE)
_SHORT: Final = 4
"""Words; a shorter paragraph introduces nothing."""
_OBJECTIVES: Final = ("objectives", "objective", "outcomes", "learning-objectives")


@dataclass(frozen=True)
class Section:
    """A heading, its level from 1, and the plain text under it up to the next heading of that level or a higher one.

    ``first`` and ``end`` are the numbers of its first block and of the one after its last.
    """

    heading: str
    level: int
    text: str
    first: int
    end: int

    @property
    def minutes(self) -> int | None:
        """The minutes that the heading names, such as in "Step 1 (15 min)"."""
        found = _MINUTES.search(self.heading)
        return minutes_of(found[1]) if found else None


@dataclass(frozen=True)
class Body:
    """What the text of a lesson holds.

    Attributes:
        text: The plain text, without code.
        unstepped: What of it is in none of the steps.
        below: The text without the heading that it begins with.
        title: The first heading, if any.
        lead: The first paragraph that is not set apart.
        steps: The sections that call themselves steps, activities or the like, and are numbered; at least two.
        objectives: What learners can do afterwards, where the text marks that.
    """

    text: str
    unstepped: str
    below: str
    title: str | None
    lead: str | None
    steps: tuple[Section, ...]
    objectives: tuple[str, ...]


def read_body(source: str) -> Body:
    """Return what a Markdown text (CommonMark) holds; marks of site generators are left out."""
    source, divisions = without_marks(source)
    objectives = tuple(item for kind in _OBJECTIVES for item in _items(divisions.get(kind, "")))
    apart = {item for inside in divisions.values() for item in _items(inside)}
    pieces = _pieces(source)
    headings = [(number, piece) for number, piece in enumerate(pieces) if piece[0]]
    steps = tuple(_section(pieces, number) for number, piece in headings if _STEP.search(piece[1]))
    # Steps that stand in steps are part of them.
    top = min((step.level for step in steps), default=0)
    steps = tuple(step for step in steps if step.level == top)
    inside = {number for step in steps for number in range(step.first, step.end)}
    return Body(
        text="\n\n".join(text for _, text in pieces),
        unstepped="\n\n".join(text for number, (_, text) in enumerate(pieces) if number not in inside),
        below="\n\n".join(text for _, text in pieces[1 if pieces and pieces[0][0] else 0 :]),
        title=headings[0][1][1] if headings else None,
        lead=next(
            (text for level, text in pieces if not level and len(text.split()) > _SHORT and text not in apart), None
        ),
        steps=steps if len(steps) > 1 else (),
        objectives=objectives,
    )


def _section(pieces: list[tuple[int, str]], number: int) -> Section:
    level, heading = pieces[number]
    ends = (at for at in range(number + 1, len(pieces)) if 0 < pieces[at][0] <= level)
    end = next(ends, len(pieces))
    return Section(heading, level, "\n\n".join(text for _, text in pieces[number + 1 : end]), number, end)


def _items(source: str) -> list[str]:
    return [" ".join(text.split()) for level, text in _pieces(source) if not level and text]


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"maxNesting": 40}).enable("table")


def _pieces(source: str) -> list[tuple[int, str]]:
    """Return the blocks of a text in their order: the level of a heading (0 for others), and the plain text."""
    found: list[tuple[int, str]] = []
    level = 0
    for token in _parser().parse(source):
        if token.type == "heading_open":
            level = int(token.tag[1])
        elif token.type == "heading_close":
            level = 0
        elif token.type == "inline":
            found.append((level, " ".join(clean(_inline(token)).split())))
        elif token.type == "html_block":
            found.append((0, plain(paragraphs_of_html(token.content))))
    return [(number, re.sub(r"^\[[ xX]\]\s*", "", text)) for number, text in found if text]


def _inline(token: Token) -> str:
    parts = []
    for child in token.children or []:
        if child.type in {"text", "code_inline"}:
            parts.append(child.content)
        elif child.type in {"softbreak", "hardbreak"}:
            parts.append(" ")
        elif child.type == "image":
            parts.append(child.content)
    return "".join(parts)
