"""The one rule by which a text is chosen for a reader among the languages in which it exists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["choose", "read_as"]

_SAME_READER: Final = {"nb": "no", "nn": "no"}
"""Primary subtags that one reader reads alike: both written forms of Norwegian, under their macrolanguage."""


def choose(labels: Mapping[str, str], preferred: Sequence[str]) -> tuple[str, str] | None:
    """Return the text that a reader of the ``preferred`` languages is shown, with its language tag.

    For each preferred language in turn: the text in exactly that tag, then one in the same language (same primary
    subtag; nb, nn and no count as one). Failing all, the English text, then the one whose tag sorts first. Tags compare
    without case (RFC 5646, section 2.1.1) and come back as written in ``labels``; the tag of a text without a language
    is ``""``.

    Args:
        labels: Texts by language tag.
        preferred: Language tags, most wanted first.

    Returns:
        The text and its tag, or None if there is no text at all.

    >>> choose({"en": "School", "et": "Kool"}, ["et", "en"])
    ('Kool', 'et')
    >>> choose({"en": "School", "nb": "Skole"}, ["nn"])
    ('Skole', 'nb')
    >>> choose({"de-AT": "Schule", "fi": "Koulu"}, ["de-CH", "fi"])
    ('Schule', 'de-AT')
    >>> choose({"en-GB": "Maths", "et": "Matemaatika"}, ["ka"])
    ('Maths', 'en-GB')
    >>> choose({"lt": "Mokykla", "fi": "Koulu"}, ["ka"])
    ('Koulu', 'fi')
    >>> choose({}, ["en"]) is None
    True
    """
    tags = sorted(labels, key=lambda tag: (tag.lower(), tag))
    for wanted in [*preferred, "en"]:
        for same in (str.lower, read_as):
            for tag in tags:
                if same(tag) == same(wanted):
                    return labels[tag], tag
    return (labels[tags[0]], tags[0]) if tags else None


def read_as(tag: str) -> str:
    """Return the language that readers of ``tag`` read: its primary subtag, one for all written forms of Norwegian.

    >>> read_as("nn-NO"), read_as("en-GB")
    ('no', 'en')
    """
    primary = tag.lower().split("-")[0]
    return _SAME_READER.get(primary, primary)
