"""What a draft keeps of the scenario that it adapts or translates: its document, its answers, and what differs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kg.stated_document import listed
from ontology.language import choose
from webapp.taking_part.layout import ACTIVITY, AFTER, MOST_CHARACTERS, MOST_ROWS, SECTIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = [
    "ADAPTATION",
    "ALSO",
    "NOTE",
    "PARTS",
    "TRANSLATION",
    "answers_of",
    "begun_answers",
    "changes",
    "count_texts",
    "fits",
    "is_derived",
    "is_same",
    "is_translation",
    "matched",
    "scenario_keys",
    "shown_text",
    "stays",
    "text_language",
    "told_as_left",
    "translated_keys",
]

ADAPTATION: Final = "adaptation"
TRANSLATION: Final = "translation"

ALSO: Final = ("abstract", "text", "nationalGrade")
"""Fields that the form has beside its usual ones where the origin has them."""

NOTE: Final = "adaptationNote"
"""What an adaptation says of itself: what was changed."""

PARTS: Final = ("learningOutcome", "activity")
"""Parts that the form has rows for."""

_STAYS: Final = frozenset({"url", "source", "school", "project", "hub", "isPartOf", "version", "contributor"})
_RECORD: Final = frozenset(
    {"identifier", "sourceLocation", "retrieved", "adapter", "recordHash", "sameWorkCandidate", "withdrawnOn"}
    | {"wasRevisionOf", "languageDetected", "wasGeneratedBy", "collection"}
)
_OWN: Final = frozenset(
    {"id", "type", "license", "creator", "creditText", "publisher", "datePublished", "dateModified", "dataKind"}
    | {"reviewStatus", "completeness", "inLanguage", "isBasedOn", "translationOfWork", "exampleOfWork", NOTE}
)


def is_derived(answers: Mapping[str, Any]) -> bool:
    """Whether answers are those of an adaptation or a translation."""
    return "origin" in answers


def is_translation(answers: Mapping[str, Any]) -> bool:
    """Whether answers are those of a translation."""
    return is_derived(answers) and answers["origin"]["kind"] == TRANSLATION


def stays(key: str, kind: str) -> bool:
    """Whether a field says something of the origin itself, or of the new scenario itself, and is not taken over."""
    return key in _STAYS | _RECORD | _OWN or (kind == TRANSLATION and key == "machineTranslated")


def told_as_left(document: Mapping[str, Any]) -> list[str]:
    """Return the fields that a reader of the origin sees and that stay with it."""
    return [key for key in document if key in _STAYS]


def scenario_keys(document: Mapping[str, Any]) -> list[str]:
    """Return the fields of the form for what is made of a scenario, activities and outcomes apart."""
    usual = [key for section in (*SECTIONS, *AFTER) for key in section.keys]
    return [*usual, *(key for key in ALSO if document.get(key))]


def answers_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a scenario's document as answers of the form, in the language of its title.

    Rows have the number of the origin's row that they come from (``from``, and ``outcomesFrom``).
    """
    language = text_language(document)
    rows = listed(document.get("activity"))
    outcomes = [part.get("description") or part.get("name") or {} for part in listed(document.get("learningOutcome"))]
    return {
        "language": language,
        "license": document.get("license", ""),
        "values": _values(document, [*scenario_keys(document), NOTE], language),
        "outcomes": [shown_text(texts, language) for texts in outcomes],
        "outcomesFrom": list(range(1, len(outcomes) + 1)),
        "activities": [{**_values(row, ACTIVITY, language), "from": n} for n, row in enumerate(rows, start=1)],
    }


def begun_answers(
    document: Mapping[str, Any], kind: str, *, language: str, licence: str, credit: str
) -> dict[str, Any]:
    """Return the answers that a draft begins with: all that the origin has, of a translation without the texts.

    Args:
        document: The origin's document.
        kind: :data:`ADAPTATION` or :data:`TRANSLATION`.
        language: The language to write in; what the origin has in that, a translation begins with.
        licence: The licence to begin with.
        credit: How the origin's authors are named.
    """
    answers = answers_of(document)
    answers["values"].pop(NOTE, None)
    answers |= {"license": licence, "origin": {"kind": kind, "document": dict(document), "credit": credit}}
    if kind == ADAPTATION:
        return answers
    before, rows, after = translated_keys(document)
    outcomes = [part.get("description") or part.get("name") for part in listed(document.get("learningOutcome"))]
    answers["values"] = _in_language(answers["values"], document, (*before, *after), language)
    answers["activities"] = [
        _in_language(row, part, rows, language)
        for row, part in zip(answers["activities"], listed(document.get("activity")), strict=True)
    ]
    answers["outcomes"] = [_exactly(texts, language) for texts in outcomes]
    return answers | {"language": language}


def _in_language(
    values: Mapping[str, Any], node: Mapping[str, Any], texts: tuple[str, ...], language: str
) -> dict[str, Any]:
    others = {key: value for key, value in values.items() if key not in texts}
    return others | {key: text for key in texts if (text := _exactly(node.get(key), language))}


def _exactly(texts: Any, language: str) -> str:
    return shown_text({language: texts[language]}, language) if texts and language in texts else ""


def translated_keys(document: Mapping[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Return the texts to translate: before outcomes and activities, of an activity, and after them."""
    there = [key for key in ("name", "description", "abstract", "text") if document.get(key) or key == "name"]
    after = [key for key in ("product", "assessment", "adaptation", "keywords") if document.get(key)]
    return tuple(there), ("name", "description"), tuple(after)


def text_language(document: Mapping[str, Any]) -> str:
    """Return the language in which a scenario's texts are shown to those who change them: its title's.

    Of several declared languages it is the one with the most texts, since releases keep no order of them.
    """
    declared = [str(tag) for tag in listed(document.get("inLanguage"))]
    counted = count_texts([document, *(part for key in PARTS for part in listed(document.get(key)))])
    preferred = sorted(declared, key=lambda tag: (-counted.get(tag, 0), tag))
    found = choose(document.get("name") or {}, preferred)
    return found[1] if found else next(iter(preferred), "und")


def count_texts(nodes: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Return how many texts there are in each language."""
    counted: dict[str, int] = {}
    for node in nodes:
        for value in node.values():
            for tag in value if isinstance(value, dict) else ():
                counted[tag] = counted.get(tag, 0) + 1
    return counted


def shown_text(texts: Any, language: str) -> str:
    """Return the text in a language, or the nearest; several (as keywords have) with commas between them."""
    joined = {tag: ", ".join(listed(text)) for tag, text in (texts or {}).items()}
    found = choose(joined, [language])
    return found[0].replace("\r\n", "\n").strip() if found else ""


def _values(node: Mapping[str, Any], keys: tuple[str, ...] | list[str], language: str) -> dict[str, Any]:
    found = {key: _value(node[key], language) for key in keys if node.get(key) is not None}
    return {key: value for key, value in found.items() if value not in ("", [], False)}


def _value(stated: Any, language: str) -> Any:
    if isinstance(stated, dict):
        return shown_text(stated, language)
    if isinstance(stated, bool):
        return stated
    return str(stated) if isinstance(stated, int) else listed(stated)


def fits(document: Mapping[str, Any]) -> bool:
    """Whether the form can hold all of a scenario: it cuts nothing off."""
    answers = answers_of(document)
    texts = [text for row in [answers["values"], *answers["activities"]] for text in row.values()] + answers["outcomes"]
    longest = max((len(text) for text in texts if isinstance(text, str)), default=0)
    return longest <= MOST_CHARACTERS and max(len(answers["outcomes"]), len(answers["activities"])) <= MOST_ROWS


def is_same(one: Any, other: Any) -> bool:
    """Whether two answers say the same; browsers may change white space, and forms the order of what is ticked."""
    return _plain(one) == _plain(other)


def _plain(value: Any) -> list[str]:
    if value in (None, "", False):
        return []
    if isinstance(value, list):
        return sorted(value)
    return [" ".join(str(value).split())]


def changes(theirs: Mapping[str, Any], own: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Return the fields in which a scenario differs from its origin, each with both texts.

    Rows are compared with those that they come from, wherever they stand now. Fields are named as those of documents:
    ``name``, ``activity-2.minutes``, ``learningOutcome-1.description``.
    """
    return [row for row in _compared(theirs, own) if not is_same(row[1], row[2])]


def _compared(theirs: Mapping[str, Any], own: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    for key in dict.fromkeys([*theirs["values"], *own["values"]]):
        if key != NOTE:
            yield key, _text(theirs["values"].get(key)), _text(own["values"].get(key))
    for name, row, former in _rows(theirs, own):
        for key in ("description",) if name.startswith("learning") else ACTIVITY:
            yield f"{name}.{key}", _text(former.get(key)), _text(row.get(key))
    order = [row.get("from") for row in own["activities"] if row.get("from")]
    if order != sorted(order):
        yield "activity", ", ".join(map(str, sorted(order))), ", ".join(map(str, order))


def _rows(theirs: Mapping[str, Any], own: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Return the rows of both, each with its name and its counterpart, empty where it has none."""
    for kind, rows, others in (
        ("learningOutcome", _outcomes(own), _outcomes(theirs)),
        ("activity", own["activities"], theirs["activities"]),
    ):
        met = set()
        for number, row in enumerate(rows, start=1):
            source = row.get("from") or 0
            met.add(source)
            yield f"{kind}-{number}", row, others[source - 1] if 0 < source <= len(others) else {}
        yield from ((f"{kind}-{n}", {}, row) for n, row in enumerate(others, start=1) if n not in met)


def _outcomes(answers: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {"description": text, "from": source}
        for text, source in zip(answers["outcomes"], answers["outcomesFrom"], strict=True)
        if text
    ]


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(sorted(value))
    return "\N{CHECK MARK}" if value is True else str(value or "")


def matched(theirs: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """Return the answers of a published scenario with each row's source guessed: same title, else same place."""
    names = [row.get("name") for row in theirs["activities"]]
    activities = _guess([row.get("name") for row in own["activities"]], names)
    rows = [{**row, "from": source} for row, source in zip(own["activities"], activities, strict=True)]
    return {**own, "activities": rows, "outcomesFrom": _guess(own["outcomes"], theirs["outcomes"])}


def _guess(own: list[Any], theirs: list[Any]) -> list[int | None]:
    found: list[int | None] = []
    for text in own:
        found.append(next((n for n, other in enumerate(theirs, 1) if other == text and n not in found), None))
    for place, source in enumerate(found, start=1):
        if source is None and place <= len(theirs) and place not in found:
            found[place - 1] = place
    return found
