"""Which files of a folder are one lesson: a text and its translations, or the steps of a project in several languages.

Understood are languages in the file's name (``lesson.et.md``, ``lesson_nn.md``), in a folder's (``en/lesson.md``,
``de-DE/step_1.md``) and in the metadata (``language: nb``, ``original: lesson``).
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from kg.errors import DocumentError, ImportSourceError
from kg.importing.jsonld.json_text import decoded
from kg.importing.language_tags import is_language_tag, normal_tag
from kg.importing.markdown.front_matter import FrontMatter, load_metadata, split_front_matter
from kg.languages import UNDETERMINED

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Draft", "Part", "find_drafts", "is_about_folder"]

SUFFIXES: Final = frozenset({".md", ".markdown"})
_SIDECARS: Final = ("lesson", "meta", "metadata", "info")
_ABOUT_FOLDER: Final = re.compile(
    r"(?:readme|licen[cs]e|contributing|changelog|code[_-]of[_-]conduct|authors|citation|security)(?![a-z])",
    re.IGNORECASE,
)
_STEP_FILE: Final = re.compile(r"step[_-]?(\d{1,3})", re.IGNORECASE)
_IN_NAME: Final = re.compile(r"(?P<stem>.+?)(?P<mark>[._-])(?P<tag>[A-Za-z]{2}(?:[-_][A-Z]{2})?)")
_ORIGINAL: Final = ("original", "translation_of", "translation_group")
_LANGUAGE: Final = ("language", "lang", "locale", "in_language")
_LARGEST: Final = 4_000_000


@dataclass
class Part:
    """One text of a lesson: in one language, from one file or from the steps in one folder.

    Attributes:
        paths: The files, in their order.
        language: The language tag, ``und`` where nothing says it.
        metadata: What is said of it, the text's own before that of the folder.
        bodies: The Markdown of each file.
        marked: Whether its name or folder says its language, as those of translations do.
        guide: Whether it is a guide for teachers that belongs to the texts in the same folder.
    """

    paths: list[Path]
    language: str
    metadata: FrontMatter = field(default_factory=dict)
    bodies: list[str] = field(default_factory=list)
    marked: bool = False
    guide: bool = False


@dataclass
class Draft:
    """The texts of one lesson.

    Attributes:
        key: Its path without language and suffix: the same from one import to the next.
        parts: Its texts.
        paths: Its files, those that cannot be read too.
        errors: What is wrong with files of it; such a lesson is refused as a whole.
    """

    key: str
    parts: list[Part] = field(default_factory=list)
    paths: list[Path] = field(default_factory=list)
    errors: list[DocumentError] = field(default_factory=list)


def is_about_folder(path: Path) -> bool:
    """Tell whether a file is by its name about the folder rather than a lesson."""
    return bool(_ABOUT_FOLDER.match(path.stem))


def find_drafts(source: Path) -> list[Draft]:
    """Return the lessons in a folder, or in one file, sorted by key.

    Raises:
        ImportSourceError: There is no Markdown file.
    """
    root = source if source.is_dir() else source.parent
    paths = [path for path in root.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file()]
    paths = [path for path in paths if not any(part.startswith(".") for part in path.relative_to(root).parts)]
    paths = [source] if source.is_file() else sorted(paths, key=lambda path: path.relative_to(root).as_posix())
    if not paths:
        raise ImportSourceError("has no Markdown file (*.md)", file=source)
    return _Folder(root, paths).drafts()


class _Folder:
    """The Markdown files below one folder."""

    def __init__(self, root: Path, paths: list[Path]) -> None:
        self._root = root
        self._paths = paths
        self._stems = {path.with_suffix("") for path in paths}
        self._drafts: dict[str, Draft] = {}
        self._sidecars: dict[Path, FrontMatter | DocumentError] = {}

    def drafts(self) -> list[Draft]:
        steps: dict[Path, list[Path]] = defaultdict(list)
        for path in self._paths:
            if _STEP_FILE.fullmatch(path.stem):
                steps[path.parent].append(path)
            elif not re.match(r"licen[cs]e(?![a-z])", path.stem, re.IGNORECASE):
                self._add_file(path)
        for folder, paths in steps.items():
            self._add_steps(folder, sorted(paths, key=lambda path: int(_STEP_FILE.fullmatch(path.stem)[1])))  # type: ignore[index]  # matched above
        self._join_originals()
        self._join_guides()
        for draft in self._drafts.values():
            # What has no language in its name is what the others were translated from.
            draft.parts.sort(key=lambda part: part.marked)
        return [self._drafts[key] for key in sorted(self._drafts)]

    def _add_file(self, path: Path) -> None:
        stem, tag = self._name_and_language(path)
        key = self._key(path.parent, stem)
        draft = self._drafts.setdefault(key, Draft(key))
        draft.paths.append(path)
        try:
            metadata, body = split_front_matter(self._read(path))
        except DocumentError as error:
            draft.errors.append(self._error(error, path))
            return
        guide = is_about_folder(path)
        beside = {} if guide and not metadata else self._sidecar(path, draft)
        found = tag or self._folder_language(path.parent)
        language = self._language([metadata], found)
        draft.parts.append(Part([path], language, {**beside, **metadata}, [body], found is not None, guide))

    def _add_steps(self, folder: Path, paths: list[Path]) -> None:
        key = self._key(folder, "")
        draft = self._drafts.setdefault(key, Draft(key))
        draft.paths += paths
        part = Part(paths, UNDETERMINED)
        for path in paths:
            try:
                metadata, body = split_front_matter(self._read(path))
            except DocumentError as error:
                draft.errors.append(self._error(error, path))
                return
            part.metadata = {**metadata, **part.metadata}
            part.bodies.append(body)
        part.metadata |= self._sidecar(paths[0], draft)
        part.language = self._language([part.metadata], self._folder_language(folder))
        draft.parts.append(part)

    def _key(self, folder: Path, stem: str) -> str:
        parts: list[str] = []
        for above in [folder, *folder.parents]:
            if above == self._root or not above.is_relative_to(self._root):
                break
            if not self._folder_language(above, own=True):
                parts.insert(0, above.name)
        return "/".join([*parts, *([stem] if stem else [])]) or self._root.resolve().name

    def _name_and_language(self, path: Path) -> tuple[str, str | None]:
        """Return the name without the language in it, and the language.

        A short word at the end of a name may be just a word ("what-is-it"): behind a hyphen or underscore it is a
        language only where there is a sibling without it or with another.
        """
        found = _IN_NAME.fullmatch(path.stem)
        if not found:
            return path.stem, None
        tag = normal_tag(found["tag"])
        if not is_language_tag(tag) or (found["mark"] != "." and not self._has_sibling(path, found["stem"])):
            return path.stem, None
        return found["stem"], tag

    def _has_sibling(self, path: Path, stem: str) -> bool:
        for other in self._stems:
            if other.parent != path.parent or other == path.with_suffix(""):
                continue
            again = _IN_NAME.fullmatch(other.name)
            if other.name == stem or (again and again["stem"] == stem and is_language_tag(normal_tag(again["tag"]))):
                return True
        return False

    def _folder_language(self, folder: Path, *, own: bool = False) -> str | None:
        """Return the language that a folder's name means, or that of one above it unless only its ``own`` counts.

        A short name means a language where another folder beside it does so too, or where it names a region.
        """
        for above in [folder, *folder.parents]:
            if above == self._root or not above.is_relative_to(self._root):
                return None
            tag = normal_tag(above.name)
            if is_language_tag(tag) and (
                "-" in tag
                or any(
                    one.is_dir() and one != above and is_language_tag(normal_tag(one.name))
                    for one in above.parent.iterdir()
                )
            ):
                return tag
            if own:
                return None
        return None

    @staticmethod
    def _language(stated: list[FrontMatter], found: str | None) -> str:
        for metadata in stated:
            for name in _LANGUAGE:
                if isinstance(metadata.get(name), str) and (tag := normal_tag(metadata[name])) != UNDETERMINED:
                    return tag
        return found or UNDETERMINED

    def _read(self, path: Path) -> str:
        try:
            if path.stat().st_size > _LARGEST:
                raise DocumentError("is larger than 4 MB, which is no lesson")
            return decoded(path.read_bytes()).replace("\r\n", "\n")
        except OSError as error:
            raise DocumentError(f"cannot be read: {error.strerror or error}") from error

    def _sidecar(self, path: Path, draft: Draft) -> FrontMatter:
        """Return the metadata in files beside ``path``: those of the folder, then those of the same name."""
        found: FrontMatter = {}
        stem, _ = self._name_and_language(path)
        for name in (*_SIDECARS, stem, path.stem):
            for suffix in (".yml", ".yaml"):
                beside = path.parent / f"{name}{suffix}"
                if beside not in self._sidecars:
                    self._sidecars[beside] = self._load(beside)
                if beside.is_file() and beside not in draft.paths:
                    draft.paths.append(beside)
                read = self._sidecars[beside]
                if isinstance(read, DocumentError):
                    if read not in draft.errors:
                        draft.errors.append(read)
                else:
                    found |= read
        return found

    def _load(self, path: Path) -> FrontMatter | DocumentError:
        if not path.is_file():
            return {}
        try:
            text = self._read(path)
            # A sidecar may have the fences of front matter around it.
            return load_metadata(re.sub(r"^---[ \t]*$", "", text, flags=re.MULTILINE))
        except DocumentError as error:
            return self._error(error, path)

    def _error(self, error: DocumentError, path: Path) -> DocumentError:
        return DocumentError(error.cause, file=path.relative_to(self._root).as_posix(), record=error.record)

    def _join_originals(self) -> None:
        """Put translations that name their original to it."""
        by_name: dict[str, list[Draft]] = defaultdict(list)
        for draft in self._drafts.values():
            by_name[draft.key.rpartition("/")[2]].append(draft)
        for key, draft in list(self._drafts.items()):
            named = [part.metadata.get(name) for part in draft.parts for name in _ORIGINAL]
            original = next((name for name in named if isinstance(name, str) and name), None)
            found = by_name.get((original or "").rstrip("/").rpartition("/")[2], [])
            if original and len(found) == 1 and found[0] is not draft:
                _join(draft, found[0])
                del self._drafts[key]

    def _join_guides(self) -> None:
        """Put a guide for teachers (a README with metadata) to the one lesson in its folder."""
        for key, draft in list(self._drafts.items()):
            guides = [part for part in draft.parts if part.guide and part.metadata]
            if not guides or len(guides) != len(draft.parts):
                continue
            folder = guides[0].paths[0].parent
            lessons = [
                one
                for one in self._drafts.values()
                if one is not draft and any(not p.guide and p.paths[0].parent == folder for p in one.parts)
            ]
            if len(lessons) == 1:
                _join(draft, lessons[0])
                del self._drafts[key]


def _join(draft: Draft, other: Draft) -> None:
    """Add the texts of one lesson to another."""
    other.parts += draft.parts
    other.paths += draft.paths
    other.errors += draft.errors
