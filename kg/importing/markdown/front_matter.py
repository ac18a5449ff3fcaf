"""YAML metadata of a lesson: in front of its text, or in a file beside it."""

from __future__ import annotations

import re
from typing import Any, Final

import yaml

from kg.errors import DocumentError
from kg.importing.plain_text import clean

__all__ = ["FrontMatter", "load_metadata", "split_front_matter"]

_LONGEST: Final = 100_000
_DEEPEST: Final = 12
_OPENED: Final = re.compile(r"\A(?:[ \t]*\n)*---[ \t]*\n")
_CLOSED: Final = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE)

FrontMatter = dict[str, Any]
"""Metadata by key in lower case with ``_`` between words; every scalar is text, as it was written."""


def split_front_matter(text: str) -> tuple[FrontMatter, str]:
    """Return the metadata in front of a text, and the text.

    Raises:
        DocumentError: The metadata are no readable YAML, or have no end; ``record`` is the line of the file.
    """
    opened = _OPENED.match(text)
    if not opened:
        return {}, text
    closed = _CLOSED.search(text, opened.end())
    if not closed:
        raise DocumentError("the front matter is opened by --- and never closed", record=1)
    before = text[: opened.end()].count("\n")
    return load_metadata(text[opened.end() : closed.start()], before), text[closed.end() :]


def load_metadata(text: str, lines_before: int = 0) -> FrontMatter:
    """Return the metadata in a YAML text.

    Nothing is interpreted: ``no`` stays the language that it is, ``1.10`` the version, a date as it was written.

    Args:
        text: The YAML.
        lines_before: Lines of the file before it, to say the right one.

    Raises:
        DocumentError: It is no mapping, no readable YAML, or repeats parts by anchors; ``record`` is the line.
    """
    if len(text) > _LONGEST:
        raise DocumentError("the metadata are longer than 100,000 characters", record=lines_before + 1)
    try:
        # Anchors could make a short text endless; lessons have no use for them.
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=yaml.SafeLoader)):
            raise DocumentError("the metadata repeat parts by anchors (&, *), which an import does not follow")
        value = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506  # makes only text, lists and mappings
    except yaml.MarkedYAMLError as error:
        # A quote or bracket that never ends is noticed at the end, and mended where it begins.
        unended = "end of stream" in (error.problem or "")
        mark = (error.context_mark if unended else None) or error.problem_mark or error.context_mark
        line = lines_before + mark.line + 1 if mark else None
        raise DocumentError(
            f"the metadata are no readable YAML: {error.problem or error.context}", record=line
        ) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        cause = " ".join(str(error).split())[:200]
        raise DocumentError(f"the metadata are no readable YAML: {cause}", record=lines_before + 1) from error
    if value in (None, ""):
        return {}
    if not isinstance(value, dict):
        raise DocumentError("the metadata are no list of names with values", record=lines_before + 1)
    return {_key(name): _cleaned(item, 0, lines_before) for name, item in value.items() if isinstance(name, str)}


def _key(name: str) -> str:
    """Return a key in one spelling.

    >>> _key("timeRequired"), _key("Learning outcomes")
    ('time_required', 'learning_outcomes')
    """
    return re.sub(r"[\s-]+", "_", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name.strip())).lower()


def _cleaned(value: Any, depth: int, lines_before: int) -> Any:
    if depth > _DEEPEST:
        raise DocumentError(f"the metadata are nested more than {_DEEPEST} levels deep", record=lines_before + 1)
    if isinstance(value, dict):
        return {clean(str(name)): _cleaned(item, depth + 1, lines_before) for name, item in value.items()}
    if isinstance(value, list):
        return [_cleaned(item, depth + 1, lines_before) for item in value]
    return clean(str(value)).strip()
