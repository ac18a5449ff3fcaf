"""The texts of one lesson, in one or several languages, become one lesson."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from kg.errors import DocumentError
from kg.importing.jsonld.json_text import decoded
from kg.importing.lesson import Lesson, LessonStep
from kg.importing.licences import licence_iri
from kg.importing.markdown.body import Body, read_body
from kg.importing.markdown.metadata import Metadata
from kg.languages import UNDETERMINED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from kg.importing.markdown.folders import Draft, Part

__all__ = ["identifier_of", "licence_beside", "read_draft"]

_ADDRESS: Final = re.compile(r"https?://[^\s<>\"{}|\\^`)\]]+")
_DOI: Final = re.compile(r"10\.\d{4,9}/[^\s<>\"]+")
_LONGEST_LICENCE: Final = 100_000


class _Text:
    """One text with its metadata and the plain text of each of its files."""

    def __init__(self, part: Part) -> None:
        self.part = part
        self.language = part.language
        self.metadata = Metadata(part.metadata)
        self.bodies: list[Body] = [read_body(body) for body in part.bodies]

    @property
    def title(self) -> dict[str, str]:
        heading = next((body.title for body in self.bodies if body.title), None)
        return self.metadata.texts("title", self.language) or ({self.language: heading} if heading else {})

    def text(self, *, stepped: bool) -> str:
        """Return the whole text, or what is left of it where its steps stand for themselves."""
        if stepped and len(self.bodies) > 1:
            return ""
        pieces = [body.unstepped if stepped else body.text for body in self.bodies]
        text = "\n\n".join(piece for piece in pieces if piece)
        # The title stands above the text already.
        return text.removeprefix(next(iter(self.title.values()), "")).lstrip("\n") if "\n\n" in text else text

    @property
    def steps(self) -> list[tuple[str, str, int | None]]:
        """Name, text and minutes of each step: a file each, else the sections that call themselves so."""
        if len(self.bodies) > 1:
            titles = self.metadata.step_titles()
            stated = (titles + [""] * len(self.bodies))[: len(self.bodies)]
            pairs = zip(self.bodies, stated, strict=True)
            return [(title or body.title or "", body.below, None) for body, title in pairs]
        return [(step.heading, step.text, step.minutes) for body in self.bodies for step in body.steps]


def identifier_of(draft: Draft) -> str:
    """Return the identifier that the metadata state, the same for all languages, else the path."""
    for part in draft.parts:
        if not part.guide and (stated := Metadata(part.metadata).first("identifier")):
            return stated
    return draft.key


def read_draft(draft: Draft, root: Path) -> Lesson:
    """Return what the texts of a lesson say.

    Args:
        draft: The texts.
        root: The folder that the import reads; licences are looked for no further up.

    Raises:
        DocumentError: A file of it cannot be read, two are in the same language, or it has no title.
    """
    if draft.errors:
        raise draft.errors[0]
    texts = [_Text(part) for part in draft.parts]
    main = [text for text in texts if not text.part.guide]
    if not main:
        raise DocumentError("says nothing of a lesson: it is about the folder, and there is no lesson beside it")
    _check_languages(main, root)
    title = {tag: words for text in main for tag, words in text.title.items()}
    if not title:
        raise DocumentError("has no title, neither in its metadata nor as a heading", field="title")
    first = main[0].metadata
    ages = next((ages for text in main if any(ages := text.metadata.ages())), (None, None))
    activities = _activities(main)
    stepped = {tag for step in activities for tag in (*step.name, *step.description)}
    beside = licence_beside(main[0].part.paths[0].parent, root)
    licence = next((stated for text in main if (stated := _licence_stated(text))), None)
    url = next((found for text in main if (found := _page(text.metadata))), None)
    return Lesson(
        identifier=identifier_of(draft),
        title=title,
        summary=_summary(main),
        text=_joined(texts, stepped),
        outcomes=_outcomes(main),
        keywords=_keywords(main),
        languages=tuple(dict.fromkeys(text.language for text in main if text.language != UNDETERMINED)),
        subjects=_all(texts, lambda text: text.metadata.words("subjects")),
        levels=_all(texts, lambda text: text.metadata.levels()),
        competences=_all(texts, lambda text: text.metadata.words("competences")),
        tools=_all(texts, lambda text: text.metadata.words("tools")),
        audience=_all(texts, lambda text: text.metadata.words("audience")),
        resource_types=_all(texts, lambda text: text.metadata.words("resource_types")),
        min_age=ages[0],
        max_age=ages[1],
        minutes=next((minutes for text in texts if (minutes := text.metadata.minutes())), None),
        licence=licence or (beside[0] if beside else None),
        attribution=", ".join(_all(main, lambda text: text.metadata.lines("creators"))) or first.first("publisher"),
        publisher=first.first("publisher"),
        source_url=url,
        source_location=main[0].part.paths[0].relative_to(root).as_posix(),
        published=next((day for text in main if (day := text.metadata.date("published"))), None),
        modified=next((day for text in main if (day := text.metadata.date("modified"))), None),
        based_on=tuple(word for word in first.lines("based_on") if _ADDRESS.fullmatch(word)),
        activities=activities,
    )


def _page(metadata: Metadata) -> str | None:
    """Return the address of the lesson's page, which may be given by its DOI."""
    stated = [*metadata.lines("url"), *metadata.lines("identifier")]
    addresses = (f"https://doi.org/{text}" if _DOI.fullmatch(text) else text for text in stated)
    return next((text for text in addresses if _ADDRESS.fullmatch(text)), None)


def _check_languages(main: list[_Text], root: Path) -> None:
    seen: dict[str, Path] = {}
    for text in main:
        path = text.part.paths[0]
        if other := seen.get(text.language):
            names = " and ".join(one.relative_to(root).as_posix() for one in (other, path))
            in_language = "in no stated language" if text.language == UNDETERMINED else f"in {text.language}"
            raise DocumentError(f"{names} are both {in_language}, and one lesson has one text in each language")
        seen[text.language] = path


def _all(texts: Iterable[_Text], words: Callable[[_Text], list[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for text in texts for word in words(text)))


def _summary(main: list[_Text]) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in main:
        lead = next((body.lead for body in text.bodies if body.lead), None)
        stated = text.metadata.texts("summary", text.language) or ({text.language: lead} if lead else {})
        for tag, words in stated.items():
            found.setdefault(tag, words)
    return found


def _joined(texts: list[_Text], stepped: set[str]) -> dict[str, str]:
    """Return the texts by language, each followed by the guide for teachers in its language.

    Args:
        texts: The texts.
        stepped: Languages of which the steps stand for themselves.
    """
    found: dict[str, list[str]] = {}
    languages = {text.language for text in texts if not text.part.guide}
    for text in sorted(texts, key=lambda text: text.part.guide):
        words = text.text(stepped=text.language in stepped and not text.part.guide)
        if words and text.language in languages:
            found.setdefault(text.language, []).append(words)
    return {tag: "\n\n".join(pieces) for tag, pieces in found.items()}


def _outcomes(main: list[_Text]) -> tuple[dict[str, str], ...]:
    """Return the outcomes; those of translations belong together where there are as many."""
    lists = [
        (text.language, text.metadata.lines("outcomes") or [one for body in text.bodies for one in body.objectives])
        for text in main
    ]
    return tuple(_side_by_side([(tag, items) for tag, items in lists if items]))


def _side_by_side(lists: list[tuple[str, list[str]]]) -> list[dict[str, str]]:
    if not lists:
        return []
    count = len(lists[0][1])
    alike = [(tag, items) for tag, items in lists if len(items) == count]
    return [{tag: items[number] for tag, items in alike if items[number]} for number in range(count)]


def _keywords(main: list[_Text]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for text in main:
        if words := text.metadata.words("keywords"):
            found.setdefault(text.language, []).extend(words)
    return {tag: tuple(dict.fromkeys(words)) for tag, words in found.items()}


def _activities(main: list[_Text]) -> tuple[LessonStep, ...]:
    lists = [(text.language, text.steps) for text in main if text.steps]
    if not lists:
        return ()
    # Step by step only translations with as many steps can stand side by side: those of which there are most.
    counts = Counter(len(steps) for _, steps in lists)
    count = max(counts, key=lambda number: (counts[number], number))
    alike = [(tag, steps) for tag, steps in lists if len(steps) == count]
    return tuple(
        LessonStep(
            name={tag: steps[number][0] for tag, steps in alike if steps[number][0]},
            description={tag: steps[number][1] for tag, steps in alike if steps[number][1]},
            minutes=next((steps[number][2] for _, steps in alike if steps[number][2]), None),
        )
        for number in range(count)
    )


def _licence_stated(text: _Text) -> str | None:
    """Return the licence in the metadata: of a link such as ``[MIT](https://...)`` the part that we know."""
    stated = text.metadata.first("licence")
    link = re.fullmatch(r"\[([^\]]*)\]\(([^()\s]*)\)", stated or "")
    named = link[1] if link else stated or ""
    forms = [link[2] if link else "", named, re.sub(r"^the\s+|\s*\([^()]*\)$", "", named, flags=re.IGNORECASE)]
    return next((form for form in forms if form and licence_iri(form)), named or None)


def licence_beside(folder: Path, root: Path) -> tuple[str, Path] | None:
    """Return the licence that a licence file names, in the folder or above it up to ``root``, and that file."""
    for above in [folder, *folder.parents]:
        if not above.is_relative_to(root):
            return None
        for path in sorted(above.iterdir()):
            if re.match(r"licen[cs]e(?![a-z])", path.name, re.IGNORECASE) and path.is_file():
                text = decoded(path.read_bytes()[:_LONGEST_LICENCE])
                stated: list[str] = [found.rstrip(".,;") for found in _ADDRESS.findall(text)]
                if known := next((one for one in stated if licence_iri(one)), None):
                    return known, path
    return None
